// A separate error channel: values go to one channel and errors to another, and the main goroutine reads both until
// both are closed.

import { Channel, go, main, receive, type ReceiveChannel, select, type SendChannel, WaitGroup } from "goro";

const numWorkers = 3;
const numJobs = 10;

// Every third job fails.
function process(job: number): number {
  if (job % 3 === 0) {
    throw new Error(`job ${job}: multiples of 3 are refused`);
  }
  return job * job;
}

async function worker(
  jobs: ReceiveChannel<number>,
  results: SendChannel<number>,
  errs: SendChannel<Error>,
): Promise<void> {
  for await (const job of jobs) {
    let square: number;
    try {
      square = process(job);
    } catch (err) {
      await errs.send(err as Error);
      continue;
    }
    await results.send(square);
  }
}

// A receive from a closed channel is always ready, so the case of a closed channel must be disabled. A receive from
// null is never ready. The loop ends when both channels are null.
async function collect(
  results: ReceiveChannel<number> | null,
  errs: ReceiveChannel<Error> | null,
): Promise<[succeeded: number, failed: number]> {
  let succeeded = 0;
  let failed = 0;
  while (results !== null || errs !== null) {
    const s = await select({ result: receive(results), err: receive(errs) });
    switch (s.case) {
      case "result":
        if (!s.ok) {
          console.log("no more results");
          results = null;
          continue;
        }
        console.log(`result: ${s.value}`);
        succeeded++;
        break;
      case "err":
        if (!s.ok) {
          console.log("no more errors");
          errs = null;
          continue;
        }
        console.log(`error: ${s.value.message}`);
        failed++;
        break;
    }
  }
  return [succeeded, failed];
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>();
  const errs = new Channel<Error>();
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results, errs);
  }

  // Any worker may send on either channel, so both stay open until the last worker has returned.
  go(async () => {
    await wg.wait();
    results.close();
    errs.close();
  });

  const [succeeded, failed] = await collect(results, errs);
  console.log(`${succeeded} results + ${failed} errors = ${succeeded + failed} jobs`);
});

// Try: read all results first, and the errors after them. Which goroutine waits for which?
