// Logging: each worker says when it starts a job, and how the job ended. Beside them somebody watches the queue, which
// tells how much is still to come.

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

// One line at the start and one at the end, whatever the end: a job without a second line is still at work, or hangs.
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

  // We look in the middle of each round. What a worker is busy with is no longer in the queue, so an empty queue is not
  // yet the end.
  await time.sleep(round / 2);
  while (jobs.length > 0) {
    console.log(`queue: ${jobs.length} waiting`);
    await time.sleep(round);
  }
  console.log(`queue: ${jobs.length} waiting`);

  await wg.wait();
  console.log("all workers have ended");
});

// Try: a fourth worker. What does the queue say in each round?
