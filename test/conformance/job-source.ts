// What every JobSource promises, as tests: one suite for the queue in memory and for the engines on servers.
//
// An implementation describes how its queue is made. The suite contains no times except the timeout of the implementation, so that it runs
// in a bubble, and on a server in real time.

import { describe, expect, test } from "@jest/globals";
import {
  context,
  type Context,
  type JobDelivery,
  type JobSource,
  LeaseLost,
  receive,
  select,
  time,
  WorkerPool,
} from "goro";

/** The jobs and the results of the suite. */
export type SuiteJob = { readonly n: number };
type Delivery = JobDelivery<SuiteJob, number | undefined>;

/** The outcome of a job, as the queue reports it. */
export interface SuiteOutcome {
  readonly id: string;
  readonly job: SuiteJob;
  readonly status: "done" | "failed";
  readonly value?: number | undefined;
  readonly error?: Error | undefined;
}

/** The settings of the queue of one test. */
export interface SuiteQueueOptions {
  /** How often a job is delivered again after `nack`, without a pause. */
  readonly retries: number;
  /** How often a lease may run out. */
  readonly maxStalls: number;
  /** Whether the lease is a quarter of the timeout: a busy machine may stop a process for longer than a short one. */
  readonly hasLongLease: boolean;
}

/** The queue of one test, which is empty at first. */
export interface SuiteQueue {
  /** Sends a job; a job with an id that the queue knows is ignored. */
  send(job: SuiteJob, id: string): Promise<void>;

  /** Returns a new source of the queue, as on a machine of its own. */
  source(): JobSource<SuiteJob, number | undefined>;

  /** Returns the outcomes of all jobs until `ctx` is canceled; an outcome may be repeated. */
  outcomes(ctx: Context): AsyncIterable<SuiteOutcome>;

  /** Makes the lease of a delivery run out, as if the process of its source were blocked. */
  loseLease(delivery: JobDelivery<SuiteJob, number | undefined>): Promise<void>;

  /** Releases what the test has used. */
  close(): Promise<void>;
}

/** How the queue of an implementation is made. */
export interface SuiteImplementation {
  makeQueue(options: SuiteQueueOptions): Promise<SuiteQueue>;

  /** Runs a test: in a bubble, or as it is. */
  run(f: () => Promise<void>): Promise<void>;

  /** How long a job may take from one state to the next, in milliseconds: longer than a lease and the recovery of its job. */
  readonly timeout: number;

  /** Why the tests are skipped, such as a server that is not installed; undefined to run them. */
  readonly skip?: string | undefined;
}

const background = context.background();

