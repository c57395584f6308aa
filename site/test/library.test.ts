// The parts of the library.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";
import * as all from "../../src/index.ts";
import * as core from "../run/library-core.ts";
import { libraryPlugin } from "../library-plugin.ts";
import { goroutineNames } from "../vite.config.ts";
import { mayUseOtherExports, otherExports } from "../run/other-exports.ts";

test("each export of goro is in the core or has its name in the list of the others", () => {
  const others = Object.keys(all).filter((name) => !Object.hasOwn(core, name));
  assert.deepEqual([...otherExports], others.sort());
  assert.deepEqual(
    Object.keys(core).filter((name) => !Object.hasOwn(all, name)),
    [],
  );
});

test("a program that names another export, or imports all, gets the whole library", () => {
  assert.equal(mayUseOtherExports('import { Channel, type SendChannel } from "goro";'), false);
  assert.equal(mayUseOtherExports('// A retry.\nimport { Channel } from "goro";\n// Once more.'), false);
  assert.equal(mayUseOtherExports('import {\n  Channel,\n  retry,\n} from "goro";'), true);
  assert.equal(mayUseOtherExports('import { Channel, runPool } from "goro";'), true);
  assert.equal(mayUseOtherExports('import * as goro from "goro";'), true);
});

test("the names of the functions that the library runs as goroutines are kept by the minifier", async () => {
  const folder = new URL("../../src/", import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), "utf8")));
  const names = texts.flatMap((text) =>
    Array.from(
      text.matchAll(/\bspawn\((?:"[\w.]+"|this\.caller), (\w{2,}),|the name of this function\.\n\s*const (\w+)/g),
      ([, passed, named]) => passed ?? named,
    ),
  );
  assert.deepEqual([...new Set(names)].sort(), goroutineNames);
});

test("the build fails if a file imports the entry of the worker, statically or dynamically", () => {
  type Check = (this: { error(message: string): never }, options: unknown, bundle: object) => void;
  const check = libraryPlugin().generateBundle as unknown as Check;
  const chunk = (fileName: string, isEntry: boolean, imports: string[], dynamicImports: string[]): object => ({
    type: "chunk",
    fileName,
    isEntry,
    imports,
    dynamicImports,
  });
  const build = (imports: string[], dynamicImports: string[]): void => {
    const context = {
      error(message: string): never {
        throw new Error(message);
      },
    };
    const entry = chunk("worker.js", true, [], ["run.js"]);
    check.call(context, {}, { entry, run: chunk("run.js", false, imports, dynamicImports), style: { type: "asset" } });
  };
  build(["other.js"], ["src.js"]);
  assert.throws(() => build(["worker.js"], []), /run\.js imports the entry/);
  assert.throws(() => build([], ["worker.js"]), /run\.js imports the entry/);
});
