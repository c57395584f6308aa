// Waiting in the caller: pool returns when all workers have ended, the workers end when their results are read, and
// whoever would read them is waiting for pool to return.

import { Channel, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numJobs = 5;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

// This pool is right in itself: it closes the results when nobody will send any more.
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

  console.log("calling pool");
  await pool(jobs, results);

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
});

// Try: results with a buffer, first of 4, then of 5. Why is 5 enough?