/** Defines the tests of the implementation `name`. */
export function jobSourceSuite(name: string, implementation: SuiteImplementation): void {
  if (implementation.skip !== undefined) {
    test.skip(`${name}: a JobSource (${implementation.skip})`, () => undefined);
    return;
  }
  const { timeout } = implementation;

  function check(
    title: string,
    f: (stage: SuiteStage) => Promise<void>,
    options: Partial<SuiteQueueOptions> = {},
  ): void {
    test(title, () =>
      implementation.run(async () => {
        const queue = await implementation.makeQueue({ retries: 0, maxStalls: 3, hasLongLease: false, ...options });
        const stage = new SuiteStage(queue, timeout);
        try {
          await f(stage);
        } finally {
          await stage.close();
        }
      }),
    );
  }

  describe(`${name}: a JobSource`, () => {
    check("delivers a job with its id, and acknowledges it with its result", async (stage) => {
      await stage.queue.send({ n: 7 }, "seven");
      const delivery = await stage.take();
      expect(delivery).toMatchObject({ id: "seven", attempt: 1, stalls: 0, job: { n: 7 } });
      expect(delivery.ctx.err()).toBeUndefined();
      expect(await delivery.ack(49)).toBe(true);
      expect(await stage.outcome("seven")).toMatchObject({ job: { n: 7 }, status: "done", value: 49 });
    });

    check("acknowledges a job without a result", async (stage) => {
      await stage.queue.send({ n: 7 }, "seven");
      expect(await (await stage.take()).ack(undefined)).toBe(true);
      const outcome = await stage.outcome("seven");
      expect(outcome.status).toBe("done");
      expect(outcome.value).toBeUndefined();
    });

    check("waits for a job that is sent later", async (stage) => {
      const waiting = stage.take();
      await time.sleep(20);
      await stage.queue.send({ n: 1 }, "late");
      const delivery = await waiting;
      expect(delivery.id).toBe("late");
      expect(await delivery.ack(1)).toBe(true);
    });

    check("settles next when its context is canceled, and loses no job by that", async (stage) => {
      const source = stage.source();
      const [ctx, cancel] = context.withCancel(background);
      const waiting = source.next(ctx).catch(() => undefined);
      await time.sleep(20);
      cancel();
      const late = await stage.within(waiting);
      if (late !== undefined) await late.release();
      await stage.queue.send({ n: 1 }, "a");
      const delivery = await stage.take();
      expect(delivery.id).toBe("a");
      expect(await delivery.ack(1)).toBe(true);
    });

    check("delivers nothing to a context that is canceled", async (stage) => {
      await stage.queue.send({ n: 1 }, "a");
      const [ctx, cancel] = context.withCancel(background);
      cancel();
      expect(
        await stage.within(
          stage
            .source()
            .next(ctx)
            .catch(() => undefined),
        ),
      ).toBeUndefined();
      expect(await (await stage.take()).ack(1)).toBe(true);
    });

    check("keeps a delivery when the context of its call of next is canceled", async (stage) => {
      await stage.queue.send({ n: 1 }, "a");
      const [ctx, cancel] = context.withCancel(background);
      const delivery = await stage.take(stage.source(), ctx);
      cancel();
      await time.sleep(20);
      expect(delivery.ctx.err()).toBeUndefined();
      expect(await delivery.ack(1)).toBe(true);
      expect((await stage.outcome("a")).status).toBe("done");
    });

    check(
      "keeps a lease for as long as the job takes",
      async (stage) => {
        await stage.queue.send({ n: 1 }, "a");
        const delivery = await stage.take();
        await time.sleep(timeout);
        expect(delivery.ctx.err()).toBeUndefined();
        expect(await delivery.ack(1)).toBe(true);
        expect((await stage.outcome("a")).status).toBe("done");
      },
      { hasLongLease: true },
    );

    check("fails a job by nack with its error", async (stage) => {
      await stage.queue.send({ n: 1 }, "a");
      expect(await (await stage.take()).nack(new Error("no such file"))).toBe(true);
      const { status, error } = await stage.outcome("a");
      expect(status).toBe("failed");
      expect(error?.message).toBe("no such file");
    });

    check(
      "delivers a job again after nack as often as its policy allows",
      async (stage) => {
        await stage.queue.send({ n: 1 }, "a");
        const source = stage.source();
        for (const attempt of [1, 2, 3]) {
          const delivery = await stage.take(source);
          expect(delivery).toMatchObject({ id: "a", attempt, stalls: 0 });
          expect(await delivery.nack(new Error(`failure ${attempt}`))).toBe(true);
        }
        expect((await stage.outcome("a")).error?.message).toBe("failure 3");
      },
      { retries: 2 },
    );

    check("delivers a released job again, which costs no attempt of its policy", async (stage) => {
      await stage.queue.send({ n: 1 }, "a");
      for (let i = 0; i < 5; i++) {
        const delivery = await stage.take();
        expect(delivery.stalls).toBe(0);
        expect(await delivery.release()).toBe(true);
      }
      expect(await (await stage.take()).ack(1)).toBe(true);
      expect((await stage.outcome("a")).status).toBe("done");
    });

    check("replies false to every call after the end of a delivery", async (stage) => {
      await stage.queue.send({ n: 1 }, "a");
      const delivery = await stage.take();
      expect(await delivery.ack(1)).toBe(true);
      expect(await delivery.ack(2)).toBe(false);
      expect(await delivery.nack(new Error("late"))).toBe(false);
      expect(await delivery.release()).toBe(false);
      expect(await stage.outcome("a")).toMatchObject({ status: "done", value: 1 });
    });

    check("delivers a job again whose lease was lost, and only the second delivery counts", async (stage) => {
      await stage.queue.send({ n: 1 }, "a");
      const first = await stage.take();
      await stage.queue.loseLease(first);
      const second = await stage.take();
      expect(second).toMatchObject({ id: "a", job: { n: 1 }, stalls: 1 });
      expect(second.attempt).toBeGreaterThan(first.attempt);
      await stage.within(first.ctx.done().receive());
      expect(context.cause(first.ctx)).toBeInstanceOf(LeaseLost);
      expect(await first.ack(1)).toBe(false);
      expect(await first.release()).toBe(false);
      expect(await second.ack(2)).toBe(true);
      expect(await stage.outcome("a")).toMatchObject({ status: "done", value: 2 });
    });

    check(
      "fails a job whose lease runs out too often, and does not deliver it again",
      async (stage) => {
        await stage.queue.send({ n: 1 }, "poison");
        for (const stalls of [0, 1]) {
          const delivery = await stage.take();
          expect(delivery.stalls).toBe(stalls);
          await stage.queue.loseLease(delivery);
        }
        // A source may detect the failure by a call of next.
        const [ctx, cancel] = context.withCancel(background);
        const source = stage.source();
        const waiting = source.next(ctx).catch(() => undefined);
        expect((await stage.outcome("poison")).status).toBe("failed");
        cancel();
        expect(await stage.within(waiting)).toBeUndefined();
      },
      { maxStalls: 1 },
    );

    check("accepts a job with the same id once", async (stage) => {
      await stage.queue.send({ n: 1 }, "a");
      await stage.queue.send({ n: 1 }, "a");
      await stage.queue.send({ n: 2 }, "b");
      const ids: string[] = [];
      for (let i = 0; i < 2; i++) {
        const delivery = await stage.take();
        ids.push(delivery.id);
        expect(await delivery.ack(1)).toBe(true);
      }
      expect(ids.sort()).toEqual(["a", "b"]);
    });

    check("shares its jobs among sources, each job to one", async (stage) => {
      const ids = Array.from({ length: 20 }, (_, n) => `job-${n}`);
      for (const [n, id] of ids.entries()) await stage.queue.send({ n }, id);
      const delivered: string[] = [];
      await Promise.all(
        [stage.source(), stage.source()].map(async (source) => {
          for (let i = 0; i < 10; i++) {
            const delivery = await stage.take(source);
            delivered.push(delivery.id);
            expect(await delivery.ack(delivery.job.n)).toBe(true);
          }
        }),
      );
      expect(delivered.sort()).toEqual([...ids].sort());
      for (const [n, id] of ids.entries()) expect((await stage.outcome(id)).value).toBe(n);
    });

    check("delivers the jobs again that it held when it was closed", async (stage) => {
      await stage.queue.send({ n: 1 }, "a");
      const source = stage.source();
      const first = await stage.take(source);
      await stage.within(source.close());
      const second = await stage.take();
      expect(second.id).toBe("a");
      expect(await second.ack(2)).toBe(true);
      expect(await first.ack(1).catch(() => false)).toBe(false);
      expect((await stage.outcome("a")).value).toBe(2);
    });

    check("feeds pools that stop in the middle, and every job is done", async (stage) => {
      const ids = Array.from({ length: 30 }, (_, n) => `job-${n}`);
      for (const [n, id] of ids.entries()) await stage.queue.send({ n }, id);
      const f = async (ctx: Context, { n }: SuiteJob): Promise<number> => {
        const [timer, cancel] = context.withTimeout(ctx, 10);
        await timer.done().receive();
        cancel();
        return n;
      };
      const first = new WorkerPool(f, { workers: 3, source: stage.queue.source() });
      const second = new WorkerPool(f, { workers: 3, source: stage.queue.source() });
      await time.sleep(25);
      const [ctx, cancel] = context.withCancel(background);
      cancel();
      await first.stop(ctx);
      for (const [n, id] of ids.entries()) {
        expect(await stage.outcome(id)).toMatchObject({ status: "done", value: n });
      }
      await second.stop();
      // A deadline that has passed gives the jobs back at once: none waited for its lease.
      expect(second.stats().processed + first.stats().processed).toBeGreaterThanOrEqual(30);
    });
  });
}

