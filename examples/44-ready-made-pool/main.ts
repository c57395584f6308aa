// The ready-made pool: runPool does what the previous programs do by hand. It takes a channel of jobs and a channel of
// outcomes, closes the outcomes when the run has ended, and reports the cause if the run was cut short.

import {
  Channel,
  type Context,
  context,
  defer,
  go,
  type JobOutcome,
  main,
  receive,
  runPool,
  select,
  send,
  time,
} from "goro";

const numWorkers = 2;

// A job takes 50 ms per unit, unless the context is done first. Job 3 is broken.
async function work(ctx: Context, units: number): Promise<number> {
  const s = await select({ after: receive(time.after(units * 50 * time.millisecond)), done: receive(ctx.done()) });
  if (s.case === "done") {
    throw ctx.err() as Error;
  }
  if (units === 3) {
    throw new Error("three is broken");
  }
  return units * 10;
}

async function run(parent: Context, units: number[], stopOnError: boolean): Promise<void> {
  const [ctx, cancel] = context.withCancel(parent);
  const jobs = new Channel<number>();
  const results = new Channel<JobOutcome<number, number>>();

  // A pool that is cut short takes no more jobs, so the sender also waits for the context, which is canceled when the
  // pool has ended.
  const sent = new Channel<number>(1);
  go(async () => {
    let taken = 0;
    for (const u of units) {
      const s = await select({ taken: send(jobs, u), done: receive(ctx.done()) });
      if (s.case === "done") {
        break;
      }
      taken++;
    }
    jobs.close();
    sent.trySend(taken);
  });

  // The pool runs in its own goroutine. Its report comes after the end of the results.
  const ended = new Channel<Error | undefined>(1);
  go(async () => {
    const report = await runPool(ctx, jobs, results, work, { workers: numWorkers, stopOnError });
    cancel();
    ended.trySend(report.cause);
  });

  // Each job has exactly one outcome: done, failed or canceled.
  for await (const r of results) {
    console.log(`  job ${r.job} ${r.status}: ${r.error?.message ?? r.value}`);
  }
  const { value: err } = await ended.receive();
  console.log(`  ${err?.message ?? "all is done"}`);
  const { value: taken } = await sent.receive();
  console.log(`  ${taken} of ${units.length} jobs were taken`);
}

main(async () => {
  // A failed job does not affect the others.
  console.log("collect:");
  await run(context.background(), [1, 3, 5, 2], false);

  // A failed job cancels the others, and the sender stops too.
  console.log("cancel:");
  await run(context.background(), [1, 3, 5, 2, 1, 1], true);

  // A run that is cut short reports the cause, and the jobs done by then keep their results.
  console.log("too late:");
  const [ctx, cancel] = context.withTimeout(context.background(), 225 * time.millisecond);
  using _ = defer(cancel);
  await run(ctx, [1, 2, 5], false);
});

// Try: one worker. Which lines change in each of the three runs, and which run stays the same?
