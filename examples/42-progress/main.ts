// Progress of long work: results come one by one and in the order of the jobs, so a bar has only to be moved with each.
// The bar is drawn on the terminal by a library, and only if there is one.

import { Presets, SingleBar } from "cli-progress";
import { type Context, main, time, WorkerPool } from "goro";

const pages = Array.from({ length: 40 }, (_, i) => i + 1);

// Counting the words of a page takes longer for some than for others.
async function countWords(_: Context, page: number): Promise<number> {
  await time.sleep((10 + (page % 4) * 20) * time.millisecond);
  return 100 + page;
}

main(async () => {
  await using pool = new WorkerPool(countWords, { workers: 8 });
  const bar = new SingleBar(
    { format: "{bar} {value} of {total} pages", stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(pages.length, 0);

  // The pool is never more than a few pages ahead of this loop.
  let words = 0;
  for await (const count of pool.map(pages)) {
    words += count;
    bar.increment();
  }
  bar.stop();

  console.log(`${pages.length} pages, ${words} words`);
});

// Try: print the page with its count in the loop. In which order do the pages come, and why is that so?
