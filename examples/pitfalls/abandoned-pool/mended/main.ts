// An abandoned pool, mended: the channels come from the caller, who sends the jobs and reads the results. The pool
// waits for its workers and closes the results, so nobody is left when it has returned.

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

  // There is room for all jobs and all results, so nobody has to read while the pool works.
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

// Try: leave out the close of the jobs. Who waits for whom?
