// The test runners: jest, vitest, mocha and the runner of Node. In each, the cases pass also beside fake timers, and a panic fails a test.

import { cases, counts, type Host, type Limit, type Place, type Row, shows } from "./host.ts";
import { jestRecipe, nodeTestRecipe, vitestRecipe } from "./recipes.ts";

const failsTest = "a panic fails the test";

const esmInCommonJs: Limit = {
  why: "goro is an ES module. jest compiles the files of the project to CommonJS, but by default not those in `node_modules`.",
  instead: '`transformIgnorePatterns: ["/node_modules/(?!goro/)"]`, so that jest also compiles goro, or ES modules',
};

function jest(major: 29 | 30): Host {
  return {
    key: `jest${major}`,
    section: "Jest",
    title: "jest",
    source: { locked: `jest${major}`, name: "jest" },
    rows: jestRows,
  };
}

function jestRows(place: Place): Row[] {
  const presets = [
    [place.resolve("@babel/preset-env"), { targets: { node: "20" }, modules: "commonjs" }],
    place.resolve("@babel/preset-typescript"),
  ];
  const tsconfig = {
    module: "CommonJS",
    target: "ES2022",
    allowJs: true,
    esModuleInterop: true,
    isolatedModules: true,
  };
  const babel = { "\\.[jt]s$": [place.resolve("babel-jest"), { presets, configFile: false, babelrc: false }] };
  // The files of goro are ES modules, which a CommonJS configuration has to transform.
  const transformIgnorePatterns = ["/node_modules/(?!(goro|uses-goro)/)"];
  const recipes: Readonly<Record<string, object>> = {
    "ES modules": { transform: {} },
    "CommonJS by babel": { transform: babel, transformIgnorePatterns },
    "CommonJS by ts-jest": {
      transform: { "\\.[jt]s$": [place.resolve("ts-jest"), { tsconfig, diagnostics: false }] },
      transformIgnorePatterns,
    },
    "CommonJS without transformIgnorePatterns": { transform: babel },
  };
  const args = (recipe: string, environment: "node" | "jsdom", files: readonly string[]): string[] => {
    const config = {
      rootDir: place.programs,
      testEnvironment: place.resolve(`jest-environment-${environment}`),
      testMatch: files.map((file) => `**/${file}`),
      ...recipes[recipe],
    };
    const flags = recipe === "ES modules" ? ["--experimental-vm-modules"] : [];
    const jestFile = place.bin("jest", "bin/jest.js");
    return [...flags, jestFile, "--config", JSON.stringify(config), "--no-cache", "--runInBand"];
  };
  const passing = counts(/Tests:.*?(\d+) passed/, /Tests:.*?(\d+) failed/, cases + 4);
  const panics = shows(
    "failure",
    /boom/,
    /Test Suites: .*1 failed.* 1 passed, 2 total/,
    new RegExp(`Tests: .*${cases} passed`),
  );
  const rows: Row[] = [];
  for (const recipe of ["ES modules", "CommonJS by babel", "CommonJS by ts-jest"]) {
    const file = recipe.endsWith("ts-jest") ? "typed.test.ts" : "cases.test.js";
    for (const environment of ["node", "jsdom"] as const) {
      rows.push({
        variant: recipe,
        setup: environment,
        checks: `${cases} cases, 4 with fake timers`,
        run: () => place.run(args(recipe, environment, [file, "fake.jest.test.js"]), passing),
      });
    }
    rows.push({
      variant: recipe,
      setup: "a panic",
      checks: failsTest,
      run: () => place.run(args(recipe, "node", [file, "boom.test.js"]), panics),
    });
  }
  const recipe = "CommonJS without transformIgnorePatterns";
  rows.push({
    variant: recipe,
    setup: "node",
    checks: "the error of jest",
    limit: esmInCommonJs,
    run: () =>
      place.run(
        args(recipe, "node", ["cases.test.js"]),
        shows("failure", /SyntaxError: |Must use import to load ES Module/, /transformIgnorePatterns/),
      ),
  });
  rows.push({ variant: "ES modules by ts-jest", ...jestRecipe(place) });
  return rows;
}

