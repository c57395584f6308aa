// Notices when the library has become twice as slow: does some work with it and by hand, in one process, and compares the two.
// Only the ratio counts, and only the best of some rounds, for everything else depends on the machine.

import { bundled, timed } from "./guard/measure.ts";
import { type Guarded, guarded, type Library } from "./guard/work.ts";

const rounds = 7;

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

const library = await bundled<Library>('export * from "./index.ts";');
for (const work of guarded) {
  const ratio = await ratioOf(work, library);
  const isSlow = ratio > work.limit;
  console.log(
    `${work.name.padEnd(36)} ${ratio.toFixed(2).padStart(6)} x by hand, at most ${work.limit}${isSlow ? "  TOO SLOW" : ""}`,
  );
  if (isSlow) process.exitCode = 1;
}
