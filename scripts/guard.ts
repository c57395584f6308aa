// Notices when the library has become twice as slow: does some work with it and by hand, in one process, and compares the two.
// Only the ratio counts, and only the best of some rounds, for everything else depends on the machine.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { type Guarded, guarded, type Library } from "./guard/work.ts";

const rounds = 7;

/** How many milliseconds `work` takes, which must answer `expected`. */
async function timed(work: () => Promise<number>, expected: number): Promise<number> {
  const start = performance.now();
  const answer = await work();
  const ms = performance.now() - start;
  if (answer !== expected) throw new Error(`guard: the answer is ${answer} and not ${expected}`);
  return ms;
}

/** The least of some ratios of the library's time and that of the code by hand, measured in turn. */
async function ratioOf({ goro, byHand, n }: Guarded, library: Library): Promise<number> {
  const expected = (n * (n - 1)) / 2;
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const floor = await timed(() => byHand(n), expected);
    const own = await timed(() => goro(library, n), expected);
    // The first round is for the compiler.
    if (round > 0) least = Math.min(least, own / floor);
  }
  return least;
}

// As users get it: what runs TypeScript directly adds to each function what it costs.
const folder = await mkdtemp(join(tmpdir(), "goro-guard-"));
try {
  const outfile = join(folder, "goro.mjs");
  const entry = fileURLToPath(new URL("../src/index.ts", import.meta.url));
  await build({ entryPoints: [entry], outfile, bundle: true, format: "esm", target: "es2022" });
  const library = (await import(pathToFileURL(outfile).href)) as Library;
  for (const work of guarded) {
    const ratio = await ratioOf(work, library);
    const isSlow = ratio > work.limit;
    console.log(
      `${work.name.padEnd(36)} ${ratio.toFixed(2).padStart(6)} x by hand, at most ${work.limit}${isSlow ? "  TOO SLOW" : ""}`,
    );
    if (isSlow) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true });
}
