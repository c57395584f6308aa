// A limit of time for each task. A goroutine cannot be stopped from outside, so each task runs in one of its own, and when
// its time is over the worker goes on without it.

import { Channel, type Context, context, defer, go, main, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const timeout = 200 * time.millisecond;

interface Job {
  id: number;
  takes: number;
  listens: boolean;
}

interface Result {
  job: Job;
  err: Error | undefined;
}

const tasks = new WaitGroup();

// Plain numbers will do: between two awaits nobody else runs.
let running = 0;
let abandoned = 0;

// A good task listens to its context. The other kind hangs, for all we know.
async function task(ctx: Context, job: Job): Promise<Error | undefined> {
  if (!job.listens) {
    await time.sleep(job.takes);
    return undefined;
  }
  const s = await select({ after: receive(time.after(job.takes)), done: receive(ctx.done()) });
  switch (s.case) {
    case "after":
      return undefined;
    case "done":
      return ctx.err();
  }
}

async function process(job: Job): Promise<Error | undefined> {
  const [ctx, cancel] = context.withTimeout(context.background(), timeout);
  using _ = defer(cancel);

  // The slot has room for the one result: so a task that comes too late can leave it there and end.
  const slot = new Channel<Error | undefined>(1);
  tasks.go(async () => {
    running++;
    const err = await task(ctx, job);
    running--;
    await slot.send(err);
  });

  const s = await select({ err: receive(slot), done: receive(ctx.done()) });
  switch (s.case) {
    case "err":
      return s.value;
    case "done":
      abandoned++;
      return ctx.err();
  }
}

// There is only one worker, so it can close the results itself.
async function worker(jobs: ReceiveChannel<Job>, results: SendChannel<Result>): Promise<void> {
  for await (const job of jobs) {
    await results.send({ job, err: await process(job) });
  }
  results.close();
}

main(async () => {
  const jobs = new Channel<Job>(5);
  const results = new Channel<Result>();
  await jobs.send({ id: 1, takes: 100 * time.millisecond, listens: true });
  await jobs.send({ id: 2, takes: 900 * time.millisecond, listens: false });
  await jobs.send({ id: 3, takes: 100 * time.millisecond, listens: true });
  await jobs.send({ id: 4, takes: 900 * time.millisecond, listens: true });
  await jobs.send({ id: 5, takes: 100 * time.millisecond, listens: true });
  jobs.close();

  const start = time.now();
  go(worker, jobs, results);
  for await (const r of results) {
    const at = Math.round(time.since(start) / 100) * 100;
    if (r.err) {
      console.log(`after ${at} ms: job ${r.job.id}: ${r.err.message}`);
      continue;
    }
    console.log(`after ${at} ms: job ${r.job.id}: done`);
  }
  console.log(`${abandoned} tasks abandoned, ${running} still running`);

  // Nobody is parked for ever, or this would be.
  await tasks.wait();
  console.log(`in the end: ${running} still running`);
});

// Try: a slot without room. Which tasks never end, and what does the program say?
