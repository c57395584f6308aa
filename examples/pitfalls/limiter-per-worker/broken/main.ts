// A limiter in each worker: the rate is meant for the pool, and three workers with one ticker each triple it. In
// addition, the wait for a tick does not end when the context is done.

import { Channel, type Context, context, defer, main, type ReceiveChannel, time, WaitGroup } from "goro";

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

async function worker(ctx: Context, start: number, jobs: ReceiveChannel<number>): Promise<void> {
  const limiter = new time.Ticker(tick);
  using _ = defer(() => limiter.stop());
  for await (const _ of jobs) {
    await limiter.c.receive();
    process(ctx, start);
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
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, ctx, start, jobs);
  }
  await wg.wait();

  for (const [i, n] of starts.entries()) {
    if (n > 0) {
      console.log(`tick ${i}: ${n} started`);
    }
  }
  console.log(`${late} started after the end of the context`);
});

// Try: one worker. What is the rate then?
