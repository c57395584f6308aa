// Testing a pool: the pool is in pool.ts and its tests are in pool.test.ts, where a second of sleep takes no time and a
// test fails if it leaks a goroutine. This program only runs the pool once for each number of jobs.

import { main } from "goro";
import { run } from "./pool.ts";

main(async () => {
  for (const numJobs of [10, 100]) {
    const results = await run(3, numJobs);
    const sum = results.reduce((a, b) => a + b, 0);
    console.log(`${numJobs} jobs, ${results.length} results, sum ${sum}`);
  }
});

// Try: send the jobs in the function itself, not in a goroutine. Which of the tests fails?
