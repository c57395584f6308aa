// Jobs that panic: each job runs inside a guard that turns a panic into a result with an error. The worker continues,
// and the other jobs are not affected. Without the guard, one panic ends the program.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

const numWorkers = 2;
const numJobs = 8;

type Result = { job: number; value: number; err?: undefined } | { job: number; err: Error };

// Jobs 2, 4 and 6 fail: more jobs than there are workers.
async function process(job: number): Promise<number> {
  switch (job) {
    case 2:
    case 4:
      throw new Error("no paper");
    case 6: {
      const closed = new Channel<number>(1);
      closed.close();
      await closed.send(job);
    }
  }
  return job * job;
}

// The guard surrounds one job, not the loop of the worker.
async function runGuarded(job: number): Promise<Result> {
  try {
    return { job, value: await process(job) };
  } catch (err) {
    return { job, err: new Error(`panic: ${(err as Error).message}`, { cause: err }) };
  }
}

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const job of jobs) {
    await results.send(await runGuarded(job));
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<Result>();
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }
  go(async () => {
    await wg.wait();
    results.close();
  });

  let good = 0;
  let panicked = 0;
  for await (const r of results) {
    if (r.err) {
      console.log(`job ${r.job}: ${r.err.message}`);
      panicked++;
      continue;
    }
    console.log(`job ${r.job}: ${r.value}`);
    good++;
  }
  console.log(`${numWorkers} workers, ${numJobs} jobs: ${good} good, ${panicked} panicked`);
});

// Try: put the guard around the loop of the worker. How many results arrive then?
