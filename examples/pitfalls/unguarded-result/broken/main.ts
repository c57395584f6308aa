// An unguarded result: the workers check the context when they receive, but not when they send. When main stops reading
// the results, the workers block in their sends forever, and the pool waits for them.

import { Channel, type Context, context, defer, go, main, numGoroutine, receive, select, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

async function worker(ctx: Context, jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  for (;;) {
    const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
    switch (s.case) {
      case "done":
        return;
      case "job":
        if (!s.ok) {
          return;
        }
        // The reader may have stopped reading.
        await results.send(s.value * s.value);
    }
  }
}

async function pool(ctx: Context, jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<void> {
  const wg = new WaitGroup();
  for (let w = 0; w < 2; w++) {
    wg.go(worker, ctx, jobs, results);
  }
  await wg.wait();
  results.close();
}

main(async () => {
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  const jobs = new Channel<number>(4);
  const results = new Channel<number>();
  for (let job = 1; job <= 4; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const ended = new Channel<never>();
  go(async () => {
    await pool(ctx, jobs, results);
    ended.close();
  });

  // Main needs only one result. At the cancel, both workers have their next result ready.
  await results.receive();
  await time.sleep(50 * time.millisecond);
  cancel();

  // The cancel should end all workers at once.
  await time.sleep(100 * time.millisecond);
  const s = await select({ ended: receive(ended), default: true });
  switch (s.case) {
    case "ended":
      console.log("the pool has ended");
      break;
    case "default":
      console.log("the pool still waits, 100 ms after the cancel");
  }
  console.log(`${numGoroutine() - 1} goroutines are left`);
});

// Try: give results a capacity of 4. Which goroutines are left then?
