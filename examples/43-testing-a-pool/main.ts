// Testing a pool: the pool is in pool.ts and its tests are in pool.test.ts, where a second of sleep takes no time and a
// test fails if it leaves a goroutine behind. This program only shows that there is something to test.

import { main } from "goro";
import { run } from "./pool.ts";

main(async () => {
  for (const numJobs of [10, 100]) {
    const results = await run(3, numJobs);
    const sum = results.reduce((a, b) => a + b, 0);
    console.log(`${numJobs} jobs, ${results.length} results, sum ${sum}`);
  }
});

// Try: send the jobs in the function itself, and not in a goroutine. Which of the tests notices?
