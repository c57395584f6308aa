// Metrics: all workers share counters of the processed and the failed jobs. No update is lost, whatever the order in
// which the workers run.

import { Channel, main, type ReceiveChannel, time, WaitGroup } from "goro";

const numJobs = 100;

// All goroutines share one thread, and only one of them runs between two awaits, so plain numbers are enough. Worker
// threads that share memory need Atomics instead.
class Metrics {
  processed = 0;
  failed = 0;
}

// Every seventh job fails, and the jobs take between 0 and 4 ms, so that the workers interleave.
async function process(job: number): Promise<Error | undefined> {
  await time.sleep((job % 5) * time.millisecond);
  if (job % 7 === 0) {
    return new Error("seven is unlucky");
  }
  return undefined;
}

async function worker(jobs: ReceiveChannel<number>, m: Metrics): Promise<void> {
  for await (const job of jobs) {
    const err = await process(job);
    m.processed++;
    if (err) {
      m.failed++;
    }
  }
}

async function run(numWorkers: number): Promise<void> {
  const jobs = new Channel<number>(numJobs);
  const m = new Metrics();
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, m);
  }
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

  // The counters can be read at any time, but only now are they final.
  await wg.wait();
  console.log(`${numWorkers} at work: ${m.processed} processed, ${m.failed} failed`);
}

main(async () => {
  for (const numWorkers of [1, 3, 10, 100]) {
    await run(numWorkers);
  }
});

// Try: read the counter before the job, and write it plus one after the job. How many jobs are counted then?
