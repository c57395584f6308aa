// A silent cancel, fixed: the run returns the cause of its end together with the results so far, so a partial result
// does not look complete.

import { Channel, type Context, context, defer, go, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

// The first four jobs are fast, the others slow. A slow job that has started runs to its end.
async function process(job: number): Promise<number> {
  await time.sleep(job <= 4 ? 10 * time.millisecond : 500 * time.millisecond);
  return job * job;
}

async function worker(ctx: Context, jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for (;;) {
    const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
    switch (s.case) {
      case "done":
        return;
      case "job":
        if (!s.ok) {
          return;
        }
        // The buffer has room for all results.
        await results.send(await process(s.value));
    }
  }
}

async function pool(ctx: Context, jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  const wg = new WaitGroup();
  for (let w = 0; w < 2; w++) {
    wg.go(worker, ctx, jobs, results);
  }
  await wg.wait();
  results.close();
}

async function run(ctx: Context, items: number[]): Promise<[squares: number[], err: Error | undefined]> {
  const jobs = new Channel<number>();
  const results = new Channel<number>(items.length);
  go(pool, ctx, jobs, results);

  submit: for (const item of items) {
    const s = await select({ done: receive(ctx.done()), job: send(jobs, item) });
    switch (s.case) {
      case "done":
        break submit;
      case "job":
        continue;
    }
  }
  jobs.close();

  const squares: number[] = [];
  for await (const result of results) {
    squares.push(result);
  }
  // The cause is undefined until the context is done.
  return [squares, context.cause(ctx)];
}

main(async () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const [ctx, cancel] = context.withTimeout(context.background(), 250 * time.millisecond);
  using _ = defer(cancel);

  const [squares, err] = await run(ctx, items);
  if (err) {
    console.log(`stopped with ${squares.length} of ${items.length} squares: ${err.message}`);
  } else {
    console.log(`success with ${squares.length} of ${items.length} squares`);
  }
});

// Try: call cancel after 100 ms, from time.afterFunc. What does the run return then?
