// `using` on a host without Symbol.dispose.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { build } from "esbuild";
import { run } from "../../scripts/run.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

const program = `
import { context, defer } from "./src/index.ts";
const [, cancel] = context.withCancel(context.background());
const all = { cancel, deferred: defer(() => 1) };
const dispose = Symbol.for("Symbol.dispose");
const asyncDispose = Symbol.for("Symbol.asyncDispose");
for (const [name, value] of Object.entries(all)) {
  console.log(name, "undefined" in value, typeof value[dispose], typeof value[asyncDispose]);
}
`;

test("the results of `defer` and `context` have the disposal symbols that Babel and esbuild define", async () => {
  const folder = await mkdtemp(join(tmpdir(), "goro-"));
  try {
    const outfile = join(folder, "main.mjs");
    await build({
      stdin: { contents: program, resolveDir: root, loader: "ts" },
      bundle: true,
      format: "esm",
      platform: "neutral",
      define: { "Symbol.dispose": "undefined", "Symbol.asyncDispose": "undefined" },
      outfile,
    });
    const { stdout, stderr } = await run(process.execPath, [outfile], { NODE_OPTIONS: "" });
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toEqual(["cancel false function undefined", "deferred false function function", ""]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
