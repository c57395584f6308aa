// Measurements within one process: checked work, and bundles of the library as users get them.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/**
 * Returns the time of `work` in milliseconds.
 *
 * @throws {Error} (rejects) if its result is not `expected`.
 */
export async function timed(work: () => Promise<number>, expected: number): Promise<number> {
  const start = performance.now();
  const result = await work();
  const ms = performance.now() - start;
  if (result !== expected) throw new Error(`the result is ${result} and not ${expected}`);
  return ms;
}

/**
 * Bundles `code`, a module in `src`, with all its imports into one file of JavaScript, and imports it. A loader that runs TypeScript
 * directly would add its own cost to each function.
 */
export async function bundled<M>(code: string, plugins: Plugin[] = []): Promise<M> {
  const folder = await mkdtemp(join(tmpdir(), "goro-bundle-"));
  try {
    const outfile = join(folder, "goro.mjs");
    const resolveDir = fileURLToPath(new URL("../../src/", import.meta.url));
    const stdin = { contents: code, resolveDir, loader: "ts" as const };
    await build({ stdin, outfile, bundle: true, format: "esm", target: "es2022", plugins });
    return (await import(pathToFileURL(outfile).href)) as M;
  } finally {
    await rm(folder, { recursive: true });
  }
}
