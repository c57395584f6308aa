// Waiting in the caller, fixed: pool runs in its own goroutine, so main is free to read.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numJobs = 5;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

// The pool closes the results when no more sends can follow.
async function pool(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  const wg = new WaitGroup();
  for (let w = 0; w < 3; w++) {
    wg.go(worker, jobs, results);
  }
  await wg.wait();
  results.close();
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>();
  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  jobs.close();

  console.log("starting pool");
  go(pool, jobs, results);

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
});

// Try: read only one result. What happens to the pool when main returns?
