// The closer is a goroutine that waits for all workers and then closes the results. With the jobs sent from a goroutine too,
// main is free to read, and the pool takes any number of jobs, however small its buffers are.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;
const buffer = 4;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(2 * n);
  }
}

// run puts the numbers from 1 to numJobs through a new pool, and says how many results came and what their sum is.
async function run(numJobs: number): Promise<[count: number, sum: number]> {
  const jobs = new Channel<number>(buffer);
  const results = new Channel<number>(buffer);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  // When the buffers are full, sending has to wait until results are read. So it must not keep us from reading.
  go(async () => {
    for (let n = 1; n <= numJobs; n++) {
      await jobs.send(n);
    }
    jobs.close();
  });

  // Only when the last worker has ended will nobody send any more. A close before that would make the next send a panic.
  go(async () => {
    await wg.wait();
    results.close();
  });

  // The loop ends when the results are closed and empty: nothing is lost.
  let count = 0;
  let sum = 0;
  for await (const r of results) {
    count++;
    sum += r;
  }
  return [count, sum];
}

main(async () => {
  // Both buffers and the hands of all workers hold 11 jobs together.
  const full = buffer + numWorkers + buffer;
  for (const numJobs of [0, 2, buffer, full, full + 1, 10 * buffer]) {
    const [count, sum] = await run(numJobs);
    console.log(`${numJobs} jobs: ${count} results, sum ${sum}`);
  }
});

// Try: send the jobs without a goroutine of their own. Which number of jobs is too many, and why just that one?
