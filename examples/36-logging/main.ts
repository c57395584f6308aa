// Logging: each worker logs the start of each job and its end. Main logs the length of the queue, which is the number
// of jobs that have not started.

import { Channel, main, type ReceiveChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 9;
const round = 60 * time.millisecond;

async function process(job: number): Promise<Error | undefined> {
  await time.sleep(round);
  if (job % 4 === 0) {
    return new Error("out of paper");
  }
  return undefined;
}

// One line at the start and one at the end, however the job ends: a job without a second line is still running, or
// hangs.
async function worker(id: number, jobs: ReceiveChannel<number>): Promise<void> {
  for await (const job of jobs) {
    console.log(`worker ${id}: job ${job} started`);
    const err = await process(job);
    if (err) {
      console.log(`worker ${id}: job ${job} failed: ${err.message}`);
      continue;
    }
    console.log(`worker ${id}: job ${job} finished`);
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const wg = new WaitGroup();
  for (let id = 1; id <= numWorkers; id++) {
    wg.go(worker, id, jobs);
  }

  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  // Main reads the length in the middle of each round. A running job has left the queue, so an empty queue does not
  // mean that all jobs are done.
  await time.sleep(round / 2);
  while (jobs.length > 0) {
    console.log(`queue: ${jobs.length} waiting`);
    await time.sleep(round);
  }
  console.log(`queue: ${jobs.length} waiting`);

  await wg.wait();
  console.log("all workers have ended");
});

// Try: a fourth worker. What is the length of the queue in each round?
