// A test that fits, fixed: a separate goroutine sends the jobs, and the test runs with more jobs than the buffers and
// the workers can hold. It would fail if all jobs were sent before the first result is read.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * 2);
  }
}

async function testWorkerPool(numJobs: number): Promise<void> {
  console.log(`=== RUN: ${numJobs} jobs`);
  const jobs = new Channel<number>(10);
  const results = new Channel<number>(10);

  // Start the pool.
  const wg = new WaitGroup();
  for (let w = 0; w < 3; w++) {
    wg.go(worker, jobs, results);
  }

  // Send the jobs.
  go(async () => {
    for (let n = 1; n <= numJobs; n++) {
      await jobs.send(n);
    }
    jobs.close();
  });

  // Collect the results.
  go(async () => {
    await wg.wait();
    results.close();
  });
  let count = 0;
  for await (const _ of results) {
    count++;
  }

  // Check the number of results.
  if (count !== numJobs) {
    console.log(`--- FAIL: expected ${numJobs} results, got ${count}`);
    return;
  }
  console.log(`--- PASS: ${count} results`);
}

main(async () => {
  await testWorkerPool(10);
  await testWorkerPool(24);
  await testWorkerPool(1000);
});

// Try: let one job send two results. Does the test detect it?
