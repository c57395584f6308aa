// A WorkerPool whose jobs come from a source.

import { AsyncLocalStorage } from "node:async_hooks";
import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  type Context,
  deliveryOf,
  type JobDelivery,
  type JobSource,
  LeaseLost,
  Stopping,
  time,
  WorkerPool,
} from "goro";
import { memoryQueue, type MemoryQueue, waitUntilBlocked } from "goro/testing";
import { inBubble } from "../support/contexts.ts";

const background = context.background();

/** Reads the outcomes of `count` jobs, as "id status". */
async function readOutcomes(queue: MemoryQueue<number, number>, count: number): Promise<string[]> {
  const read: string[] = [];
  const [ctx, cancel] = context.withCancel(background);
  for await (const { id, status } of queue.outcomes(ctx)) if (read.push(`${id} ${status}`) === count) break;
  cancel();
  return read;
}

/** A function that runs for as many milliseconds as its job says, or until its context is canceled. */
async function work(ctx: Context, ms: number): Promise<number> {
  const [timer] = context.withTimeout(ctx, ms);
  await timer.done().receive();
  if (ctx.err() !== undefined) throw context.cause(ctx) as Error;
  return ms;
}

/** A source that counts the calls and the deliveries that are held. */
class Spy implements JobSource<number, number> {
  readonly #source: JobSource<number, number>;
  readonly log: string[] = [];
  calls = 0;
  waiting = 0;
  ending = 0;
  closed = 0;

  constructor(source: JobSource<number, number>) {
    this.#source = source;
  }

  async next(ctx: Context): Promise<JobDelivery<number, number> | undefined> {
    this.calls++;
    this.waiting++;
    let delivery: JobDelivery<number, number> | undefined;
    try {
      delivery = await this.#source.next(ctx);
    } finally {
      this.waiting--;
    }
    if (delivery === undefined) return undefined;
    const inner = delivery;
    const end = (name: string, f: () => Promise<boolean>) => async (): Promise<boolean> => {
      this.ending++;
      const reply = await f();
      this.ending--;
      this.log.push(`${name} ${inner.id}: ${reply}`);
      return reply;
    };
    return {
      ...pick(inner),
      ack: (value) => end("ack", () => inner.ack(value))(),
      nack: (error) => end("nack", () => inner.nack(error))(),
      release: end("release", () => inner.release()),
    };
  }

  async close(): Promise<void> {
    this.closed++;
    await this.#source.close();
  }
}

function pick({
  id,
  attempt,
  stalls,
  job,
  ctx,
}: JobDelivery<number, number>): Omit<JobDelivery<number, number>, "ack" | "nack" | "release"> {
  return { id, attempt, stalls, job, ctx };
}

