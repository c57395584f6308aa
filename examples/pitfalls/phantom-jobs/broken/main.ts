// Phantom jobs: a receive in a select that does not check whether the channel is closed. A receive from a closed
// channel is always ready, so the worker keeps receiving jobs that were never sent, until the context is done.

import { Channel, type Context, context, defer, main, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel } from "goro";

let realJobs = 0;
let phantomJobs = 0;

// The jobs are numbered from 1. A receive from a closed channel returns undefined.
async function process(job: number | undefined): Promise<void> {
  if (job === undefined) {
    phantomJobs++;
  } else {
    realJobs++;
  }
  await time.sleep(time.millisecond);
}

async function worker(ctx: Context, jobs: ReceiveChannel<number>): Promise<void> {
  for (;;) {
    const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
    switch (s.case) {
      case "done":
        return;
      case "job":
        await process(s.value);
    }
  }
}

main(async () => {
  const [ctx, cancel] = context.withTimeout(context.background(), 500 * time.millisecond);
  using _ = defer(cancel);

  const jobs = new Channel<number>(3);
  for (let job = 1; job <= 3; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const wg = new WaitGroup();
  wg.go(worker, ctx, jobs);
  await wg.wait();

  // The worker should have returned after the last job, long before the context is done.
  console.log(`real jobs: ${realJobs}`);
  console.log(`more than 100 phantom jobs: ${phantomJobs > 100}`);
  console.log(`the context had to end the worker: ${ctx.err() !== undefined}`);
});

// Try: remove the sleep, and print the number of phantom jobs.
