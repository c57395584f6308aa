// The loop of a worker that can be cancelled: it waits for a job or for the end of the context. Whichever way the run ends,
// all of its workers have ended when it returns.

import { Channel, type Context, context, defer, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel } from "goro";

const numWorkers = 2;
const errRefused = new Error("negative numbers are refused");

// What the workers count. Plain numbers will do: between two awaits nobody else runs.
let live = 0;
let taken = 0;

async function worker(ctx: Context, jobs: ReceiveChannel<number>): Promise<void> {
  live++;
  using _ = defer(() => live--);
  for (;;) {
    const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
    switch (s.case) {
      case "done":
        console.log("  a worker ends: cancelled");
        return;
      case "job":
        // A closed channel is always ready. If we did not ask, it would give us jobs that nobody has sent, without end.
        if (!s.ok) {
          console.log("  a worker ends: no more jobs");
          return;
        }
        taken++;
        await process(ctx);
    }
  }
}

// A job takes 50 ms, unless the context ends before.
async function process(ctx: Context): Promise<void> {
  await select({ after: receive(time.after(50 * time.millisecond)), done: receive(ctx.done()) });
}

async function run(parent: Context, items: number[]): Promise<Error | undefined> {
  // Deferred calls run on every way out, the last one first: so the workers are cancelled, and then waited for.
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

  // On this way out the workers are to finish what they have: so wait for them before the context ends.
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

  // Nobody closes these jobs, and the caller does not cancel: only the deferred call does.
  console.log("the fifth job is refused");
  await report(context.background(), [1, 2, 3, 4, -5, 6]);
});

// Try: take the deferred cancel out of run. Which of the three runs never ends, and who waits for whom?
