// Forgetting to close the jobs, mended: after the last job the channel is closed, and that tells the workers to go home
// when it is empty.

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
  jobs.close();
  console.log(`${numJobs} jobs sent, and the channel closed`);

  // Nobody sends results after this, so the results can be closed too.
  await wg.wait();
  results.close();

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
});

// Try: leave out the other close, the one of the results. Who waits for ever now?
