// A limiter in each worker, fixed: all workers share one ticker, so the rate is the rate of the pool. They wait for the
// tick and the end of the context at once.

import { Channel, type Context, context, defer, main, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel } from "goro";

const tick = 100 * time.millisecond;
const numWorkers = 3;
const numJobs = 15;

// The number of jobs started at each tick, and the number started after the context was done.
const starts: number[] = new Array<number>(numJobs + 1).fill(0);
let late = 0;

function process(ctx: Context, start: number): void {
  const now = Math.round(time.since(start) / tick);
  starts[now] = (starts[now] ?? 0) + 1;
  if (ctx.err()) {
    late++;
  }
}

async function worker(ctx: Context, start: number, limiter: time.Ticker, jobs: ReceiveChannel<number>): Promise<void> {
  for await (const _ of jobs) {
    // Select chooses at random if both cases are ready, so the context is checked first.
    if (ctx.err()) {
      return;
    }
    const s = await select({ done: receive(ctx.done()), tick: receive(limiter.c) });
    switch (s.case) {
      case "done":
        return;
      case "tick":
        process(ctx, start);
    }
  }
}

main(async () => {
  const jobs = new Channel<number>(numJobs);
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  // The context is done between the fourth tick and the fifth.
  const [ctx, cancel] = context.withTimeout(context.background(), 4.5 * tick);
  using _ = defer(cancel);
  const start = time.now();
  const limiter = new time.Ticker(tick);
  using _2 = defer(() => limiter.stop());
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, ctx, start, limiter, jobs);
  }
  await wg.wait();

  for (const [i, n] of starts.entries()) {
    if (n > 0) {
      console.log(`tick ${i}: ${n} started`);
    }
  }
  console.log(`${late} started after the end of the context`);
});

// Try: let each worker sleep for 200 ms after a job. Do the three workers keep up with the ticker?
