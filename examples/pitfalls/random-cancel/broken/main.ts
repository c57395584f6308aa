// A random cancel: a select over the end of the context and the jobs. If both are ready it chooses at random, so jobs
// are still processed after the context is done.

import { Channel, type Context, context, main, receive, type ReceiveChannel, select } from "goro";

const numRuns = 1000;
const numJobs = 5;

// worker returns the number of jobs that it has processed.
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

    // The context is done before the worker starts.
    const [ctx, cancel] = context.withCancel(context.background());
    cancel();
    processed += await worker(ctx, jobs);
  }

  console.log(`no job was processed: ${processed === 0}`);
  console.log(`more than 100 jobs were processed: ${processed > 100}`);
});

// Try: make the jobs the first case of the select. Does the order of the cases matter?
