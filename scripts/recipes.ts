// Runs the recipes that need a host: the set-ups of docs/recipes/testing.md and docs/recipes/bundlers.md, with the files as they are on the page.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { filesOfPage, textsOfPage, writeFiles } from "./page-files.ts";
import { run, type Run } from "./run.ts";

/** The outcome of a recipe; `detail` is the output of a command that has failed. */
export interface RecipeResult {
  readonly passed: number;
  readonly failed: number;
  readonly detail: string;
}

/** A folder with the files of a page, below the folder in which the host is installed. */
interface Project {
  readonly folder: string;
  /** Returns the path of the file `file` of the package `name`. */
  bin(name: string, file: string): string;
  run(args: readonly string[]): Promise<Run>;
}

type Recipe = (project: Project) => Promise<RecipeResult>;

// Fails only if the setup file of the page is in effect.
const leak = `test("leaves a goroutine behind", () => void go(() => new Channel().receive()));\n`;
const leakFound = /left behind/;

async function runTests(
  project: Project,
  runner: string,
  args: readonly string[],
  ...patterns: readonly RegExp[]
): Promise<RecipeResult> {
  const toRunner = (text: string): string => text.replace('"@jest/globals"', JSON.stringify(runner));
  const files = [...(await filesOfPage("docs/recipes/testing.md"))].map(
    ([name, text]) => [name, toRunner(text)] as const,
  );
  const imports = `import { test } from "${runner}";\nimport { Channel, go } from "goro";\n`;
  await writeFiles(project.folder, [...files, ["leak.test.ts", imports + leak]]);
  const { code, stdout, stderr } = await project.run(args);
  const output = stdout + stderr;
  return toResult(code !== 0 && [leakFound, ...patterns].every((pattern) => pattern.test(output)), output);
}

async function build(project: Project, args: readonly string[]): Promise<RecipeResult> {
  const page = "docs/recipes/bundlers.md";
  await writeFiles(project.folder, await filesOfPage(page));
  const built = await project.run(args);
  const ended = await project.run(["dist/main.js"]);
  const [expected] = await textsOfPage(page);
  const isRight = built.code === 0 && ended.code === 0 && ended.stdout === expected && ended.stderr === "";
  return toResult(isRight, built.stdout + built.stderr + ended.stdout + ended.stderr);
}

function toResult(isRight: boolean, output: string): RecipeResult {
  return isRight ? { passed: 1, failed: 0, detail: "" } : { passed: 0, failed: 1, detail: output.slice(-4000) };
}

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

/** The name of a host with a recipe. */
export type RecipeName = "jest" | "vitest" | "node:test" | "esbuild" | "rollup" | "webpack" | "vite";

const recipes: Readonly<Record<RecipeName, Recipe>> = {
  jest: (project) => {
    const args = ["--experimental-vm-modules", project.bin("jest", "bin/jest.js"), "--no-cache"];
    return runTests(project, "@jest/globals", args, /Tests: +1 failed, 7 passed, 8 total/);
  },
  vitest: (project) => {
    return runTests(
      project,
      "vitest",
      [project.bin("vitest", "vitest.mjs"), "run"],
      /Tests +1 failed \| 7 passed \(8\)/,
    );
  },
  "node:test": async (project) => {
    await writeFiles(project.folder, await filesOfPage("docs/recipes/testing.md"));
    const { code, stdout, stderr } = await project.run(["--import", "tsx", "--test", "poll.node.ts"]);
    return toResult(code === 0 && /pass 1\n/.test(stdout), stdout + stderr);
  },
  esbuild: (project) => build(project, ["esbuild.config.js"]),
  rollup: (project) => build(project, [project.bin("rollup", "dist/bin/rollup"), "-c", "--silent"]),
  webpack: (project) => build(project, ["--input-type=module", "--eval", webpack]),
  vite: (project) => build(project, [project.bin("vite", "bin/vite.js"), "build"]),
};

/**
 * Runs a recipe.
 *
 * @param folder - the folder with the package.json from which the packages of the host, and goro, are resolved
 * @param node - the executable of Node
 */
export async function runRecipe(
  name: RecipeName,
  folder: string,
  node: string = process.execPath,
): Promise<RecipeResult> {
  const project = await mkdtemp(join(folder, "recipe-"));
  try {
    await writeFile(join(project, "package.json"), '{ "type": "module" }');
    const compilerOptions = {
      module: "NodeNext",
      target: "ES2022",
      isolatedModules: true,
      allowImportingTsExtensions: true,
    };
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
    const { resolve } = createRequire(join(project, "package.json"));
    const env = { CI: "true", NO_COLOR: "1", NODE_ENV: undefined, NODE_OPTIONS: undefined, JEST_WORKER_ID: undefined };
    return await recipes[name]({
      folder: project,
      bin: (name, file) => join(dirname(resolve(`${name}/package.json`)), file),
      run: (args) => run(node, args, env, project),
    });
  } finally {
    await rm(project, { recursive: true, force: true });
  }
}

/** The row of a recipe in the matrix of hosts, for a host that is installed in `folder`. */
export function recipeRow(
  name: RecipeName,
  { folder, binary }: { readonly folder: string; readonly binary: string },
): { readonly setup: string; readonly checks: string; readonly run: () => Promise<RecipeResult> } {
  const page = name === "jest" || name === "vitest" || name === "node:test" ? "testing" : "bundlers";
  const run = (): Promise<RecipeResult> => runRecipe(name, folder, binary);
  return { setup: `the [recipe](recipes/${page}.md)`, checks: "the files of the page", run };
}
