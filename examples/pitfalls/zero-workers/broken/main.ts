// Zero workers: the number of workers is a parameter, and no code checks it. With 0 workers, no goroutine receives a
// job, and the first send blocks forever.

import { Channel, type Context, context, main, receive, select, send, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for await (const n of jobs) {
    await results.send(n * n);
  }
}

async function run(ctx: Context, numWorkers: number, items: number[]): Promise<[sum: number, err: Error | undefined]> {
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

// Try: -1 workers. What happens with no workers and no items?
