// The tiny example: three workers do nine jobs and send the results through a channel. It is short because both channels
// have room for everything.

import { Channel, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 9;

// How many jobs are being done, and how many at most were done at once. Between two awaits a goroutine is alone, so nobody
// locks.
let running = 0;
let peak = 0;

async function process(job: number): Promise<number> {
  running++;
  peak = Math.max(peak, running);

  await time.sleep(30 * time.millisecond);

  running--;
  return job * 2;
}

// The whole pattern is in these lines: take a job, do it, send the result.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const job of jobs) {
    await results.send(await process(job));
  }
}

main(async () => {
  const jobs = new Channel<number>(100);
  const results = new Channel<number>(100);

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  // No worker has to wait for us to take its results, so we may wait for the workers first and read afterwards.
  await wg.wait();
  results.close();

  // The results stand in the order in which the jobs were done.
  for await (const result of results) {
    console.log(`result ${result}`);
  }
  console.log(`${numJobs} jobs, ${numWorkers} workers, at most ${peak} jobs at once`);
});

// Try: 101 jobs instead of 9. Who waits for whom at the end?
