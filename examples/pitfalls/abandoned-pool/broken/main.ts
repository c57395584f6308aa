// An abandoned pool: only the function that makes the channels can reach them, and it neither sends jobs nor waits for
// the workers. It returns at once and leaves its workers blocked until the context is canceled.

import { Channel, type Context, context, defer, go, main, numGoroutine, receive, select, time } from "goro";

const numWorkers = 3;

function workerPool(ctx: Context): void {
  const jobs = new Channel<number>();
  const results = new Channel<number>();

  for (let w = 0; w < numWorkers; w++) {
    go(async () => {
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
}

main(async () => {
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  console.log(`before: ${numGoroutine() - 1} workers live`);

  // The caller cannot submit a job or read a result.
  workerPool(ctx);
  await time.sleep(50 * time.millisecond);
  console.log(`after the pool has returned: ${numGoroutine() - 1} workers live`);

  cancel();
  await time.sleep(50 * time.millisecond);
  console.log(`after the cancel: ${numGoroutine() - 1} workers live`);
});

// Try: call workerPool ten times. How many workers are live then?
