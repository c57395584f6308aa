// Progress of long work: the results arrive in the order of the jobs, each as soon as it and all results before it are
// ready, and each result advances a bar. A library draws the bar, and only on a terminal.

import { Presets, SingleBar } from "cli-progress";
import { type Context, main, time, WorkerPool } from "goro";

const pages = Array.from({ length: 40 }, (_, i) => i + 1);

// Counting the words of a page takes between 10 and 70 ms.
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

  // The pool runs only a limited number of pages ahead of this loop.
  let words = 0;
  for await (const count of pool.map(pages)) {
    words += count;
    bar.increment();
  }
  bar.stop();

  console.log(`${pages.length} pages, ${words} words`);
});

// Try: print each count in the loop. Page 4 is counted long before page 3: which of the two is printed first, and why?
