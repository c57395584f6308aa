// docs/recipes/using.md: the fault of esbuild with `using` in a loop, and that no code of the project depends on it.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { transform } from "esbuild";
import ts from "typescript";
import { filesOfPage, textsOfPage } from "../../scripts/page-files.ts";
import { run } from "../../scripts/run.ts";
import { projectFiles } from "../support/project-files.ts";
import { samplesOfSource } from "../support/samples.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = "docs/recipes/using.md";
const loop = (await filesOfPage(page)).get("loop.ts") as string;
const [right, wrong] = await textsOfPage(page);

/** Programs that test what `using` does in a loop. They are not compiled by esbuild, or no round of them throws. */
const allowed = [
  "test/runtime/memory-model.test.ts",
  "site/test/programs/torture.ts",
  "compat/programs/using-loop.js",
  "compat/programs/using-loop.ts",
];

/** Returns the lines of `code` with a `using` that is in a loop of the same function. */
function usingInLoops(code: string): number[] {
  const source = ts.createSourceFile("file.ts", code, ts.ScriptTarget.Latest);
  const lines: number[] = [];
  const visit = (node: ts.Node, isInLoop: boolean): void => {
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.Using) !== 0 && isInLoop) {
      lines.push(source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1);
    }
    const isFunction = ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node);
    const isLoop = ts.isIterationStatement(node, false);
    ts.forEachChild(node, (child) => visit(child, isLoop || (isInLoop && !isFunction)));
  };
  visit(source, false);
  return lines;
}

async function outputOf(javascript: string): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "--eval", javascript]);
  expect(stderr).toBe("");
  return stdout;
}

describe("the loop on the page", () => {
  test("is right if TypeScript compiles it", async () => {
    const { target, module } = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
    const { outputText } = ts.transpileModule(loop, { compilerOptions: { target, module } });
    expect(await outputOf(outputText)).toBe(right);
  });

  // When this fails, the fault is gone: then the section of the page, and this file, can go.
  test("throws an old error if esbuild compiles it", async () => {
    const { code } = await transform(loop, { loader: "ts", target: "node20" });
    expect(await outputOf(code)).toBe(wrong);
  });
});

test("the check finds `using` in each kind of loop, and not in a function in a loop", () => {
  const code = `
for (const a of b) { using x = f(); }
for (;;) if (c) { await using x = f(); }
while (c) { try { using x = f(); } finally {} }
do { using x = f(); } while (c);
for (const a in b) { using x = f(); }
for (using x of y) f();
for (;;) { const g = () => { using x = f(); }; class C { static { using x = f(); } } }
for (;;) { function g() { for (;;) { using x = f(); } } }
{ using x = f(); for (;;) f(x); }
for (;;) { let x = f(); const y = x; }
`;
  expect(usingInLoops(code)).toEqual([2, 3, 4, 5, 6, 7, 9]);
});

test("no program, test or page has `using` directly in a loop", async () => {
  const files = await projectFiles(/\.(?:[cm]?[jt]sx?|md)$/);
  const found: string[] = [];
  const check = (location: string, code: string): void => {
    if (/\busing\s+\w+\s*(?:[=:]|of\b)/.test(code))
      found.push(...usingInLoops(code).map((line) => `${location}: line ${line}`));
  };
  for (const file of files) {
    if (allowed.includes(file)) continue;
    const text = await readFile(join(root, file), "utf8");
    if (!file.endsWith(".md")) check(file, text);
    else
      for (const [, code = ""] of text.matchAll(/^```[jt]s\b.*\n([^]*?)^```$/gm)) if (code !== loop) check(file, code);
  }
  for (const { location, code } of await samplesOfSource()) check(location, code);
  expect(found).toEqual([]);
});
