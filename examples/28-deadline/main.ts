// A deadline for the whole batch: the jobs done by then count, and each other job has a result that states the reason.

import { Channel, type Context, context, defer, go, main, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const numWorkers = 2;
const numJobs = 10;

interface Result {
  job: number;
  err: Error | undefined;
}

// A job takes 150 ms, unless the context is done first.
async function process(ctx: Context, _: number): Promise<Error | undefined> {
  const s = await select({ after: receive(time.after(150 * time.millisecond)), done: receive(ctx.done()) });
  switch (s.case) {
    case "after":
      return undefined;
    case "done":
      return ctx.err();
  }
}

// After the deadline the workers keep receiving: each remaining job gets its result immediately, and none is lost.
async function worker(ctx: Context, jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const job of jobs) {
    const err = ctx.err();
    if (err) {
      await results.send({ job, err });
      continue;
    }
    await results.send({ job, err: await process(ctx, job) });
  }
}

main(async () => {
  const [ctx, cancel] = context.withTimeout(context.background(), 500 * time.millisecond);
  using _ = defer(cancel);

  const jobs = new Channel<number>(numJobs);
  const results = new Channel<Result>();
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, ctx, jobs, results);
  }
  go(async () => {
    await wg.wait();
    results.close();
  });

  // Two workers do three rounds of 150 ms within 500 ms: six jobs.
  let done = 0;
  for await (const r of results) {
    if (r.err) {
      console.log(`job ${r.job}: ${r.err.message}`);
      continue;
    }
    console.log(`job ${r.job}: done`);
    done++;
  }
  console.log(`${done} of ${numJobs} done: ${context.cause(ctx)?.message}`);
});

// Try: a third worker. How many jobs are done in time then?
