// The loop of a cancelable worker: it waits for a job or for the end of the context. However the run ends, all of its
// workers have returned when it returns.

import { Channel, type Context, context, defer, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel } from "goro";

const numWorkers = 2;
const errRefused = new Error("negative numbers are refused");

// The workers share these counters. Only one goroutine runs between two awaits, so plain numbers are enough.
let live = 0;
let taken = 0;

async function worker(ctx: Context, jobs: ReceiveChannel<number>): Promise<void> {
  live++;
  using _ = defer(() => live--);
  for (;;) {
    const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
    switch (s.case) {
      case "done":
        console.log("  a worker ends: canceled");
        return;
      case "job":
        // A receive from a closed channel is always ready. Without this check, the worker would receive jobs that were
        // never sent.
        if (!s.ok) {
          console.log("  a worker ends: no more jobs");
          return;
        }
        taken++;
        await process(ctx);
    }
  }
}

// A job takes 50 ms, unless the context is done first.
async function process(ctx: Context): Promise<void> {
  await select({ after: receive(time.after(50 * time.millisecond)), done: receive(ctx.done()) });
}

async function run(parent: Context, items: number[]): Promise<Error | undefined> {
  // Deferred calls run on every exit path, in reverse order: the workers are canceled first, and then run waits for
  // them.
  const wg = new WaitGroup();
  await using _ = defer(() => wg.wait());
  const [ctx, cancel] = context.withCancel(parent);
  using _2 = defer(cancel);

  const jobs = new Channel<number>();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, ctx, jobs);
  }
  for (const item of items) {
    if (item < 0) {
      return errRefused;
    }
    const s = await select({ job: send(jobs, item), done: receive(ctx.done()) });
    switch (s.case) {
      case "job":
        continue;
      case "done":
        return context.cause(ctx);
    }
  }

  // On this path the workers finish the jobs that they have, so the wait comes before the cancel.
  jobs.close();
  await wg.wait();
  return undefined;
}

async function report(ctx: Context, items: number[]): Promise<void> {
  taken = 0;
  const err = await run(ctx, items);
  console.log(`  ${taken} of ${items.length} jobs taken, ${live} workers live`);
  if (err) {
    console.log(`  ${err.message}`);
  }
}

main(async () => {
  console.log("all is well");
  await report(context.background(), [1, 2, 3, 4, 5, 6]);

  console.log("the caller cancels after 125 ms");
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  time.afterFunc(125 * time.millisecond, cancel);
  await report(ctx, [1, 2, 3, 4, 5, 6, 7, 8]);

  // These jobs are not closed, and the caller does not cancel: only the deferred cancel ends the workers.
  console.log("the fifth job is refused");
  await report(context.background(), [1, 2, 3, 4, -5, 6]);
});

// Try: remove the deferred cancel from run. Which of the three runs never ends, and which goroutine waits for which?
