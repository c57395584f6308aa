// A pool that lives as long as its context. Whoever waits, be it to submit a job, to read a result or to deliver one, waits
// for the end of the context too; so nobody is left behind, and everybody learns the cause.

import { Channel, type Context, context, defer, go, main, receive, select, send, time, WaitGroup } from "goro";

const errStopped = new Error("the pool has been stopped");
const errPower = new Error("the power is out");

// How many workers live. A plain number will do: between two awaits nobody else runs.
let live = 0;

// A job is the time that it takes, and so is its result.
class WorkerPool {
  readonly #ctx: Context;
  readonly #cancel: context.CancelCauseFunc;
  readonly #jobs = new Channel<number>();
  readonly #results = new Channel<number>();
  readonly #wg = new WaitGroup();

  // The pool has a context of its own, below the caller's: so stopping is nothing but one more way to cancel.
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

  // Stop waits for the workers. The first cause stays: if the caller has cancelled already, this one says nothing new.
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
  // The sixth result is not read: its worker waits to deliver it when the pool is stopped.
  await time.sleep(100 * time.millisecond);
  await first.stop();
  console.log(`5 results, ${sum} ms of work; stopped with ${live} workers live`);
  console.log(`submit says: ${(await first.submit(10 * time.millisecond))?.message}`);

  // The caller cancels while the workers are at work, somebody waits to submit, and we wait for a result.
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
  console.log(`result says: ${err?.message}`);
  const { value } = await third.receive();
  console.log(`submit says: ${value?.message}`);
  await second.stop();
  console.log(`cancelled with ${live} workers live`);
});

// Try: let the worker deliver with a plain send. Which stop waits for ever then, and for whom?
