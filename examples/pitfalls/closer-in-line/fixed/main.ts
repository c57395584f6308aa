// Closing inline, fixed: the same steps in the same order (send, close the jobs, wait, close the results) run in a
// separate goroutine, while main reads.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

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

  go(async () => {
    for (let n = 1; n <= numJobs; n++) {
      await jobs.send(n);
    }
    console.log(`${numJobs} jobs sent`);
    jobs.close();
    await wg.wait();
    results.close();
  });

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
}

main(async () => {
  await run(10);
  await run(11);
  await run(1000);
});

// Try: buffers of 0. Does the program still end, and which of the steps waits for the reader then?
