// Detects when the library has become twice as slow: compares its time for each piece of work with that of code by hand, in one process.
// Only the best ratio of seven rounds counts, because absolute times depend on the machine.

import { bundled, timed } from "./guard/measure.ts";
import { type Guarded, guarded, type Library } from "./guard/work.ts";

const rounds = 7;

/** Returns the least ratio of the time of the library to that of the code by hand, measured in turn. */
async function ratioOf({ goro, byHand, n }: Guarded, library: Library): Promise<number> {
  const expected = (n * (n - 1)) / 2;
  let best = Infinity;
  for (let round = 0; round < rounds; round++) {
    const baseline = await timed(() => byHand(n), expected);
    const actual = await timed(() => goro(library, n), expected);
    // In the first round the engine still compiles.
    if (round > 0) best = Math.min(best, actual / baseline);
  }
  return best;
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
