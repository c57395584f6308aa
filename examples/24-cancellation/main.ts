// Cancellation: the first error, or the caller, ends the whole run. Everybody who waits for a channel waits for the end of
// the context too, so nobody is left behind.

import { Channel, type Context, context, defer, go, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

// Squaring takes a while, and gives up when the context ends. Items 13 and 14 are broken.
async function process(ctx: Context, item: number): Promise<number> {
  if (item > 12) {
    await time.sleep((item - 12) * 50 * time.millisecond);
    throw new Error(`item ${item} is broken`);
  }
  const s = await select({ after: receive(time.after(100 * time.millisecond)), done: receive(ctx.done()) });
  switch (s.case) {
    case "after":
      return item * item;
    case "done":
      throw ctx.err() as Error;
  }
}

// The first error cancels the context that all share, with the error as its cause.
async function worker(
  ctx: Context,
  cancel: context.CancelCauseFunc,
  jobs: ReceiveChannel<number>,
  results: SendChannel<number>,
): Promise<void> {
  for (;;) {
    // Select chooses at random when both are ready: so first ask for the end alone.
    if (ctx.err()) {
      return;
    }
    const s = await select({ done: receive(ctx.done()), job: receive(jobs) });
    switch (s.case) {
      case "done":
        return;
      case "job": {
        if (!s.ok) {
          return;
        }
        let result: number;
        try {
          result = await process(ctx, s.value);
        } catch (err) {
          cancel(err as Error);
          return;
        }
        // There is room for all results here. Where there is not, perhaps nobody reads any more.
        const sent = await select({ out: send(results, result), done: receive(ctx.done()) });
        if (sent.case === "done") {
          return;
        }
      }
    }
  }
}

async function pool(
  ctx: Context,
  cancel: context.CancelCauseFunc,
  jobs: ReceiveChannel<number>,
  results: SendChannel<number>,
): Promise<void> {
  const wg = new WaitGroup();
  for (let w = 0; w < 2; w++) {
    wg.go(worker, ctx, cancel, jobs, results);
  }
  await wg.wait();
  results.close();
}

// run gives what was done, and why it was not more.
async function run(parent: Context, items: number[]): Promise<[squares: number[], err: Error | undefined]> {
  const [ctx, cancel] = context.withCancelCause(parent);
  using _ = defer(cancel);
  const jobs = new Channel<number>();
  const results = new Channel<number>(items.length);
  go(pool, ctx, cancel, jobs, results);

  // A plain break would leave the switch and not the loop.
  submit: for (const item of items) {
    const s = await select({ job: send(jobs, item), done: receive(ctx.done()) });
    switch (s.case) {
      case "job":
        continue;
      case "done":
        break submit;
    }
  }
  jobs.close();

  const squares: number[] = [];
  for await (const result of results) {
    squares.push(result);
  }
  squares.sort((a, b) => a - b);
  return [squares, context.cause(ctx)];
}

function report(name: string, squares: number[], err: Error | undefined): void {
  if (err) {
    console.log(`${name}: ${err.message} after [${squares.join(" ")}]`);
  } else {
    console.log(`${name}: [${squares.join(" ")}]`);
  }
}

main(async () => {
  let [squares, err] = await run(context.background(), [1, 2, 3, 4, 5, 6]);
  report("all is well", squares, err);

  // One item fails: the workers stop, and so does whoever submits.
  [squares, err] = await run(context.background(), [1, 2, 3, 4, 13, 14, 7, 8]);
  report("one fails", squares, err);

  // The caller loses patience in the middle.
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  time.afterFunc(250 * time.millisecond, cancel);
  [squares, err] = await run(ctx, [1, 2, 3, 4, 5, 6, 7, 8]);
  report("called off", squares, err);
});

// Try: break without the label, delete it, and count the turns. How many come after the end?
