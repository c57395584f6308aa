// Sending everything before reading anything: this works while every job fits into a buffer or a worker. Three queued
// jobs, three in the workers and three results are nine; the tenth send blocks forever.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

async function run(numJobs: number): Promise<void> {
  const numWorkers = 3;
  const jobs = new Channel<number>(numWorkers);
  const results = new Channel<number>(numWorkers);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  // When the results are full the workers block, then the jobs channel fills up, and then main blocks.
  console.log(`sending ${numJobs} jobs`);
  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  go(async () => {
    await wg.wait();
    results.close();
  });

  // The results are read only from here on.
  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
}

main(async () => {
  await run(9);
  await run(10);
});

// Try: channels of 100, still with three workers. What is the largest number of jobs that works then?
