// The closer is a goroutine that waits for all workers and then closes the results. The jobs are sent from a goroutine
// too, so main is free to read, and the pool handles any number of jobs with buffers of any size.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;
const buffer = 4;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(2 * n);
  }
}

// run sends the numbers from 1 to numJobs through a new pool, and returns the number of results and their sum.
async function run(numJobs: number): Promise<[count: number, sum: number]> {
  const jobs = new Channel<number>(buffer);
  const results = new Channel<number>(buffer);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  // When the buffers are full, a send blocks until a result is read, so the jobs are not sent by the goroutine that
  // reads.
  go(async () => {
    for (let n = 1; n <= numJobs; n++) {
      await jobs.send(n);
    }
    jobs.close();
  });

  // After the last worker has returned, no more sends follow. If the channel were closed earlier, the next send would
  // panic.
  go(async () => {
    await wg.wait();
    results.close();
  });

  // The loop ends when the results are closed and empty, so no result is lost.
  let count = 0;
  let sum = 0;
  for await (const r of results) {
    count++;
    sum += r;
  }
  return [count, sum];
}

main(async () => {
  // The two buffers and the three workers hold 11 jobs in total.
  const full = buffer + numWorkers + buffer;
  for (const numJobs of [0, 2, buffer, full, full + 1, 10 * buffer]) {
    const [count, sum] = await run(numJobs);
    console.log(`${numJobs} jobs: ${count} results, sum ${sum}`);
  }
});

// Try: send the jobs without a goroutine. What is the smallest number of jobs that blocks, and why?
