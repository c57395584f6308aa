// A graceful shutdown: no new jobs come, and what has been accepted is finished. Patience has its limits: when the grace
// period is over, whatever is left is reported as not done.

import { Channel, type Context, context, defer, main, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const numWorkers = 3;
const numJobs = 8;
const unit = 50 * time.millisecond;

interface Result {
  job: number;
  err: Error | undefined;
}

// Goroutines share one thread, so the counter is a plain number.
let running = 0;

// A job takes two units, unless the context ends before.
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

// The workers go on receiving after the end of the context: each job that is left then gets its result at once.
async function worker(ctx: Context, jobs: ReceiveChannel<number>, results: SendChannel<Result>): Promise<void> {
  for await (const job of jobs) {
    await results.send({ job, err: await process(ctx) });
  }
}

async function run(grace: number): Promise<void> {
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);

  // There is room for all results, so the workers can end before anybody reads.
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<Result>(numJobs);
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(worker, ctx, jobs, results);
  }
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }

  // The order to stop comes in the middle of the first jobs.
  await time.sleep(unit);
  console.log(`stop: ${running} running, ${jobs.length} queued`);
  const start = time.now();
  jobs.close();
  const timer = time.afterFunc(grace, cancel);
  await wg.wait();
  timer.stop();
  console.log(`stopped after ${Math.round(time.since(start) / unit)} x 50 ms`);

  // Sorted, because jobs that end together come in any order.
  results.close();
  const all: Result[] = [];
  for await (const r of results) {
    all.push(r);
  }
  all.sort((a, b) => a.job - b.job);

  let done = 0;
  for (const r of all) {
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
  // Time enough for all that is queued.
  await run(20 * unit);
  console.log("");

  // Time enough only for what is running.
  await run(2 * unit);
});

// Try: let the jobs ignore the context. What is the grace period worth then?
