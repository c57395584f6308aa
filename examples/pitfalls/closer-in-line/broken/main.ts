// Closing inline: "close the jobs, wait, close the results" is the right order, but here it runs before the results are
// read. It works while all results fit into the buffer. With one more, a worker waits for a reader, and the reader for
// the worker.

import { Channel, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const bufferSize = 10;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

async function run(numJobs: number): Promise<void> {
  const jobs = new Channel<number>(bufferSize);
  const results = new Channel<number>(bufferSize);
  const wg = new WaitGroup();
  for (let w = 0; w < 3; w++) {
    wg.go(worker, jobs, results);
  }

  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  console.log(`${numJobs} jobs sent`);
  jobs.close();
  await wg.wait();
  results.close();

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
}

main(async () => {
  await run(10);
  await run(11);
});

// Try: 13 jobs, and then 24. How many workers are blocked, and where does main wait?