describe("a pool with a source", () => {
  test("runs the jobs of the source, and acknowledges each with its result", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      for (const n of [1, 2, 3]) await queue.send(n, `job-${n}`);
      const pool = new WorkerPool(async (_ctx, n: number) => n * n, { workers: 2, source: queue.deliveries() });
      const [ctx, cancel] = context.withCancel(background);
      const values: unknown[] = [];
      for await (const outcome of queue.outcomes(ctx)) if (values.push(outcome.value) === 3) break;
      cancel();
      expect(values.sort()).toEqual([1, 4, 9]);
      await pool.onIdle();
      expect(queue.counts).toEqual({ ready: 0, delayed: 0, leased: 0, done: 3, failed: 0 });
      expect(await pool.stop()).toEqual({ unfinished: [], abandoned: 0, cause: undefined });
      expect(pool.stats()).toMatchObject({ processed: 3, failed: 0, running: 0 });
    }));

  test("requests a job only while a worker is free, and runs it when the source has confirmed the previous outcome", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>({ latency: 20 });
      const source = new Spy(queue.deliveries());
      for (let n = 0; n < 20; n++) await queue.send(n);
      let running = 0;
      const f = async (ctx: Context, ms: number): Promise<number> => {
        running++;
        expect(running + source.waiting).toBeLessThanOrEqual(3);
        expect(running + source.ending).toBeLessThanOrEqual(3);
        return work(ctx, ms).finally(() => running--);
      };
      await using pool = new WorkerPool(f, { workers: 3, source });
      expect((await readOutcomes(queue, 20)).length).toBe(20);
      expect(pool.stats().failed).toBe(0);
      expect(pool.stats().processed).toBe(20);
    }));

  test("calls next directly before it sends the outcome, so that one request to the engine can do both", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const inner = queue.deliveries();
      const log: string[] = [];
      const record = (line: string): void => {
        log.push(line);
        queueMicrotask(() => log.push("later"));
      };
      const source: JobSource<number, number> = {
        next: async (ctx) => {
          record("next");
          const delivery = await inner.next(ctx);
          if (delivery === undefined) return undefined;
          const ack = async (value: number): Promise<boolean> => {
            record("ack");
            return delivery.ack(value);
          };
          return { ...pick(delivery), ack, nack: reject, release: reject };
        },
        close: () => inner.close(),
      };
      await queue.send(1);
      await using _ = new WorkerPool(work, { workers: 1, source });
      await time.sleep(10);
      expect(log).toEqual(["next", "later", "next", "ack", "later", "later"]);
    }));

  test("gives a function its delivery", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>({ retry: { retries: 1, delay: 5 } });
      const seen: unknown[] = [];
      const f = async (ctx: Context, n: number): Promise<number> => {
        seen.push(deliveryOf(context.withCancel(ctx)[0]));
        if (seen.length === 1) throw new Error("once");
        return n;
      };
      await queue.send(1, "a");
      await using _ = new WorkerPool(f, { workers: 1, source: queue.deliveries() });
      expect(await readOutcomes(queue, 1)).toEqual(["a done"]);
      expect(seen).toEqual([
        { id: "a", attempt: 1 },
        { id: "a", attempt: 2 },
      ]);
      expect(deliveryOf(background)).toBeUndefined();
    }));

  test("refuses a job that times out by nack, and holds its worker until the function has returned", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const source = new Spy(queue.deliveries());
      await queue.send(100, "slow");
      await queue.send(1, "quick");
      await using _ = new WorkerPool(async (_ctx, ms: number) => time.sleep(ms).then(() => ms), {
        workers: 1,
        timeout: 10,
        source,
      });
      await time.sleep(50);
      expect(source.log).toEqual(["nack slow: true"]);
      expect(queue.counts).toMatchObject({ failed: 1, ready: 1 });
      expect(await readOutcomes(queue, 2)).toEqual(["slow failed", "quick done"]);
    }));

  test("runs each job in the async context in which the pool was created", () =>
    inBubble(async () => {
      const storage = new AsyncLocalStorage<string>();
      const queue = memoryQueue<number, number>();
      const seen: unknown[] = [];
      const f = async (_ctx: Context, n: number): Promise<number> => {
        seen.push(storage.getStore());
        storage.enterWith(`job ${n}`);
        return n;
      };
      const source = queue.deliveries();
      await using _ = storage.run("creator", () => new WorkerPool(f, { workers: 1, source }));
      for (const n of [1, 2, 3]) await queue.send(n);
      await readOutcomes(queue, 3);
      expect(seen).toEqual(["creator", "creator", "creator"]);
    }));

  test("cancels a job whose lease is lost with the cause, and does not reply to the source", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const source = new Spy(queue.deliveries());
      const causes: (Error | undefined)[] = [];
      const f = async (ctx: Context, ms: number): Promise<number> => {
        const result = await work(ctx, ms).catch(() => -1);
        causes.push(context.cause(ctx));
        return result;
      };
      await queue.send(100, "a");
      await using _ = new WorkerPool(f, { workers: 1, source });
      await time.sleep(10);
      queue.loseLease("a");
      expect(await readOutcomes(queue, 1)).toEqual(["a done"]);
      expect(causes[0]).toBeInstanceOf(LeaseLost);
      expect(causes[1]).toBeUndefined();
      expect(source.log).toEqual(["ack a: true"]);
    }));

  test("runs a job that stalled before alone", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const source = new Spy(queue.deliveries());
      const running = new Set<number>();
      const beside: number[][] = [];
      const f = async (ctx: Context, ms: number): Promise<number> => {
        running.add(ms);
        beside.push([...running].sort());
        try {
          return await work(ctx, ms);
        } finally {
          running.delete(ms);
        }
      };
      for (const ms of [50, 51, 52, 53]) await queue.send(ms, String(ms));
      await using _ = new WorkerPool(f, { workers: 2, source });
      await time.sleep(10);
      queue.loseLease("50");
      expect((await readOutcomes(queue, 4)).sort()).toEqual(["50 done", "51 done", "52 done", "53 done"]);
      const withSuspect = beside.filter((jobs) => jobs.includes(50));
      expect(withSuspect.at(-1)).toEqual([50]);
    }));

  test("gives back what arrives while a suspect waits, so that it holds nothing else", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>({ maxStalls: 9 });
      for (const ms of [30, 31, 32]) await queue.send(ms, String(ms));
      const other = queue.deliveries();
      const first = await other.next(background);
      const second = await other.next(background);
      queue.loseLease(first?.id ?? "");
      queue.loseLease(second?.id ?? "");
      let running = 0;
      let most = 0;
      const f = async (ctx: Context, ms: number): Promise<number> => {
        most = Math.max(most, ++running);
        return work(ctx, ms).finally(() => running--);
      };
      await using _ = new WorkerPool(f, { workers: 3, source: queue.deliveries() });
      expect((await readOutcomes(queue, 3)).length).toBe(3);
      expect(most).toBe(1);
    }));
});

