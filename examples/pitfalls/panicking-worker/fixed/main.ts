// One panicking worker, fixed: an error thrown by a job is caught around that job and becomes its failed result. The
// worker and the other workers continue.

import { Channel, go, main, type ReceiveChannel, type SendChannel, time } from "goro";

const numWorkers = 3;
const numJobs = 6;

type Result = { job: number; value: number; err?: undefined } | { job: number; err: Error };

// Job n takes n times 40 ms. Job 4 panics.
async function process(j: number): Promise<number> {
  await time.sleep(j * 40 * time.millisecond);
  if (j === 4) {
    throw new Error("boom in worker");
  }
  return j * 2;
}

// The catch surrounds one job. Around the whole loop, it would save the program and lose the worker.
async function attempt(j: number): Promise<Result> {
  try {
    return { job: j, value: await process(j) };
  } catch (err) {
    return { job: j, err: new Error(`panic: ${(err as Error).message}`, { cause: err }) };
  }
}

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const j of jobs) {
    await results.send(await attempt(j));
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<Result>(numJobs);
  for (let w = 0; w < numWorkers; w++) {
    go(worker, jobs, results);
  }
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

  let done = 0;
  let failed = 0;
  for (let i = 0; i < numJobs; i++) {
    const { value: r } = await results.receive();
    if (r?.err) {
      console.log(`job ${r.job} failed: ${r.err.message}`);
      failed++;
      continue;
    }
    console.log(`job ${r?.job}: ${r?.value}`);
    done++;
  }
  console.log(`${done} done, ${failed} failed`);
});

// Try: catch in the worker, around its loop. Which job has no result then, and which goroutine waits for it?
