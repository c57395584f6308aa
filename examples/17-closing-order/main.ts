// The order of closing: first close the jobs, then wait for the workers, then close the results. A channel may be
// closed only when no more sends can follow.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;

interface Job {
  id: number;
  units: number; // how long it takes, in units of 30 ms
}

async function worker(jobs: ReceiveChannel<Job>, results: SendChannel<number>): Promise<void> {
  for await (const j of jobs) {
    await time.sleep(j.units * 30 * time.millisecond);
    console.log(`job ${j.id} is done`);
    await results.send(j.id);
  }
  console.log("a worker ends");
}

main(async () => {
  const durations = [3, 1, 5, 1, 2, 3];
  const jobs = new Channel<Job>(durations.length);
  const results = new Channel<number>();

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  // Main is the only sender of jobs, so it may close the channel after the last send. The workers still receive the
  // queued jobs.
  for (const [i, units] of durations.entries()) {
    await jobs.send({ id: i + 1, units });
  }
  console.log("1. close the jobs");
  jobs.close();

  // The workers send the results, so the last worker must return before the close. Main cannot wait for that: the
  // workers wait for main to read.
  go(async () => {
    await wg.wait();
    console.log("2. all workers have ended");
    console.log("3. close the results");
    results.close();
  });

  let count = 0;
  for await (const _ of results) {
    count++;
  }
  console.log(`4. the reader has ${count} results`);
});

// Try: close the results before the wait. How many results does the reader get then, and why does no send panic?