describe("a source whose next settles late", () => {
  /** A source whose calls of `next` settle when the test says so. */
  class Manual implements JobSource<number, number> {
    readonly calls: ((id: string, stalls: number) => void)[] = [];
    readonly log: string[] = [];

    async next(ctx: Context): Promise<JobDelivery<number, number> | undefined> {
      const deliveries = new Channel<JobDelivery<number, number>>(1);
      this.calls.push((id, stalls) => {
        const end = (name: string) => async (): Promise<boolean> => {
          this.log.push(`${name} ${id}`);
          return true;
        };
        const ends = { ack: end("ack"), nack: end("nack"), release: end("release") };
        deliveries.trySend({ id, attempt: 1, stalls, job: 10, ctx: background, ...ends });
      });
      const { value } = await deliveries.receive();
      this.log.push(`next${ctx.err() === undefined ? "" : ", canceled"}`);
      return value;
    }

    async close(): Promise<void> {
      this.log.push("close");
    }
  }

  test("a suspect runs when all calls have settled and their deliveries are given back", () =>
    inBubble(async () => {
      const source = new Manual();
      const log = (line: string): void => void source.log.push(line);
      const f = async (ctx: Context, ms: number): Promise<number> => {
        log(`start ${deliveryOf(ctx)?.id}`);
        return work(ctx, ms);
      };
      const pool = new WorkerPool(f, { workers: 3, source });
      await waitUntilBlocked();
      const [first, second, third] = source.calls;
      first?.("suspect", 1);
      await time.sleep(50);
      second?.("a", 0);
      await time.sleep(50);
      expect(source.log).toEqual(["next", "next, canceled", "release a"]);
      third?.("b", 2);
      await time.sleep(50);
      expect(source.log.slice(3)).toEqual(["next, canceled", "release b", "start suspect", "ack suspect"]);
      expect(source.calls.length).toBe(6);
      const stopped = pool.stop();
      await time.sleep(50);
      expect(source.log.length).toBe(7);
      for (const [i, call] of source.calls.slice(3).entries()) call(`late-${i}`, 0);
      await stopped;
      expect(source.log.slice(7).sort()).toEqual([
        "close",
        "next, canceled",
        "next, canceled",
        "next, canceled",
        "release late-0",
        "release late-1",
        "release late-2",
      ]);
      expect(source.log.at(-1)).toBe("close");
    }));

  test("a suspect that waits is given back at the deadline of stop", () =>
    inBubble(async () => {
      const source = new Manual();
      const pool = new WorkerPool(work, { workers: 2, gracePeriod: 100, source });
      await waitUntilBlocked();
      const [first, second] = source.calls;
      first?.("suspect", 1);
      await waitUntilBlocked();
      const [ctx, cancel] = context.withCancel(background);
      cancel();
      const stopped = pool.stop(ctx);
      await waitUntilBlocked();
      expect(source.log).toEqual(["next", "release suspect"]);
      second?.("late", 0);
      expect((await stopped).unfinished).toEqual([]);
      expect(source.log.slice(2)).toEqual(["next, canceled", "release late", "close"]);
    }));
});