function vitest(major: number, source: Host["source"], more: Pick<Host, "node"> = {}): Host {
  return { key: `vitest${major}`, section: "Vitest", title: "vitest", source, ...more, rows: vitestRows };
}

function newVitest(major: number, more?: Pick<Host, "node">): Host {
  return vitest(major, { packages: { vitest: `${major}`, jsdom: "26", "happy-dom": "20" } }, more);
}

function vitestRows(place: Place): Row[] {
  const args = (environment: string, files: readonly string[]): string[] => [
    place.bin("vitest", "vitest.mjs"),
    "run",
    "--root",
    place.programs,
    "--globals",
    `--environment=${environment}`,
    ...files,
  ];
  const passing = counts(/Tests .*?(\d+) passed/, /Tests .*?(\d+) failed/, cases + 2);
  // The panic is reported with the file of the test, which may count as passed.
  const panics = shows("failure", /boom/, /Test Files /, new RegExp(`Tests .*\\b(?:${cases}|${cases + 1}) passed`));
  return [
    ...["node", "jsdom", "happy-dom"].map((environment) => ({
      setup: environment,
      checks: `${cases} cases, 2 with fake timers`,
      run: () => place.run(args(environment, ["cases.test.js", "fake.vitest.test.js"]), passing),
    })),
    {
      setup: "a panic",
      checks: failsTest,
      run: () => place.run(args("node", ["cases.test.js", "boom.test.js"]), panics),
    },
    vitestRecipe(place),
  ];
}

const mocha: Host = {
  key: "mocha",
  section: "Other test runners",
  title: "mocha",
  source: { locked: "", name: "mocha" },
  rows(place) {
    const file = place.bin("mocha", "bin/mocha.js");
    return [
      {
        setup: "ES modules",
        checks: `${cases} cases, 2 with the fake timers of sinon`,
        run: () =>
          place.run([file, "cases.test.js", "fake.mocha.js"], counts(/(\d+) passing/, /(\d+) failing/, cases + 2)),
      },
      {
        setup: "a panic",
        checks: failsTest,
        run: () =>
          place.run(
            [file, "cases.test.js", "boom.test.js"],
            shows("failure", /boom/, new RegExp(`(?:${cases}|${cases + 1}) passing`), /1 failing/),
          ),
      },
    ];
  },
};

const passed = (least: number): ReturnType<typeof counts> =>
  counts(/^(?:# |ℹ )pass (\d+)/m, /^(?:# |ℹ )fail (\d+)/m, least);

function nodeTest(runtime: string): Host {
  return {
    key: `node-test${/\d*$/.exec(runtime)?.[0] ?? ""}`,
    section: "Other test runners",
    title: "node:test",
    source: { runtime },
    rows: (place) => [
      {
        setup: "ES modules",
        checks: `${cases} cases, 2 with fake timers`,
        run: () => place.run(["--test", "cases.node.js", "fake.node.js"], passed(cases + 2)),
      },
      {
        setup: "a panic",
        checks: failsTest,
        run: () =>
          place.run(
            ["--test", "cases.node.js", "boom.node.js"],
            shows("failure", /boom/, new RegExp(`(?:# |ℹ )pass (?:${cases}|${cases + 1})\n`), /(?:# |ℹ )fail [12]\n/),
          ),
      },
      nodeTestRecipe(place),
    ],
  };
}

const ws: Host = {
  key: "ws",
  section: "Other test runners",
  title: "ws, in node:test",
  source: { locked: "", name: "ws" },
  rows: (place) => [
    {
      setup: "ES modules",
      checks: "events of a WebSocket",
      run: () => place.run(["--test", "websocket.node.js"], passed(1)),
    },
  ],
};

export const testRunners: readonly Host[] = [
  jest(29),
  jest(30),
  vitest(1, { locked: "vitest16", name: "vitest" }),
  vitest(2, { locked: "vitest21", name: "vitest" }),
  vitest(3, { locked: "vitest32", name: "vitest" }),
  newVitest(4),
  newVitest(5, { node: { least: 22, runtime: "node22" } }),
  mocha,
  nodeTest("node20"),
  nodeTest("node26"),
  ws,
];
