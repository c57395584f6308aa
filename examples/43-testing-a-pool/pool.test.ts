// Tests of the pool. In a bubble, time advances when all goroutines are blocked, and a test fails if a goroutine is
// left when it ends.

import { expect, test } from "@jest/globals";
import { bubble, now } from "goro/testing";
import { run } from "./pool.ts";

test("each job has its result", async () => {
  await bubble(async () => {
    const results = await run(3, 10);
    results.sort((a, b) => a - b);
    expect(results).toEqual([2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
  });
});

// Ten jobs fit into the buffers, even without a reader. A test must use more jobs than all buffers and workers can
// hold.
test("more jobs than the buffers hold all have results", async () => {
  await bubble(async () => {
    expect(await run(3, 1000)).toHaveLength(1000);
  });
});

test("the results come in the order in which they are ready", async () => {
  await bubble(async () => {
    expect(await run(3, 3)).toEqual([6, 4, 2]);
  });
});

test("more workers need less time", async () => {
  await bubble(async () => {
    const took = [];
    for (const numWorkers of [1, 10]) {
      const start = now();
      await run(numWorkers, 10);
      took.push(now() - start);
    }
    expect(took).toEqual([55, 10]);
  });
});
