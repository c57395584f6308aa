// A graceful shutdown: the pool accepts no new jobs and finishes the accepted ones. When the grace period expires, the
// remaining jobs are reported as not done.

import { Channel, type Context, context, defer, main, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const numWorkers = 3;
const numJobs = 8;
const unit = 50 * time.millisecond;

interface Result {
  job: number;
  err: Error | undefined;
}

// All goroutines share one thread, so the counter is a plain number.
let running = 0;

// A job takes two units, unless the context is done first.
async function process(ctx: Context): Promise<Error | undefined> {
  running++;
  using _ = defer(() => running--);
  const s = await select({ after: receive(time.after(2 * unit)), done: receive(ctx.done()) });
  switch (s.case) {
    case "after":
      return undefined;
    case "done":
      return ctx.err();
  }
}

// The workers keep receiving after the context is done: each remaining job then gets its result immediately.
async function worker(ctx: Context, jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const job of jobs) {
    await results.send({ job, err: await process(ctx) });
  }
}

async function run(grace: number): Promise<void> {
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);

  // The buffer has room for all results, so the workers can return before main reads.
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<Result>(numJobs);
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, ctx, jobs, results);
  }
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }

  // The pool is stopped in the middle of the first jobs.
  await time.sleep(unit);
  console.log(`stop: ${running} running, ${jobs.length} queued`);
  const start = time.now();
  jobs.close();
  const timer = time.afterFunc(grace, cancel);
  await wg.wait();
  timer.stop();
  console.log(`stopped after ${Math.round(time.since(start) / unit)} x 50 ms`);

  // The results are sorted, because jobs that end at the same time arrive in any order.
  results.close();
  const collected: Result[] = [];
  for await (const r of results) {
    collected.push(r);
  }
  collected.sort((a, b) => a.job - b.job);

  let done = 0;
  for (const r of collected) {
    if (r.err) {
      console.log(`job ${r.job} is not done: ${r.err.message}`);
      continue;
    }
    console.log(`job ${r.job} is done`);
    done++;
  }
  console.log(`${done} of ${numJobs} done`);
}

main(async () => {
  // This grace period is long enough for all queued jobs.
  await run(20 * unit);
  console.log("");

  // This grace period is long enough only for the running jobs.
  await run(2 * unit);
});

// Try: let the jobs ignore the context. What effect does the grace period have then?
