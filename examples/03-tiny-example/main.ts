// The tiny example: three workers do nine jobs and send the results through a channel. It is short because both
// channels have room for all values.

import { Channel, main, type ReceiveChannel, type SendChannel, time, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 9;

// The number of running jobs, and its maximum. Only one goroutine runs between two awaits, so the counters need no
// lock.
let running = 0;
let peak = 0;

async function process(job: number): Promise<number> {
  running++;
  peak = Math.max(peak, running);

  await time.sleep(30 * time.millisecond);

  running--;
  return job * 2;
}

// These lines are the whole pattern: take a job, do it, send the result.
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

  // The buffer holds all results, so main can wait for the workers first and read the results afterwards.
  await wg.wait();
  results.close();

  // The results arrive in the order in which the jobs were completed.
  for await (const result of results) {
    console.log(`result ${result}`);
  }
  console.log(`${numJobs} jobs, ${numWorkers} workers, at most ${peak} jobs at once`);
});

// Try: 101 jobs instead of 9. Which goroutine waits for which at the end?
