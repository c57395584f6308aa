// A pool with the lifetime of its context. Each operation that waits (to submit a job, to send a result or to read one)
// also waits for the end of the context, so no goroutine leaks, and each caller gets the cause.

import { Channel, type Context, context, defer, go, main, receive, select, send, time, WaitGroup } from "goro";

const errStopped = new Error("the pool has been stopped");
const errPower = new Error("the power is out");

// The number of running workers. Only one goroutine runs between two awaits, so a plain number is enough.
let live = 0;

// A job is the time that it takes, and its result is the same time.
class WorkerPool {
  readonly #ctx: Context;
  readonly #cancel: context.CancelCauseFunc;
  readonly #jobs = new Channel<number>();
  readonly #results = new Channel<number>();
  readonly #wg = new WaitGroup();

  // The pool has its own context, derived from the caller's. Stopping the pool is one more way to cancel it.
  constructor(parent: Context, numWorkers: number) {
    [this.#ctx, this.#cancel] = context.withCancelCause(parent);
    for (let w = 0; w < numWorkers; w++) {
      this.#wg.go(() => this.#worker());
    }
  }

  async #worker(): Promise<void> {
    live++;
    using _ = defer(() => live--);
    for (;;) {
      const s = await select({ job: receive(this.#jobs), done: receive(this.#ctx.done()) });
      switch (s.case) {
        case "job": {
          const job = s.value as number;
          const worked = await select({ after: receive(time.after(job)), done: receive(this.#ctx.done()) });
          if (worked.case === "done") {
            return;
          }
          const sent = await select({ out: send(this.#results, job), done: receive(this.#ctx.done()) });
          if (sent.case === "done") {
            return;
          }
          continue;
        }
        case "done":
          return;
      }
    }
  }

  async submit(job: number): Promise<Error | undefined> {
    const s = await select({ job: send(this.#jobs, job), done: receive(this.#ctx.done()) });
    switch (s.case) {
      case "job":
        return undefined;
      case "done":
        return context.cause(this.#ctx);
    }
  }

  async result(): Promise<[job: number, err: Error | undefined]> {
    const s = await select({ job: receive(this.#results), done: receive(this.#ctx.done()) });
    switch (s.case) {
      case "job":
        return [s.value as number, undefined];
      case "done":
        return [0, context.cause(this.#ctx)];
    }
  }

  // Stop waits for the workers. The first cause is kept: if the caller has already canceled the context, this cancel
  // has no effect.
  async stop(): Promise<void> {
    this.#cancel(errStopped);
    await this.#wg.wait();
  }
}

main(async () => {
  const first = new WorkerPool(context.background(), 3);
  go(async () => {
    for (let n = 1; n <= 6; n++) {
      await first.submit(10 * n * time.millisecond);
    }
  });
  let sum = 0;
  for (let i = 0; i < 5; i++) {
    const [job] = await first.result();
    sum += job;
  }
  // The sixth result is not read: its worker is blocked in the send when the pool is stopped.
  await time.sleep(100 * time.millisecond);
  await first.stop();
  console.log(`5 results, ${sum} ms of work; stopped with ${live} workers live`);
  console.log(`submit returns: ${(await first.submit(10 * time.millisecond))?.message}`);

  // The caller cancels while the workers are busy, a goroutine waits to submit, and main waits for a result.
  const [ctx, cancel] = context.withCancelCause(context.background());
  using _ = defer(cancel);
  const second = new WorkerPool(ctx, 2);
  const third = new Channel<Error | undefined>();
  go(async () => {
    await second.submit(time.second);
    await second.submit(time.second);
    await third.send(await second.submit(time.second));
  });
  time.afterFunc(50 * time.millisecond, () => cancel(errPower));
  const [, err] = await second.result();
  console.log(`result returns: ${err?.message}`);
  const { value } = await third.receive();
  console.log(`submit returns: ${value?.message}`);
  await second.stop();
  console.log(`canceled with ${live} workers live`);
});

// Try: let the worker send its result without a select. Which stop blocks forever then, and which worker does it wait
// for?