describe("the end of a pool with a source", () => {
  test("stop requests nothing more, finishes what the pool holds, and closes the source once", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>({ latency: 5 });
      const source = new Spy(queue.deliveries());
      for (let n = 0; n < 6; n++) await queue.send(100);
      const pool = new WorkerPool(work, { workers: 2, source });
      await time.sleep(50);
      const stopped = pool.stop();
      expect(await Promise.all([stopped, pool.stop()])).toHaveLength(2);
      expect(source.log.sort()).toEqual(["ack 1: true", "ack 2: true"]);
      expect(source.closed).toBe(1);
      expect(queue.counts).toMatchObject({ ready: 4, done: 2, leased: 0 });
      await pool.stop();
      expect(source.closed).toBe(1);
    }));

  test("stop gives the rest back at its deadline, with Stopping as the cause", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>({ latency: 5 });
      const source = new Spy(queue.deliveries());
      for (const ms of [500, 5000, 5000]) await queue.send(ms);
      const causes: (Error | undefined)[] = [];
      const f = async (ctx: Context, ms: number): Promise<number> => {
        try {
          return await work(ctx, ms);
        } catch (error) {
          causes.push(error as Error);
          throw error;
        }
      };
      const pool = new WorkerPool(f, { workers: 3, source });
      await time.sleep(50);
      const start = time.now();
      const [ctx] = context.withTimeout(background, 1000);
      const report = await pool.stop(ctx);
      expect(time.since(start)).toBe(1005);
      expect(report.unfinished).toEqual([5000, 5000]);
      expect(report.cause).toBeInstanceOf(Stopping);
      expect(report.cause?.cause).toBeInstanceOf(context.DeadlineExceeded);
      expect(causes).toEqual([report.cause, report.cause]);
      expect(source.log.sort()).toEqual(["ack 1: true", "release 2: true", "release 3: true"]);
      expect(queue.counts).toMatchObject({ ready: 2, done: 1, leased: 0 });
    }));

  test("stop waits for functions that ignore their contexts only for the grace period, after it has given the jobs back", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      await queue.send(4000, "a");
      const f = async (_ctx: Context, ms: number): Promise<number> => time.sleep(ms).then(() => ms);
      const pool = new WorkerPool(f, { workers: 1, gracePeriod: 200, source: queue.deliveries() });
      await time.sleep(1);
      const start = time.now();
      const [ctx] = context.withTimeout(background, 1000);
      const stopped = pool.stop(ctx);
      await time.sleep(1001);
      expect(queue.counts).toMatchObject({ ready: 1, leased: 0 });
      expect(await stopped).toMatchObject({ unfinished: [4000], abandoned: 1 });
      expect(time.since(start)).toBe(1200);
      await time.sleep(4000);
      expect(queue.counts).toMatchObject({ ready: 1, done: 0 });
    }));

  test.each(["ack", "release", "close", "next"])(
    "stop ends by its deadline and grace period if %s gets no reply",
    (method) =>
      inBubble(async () => {
        const queue = memoryQueue<number, number>();
        const inner = queue.deliveries();
        let closed = 0;
        const never = new Channel<never>();
        const hang = async (): Promise<never> => {
          await never.receive();
          throw new Error("the end of the test");
        };
        const source: JobSource<number, number> = {
          next: async (ctx) => {
            const delivery = await inner.next(ctx);
            if (delivery === undefined) return method === "next" ? hang() : undefined;
            const { ack, release } = delivery;
            return {
              ...pick(delivery),
              nack: (error) => delivery.nack(error),
              ack: method === "ack" ? hang : ack.bind(delivery),
              release: method === "release" ? hang : release.bind(delivery),
            };
          },
          close: async () => {
            closed++;
            if (method === "close") await hang();
          },
        };
        await queue.send(method === "release" ? 10_000 : 10, "a");
        const pool = new WorkerPool(work, { workers: 2, gracePeriod: 100, source, onSourceError: () => undefined });
        await time.sleep(50);
        const start = time.now();
        const [ctx, cancel] = context.withTimeout(background, 1000);
        await pool.stop(ctx);
        expect(time.since(start)).toBeLessThanOrEqual(1100);
        cancel();
        never.close();
        await waitUntilBlocked();
        expect(closed).toBe(1);
      }),
  );

  test("without a deadline, stop waits for the reply to an ack", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>({ latency: 5000 });
      await queue.send(10, "a");
      const pool = new WorkerPool(work, { workers: 1, gracePeriod: 100, source: queue.deliveries() });
      await time.sleep(20);
      await pool.stop();
      expect(queue.counts.done).toBe(1);
    }));

  test("the cancellation of the pool's context gives the jobs back and ends the pool", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const source = new Spy(queue.deliveries());
      await queue.send(1000, "a");
      const [ctx, cancel] = context.withCancelCause(background);
      const pool = new WorkerPool(work, { ctx, workers: 2, source });
      await time.sleep(10);
      const enough = new Error("enough");
      cancel(enough);
      const report = await pool.stop();
      expect(report.cause).toBeInstanceOf(Stopping);
      expect(report.cause?.cause).toBe(enough);
      expect(source.log).toEqual(["release a: true"]);
      expect(source.closed).toBe(1);
    }));

  test("a pool whose context is canceled from the start requests nothing", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancel(background);
      cancel();
      let calls = 0;
      let closed = 0;
      const source: JobSource<number, number> = {
        next: async () => {
          calls++;
          return undefined;
        },
        close: async () => {
          closed++;
        },
      };
      const pool = new WorkerPool(work, { ctx, workers: 2, source });
      await pool.stop();
      expect([calls, closed]).toEqual([0, 1]);
    }));

  test("a job can stop its pool", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      await queue.send(1, "a");
      await queue.send(2, "b");
      const pool: WorkerPool<number, number> = new WorkerPool(
        async (ctx: Context, n: number) => {
          await pool.stop(ctx);
          return n;
        },
        { workers: 1, source: queue.deliveries() },
      );
      await time.sleep(1);
      await pool.stop();
      expect(queue.counts).toMatchObject({ done: 1, ready: 1, leased: 0 });
    }));

  test("resize changes how many jobs the pool requests", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const source = new Spy(queue.deliveries());
      await using pool = new WorkerPool(work, { workers: 4, source });
      await waitUntilBlocked();
      expect(source.waiting).toBe(4);
      pool.resize(1);
      await waitUntilBlocked();
      expect(source.waiting).toBe(1);
      pool.resize(3);
      await waitUntilBlocked();
      expect(source.waiting).toBe(3);
    }));
});

