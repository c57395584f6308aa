// All workers have failed: each worker returns at its first error without notifying the submitter. The submitter then
// blocks forever in the next send, which has no receiver.

import { Channel, type Context, context, go, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel } from "goro";

// Every item fails, and each takes 30 ms longer than the one before.
async function process(item: number): Promise<Error | undefined> {
  await time.sleep(item * 30 * time.millisecond);
  return new Error(`item ${item} is broken`);
}

async function worker(ctx: Context, jobs: ReceiveChannel<number>): Promise<Error | undefined> {
  for (;;) {
    const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
    switch (s.case) {
      case "done":
        return undefined;
      case "job": {
        if (!s.ok) {
          return undefined;
        }
        const err = await process(s.value);
        if (err) {
          console.log(`${err.message}: its worker returns`);
          return err;
        }
      }
    }
  }
}

// The pool returns the first error, if any.
async function pool(ctx: Context, jobs: ReceiveChannel<number>): Promise<Error | undefined> {
  const numWorkers = 2;
  const errs = new Channel<Error>(numWorkers);
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      const err = await worker(ctx, jobs);
      if (err) {
        await errs.send(err);
      }
    });
  }
  await wg.wait();
  errs.close();
  return (await errs.receive()).value;
}

async function run(ctx: Context, items: number[]): Promise<[submitted: number, err: Error | undefined]> {
  const jobs = new Channel<number>();
  const poolErr = new Channel<Error | undefined>(1);
  go(async () => poolErr.send(await pool(ctx, jobs)));

  // This context is never canceled.
  let submitted = 0;
  submit: for (const item of items) {
    const s = await select({ job: send(jobs, item), done: receive(ctx.done()) });
    switch (s.case) {
      case "job":
        submitted++;
        continue;
      case "done":
        break submit;
    }
  }
  jobs.close();
  return [submitted, (await poolErr.receive()).value];
}

main(async () => {
  const items = [1, 2, 3, 4, 5];
  const [submitted, err] = await run(context.background(), items);
  console.log(`${submitted} of ${items.length} items submitted: ${err?.message}`);
});

// Try: a context with a timeout of 300 ms. When does the first error reach main then?
