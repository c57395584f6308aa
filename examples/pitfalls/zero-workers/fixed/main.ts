// Zero workers, fixed: a number of workers below 1 is an error, and the caller gets it before any goroutine waits.

import { Channel, type Context, context, main, receive, select, send, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

async function run(ctx: Context, numWorkers: number, items: number[]): Promise<[sum: number, err: Error | undefined]> {
  if (numWorkers < 1) {
    return [0, new RangeError(`at least 1 worker is needed, not ${numWorkers}`)];
  }

  const jobs = new Channel<number>();
  const results = new Channel<number>(items.length);
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, jobs, results);
  }

  submit: for (const item of items) {
    const s = await select({ job: send(jobs, item), done: receive(ctx.done()) });
    switch (s.case) {
      case "job":
        continue;
      case "done":
        break submit;
    }
  }
  jobs.close();
  await wg.wait();
  results.close();

  let sum = 0;
  for await (const r of results) {
    sum += r;
  }
  return [sum, ctx.err()];
}

main(async () => {
  for (const numWorkers of [2, 0]) {
    console.log(`${numWorkers} workers`);
    const [sum, err] = await run(context.background(), numWorkers, [1, 2, 3, 4, 5]);
    if (err) {
      console.log(`error: ${err.message}`);
      continue;
    }
    console.log(`the sum is ${sum}`);
  }
});

// Try: no workers and no items. Is that an error?