describe("a source that fails", () => {
  test("is called again after growing pauses by one worker, and by all once it works", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const source = new Spy(queue.deliveries());
      const errors: [string, number | undefined][] = [];
      const outage = new Error("connection lost");
      await using _ = new WorkerPool(work, {
        workers: 4,
        source,
        onSourceError: (error, retryIn) => errors.push([error.message, retryIn]),
      });
      await waitUntilBlocked();
      queue.fail(outage);
      await time.sleep(60_000);
      expect(errors.length).toBeGreaterThan(10);
      expect(errors.length).toBeLessThan(40);
      // The four calls that waited are one failure, and one call follows each pause.
      expect(source.calls).toBe(4 + errors.length - 1);
      for (const [message, retryIn] of errors) {
        expect(message).toBe("connection lost");
        expect(retryIn).toBeLessThanOrEqual(5000);
      }
      queue.fail(undefined);
      for (let n = 0; n < 4; n++) await queue.send(100);
      await time.sleep(5100);
      expect(queue.counts.done).toBe(4);
    }));

  test("is reported once for each outage to stderr by default", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const texts: unknown[] = [];
      const { write } = process.stderr;
      process.stderr.write = (text: unknown): boolean => texts.push(text) > 0;
      try {
        await using _ = new WorkerPool(work, { workers: 2, source: queue.deliveries() });
        for (const message of ["connection lost", "server is loading"]) {
          queue.fail(new Error(message));
          await time.sleep(20_000);
          queue.fail(undefined);
          await queue.send(1);
          await time.sleep(10_000);
        }
        const next = "; the pool tries again, after pauses of up to 5000 ms\n";
        expect(texts).toEqual([
          `WorkerPool: the source has failed with Error: connection lost${next}`,
          `WorkerPool: the source has failed with Error: server is loading${next}`,
        ]);
        expect(queue.counts.done).toBe(2);
      } finally {
        process.stderr.write = write;
      }
    }));

  test("does not keep the event loop busy if next resolves with undefined at once", () =>
    inBubble(async () => {
      let calls = 0;
      const source: JobSource<number, number> = {
        next: async () => {
          calls++;
          return undefined;
        },
        close: async () => undefined,
      };
      await using _ = new WorkerPool(work, { workers: 1, source });
      await time.sleep(1000);
      expect(calls).toBeLessThanOrEqual(11);
    }));

  test("a failed ack is reported, and the worker continues", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const inner = queue.deliveries();
      const errors: unknown[] = [];
      const source: JobSource<number, number> = {
        next: async (ctx) => {
          const delivery = await inner.next(ctx);
          return delivery && { ...pick(delivery), nack: reject, ack: reject, release: reject };
        },
        close: () => inner.close(),
      };
      for (const n of [1, 2]) await queue.send(n);
      const pool = new WorkerPool(work, {
        workers: 1,
        source,
        onSourceError: (...args) => errors.push(args),
      });
      await time.sleep(50);
      await pool.stop();
      // The leases run out.
      expect(queue.counts.leased).toBe(2);
      await time.sleep(15_000);
      expect(queue.counts.ready).toBe(2);
      expect(errors).toEqual([
        [new Error("no reply"), undefined],
        [new Error("no reply"), undefined],
      ]);
    }));
});

