// A timeout per task. A goroutine cannot be stopped from outside, so each task runs in its own goroutine, and after the
// timeout the worker continues without it.

import { Channel, type Context, context, defer, go, main, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const timeout = 200 * time.millisecond;

interface Job {
  id: number;
  duration: number;
  isCancelable: boolean;
}

interface Result {
  job: Job;
  err: Error | undefined;
}

const tasks = new WaitGroup();

// Only one goroutine runs between two awaits, so plain numbers are enough.
let running = 0;
let abandoned = 0;

// A cancelable task also waits for its context. The other kind ignores its context and duration its full time.
async function task(ctx: Context, job: Job): Promise<Error | undefined> {
  if (!job.isCancelable) {
    await time.sleep(job.duration);
    return undefined;
  }
  const s = await select({ after: receive(time.after(job.duration)), done: receive(ctx.done()) });
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

  // The slot has room for one result, so a late task can leave its result there and return.
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
  await jobs.send({ id: 1, duration: 100 * time.millisecond, isCancelable: true });
  await jobs.send({ id: 2, duration: 900 * time.millisecond, isCancelable: false });
  await jobs.send({ id: 3, duration: 100 * time.millisecond, isCancelable: true });
  await jobs.send({ id: 4, duration: 900 * time.millisecond, isCancelable: true });
  await jobs.send({ id: 5, duration: 100 * time.millisecond, isCancelable: true });
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

  // No task is blocked forever, so this wait returns.
  await tasks.wait();
  console.log(`at the end: ${running} still running`);
});

// Try: an unbuffered slot. Which tasks never return, and what does the program report?
