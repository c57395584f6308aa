// A random cancel: a select over the end of the context and the jobs. When both are ready it chooses at random, so jobs
// are still processed after the context has ended.

import { Channel, type Context, context, main, receive, type ReceiveChannel, select } from "goro";

const numRuns = 1000;
const numJobs = 5;

// A worker gives how many jobs it has processed.
async function worker(ctx: Context, jobs: ReceiveChannel<number>): Promise<number> {
  let processed = 0;
  for (;;) {
    const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
    switch (s.case) {
      case "done":
        return processed;
      case "job":
        if (!s.ok) {
          return processed;
        }
        processed++;
    }
  }
}

main(async () => {
  let processed = 0;
  for (let run = 0; run < numRuns; run++) {
    const jobs = new Channel<number>(numJobs);
    for (let job = 1; job <= numJobs; job++) {
      await jobs.send(job);
    }
    jobs.close();

    // The context ends before the worker begins.
    const [ctx, cancel] = context.withCancel(context.background());
    cancel();
    processed += await worker(ctx, jobs);
  }

  console.log(`no job was processed: ${processed === 0}`);
  console.log(`more than 100 jobs were processed: ${processed > 100}`);
});

// Try: let the jobs be the first case of the select. Does the order of the cases matter?
