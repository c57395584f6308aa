// A rate limit: one ticker serves the whole pool, and each job starts with a tick. More workers do not start more jobs,
// and the wait for a tick also ends when the context is done.

import { Channel, type Context, context, defer, main, receive, select, time, WaitGroup } from "goro";

const tick = 50 * time.millisecond;

// Waits until a job may start or the context is done.
async function wait(ctx: Context, limiter: time.Ticker): Promise<Error | undefined> {
  const s = await select({ tick: receive(limiter.c), done: receive(ctx.done()) });
  switch (s.case) {
    case "tick":
      return undefined;
    case "done":
      return ctx.err();
  }
}

// Runs five jobs, and returns the tick in which each job started.
async function run(ctx: Context, numWorkers: number): Promise<[starts: number[], err: Error | undefined]> {
  const numJobs = 5;
  const jobs = new Channel<number>(numJobs);
  for (let j = 1; j <= numJobs; j++) {
    await jobs.send(j);
  }
  jobs.close();

  const start = time.now();
  const limiter = new time.Ticker(tick);
  using _ = defer(() => limiter.stop());

  const starts: number[] = [];
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      for await (const _ of jobs) {
        if (await wait(ctx, limiter)) {
          return;
        }
        starts.push(Math.round(time.since(start) / tick));
      }
    });
  }
  await wg.wait();
  return [starts, ctx.err()];
}

main(async () => {
  let [starts] = await run(context.background(), 1);
  console.log(`1 worker: jobs start in ticks [${starts.join(" ")}]`);

  // The workers share the ticker: each tick goes to one of them.
  [starts] = await run(context.background(), 3);
  console.log(`3 workers: jobs start in ticks [${starts.join(" ")}]`);

  // The workers that wait for the third tick return at the cancel.
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  time.afterFunc((5 * tick) / 2, cancel);
  const start = time.now();
  const [started, err] = await run(ctx, 3);
  console.log(`canceled: jobs start in ticks [${started.join(" ")}], then ${err?.message}`);
  console.log(`over before the third tick: ${time.since(start) < 3 * tick}`);
});

// Try: give each worker its own ticker. How many jobs start in each tick?
