// Forgetting to close the jobs: when all jobs are done, the workers wait for one more, for ever. So whoever waits for
// the workers waits for ever too.

import { Channel, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 5;

// The loop ends when the channel is closed and empty. To be empty is not enough.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

main(async () => {
  // There is room for all jobs and all results, so nobody here waits to send.
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  for (let n = 1; n <= numJobs; n++) {
    await jobs.send(n);
  }
  console.log(`${numJobs} jobs sent`);

  // The jobs will be done. The workers will not: nobody has told them that there are no more.
  await wg.wait();
  results.close();

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
});

// Try: do not wait and close, but receive five results one by one. Who still waits when main returns, and who tells
// you?