async function reject(): Promise<never> {
  throw new Error("no reply");
}

describe("a channel as the source", () => {
  test("runs its jobs, and sends their outcomes to results", () =>
    inBubble(async () => {
      const jobs = new Channel<number>();
      const pool = new WorkerPool(async (_ctx: Context, n: number) => n * n, { workers: 2, source: jobs });
      for (const n of [1, 2, 3]) await jobs.send(n);
      jobs.close();
      await pool.onIdle();
      await pool.stop();
      const values: unknown[] = [];
      for await (const { value } of pool.results) values.push(value);
      expect(values.sort()).toEqual([1, 4, 9]);
    }));

  test("keeps the jobs that the pool has not taken", () =>
    inBubble(async () => {
      const jobs = new Channel<number>(5);
      for (const ms of [10, 10, 10]) await jobs.send(ms);
      const pool = new WorkerPool(work, { workers: 1, source: jobs });
      await time.sleep(5);
      await pool.stop();
      expect(jobs.length).toBe(2);
      expect((await pool.results.receive()).value).toMatchObject({ status: "done" });
    }));

  test("a job that the pool has taken when it is cut short is reported", () =>
    inBubble(async () => {
      const jobs = new Channel<number>();
      const [ctx, cancel] = context.withCancel(background);
      const pool = new WorkerPool(work, { ctx, workers: 1, source: jobs });
      await waitUntilBlocked();
      expect(jobs.trySend(7)).toBe(true);
      cancel();
      const { unfinished, cause } = await pool.stop();
      expect(unfinished).toEqual([7]);
      expect(cause).toBeInstanceOf(Stopping);
    }));
});

