// What all measurements within one process have in common: checked work, and libraries as users get them.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";

/** How many milliseconds `work` takes, which must answer `expected`. */
export async function timed(work: () => Promise<number>, expected: number): Promise<number> {
  const start = performance.now();
  const answer = await work();
  const ms = performance.now() - start;
  if (answer !== expected) throw new Error(`the answer is ${answer} and not ${expected}`);
  return ms;
}

/**
 * The module that `code` is, written as a file of `src`, with all that it imports: in one file of JavaScript, for what runs TypeScript
 * directly adds to each function what it costs.
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
