// A timeout around a call, fixed: each job runs in its own goroutine with a context, and sends its result to a slot
// with room for it. The worker waits for the slot or the end of the context. A late job is abandoned and counted.

import { Channel, type Context, context, go, main, receive, select, time } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const timeout = 200 * time.millisecond;

// The number of jobs that have started and not ended, including the abandoned ones.
let running = 0;

// A job takes 100 ms; job 2 would take 600 ms. A goroutine cannot be stopped from outside, so the job checks the
// context itself.
async function process(ctx: Context, job: number): Promise<number> {
  const interval = job === 2 ? 300 * time.millisecond : 50 * time.millisecond;
  for (let i = 0; i < 2 && !ctx.err(); i++) {
    await time.sleep(interval);
  }
  return job * job;
}

// Rounded to 100 ms.
function msSince(start: number): number {
  return Math.round(time.since(start) / 100) * 100;
}

// worker returns the number of jobs that it has abandoned.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<number> {
  let abandoned = 0;
  for await (const job of jobs) {
    const start = time.now();
    const [ctx, cancel] = context.withTimeout(context.background(), timeout);
    // Without room in the slot, a late job would block forever in its send.
    const slot = new Channel<number>(1);
    running++;
    go(async () => {
      await slot.send(await process(ctx, job));
      running--;
    });
    const s = await select({ result: receive(slot), done: receive(ctx.done()) });
    switch (s.case) {
      case "result":
        await results.send(s.value as number);
        console.log(`job ${job}: done after ${msSince(start)} ms`);
        break;
      case "done":
        abandoned++;
        console.log(`job ${job}: timed out after ${msSince(start)} ms, ${running} still running`);
    }
    cancel();
  }
  return abandoned;
}

main(async () => {
  const jobs = new Channel<number>(3);
  const results = new Channel<number>(3);
  for (let job = 1; job <= 3; job++) {
    await jobs.send(job);
  }
  jobs.close();

  const start = time.now();
  const abandoned = await worker(jobs, results);
  console.log(`${results.length} results after ${msSince(start)} ms`);

  // By now job 2 has checked its context, half way through, and returned.
  await time.sleep(200 * time.millisecond);
  console.log(`${abandoned} abandoned, ${running} still running`);
});

// Try: an unbuffered slot. How many jobs are still running at the end?
