// docs/recipes/lint.md: the configuration of the page finds the lines that the page marks.

import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { filesOfPage, writeFiles } from "../../scripts/page-files.ts";
import { run, type Run } from "../../scripts/run.ts";

interface LintResult {
  readonly filePath: string;
  readonly messages: readonly { readonly line: number; readonly ruleId: string | null }[];
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const files = await filesOfPage("docs/recipes/lint.md");
let folder = "";
let results: LintResult[] = [];

// A project of its own, with the packages of this one.
beforeAll(async () => {
  folder = await mkdtemp(join(root, "test", "program-"));
  await writeFiles(folder, files);
  await writeFiles(folder, [["tsconfig.json", '{ "extends": "../../tsconfig.json", "include": ["."] }']]);
  await copyFile(join(root, "package.json"), join(folder, "package.json"));
  const packages = join(root, "node_modules");
  const start = (args: readonly string[]): Promise<Run> => run(process.execPath, args, {}, folder);
  const [lint, compilation] = await Promise.all([
    start([join(packages, "eslint", "bin", "eslint.js"), "--format", "json", "."]),
    start([join(packages, "typescript", "bin", "tsc")]),
  ]);
  // Without types, a rule finds nothing.
  expect([compilation.stdout, lint.stderr]).toEqual(["", ""]);
  results = JSON.parse(lint.stdout) as LintResult[];
});

afterAll(() => rm(folder, { recursive: true }));

function reportedLines(name: string): number[] {
  const result = results.find(({ filePath }) => filePath.endsWith(name));
  return [...new Set(result?.messages.map(({ line }) => line))];
}

test("each line that the page marks is reported, and no other", () => {
  const lines = files.get("found.ts")?.split("\n") ?? [];
  const marked = lines.flatMap((line, i) => (line.endsWith("// found") ? [i + 1] : []));
  expect(marked.length).toBeGreaterThan(15);
  expect(reportedLines("/found.ts")).toEqual(marked);
});

test("nothing is reported where the page says that nothing is found", () => {
  expect(results.map(({ filePath }) => filePath.slice(folder.length))).toContain("/not-found.ts");
  expect(reportedLines("/not-found.ts")).toEqual([]);
});
