// A forgotten close, fixed: the jobs channel is closed after the last job, so each worker returns once it is empty.

import { Channel, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 5;

// The loop ends when the channel is closed and empty. An empty channel alone does not end it.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

main(async () => {
  // The buffers have room for all jobs and all results, so no send blocks.
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

  // No more results are sent after this wait, so the results can be closed too.
  await wg.wait();
  results.close();

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  console.log(`the squares of 1 to ${numJobs} add up to ${sum}`);
});

// Try: remove the other close, that of the results. Which goroutine blocks forever now?
