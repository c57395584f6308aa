// A timeout around a call, mended: each job runs as a goroutine of its own with a context, and leaves its result in a
// slot with room for it. The worker waits for the slot or the end of the context; a job that is late is abandoned, and
// counted.

import { Channel, type Context, context, go, main, receive, select, time } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

const timeout = 200 * time.millisecond;

// How many jobs have begun and not ended, those that are abandoned among them.
let running = 0;

// A job takes 100 ms; job 2 hangs, and takes 600 ms. Nobody can stop it from outside: it has to look at the context
// itself.
async function process(ctx: Context, job: number): Promise<number> {
  const half = job === 2 ? 300 * time.millisecond : 50 * time.millisecond;
  for (let i = 0; i < 2 && !ctx.err(); i++) {
    await time.sleep(half);
  }
  return job * job;
}

// To the tenth of a second.
function msSince(start: number): number {
  return Math.round(time.since(start) / 100) * 100;
}

// A worker gives how many jobs it has abandoned.
async function worker(jobs: ReceiveChannel<number>, results: SendChannel<number>): Promise<number> {
  let abandoned = 0;
  for await (const job of jobs) {
    const start = time.now();
    const [ctx, cancel] = context.withTimeout(context.background(), timeout);
    // Without room in the slot, a job that is late would wait for ever to send.
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

  // By now job 2 has looked at its context, half way through, and given up.
  await time.sleep(200 * time.millisecond);
  console.log(`${abandoned} abandoned, ${running} still running`);
});

// Try: give the slot no room. How many are still running at the end?
