// Request context: each job carries the context of its request through a pool. Whatever a worker calls logs with the id
// of the request, and ends with the request, although the worker serves all requests.

import { Channel, type Context, context, defer, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const unit = 25 * time.millisecond;

const requestID = context.key<string>("requestID");

// A job has the context of its request, and the channel on which the request waits.
interface Job {
  ctx: Context;
  part: string;
  done: SendChannel<Error | undefined>;
}

function log(ctx: Context, message: string): void {
  console.log(`[${ctx.value(requestID)}] ${message}`);
}

// Loading takes 4 units, unless the request ends first. No caller passes an id.
async function load(ctx: Context, part: string): Promise<Error | undefined> {
  const s = await select({ after: receive(time.after(4 * unit)), done: receive(ctx.done()) });
  switch (s.case) {
    case "after":
      log(ctx, `${part} is loaded`);
      return undefined;
    case "done":
      return ctx.err();
  }
}

async function worker(jobs: ReceiveChannel<Job>): Promise<void> {
  for await (const job of jobs) {
    await job.done.send(await load(job.ctx, job.part));
  }
}

// handle loads both parts of one request. The workers may be busy: the request must not wait longer than its context.
async function handle(ctx: Context, jobs: SendChannel<Job>): Promise<void> {
  for (const part of ["user", "orders"]) {
    const done = new Channel<Error | undefined>(1);
    const s = await select({ job: send(jobs, { ctx, part, done }), done: receive(ctx.done()) });
    switch (s.case) {
      case "job":
        break;
      case "done":
        log(ctx, (ctx.err() as Error).message);
        return;
    }
    const { value: err } = await done.receive();
    if (err) {
      log(ctx, `${part}: ${err.message}`);
      return;
    }
  }
  log(ctx, "done");
}

main(async () => {
  const jobs = new Channel<Job>();
  const workers = new WaitGroup();
  const requests = new WaitGroup();
  for (let w = 0; w < 2; w++) {
    workers.go(worker, jobs);
  }

  // The third request comes late and has 6 units for its two parts.
  const starts = { a: 0, b: 2 * unit, c: 9 * unit };
  const limits = { a: time.second, b: time.second, c: 6 * unit };
  for (const id of ["a", "b", "c"] as const) {
    requests.go(async () => {
      await time.sleep(starts[id]);
      const [ctx, cancel] = context.withTimeout(context.background(), limits[id]);
      using _ = defer(cancel);
      await handle(context.withValue(ctx, requestID, id), jobs);
    });
  }
  await requests.wait();
  jobs.close();
  await workers.wait();
  console.log("all requests are done");
});

// Try: let the workers use a context of their own. Which id do they log, and when does the third request end?
