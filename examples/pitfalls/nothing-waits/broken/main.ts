// Nothing waits: the channels, the workers and the jobs are there, but main returns at once, and the program ends with
// it. It has done nothing and reports success.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

const numWorkers = 3;
const numJobs = 9;

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const j of jobs) {
    await time.sleep(50 * time.millisecond);
    await results.send(j * 2);
  }
}

main(async () => {
  const jobs = new Channel<number>(100);
  const results = new Channel<number>(100);
  for (let w = 0; w < numWorkers; w++) {
    go(worker, jobs, results);
  }
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  console.log(`${numJobs} jobs, ${results.length} results`);
});

// Try: channels without a buffer. How far does main get?
