// Lines that run together, fixed: each failure is one line with a newline at its end, and only the error names the job.
// The original error can still be checked.

import { Channel, go, main, type ReceiveChannel, type SendChannel } from "goro";

type Result = { job: number; value: number; err?: undefined } | { job: number; err: Error };

const errBoom = new Error("boom");

function square(j: number): number {
  if (j === 7 || j === 8) {
    throw errBoom;
  }
  return j * j;
}

// The error names its job and wraps the original error.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const j of jobs) {
    let result: Result;
    try {
      result = { job: j, value: square(j) };
    } catch (err) {
      result = { job: j, err: new Error(`processing job ${j}: ${(err as Error).message}`, { cause: err }) };
    }
    await results.send(result);
  }
  results.close();
}

main(async () => {
  const jobs = new Channel<number>(4);
  const results = new Channel<Result>();

  // One worker, so that the results arrive in the order of the jobs.
  go(worker, jobs, results);
  for (let j = 6; j <= 9; j++) {
    await jobs.send(j);
  }
  jobs.close();

  let booms = 0;
  for await (const r of results) {
    if (r.err) {
      process.stdout.write(`Failed: ${r.err.message}\n`);
      if (r.err.cause === errBoom) {
        booms++;
      }
      continue;
    }
    process.stdout.write(`Job ${r.job}: ${r.value}\n`);
  }
  process.stdout.write(`${booms} failures because of ${errBoom.message}\n`);
});

// Try: wrap without the cause. What changes in the output?
