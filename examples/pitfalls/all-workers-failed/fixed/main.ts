// All workers have failed, fixed: the first error cancels a context that the submitter and the workers share, so the
// submitter stops too.

import { Channel, type Context, context, defer, go, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel } from "goro";

// Every item fails, and each takes 30 ms longer than the one before.
async function process(item: number): Promise<Error | undefined> {
  await time.sleep(item * 30 * time.millisecond);
  return new Error(`item ${item} is broken`);
}

async function worker(
  ctx: Context,
  cancel: context.CancelFunc,
  jobs: ReceiveChannel<number>,
): Promise<Error | undefined> {
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
          cancel();
          return err;
        }
      }
    }
  }
}

// The pool returns the first error, if any.
async function pool(
  ctx: Context,
  cancel: context.CancelFunc,
  jobs: ReceiveChannel<number>,
): Promise<Error | undefined> {
  const numWorkers = 2;
  const errs = new Channel<Error>(numWorkers);
  const wg = new WaitGroup();
  for (let w = 0; w < numWorkers; w++) {
    wg.go(async () => {
      const err = await worker(ctx, cancel, jobs);
      if (err) {
        await errs.send(err);
      }
    });
  }
  await wg.wait();
  errs.close();
  return (await errs.receive()).value;
}

async function run(parent: Context, items: number[]): Promise<[submitted: number, err: Error | undefined]> {
  const [ctx, cancel] = context.withCancel(parent);
  using _ = defer(cancel);

  const jobs = new Channel<number>();
  const poolErr = new Channel<Error | undefined>(1);
  go(async () => poolErr.send(await pool(ctx, cancel, jobs)));

  // The first error cancels this context.
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

// Try: let the items with odd numbers succeed. How many items are submitted before the end?
