// The hosts of the compatibility check: their commands, and the parsers of their output.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the check, a separate package, and the folder of the programs that run in every host. */
export const folder: string = fileURLToPath(new URL("../../compat/", import.meta.url));
export const programs: string = join(folder, "programs");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The numbers of passed and failed tests. */
export interface Score {
  readonly passed: number;
  readonly failed: number;
}

export interface Host {
  readonly name: string;
  /** The arguments for Node, which runs in the folder of the programs. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly score: (ended: Ended) => Score;
}

/** The executable `file` of the package `name`, as resolved from one of the workspaces. */
function bin(workspace: string, name: string, file: string): string {
  const from = createRequire(join(folder, "hosts", workspace, "package.json"));
  return join(dirname(from.resolve(`${name}/package.json`)), file);
}

/** The counts of a test runner. At least `least` tests must have run, so that a run without tests fails. */
function counted(passed: RegExp, failed: RegExp, least: number): (ended: Ended) => Score {
  return ({ code, stdout, stderr }) => {
    const text = stdout + stderr;
    const count = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
    const score = { passed: count(passed), failed: count(failed) };
    const isWrong = score.failed === 0 && (code !== 0 || score.passed < least);
    return isWrong ? { ...score, failed: 1 } : score;
  };
}

/** Checks as one test that the output contains all `patterns`; `code` is the exit code, or "failure" for any code except 0. */
function shows(code: number | "failure", ...patterns: readonly RegExp[]): (ended: Ended) => Score {
  return (ended) => {
    const isRight =
      (code === "failure" ? ended.code !== 0 : ended.code === code) &&
      patterns.every((pattern) => pattern.test(ended.stdout + ended.stderr));
    return isRight ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  };
}

const cases = 6;

function jest(workspace: "jest29" | "jest30"): Host[] {
  const jestFile = bin(workspace, "jest", "bin/jest.js");
  const resolve = (name: string): string =>
    createRequire(join(folder, "hosts", workspace, "package.json")).resolve(name);
  const presets = [
    [resolve("@babel/preset-env"), { targets: { node: "20" }, modules: "commonjs" }],
    resolve("@babel/preset-typescript"),
  ];
  // The files of goro are ES modules, so the setup for CommonJS has to transform them.
  const transformIgnorePatterns = ["/node_modules/(?!(goro|uses-goro)/)"];
  const tsconfig = {
    module: "CommonJS",
    target: "ES2022",
    allowJs: true,
    esModuleInterop: true,
    isolatedModules: true,
  };
  const recipes = {
    "ES modules": { transform: {} },
    babel: {
      transform: { "\\.[jt]s$": [resolve("babel-jest"), { presets, configFile: false, babelrc: false }] },
      transformIgnorePatterns,
    },
    "ts-jest": {
      transform: { "\\.[jt]s$": [resolve("ts-jest"), { tsconfig, diagnostics: false }] },
      transformIgnorePatterns,
    },
  };
  const host = (recipe: keyof typeof recipes, environment: "node" | "jsdom", files: readonly string[]): string[] => {
    const testEnvironment = resolve(`jest-environment-${environment}`);
    const config = {
      rootDir: programs,
      testEnvironment,
      testMatch: files.map((file) => `**/${file}`),
      ...recipes[recipe],
    };
    const flags = recipe === "ES modules" ? ["--experimental-vm-modules"] : [];
    return [...flags, jestFile, "--config", JSON.stringify(config), "--no-cache", "--runInBand"];
  };
  const passing = (least: number): Host["score"] => counted(/Tests:.*?(\d+) passed/, /Tests:.*?(\d+) failed/, least);
  const all: Host[] = [];
  for (const recipe of ["ES modules", "babel", "ts-jest"] as const) {
    const file = recipe === "ts-jest" ? "typed.test.ts" : "cases.test.js";
    for (const environment of ["node", "jsdom"] as const) {
      all.push({
        name: `${workspace}, ${recipe}, ${environment}`,
        args: host(recipe, environment, [file, "fake.jest.test.js"]),
        score: passing(cases + 4),
      });
    }
    all.push({
      name: `${workspace}, ${recipe}: a panic`,
      args: host(recipe, "node", [file, "boom.test.js"]),
      score: shows(
        "failure",
        /boom/,
        /Test Suites: .*1 failed.* 1 passed, 2 total/,
        new RegExp(`Tests: .*${cases} passed`),
      ),
    });
  }
  return all;
}

function vitest(workspace: "vitest16" | "vitest21" | "vitest32"): Host[] {
  const start = [bin(workspace, "vitest", "vitest.mjs"), "run", "--root", programs, "--globals"];
  const args = (environment: string, files: readonly string[]): string[] => [
    ...start,
    `--environment=${environment}`,
    ...files,
  ];
  const passing = counted(/Tests .*?(\d+) passed/, /Tests .*?(\d+) failed/, cases + 2);
  return [
    ...["node", "jsdom", "happy-dom"].map((environment) => ({
      name: `${workspace}, ${environment}`,
      args: args(environment, ["cases.test.js", "fake.vitest.test.js"]),
      score: passing,
    })),
    {
      name: `${workspace}: a panic`,
      args: args("node", ["cases.test.js", "boom.test.js"]),
      score: shows("failure", /boom/, /Test Files /, new RegExp(`Tests .*\\b(?:${cases}|${cases + 1}) passed`)),
    },
  ];
}

function nodeHosts(): Host[] {
  const modules = (path: string): string => join(folder, "node_modules", path);
  const mocha = modules("mocha/bin/mocha.js");
  const both = shows(0, /^hello true\n/);
  const nodeTest = (least: number): Host["score"] => counted(/^(?:# |ℹ )pass (\d+)/m, /^(?:# |ℹ )fail (\d+)/m, least);
  return [
    {
      name: "mocha, with sinon",
      args: [mocha, "cases.test.js", "fake.mocha.js"],
      score: counted(/(\d+) passing/, /(\d+) failing/, cases + 2),
    },
    {
      name: "mocha: a panic",
      args: [mocha, "cases.test.js", "boom.test.js"],
      score: shows("failure", /boom/, /[67] passing/, /1 failing/),
    },
    { name: "node:test", args: ["--test", "cases.node.js", "fake.node.js"], score: nodeTest(2) },
    {
      name: "node:test: a panic",
      args: ["--test", "cases.node.js", "boom.node.js"],
      score: shows("failure", /boom/, /(?:# |ℹ )pass [67]\n/, /(?:# |ℹ )fail [12]\n/),
    },
    { name: "ws", args: ["--test", "websocket.node.js"], score: nodeTest(1) },
    { name: "tsx, CommonJS", args: [modules("tsx/dist/cli.mjs"), "cjs/main.ts"], score: both },
    {
      name: "require",
      args: ["--disable-warning=ExperimentalWarning", "cjs/main.cjs"],
      score: shows(0, /^hello true true\n/),
    },
  ];
}

function typescript(version: "54" | "56"): Host[] {
  const tsc = join(folder, "node_modules", `typescript${version}`, "bin", "tsc");
  const flags = [
    "--strict",
    "--noEmit",
    "--target",
    "ES2022",
    "--lib",
    "ES2022,DOM,DOM.AsyncIterable",
    "--types",
    "node",
  ];
  const args = (file: string): string[] => [tsc, ...flags, "--module", "NodeNext", file];
  const errors = [
    /types\.ts\(6,[^)]*\): error TS2345: Argument of type 'string'/,
    /types\.ts\(8,[^)]*\): error TS2345: Argument of type 'string'/,
    /types\.ts\(10,[^)]*\): error TS2345: Argument of type 'number'/,
    /types\.ts\(12,[^)]*\): error TS2345: Argument of type 'string'/,
  ];
  return [
    {
      name: `TypeScript ${version}`,
      args: args("types.ts"),
      score: shows("failure", ...errors, /^(?:types\.ts\((?:6|8|10|12),.*\n)+$/),
    },
    ...["testing", "trace"].map((entry) => ({
      name: `TypeScript ${version}, goro/${entry}`,
      args: args(`types-${entry}.ts`),
      score: shows(0, /^$/),
    })),
  ];
}

/** A bundle, which is built and run in its host. */
export interface Built {
  readonly name: string;
  readonly file: string;
}

/** The host of a bundle. */
export function bundleHost({ name, file }: Built): Host {
  return {
    name,
    args: [file],
    score: ({ code, stdout, stderr }) =>
      code === 0 && stderr === "" && stdout.split("\n").length === cases + 1
        ? { passed: 1, failed: 0 }
        : { passed: 0, failed: 1 },
  };
}

/** The host of Cloudflare Workers, at a compatibility date of 2024. */
export function workerd(config: string): Host {
  return {
    name: "workerd, 2024-09-01",
    args: [join(folder, "node_modules", "workerd", "bin", "workerd"), "test", config],
    score: shows(0, /^(?![\s\S]*\[ FAIL \])[\s\S]*\[ PASS \]/),
  };
}

/** All hosts that do not need a bundle. */
export function hosts(): Host[] {
  return [
    ...nodeHosts(),
    ...(["vitest16", "vitest21", "vitest32"] as const).flatMap(vitest),
    ...(["jest30", "jest29"] as const).flatMap(jest),
    ...(["54", "56"] as const).flatMap(typescript),
  ];
}
