// Cancellation: the first error, or the caller, ends the whole run. Every goroutine that waits for a channel also waits
// for the context, so no goroutine leaks.

import { Channel, type Context, context, defer, go, main, receive, select, send, time, WaitGroup } from "goro";
import type { ReceiveChannel, SendChannel } from "goro";

// Squaring takes 100 ms, unless the context is done first. Items 13 and 14 are broken.
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

// The first error cancels the shared context, with the error as its cause.
async function worker(
  ctx: Context,
  cancel: context.CancelCauseFunc,
  jobs: ReceiveChannel<number>,
  results: SendChannel<number>,
): Promise<void> {
  for (;;) {
    // Select chooses at random if both cases are ready, so the context is checked first.
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
        // Here the buffer has room for all results. With a smaller buffer, this send could block after the reader has
        // stopped reading.
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

// run returns the squares computed, and the error if the run was canceled.
async function run(parent: Context, items: number[]): Promise<[squares: number[], err: Error | undefined]> {
  const [ctx, cancel] = context.withCancelCause(parent);
  using _ = defer(cancel);
  const jobs = new Channel<number>();
  const results = new Channel<number>(items.length);
  go(pool, ctx, cancel, jobs, results);

  // A plain break would leave the switch, not the loop.
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

  // One item fails: the workers and the loop that submits stop.
  [squares, err] = await run(context.background(), [1, 2, 3, 4, 13, 14, 7, 8]);
  report("one fails", squares, err);

  // The caller cancels in the middle of the run.
  const [ctx, cancel] = context.withCancel(context.background());
  using _ = defer(cancel);
  time.afterFunc(250 * time.millisecond, cancel);
  [squares, err] = await run(ctx, [1, 2, 3, 4, 5, 6, 7, 8]);
  report("canceled", squares, err);
});

// Try: break without the label, delete the label, and count the iterations. How many come after the end?
