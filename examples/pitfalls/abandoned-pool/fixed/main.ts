// An abandoned pool, fixed: the caller makes the channels, sends the jobs and reads the results. The pool waits for its
// workers and closes the results, so no worker is left when it returns.

import { Channel, type Context, context, defer, main, numGoroutine, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const numWorkers = 3;
const numJobs = 6;

async function workerPool(ctx: Context, jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      for (;;) {
        const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
        switch (s.case) {
          case "done":
            return;
          case "job":
            if (!s.ok) {
              return;
            }
            await results.send(s.value * s.value);
        }
      }
    });
  }
  await wg.wait();
  results.close();
}

main(async () => {
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  console.log(`before: ${numGoroutine() - 1} workers live`);

  // The buffers have room for all jobs and all results, so the results need not be read while the pool runs.
  const jobs = new Channel<number>(numJobs);
  const results = new Channel<number>(numJobs);
  for (let job = 1; job <= numJobs; job++) {
    await jobs.send(job);
  }
  jobs.close();
  await workerPool(ctx, jobs, results);
  await time.sleep(50 * time.millisecond);
  console.log(`after the pool has returned: ${numGoroutine() - 1} workers live`);

  let sum = 0;
  for await (const square of results) {
    sum += square;
  }
  console.log(`the sum of the squares is ${sum}`);
});

// Try: remove the close of the jobs. Which goroutine waits for which?
