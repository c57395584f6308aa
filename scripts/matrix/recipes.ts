// The recipes that need a host: the set-ups of docs/recipes/testing.md and docs/recipes/bundlers.md, with the files as they are on the page.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { filesOfPage, textsOfPage, writeFiles } from "../page-files.ts";
import { compat, oneCheck, type Place, type Result, type Row, shows, total } from "./host.ts";

const testing = "recipes/testing.md";
const bundlers = "recipes/bundlers.md";

/** A project with the files of a page, below the folder from which the packages of the host are resolved. */
type Recipe = (place: Place, project: string) => Promise<Result>;

const compilerOptions = {
  module: "NodeNext",
  target: "ES2022",
  isolatedModules: true,
  allowImportingTsExtensions: true,
};

async function inProject(place: Place, recipe: Recipe): Promise<Result> {
  const project = await mkdtemp(join(place.folder, "recipe-"));
  try {
    await writeFile(join(project, "package.json"), '{ "type": "module" }');
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    return await recipe(place, project);
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** Runs the tests of the page, and one more, which fails only if the setup file of the page is in effect. */
function tests(from: string, args: (place: Place) => readonly string[], summary: RegExp): Recipe {
  return async (place, cwd) => {
    const files = [...(await filesOfPage(`docs/${testing}`))].map(
      ([name, text]) => [name, text.replace('"@jest/globals"', JSON.stringify(from))] as const,
    );
    const leak = [
      `import { test } from "${from}";`,
      'import { Channel, go } from "goro";',
      'test("leaves a goroutine behind", () => void go(() => new Channel().receive()));\n',
    ];
    await writeFiles(cwd, [...files, ["leak.test.ts", leak.join("\n")]]);
    return place.run(args(place), shows("failure", /left behind/, summary), { cwd });
  };
}

/** Builds the program of the page by its configuration, and runs it. */
function build(args: (place: Place) => readonly string[]): Recipe {
  return async (place, cwd) => {
    const page = `docs/${bundlers}`;
    await writeFiles(cwd, await filesOfPage(page));
    const [expected] = await textsOfPage(page);
    return total([
      () => place.run(args(place), shows(0), { cwd }),
      () =>
        place.run(
          ["dist/main.js"],
          ({ code, stdout, stderr }) => oneCheck(code === 0 && stdout === expected && stderr === ""),
          { cwd },
        ),
    ]);
  };
}

function row(page: string, checks: string, recipe: Recipe): (place: Place) => Row {
  return (place) => ({ setup: `the [recipe](${page})`, checks, run: () => inProject(place, recipe) });
}

const testsOfPage = "the tests of the page pass, and its setup file finds a leak";

export const jestRecipe: (place: Place) => Row = row(
  testing,
  testsOfPage,
  tests(
    "@jest/globals",
    (place) => ["--experimental-vm-modules", place.bin("jest", "bin/jest.js"), "--no-cache"],
    /Tests: +1 failed, 7 passed, 8 total/,
  ),
);

export const vitestRecipe: (place: Place) => Row = row(
  testing,
  testsOfPage,
  tests("vitest", (place) => [place.bin("vitest", "vitest.mjs"), "run"], /Tests +1 failed \| 7 passed \(8\)/),
);

export const nodeTestRecipe: (place: Place) => Row = row(
  testing,
  "the test of the page passes, compiled by tsx",
  async (place, cwd) => {
    await writeFiles(cwd, await filesOfPage(`docs/${testing}`));
    const tsx = pathToFileURL(createRequire(join(compat, "package.json")).resolve("tsx")).href;
    return place.run(["--import", tsx, "--test", "poll.node.ts"], shows(0, /pass 1\n/), { cwd });
  },
);

// What the command-line program of webpack does, which is a package of its own.
const webpack = `
import webpack from "webpack";
import config from "./webpack.config.js";
webpack(config, (error, stats) => {
  if (error === null && !stats.hasErrors() && !stats.hasWarnings()) return;
  console.error(error ?? stats.toString({ preset: "errors-warnings" }));
  process.exitCode = 1;
});
`;

/** A bundler with a recipe. */
export type BundlerName = "esbuild" | "rollup" | "webpack" | "vite";

const commands: Readonly<Record<BundlerName, (place: Place) => readonly string[]>> = {
  esbuild: () => ["esbuild.config.js"],
  rollup: (place) => [place.bin("rollup", "dist/bin/rollup"), "-c", "--silent"],
  webpack: () => ["--input-type=module", "--eval", webpack],
  vite: (place) => [place.bin("vite", "bin/vite.js"), "build"],
};

/** Returns the row of the recipe of a bundler. */
export function bundlerRecipe(name: BundlerName, place: Place): Row {
  return row(bundlers, "the program of the page is built, and its bundle runs", build(commands[name]))(place);
}
