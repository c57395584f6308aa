// The compiler in the bundle of the site.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import { examples } from "../../scripts/examples.ts";
import * as transform from "../run/transform.ts";
import { sucrasePlugin } from "../sucrase-plugin.ts";

let folder: string;
let bundled: typeof transform;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "goro-transform-"));
  await build({
    configFile: false,
    logLevel: "error",
    plugins: [sucrasePlugin()],
    build: {
      outDir: folder,
      lib: { entry: fileURLToPath(new URL("../run/transform.ts", import.meta.url)), formats: ["es"], fileName: "out" },
    },
  });
  bundled = (await import(pathToFileURL(join(folder, "out.js")).href)) as typeof transform;
});
after(() => rm(folder, { recursive: true }));

test("without the unused parts of sucrase, each program is compiled to the same text", async () => {
  for (const { port, name } of await examples()) {
    const source = await readFile(port, "utf8");
    if (/from "(?!goro")/.test(source)) continue;
    assert.equal(bundled.compileProgram(source), transform.compileProgram(source), name);
  }
  const torture = await readFile(new URL("programs/torture.ts", import.meta.url), "utf8");
  assert.equal(bundled.compileProgram(torture), transform.compileProgram(torture));
});

test("without the unused parts of sucrase, the syntax of TypeScript is removed, and mistakes have the same messages", () => {
  const program = [
    'import { type Context, Channel, go as start } from "goro";',
    "declare const a: number; abstract class A<in out T> { protected abstract x: T; readonly y?: T; constructor(public z: T) {} }",
    "enum Color { red = 1, green } namespace N { export type T = 1; }",
    "function f(this: void, x?: number): asserts x is number; function f<const T extends unknown[]>(...x: T): T { return x!; }",
    "const g = async <T,>(x: T): Promise<T> => x satisfies T as T; let h = <any>1; type U = typeof f<[1]>; label: for (;;) break label;",
    "const i = a ? (b: number): number => b : (c) => c; const j = new Map<string, Array<Array<number>>>(); const k = a < 1 && 2 > (3);",
    "const l = j?.get('x')?.[0]! ?? 1_000; try { l } catch { /re<g>ex/v; `${l as number}`; }",
  ].join("\n");
  assert.equal(bundled.compileProgram(program), transform.compileProgram(program));
  for (const mistake of [
    "const x = ;",
    "const x = <div>1</div>;",
    "f(",
    "let x: = 1;",
    "@d class {",
    'import a from "fs";',
  ]) {
    const messages = [bundled, transform].map(({ compileProgram }) => {
      try {
        return compileProgram(mistake);
      } catch (error) {
        return String(error);
      }
    });
    assert.equal(messages[0], messages[1]);
  }
});