describe("what does not go together with a source", () => {
  const source = memoryQueue<number, number>().deliveries();

  test.each([
    ["retry", 3, "set the retries of its queue"],
    ["rate", 5, "set the rate of its queue"],
    ["priority", () => 1, "set the priority of its queue"],
    ["queueSize", 5, "set the depth of its queue"],
    ["stopOnError", true, "call stop() in onEvent"],
  ])("the option %s is refused", (name, value, advice) => {
    const options = { source, [name]: value } as { source: typeof source };
    expect(() => new WorkerPool(work, options)).toThrow(TypeError);
    expect(() => new WorkerPool(work, options)).toThrow(advice);
  });

  test("the compiler refuses it, too", () => {
    // @ts-expect-error The source retries.
    expect(() => new WorkerPool(work, { source, retry: 3 })).toThrow("retry does not go together with source");
    // @ts-expect-error The jobs of the source are numbers.
    expect(() => new WorkerPool(async (_ctx: Context, s: string) => s, { source, workers: 0 })).toThrow(RangeError);
  });

  test("the calls that submit jobs are refused", () =>
    inBubble(async () => {
      await using pool = new WorkerPool(work, { workers: 1, source: memoryQueue<number, number>().deliveries() });
      const problem =
        ": the jobs of this pool come from its source; send them there, for example by queue.jobs(ctx).send(job)";
      await expect(pool.run(1)).rejects.toThrow(`WorkerPool.run${problem}`);
      await expect(pool.send(1)).rejects.toThrow(`WorkerPool.send${problem}`);
      await expect(pool.submit(1)).rejects.toThrow(`WorkerPool.submit${problem}`);
      expect(() => pool.trySend(1)).toThrow(`WorkerPool.trySend${problem}`);
      expect(() => pool.trySubmit(1)).toThrow(`WorkerPool.trySubmit${problem}`);
      expect(() => pool.map([1])).toThrow(`WorkerPool.map${problem}`);
    }));

  test("a value that is not a source is refused", () => {
    for (const value of [{}, 5, { next: () => undefined }, async () => 1]) {
      expect(() => new WorkerPool(work, { source: value as unknown as typeof source })).toThrow(
        "WorkerPool: source must be a JobSource or a channel, got",
      );
    }
  });
});

describe("a call of next", () => {
  /** A source without jobs, and the causes for which its calls were canceled. */
  function silent(): JobSource<number, number> & { readonly causes: (string | undefined)[] } {
    const causes: (string | undefined)[] = [];
    return {
      causes,
      async next(ctx) {
        await ctx.done().receive();
        causes.push(context.cause(ctx)?.message);
        return undefined;
      },
      close: async () => undefined,
    };
  }

  test("is canceled with the reason for which the pool requests no job", () =>
    inBubble(async () => {
      const source = silent();
      const pool = new WorkerPool(work, { workers: 2, source });
      await waitUntilBlocked();
      pool.resize(1);
      await waitUntilBlocked();
      expect(source.causes).toEqual(["the pool has fewer workers", "the pool has fewer workers"]);
      await pool.stop();
      expect(source.causes.slice(2)).toEqual(["the pool has been stopped"]);
    }));

  test("is canceled because a job that stalled before runs alone", () =>
    inBubble(async () => {
      const queue = memoryQueue<number, number>();
      const inner = queue.deliveries();
      const reasons: (string | undefined)[] = [];
      const source: JobSource<number, number> = {
        async next(ctx) {
          const delivery = await inner.next(ctx);
          if (delivery === undefined) reasons.push(context.cause(ctx)?.message);
          return delivery;
        },
        close: () => inner.close(),
      };
      await queue.send(100, "job");
      const pool = new WorkerPool(work, { workers: 3, source });
      await waitUntilBlocked();
      queue.loseLease("job");
      await waitUntilBlocked();
      expect(new Set(reasons)).toEqual(new Set(["a job that stalled before runs alone"]));
      await pool.stop();
    }));
});

test("an error of close is reported, and stop resolves", () =>
  inBubble(async () => {
    const errors: unknown[] = [];
    const queue = memoryQueue<number, number>();
    const inner = queue.deliveries();
    const close = async (): Promise<never> => {
      throw new Error("no connection");
    };
    const source: JobSource<number, number> = { next: (ctx) => inner.next(ctx), close };
    const pool = new WorkerPool(work, { source, onSourceError: (error, ms) => errors.push([error.message, ms]) });
    await pool.stop();
    expect(errors).toEqual([["no connection", undefined]]);
  }));
