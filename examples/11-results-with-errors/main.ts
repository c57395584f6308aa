// A failed job also has a result. Each result carries a value or an error, so a failure reaches the reader and the
// worker continues.

import { Channel, go, main, type ReceiveChannel, type SendChannel, WaitGroup } from "goro";

interface Job {
  id: number;
}

// Exactly one of value and err is set. The type guarantees that.
type Result = { job: Job; value: string; err?: undefined } | { job: Job; err: Error };

// Errors are thrown, with the ID of the job in the message.
function process(j: Job): string {
  if (j.id % 2 === 0) {
    throw new Error(`job ${j.id}: even numbers are refused`);
  }
  return `number ${j.id} is fine`;
}

async function worker(jobs: ReceiveChannel<Job>, results: SendChannel<Result>): Promise<void> {
  for await (const j of jobs) {
    let result: Result;
    try {
      result = { job: j, value: process(j) };
    } catch (err) {
      result = { job: j, err: err as Error };
    }
    await results.send(result);
  }
}

main(async () => {
  const numJobs = 10;
  const jobs = new Channel<Job>(numJobs);
  const results = new Channel<Result>(numJobs);

  const wg = new WaitGroup();
  for (let w = 0; w < 3; w++) {
    wg.go(worker, jobs, results);
  }

  for (let id = 1; id <= numJobs; id++) {
    await jobs.send({ id });
  }
  jobs.close();

  // The closer is a separate goroutine: it waits for the workers while main reads.
  go(async () => {
    await wg.wait();
    results.close();
  });

  let succeeded = 0;
  let failed = 0;
  for await (const r of results) {
    if (r.err) {
      console.log(`failed: ${r.err.message}`);
      failed++;
      continue;
    }
    console.log(`job ${r.job.id} succeeded: ${r.value}`);
    succeeded++;
  }
  console.log(`${succeeded} succeeded, ${failed} failed`);
});

// Try: remove the try and the catch. What happens to the other jobs?