/** The queue of a test, with what the test has taken from it. */
class SuiteStage {
  readonly queue: SuiteQueue;
  readonly #timeout: number;
  readonly #sources: JobSource<SuiteJob, number | undefined>[] = [];
  readonly #closed = new Set<JobSource<SuiteJob, number | undefined>>();
  readonly #outcomes = new Map<string, SuiteOutcome>();
  readonly #ctx: Context;
  readonly #cancel: () => void;
  #iterator: AsyncIterator<SuiteOutcome> | undefined;

  constructor(queue: SuiteQueue, timeout: number) {
    this.queue = queue;
    this.#timeout = timeout;
    [this.#ctx, this.#cancel] = context.withCancel(background);
  }

  /** Returns a new source, which is closed at the end of the test. */
  source(): JobSource<SuiteJob, number | undefined> {
    const source = this.queue.source();
    const close = source.close.bind(source);
    source.close = () => {
      this.#closed.add(source);
      return close();
    };
    this.#sources.push(source);
    return source;
  }

  /** Returns the next delivery of `source`, by default of a new one. */
  async take(
    source: JobSource<SuiteJob, number | undefined> = this.source(),
    ctx: Context = background,
  ): Promise<Delivery> {
    const [limited, cancel] = context.withTimeout(ctx, this.#timeout);
    const stop = context.afterFunc(this.#ctx, cancel);
    try {
      for (;;) {
        const delivery = await source.next(limited);
        if (delivery !== undefined) return delivery;
        if (this.#closed.has(source)) throw new Error("the source is closed");
        if (limited.err() !== undefined) throw new Error("no delivery came in time");
        // Without a pause, a source that has no jobs would not let the timeout occur.
        await time.sleep(1);
      }
    } finally {
      stop();
      cancel();
    }
  }

  /** Returns the outcome of the job `id`. */
  async outcome(id: string): Promise<SuiteOutcome> {
    this.#iterator ??= this.queue.outcomes(this.#ctx)[Symbol.asyncIterator]();
    for (;;) {
      const known = this.#outcomes.get(id);
      if (known !== undefined) return known;
      const next = await this.within(this.#iterator.next());
      if (next.done === true) throw new Error(`the outcomes have ended without that of ${id}`);
      this.#outcomes.set(next.value.id, next.value);
    }
  }

  /** Waits for `promise` no longer than the timeout. */
  async within<R>(promise: Promise<R>): Promise<R> {
    const [ctx, cancel] = context.withTimeout(background, this.#timeout);
    const settled = promise.finally(cancel);
    settled.catch(() => undefined);
    const s = await select({ end: receive(ctx.done()) });
    if (s.case === "end" && ctx.err() instanceof context.DeadlineExceeded) throw new Error("it did not settle in time");
    return settled;
  }

  async close(): Promise<void> {
    this.#cancel();
    await this.#iterator?.return?.();
    for (const source of this.#sources) if (!this.#closed.has(source)) await source.close();
    await this.queue.close();
  }
}
