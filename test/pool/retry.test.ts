// Jobs that are tried again, that take too long, and that wait for a rate.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  type Context,
  type JobOutcome,
  type PoolEvent,
  type PoolOptions,
  RateLimiter,
  receive,
  type RetryOptions,
  select,
  time,
  WorkerPool,
} from "goro";
import { waitUntilBlocked } from "goro/testing";
import { currentClock } from "../../src/runtime/timer.ts";
import { Prng } from "../../src/util/prng.ts";
import { children, inBubble } from "../support/contexts.ts";

/** A test in virtual time, in ten orders of goroutines. */
function everyOrder(name: string, f: (seed: number) => Promise<void>): void {
  test(name, async () => {
    for (let seed = 0; seed < 10; seed++) {
      await inBubble(() => f(seed), { seed }).catch((error: unknown) => {
        throw new Error(`with the seed ${seed}`, { cause: error });
      });
    }
  });
}

/** A watch that starts at 0. */
function stopwatch(): () => number {
  const start = time.now();
  return () => time.since(start);
}

function numbers(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** A function that fails `failures` times, and the instants of its calls. */
function flaky(failures: number): { f: () => Promise<number>; calls: number[] } {
  const at = stopwatch();
  const calls: number[] = [];
  const f = async (): Promise<number> => {
    calls.push(at());
    if (calls.length <= failures) throw new Error(`failure ${calls.length}`);
    return calls.length;
  };
  return { f, calls };
}

/** The times of the calls of a job that always fails. */
async function callsOf(retry: RetryOptions): Promise<number[]> {
  const { f, calls } = flaky(Infinity);
  await using pool = new WorkerPool(f, { workers: 1, retry });
  await pool.send(0);
  await pool.stop();
  return calls;
}

function pauses(calls: readonly number[]): number[] {
  return calls.slice(1).map((at, i) => at - (calls[i] as number));
}

async function outcomesOf<R>(pool: WorkerPool<number, R>): Promise<JobOutcome<number, R>[]> {
  const outcomes: JobOutcome<number, R>[] = [];
  for await (const outcome of pool.results) outcomes.push(outcome);
  return outcomes;
}

// P27
describe("a job is tried until it is done or has been tried as often as it may", () => {
  describe.each([0, 1, 2, 3, 7])("with %i retries", (retries) => {
    test.each([0, 1, 2, 3, 7, 8, Infinity])("and %d failures before the first success", (failures) =>
      inBubble(async () => {
        const { f, calls } = flaky(failures);
        const pool = new WorkerPool(f, { workers: 1, retry: { retries } });
        const task = await pool.submit(0);
        await task.result.catch(() => undefined);
        const attempts = Math.min(retries + 1, failures + 1);
        expect(calls).toHaveLength(attempts);
        expect(task.outcome).toEqual(
          failures <= retries
            ? { status: "done", job: 0, attempts, value: attempts }
            : { status: "failed", job: 0, attempts, error: new Error(`failure ${attempts}`) },
        );
        const failed = failures <= retries ? 0 : 1;
        expect(pool.stats()).toMatchObject({ processed: 1, failed, canceled: 0, timedOut: 0, retried: attempts - 1 });
        await pool.stop();
      }),
    );
  });

  test("without a word about it, once", () =>
    inBubble(async () => {
      const { f, calls } = flaky(1);
      await using pool = new WorkerPool(f, { workers: 1 });
      const task = await pool.submit(0);
      await expect(task.result).rejects.toEqual(new Error("failure 1"));
      expect(calls).toHaveLength(1);
    }));

  test("forever and without a pause, with these options", () =>
    inBubble(async () => {
      // So often that 2 ** attempts is Infinity.
      const { f } = flaky(1100);
      await using pool = new WorkerPool(f, { workers: 1, retry: { retries: Infinity, delay: 0 } });
      const task = await pool.submit(0);
      expect(await task.result).toBe(1101);
    }));
});

describe("the pauses", () => {
  test.each<[string, RetryOptions, number[]]>([
    ["double", { retries: 5, delay: 100, jitter: 0 }, [100, 200, 400, 800, 1600]],
    ["grow by the factor", { retries: 4, delay: 10, factor: 3, jitter: 0 }, [10, 30, 90, 270]],
    ["may stay the same", { retries: 4, delay: 10, factor: 1, jitter: 0 }, [10, 10, 10, 10]],
    ["may be none", { retries: 3, delay: 0, jitter: 0 }, [0, 0, 0]],
    ["grow no longer than the longest", { retries: 5, delay: 10, maxDelay: 35, jitter: 0 }, [10, 20, 35, 35, 35]],
    ["are the longest at once, if they start above it", { retries: 2, delay: 50, maxDelay: 35, jitter: 0 }, [35, 35]],
    ["are at most 30 seconds by default", { retries: 3, delay: 20_000, jitter: 0 }, [20_000, 30_000, 30_000]],
  ])("%s", (_how, retry, expected) =>
    inBubble(async () => {
      const found = pauses(await callsOf(retry));
      expect(found).toHaveLength(expected.length);
      for (const [i, pause] of found.entries()) expect(pause).toBeCloseTo(expected[i] as number, 6);
    }),
  );

  test.each<[share: number, options: { readonly jitter?: number }]>([
    [0.5, {}],
    [0.5, { jitter: 0.5 }],
    [1, { jitter: 1 }],
    [0.1, { jitter: 0.1 }],
  ])("are up to %d shorter by chance, with %j", (share, options) =>
    inBubble(async () => {
      const n = 400;
      const found = pauses(await callsOf({ retries: n, delay: 100, factor: 1, ...options }));
      for (const pause of found) {
        expect(pause).toBeLessThanOrEqual(100);
        expect(pause).toBeGreaterThanOrEqual(100 * (1 - share) - 1e-6);
      }
      // Uniform: the mean is off by less than eight standard deviations, and both ends are come near.
      const mean = found.reduce((sum, pause) => sum + pause, 0) / n;
      expect(Math.abs(mean - 100 * (1 - share / 2))).toBeLessThan((8 * 100 * share) / Math.sqrt(12 * n));
      expect(Math.max(...found)).toBeGreaterThan(100 - 5 * share);
      expect(Math.min(...found)).toBeLessThan(100 - 95 * share);
    }),
  );

  test("are jittered below the longest, too", () =>
    inBubble(async () => {
      const found = pauses(await callsOf({ retries: 100, delay: 1000, maxDelay: 10, jitter: 0.5 }));
      expect(new Set(found).size).toBeGreaterThan(50);
      for (const pause of found) expect(pause).toBeLessThanOrEqual(10);
    }));

  everyOrder("are reported before they begin, with the error and the attempts", async () => {
    const events: PoolEvent<number, number>[] = [];
    const { f, calls } = flaky(2);
    await using pool = new WorkerPool<number, number>(f, {
      workers: 1,
      retry: { retries: 5 },
      onEvent: (event) => events.push(event),
    });
    const task = await pool.submit(7);
    await task.result;
    const [first, second] = pauses(calls);
    const outcome = { status: "done", job: 7, attempts: 3, value: 3 };
    expect(events).toEqual([
      { type: "started", job: 7, worker: 1 },
      {
        type: "retrying",
        job: 7,
        worker: 1,
        error: new Error("failure 1"),
        attempts: 1,
        delay: expect.closeTo(first ?? 0),
      },
      {
        type: "retrying",
        job: 7,
        worker: 1,
        error: new Error("failure 2"),
        attempts: 2,
        delay: expect.closeTo(second ?? 0),
      },
      { type: "ended", outcome, worker: 1 },
    ]);
  });

  everyOrder("belong to the job: its worker takes no other meanwhile", async () => {
    const at = stopwatch();
    const log: string[] = [];
    const pool = new WorkerPool(
      async (_ctx, n: number) => {
        log.push(`${n} at ${at()}`);
        if (at() < 300) throw new Error("too early");
      },
      { workers: 1, queueSize: 1, retry: { retries: 5, delay: 100, jitter: 0 } },
    );
    await pool.send(1);
    await pool.send(2);
    await time.sleep(50);
    expect(pool.stats()).toMatchObject({ running: 1, queued: 1 });
    await pool.stop();
    expect(log).toEqual(["1 at 0", "1 at 100", "1 at 300", "2 at 300"]);
  });
});

describe("whether it makes sense to try again", () => {
  test("is called with the error and the attempts, and not after the last attempt", () =>
    inBubble(async () => {
      const asked: [string, number][] = [];
      const { f } = flaky(Infinity);
      await using pool = new WorkerPool(f, {
        workers: 1,
        retry: { retries: 2, shouldRetry: (error, attempts) => asked.push([error.message, attempts]) > 0 },
      });
      const task = await pool.submit(0);
      await expect(task.result).rejects.toEqual(new Error("failure 3"));
      expect(asked).toEqual([
        ["failure 1", 1],
        ["failure 2", 2],
      ]);
    }));

  test("can be denied", () =>
    inBubble(async () => {
      const { f, calls } = flaky(Infinity);
      const pool = new WorkerPool(f, {
        workers: 1,
        retry: { retries: 9, shouldRetry: (_error, attempts) => attempts < 3 },
      });
      const task = await pool.submit(0);
      await expect(task.result).rejects.toEqual(new Error("failure 3"));
      expect(calls).toHaveLength(3);
      expect(pool.stats()).toMatchObject({ retried: 2, failed: 1 });
      await pool.stop();
    }));

  test("is called with an Error, whatever was thrown", () =>
    inBubble(async () => {
      const asked: Error[] = [];
      await using pool = new WorkerPool(
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the subject
        () => Promise.reject("text"),
        { workers: 1, retry: { retries: 1, shouldRetry: (error) => asked.push(error) > 0 } },
      );
      await expect((await pool.submit(0)).result).rejects.toEqual(new Error("text"));
      expect(asked).toEqual([new Error("text", { cause: "text" })]);
    }));

  test("is the failure of the job if it throws", () =>
    inBubble(async () => {
      const { f, calls } = flaky(Infinity);
      const when = (): boolean => {
        throw new Error("when");
      };
      await using pool = new WorkerPool(f, { workers: 1, retry: { retries: 9, shouldRetry: when } });
      const task = await pool.submit(0);
      await expect(task.result).rejects.toEqual(new Error("when"));
      expect(task.outcome).toMatchObject({ status: "failed", attempts: 1 });
      expect(calls).toHaveLength(1);
    }));
});

// R169
describe("in a pause", () => {
  const options: PoolOptions<number, number> = {
    workers: 1,
    queueSize: 5,
    retry: { retries: 9, delay: 100, jitter: 0 },
  };

  everyOrder("a job can be canceled, and its worker is free at once", async () => {
    const at = stopwatch();
    const { f, calls } = flaky(1);
    const pool = new WorkerPool(f, options);
    const task = await pool.submit(1);
    const next = await pool.submit(2);
    await time.sleep(30);
    task.cancel(new Error("enough"));
    await expect(task.result).rejects.toEqual(new Error("enough"));
    expect(task.outcome).toEqual({ status: "canceled", job: 1, attempts: 1, error: new Error("enough") });
    expect(await next.result).toBe(2);
    expect([calls, at()]).toEqual([[0, 30], 30]);
    expect(pool.stats()).toMatchObject({ processed: 1, failed: 0, canceled: 1, abandoned: 0 });
    await pool.stop();
  });

  everyOrder("the context of the submitter ends the job", async () => {
    const at = stopwatch();
    const { f, calls } = flaky(1);
    const [ctx, cancel] = context.withTimeout(context.background(), 50);
    const pool = new WorkerPool(f, options);
    const task = await pool.submit(1, { ctx });
    await expect(task.result).rejects.toBeInstanceOf(context.DeadlineExceeded);
    expect([calls, at()]).toEqual([[0], 50]);
    expect(task.outcome).toMatchObject({ status: "canceled", attempts: 1 });
    await waitUntilBlocked();
    expect(pool.stats().running).toBe(0);
    expect(children(ctx)).toBe(0);
    await pool.stop();
    cancel();
  });

  everyOrder("the end of the pool ends the job", async () => {
    const at = stopwatch();
    const { f, calls } = flaky(Infinity);
    const [ctx, cancel] = context.withCancelCause(context.background());
    const pool = new WorkerPool(f, { ...options, workers: 3, ctx });
    for (const n of numbers(3)) await pool.send(n);
    time.afterFunc(150, () => cancel(new Error("closing time")));
    const error = new Error("closing time");
    expect(await outcomesOf(pool)).toEqual(
      numbers(3).map(() => expect.objectContaining({ status: "canceled", attempts: 2, error })),
    );
    expect(at()).toBe(150);
    expect(calls).toEqual([0, 0, 0, 100, 100, 100]);
    const report = await pool.stop();
    expect([...report.unfinished].sort()).toEqual([0, 1, 2]);
    expect(report).toMatchObject({ abandoned: 0, cause: error });
  });

  everyOrder("a stop waits for the attempts that are left, unless its context ends first", async () => {
    const at = stopwatch();
    const pool = new WorkerPool(flaky(2).f, options);
    const task = await pool.submit(1);
    expect(await pool.stop()).toEqual({ unfinished: [], abandoned: 0, cause: undefined });
    expect(task.outcome).toMatchObject({ status: "done", attempts: 3 });
    expect(at()).toBe(300);

    const other = new WorkerPool(flaky(2).f, options);
    await other.send(1);
    const [ctx, cancel] = context.withTimeout(context.background(), 150);
    const cause = new context.DeadlineExceeded();
    expect(await other.stop(ctx)).toMatchObject({ unfinished: [1], abandoned: 0, cause });
    expect(at()).toBe(450);
    cancel();
  });

  test("a job that is canceled has not been tried again, and that is what the pool counts", () =>
    inBubble(async () => {
      const pool = new WorkerPool(flaky(Infinity).f, options);
      const task = await pool.submit(1);
      await time.sleep(150);
      task.cancel();
      await task.result.catch(() => undefined);
      expect(task.outcome?.attempts).toBe(2);
      expect(pool.stats().retried).toBe(1);
      await pool.stop();
    }));
});

// P47
describe("a job that takes too long", () => {
  everyOrder("has failed at that moment, and its context has ended", async () => {
    const at = stopwatch();
    const ends: unknown[] = [];
    const pool = new WorkerPool(
      async (ctx) => {
        await ctx.done().receive();
        ends.push(ctx.err(), context.cause(ctx), at());
        return "late";
      },
      { workers: 1, timeout: 50 },
    );
    const task = await pool.submit(1);
    const error = new context.DeadlineExceeded("the job took longer than 50 ms");
    await expect(task.result).rejects.toEqual(error);
    expect(at()).toBe(50);
    expect(task.outcome).toEqual({ status: "failed", job: 1, attempts: 1, error });
    expect(task.outcome?.error).toBeInstanceOf(context.DeadlineExceeded);
    await waitUntilBlocked();
    expect(ends).toEqual([new context.DeadlineExceeded(), new context.DeadlineExceeded(), 50]);
    expect(pool.stats()).toMatchObject({
      processed: 1,
      failed: 1,
      timedOut: 1,
      canceled: 0,
      abandoned: 0,
      running: 0,
    });
    await pool.stop();
  });

  everyOrder("holds its worker until its function has returned, whose result is ignored", async () => {
    const at = stopwatch();
    const begun: [number, number][] = [];
    const events: string[] = [];
    const pool = new WorkerPool(
      async (_ctx, n: number) => {
        begun.push([n, at()]);
        await time.sleep(n);
        if (n === 200) throw new Error("late");
        return n;
      },
      {
        workers: 1,
        queueSize: 5,
        timeout: 50,
        onEvent: (event) => events.push(`${event.type} at ${at()}`),
      },
    );
    for (const n of [100, 200, 10]) await pool.send(n);
    await time.sleep(60);
    expect(pool.stats()).toMatchObject({ running: 1, abandoned: 1, queued: 2, processed: 1, timedOut: 1 });
    await pool.stop();
    expect(begun).toEqual([
      [100, 0],
      [200, 100],
      [10, 300],
    ]);
    expect((await outcomesOf(pool)).map(({ job, status }) => [job, status])).toEqual([
      [100, "failed"],
      [200, "failed"],
      [10, "done"],
    ]);
    expect(events).toEqual([
      "started at 0",
      "ended at 50",
      "started at 100",
      "ended at 150",
      "started at 300",
      "ended at 310",
    ]);
    expect(pool.stats()).toMatchObject({
      running: 0,
      abandoned: 0,
      processed: 3,
      failed: 2,
      timedOut: 2,
      canceled: 0,
    });
    expect(pool.stats().latency.max).toBe(310);
  });

  everyOrder("is late from when it was started, and not from when it was accepted", async () => {
    const pool = new WorkerPool<number, void>(async () => time.sleep(40), { workers: 1, queueSize: 9, timeout: 50 });
    for (const n of numbers(5)) await pool.send(n);
    await pool.stop();
    for (const { status } of await outcomesOf(pool)) expect(status).toBe("done");
    expect(pool.stats()).toMatchObject({ processed: 5, timedOut: 0 });
  });

  everyOrder("leaves an alarm only as long as it is open whether it does", async () => {
    await using pool = new WorkerPool(async (_ctx, ms: number) => time.sleep(ms), { workers: 2, timeout: 50 });
    for (const ms of [10, 20]) await pool.send(ms);
    await time.sleep(30);
    expect(currentClock().size).toBe(0);
  });

  everyOrder("is late with all its attempts and pauses together", async () => {
    const at = stopwatch();
    const { f, calls } = flaky(Infinity);
    const events: string[] = [];
    await using pool = new WorkerPool(f, {
      workers: 1,
      timeout: 250,
      retry: { retries: 9, delay: 100, factor: 1, jitter: 0 },
      onEvent: ({ type }) => events.push(type),
    });
    const task = await pool.submit(1);
    await expect(task.result).rejects.toBeInstanceOf(context.DeadlineExceeded);
    expect(task.outcome).toMatchObject({ status: "failed", attempts: 3 });
    expect([calls, at()]).toEqual([[0, 100, 200], 250]);
    await time.sleep(1000);
    expect(calls).toHaveLength(3);
    expect(events.at(-1)).toBe("ended");
    expect(pool.stats()).toMatchObject({ timedOut: 1, running: 0, abandoned: 0 });
  });

  everyOrder("is not retried, whatever its function throws when it returns", async () => {
    let calls = 0;
    await using pool = new WorkerPool(
      async (ctx) => {
        calls++;
        await ctx.done().receive();
        throw new Error("my own");
      },
      { workers: 1, timeout: 50, retry: { retries: 9, delay: 10 } },
    );
    await expect((await pool.submit(1)).result).rejects.toBeInstanceOf(context.DeadlineExceeded);
    await time.sleep(1000);
    expect(calls).toBe(1);
  });

  everyOrder("is too late even if it is done a moment after, and in time a moment before", async () => {
    await using pool = new WorkerPool(async (_ctx, ms: number) => time.sleep(ms), { workers: 2, timeout: 50 });
    const [before, after] = [await pool.submit(49.999), await pool.submit(50.001)];
    await Promise.allSettled([before.result, after.result]);
    expect([before.outcome?.status, after.outcome?.status]).toEqual(["done", "failed"]);
  });

  everyOrder("is canceled if it is canceled first, and gets no other outcome", async () => {
    await using pool = new WorkerPool(async () => time.sleep(200), { workers: 1, timeout: 50 });
    const task = await pool.submit(1);
    await time.sleep(20);
    task.cancel(new Error("enough"));
    await expect(task.result).rejects.toEqual(new Error("enough"));
    expect(pool.stats()).toMatchObject({ canceled: 1, abandoned: 1, running: 1 });
    await time.sleep(100);
    expect(task.outcome).toMatchObject({ status: "canceled" });
    expect(pool.stats()).toMatchObject({ canceled: 1, timedOut: 0, processed: 0, abandoned: 1 });
    await time.sleep(100);
    expect(pool.stats()).toMatchObject({ abandoned: 0, running: 0 });
  });

  everyOrder("ends the pool, if errors do", async () => {
    const pool = new WorkerPool((ctx, n: number) => work(ctx, n), { workers: 2, timeout: 50, stopOnError: true });
    await pool.send(1000);
    await time.sleep(20);
    const task = await pool.submit(1000);
    await expect(task.result).rejects.toBeInstanceOf(context.DeadlineExceeded);
    expect(task.outcome?.status).toBe("canceled");
    expect((await outcomesOf(pool)).map(({ status }) => status)).toEqual(["failed"]);
    await pool.stop();
  });

  everyOrder("and never returns does not delay a stop by more than the grace period", async () => {
    const at = stopwatch();
    const gate = new Channel<never>();
    const stopped: number[] = [];
    const events: string[] = [];
    const pool = new WorkerPool<number, unknown>(async () => gate.receive(), {
      workers: 2,
      timeout: 50,
      gracePeriod: 300,
      onWorkerStop: (worker) => stopped.push(worker),
      onEvent: ({ type }) => events.push(type),
    });
    await pool.send(1);
    await pool.send(2);
    await time.sleep(100);
    expect(pool.stats()).toMatchObject({ running: 2, abandoned: 2, timedOut: 2 });
    expect(await pool.stop()).toEqual({ unfinished: [], abandoned: 2, cause: undefined });
    expect(at()).toBe(400);
    expect((await outcomesOf(pool)).map(({ status }) => status)).toEqual(["failed", "failed"]);
    expect([...stopped].sort()).toEqual([1, 2]);
    const reported = [...events];
    gate.close();
    await waitUntilBlocked();
    expect(events).toEqual(reported);
    expect(stopped).toHaveLength(2);
    expect(pool.stats()).toMatchObject({ running: 0, abandoned: 0, processed: 2 });
  });

  everyOrder("delays a stop until it returns, if that is within the grace period", async () => {
    const at = stopwatch();
    const pool = new WorkerPool(async () => time.sleep(120), { workers: 1, timeout: 50 });
    await pool.send(1);
    expect(await pool.stop()).toEqual({ unfinished: [], abandoned: 0, cause: undefined });
    expect(at()).toBe(120);
  });

  everyOrder("and never returns holds the jobs behind it until the context of the stop is canceled", async () => {
    const at = stopwatch();
    const gate = new Channel<never>();
    const [ctx, cancel] = context.withTimeout(context.background(), 1000);
    const pool = new WorkerPool<number, unknown>(async () => gate.receive(), {
      workers: 1,
      queueSize: 5,
      timeout: 50,
      gracePeriod: 300,
    });
    await pool.send(1);
    const behind = await pool.submit(2);
    const result = behind.result.catch((error: unknown) => [error, at()]);
    expect(await pool.stop(ctx)).toEqual({ unfinished: [2], abandoned: 1, cause: new context.DeadlineExceeded() });
    expect(at()).toBe(1300);
    expect(await result).toEqual([new context.DeadlineExceeded(), 1000]);
    expect(behind.outcome).toMatchObject({ status: "canceled", attempts: 0 });
    gate.close();
    cancel();
  });
});

/** Works for so long, unless the context ends first. */
async function work(ctx: Context, ms: number): Promise<void> {
  await select({ worked: receive(time.after(ms)), done: receive(ctx.done()) });
}

// P34, B31
describe("a rate", () => {
  /** When the jobs of a pool are called. */
  function clocked(options: PoolOptions<number, number>): { pool: WorkerPool<number, number>; calls: number[] } {
    const at = stopwatch();
    const calls: number[] = [];
    const pool = new WorkerPool<number, number>(
      async (_ctx, n) => {
        calls.push(at());
        await time.sleep(n);
        return n;
      },
      { queueSize: Infinity, ...options },
    );
    return { pool, calls };
  }

  const at100 = (n: number): number[] => numbers(n).map((i) => expect.closeTo(i * 100, 6) as unknown as number);

  describe.each([1, 3, 20])("with %i workers", (workers) => {
    everyOrder("is that of all of them together", async () => {
      const { pool, calls } = clocked({ workers, rate: 10 });
      for (const n of numbers(6)) await pool.send(n % 2);
      await pool.stop();
      expect(calls).toEqual(at100(6));
    });

    everyOrder("lets as many jobs begin at once as the burst of its limiter", async () => {
      const { pool, calls } = clocked({ workers, rate: new RateLimiter(10, 4) });
      for (let n = 0; n < 6; n++) await pool.send(0);
      await pool.stop();
      expect(calls).toEqual([0, 0, 0, ...at100(3)]);
    });
  });

  // A timer that is late by some milliseconds must not lower the rate.
  everyOrder("above 100 a second lets as many be called at once as belong to 10 ms", async () => {
    const { pool, calls } = clocked({ workers: 40, rate: 1000 });
    for (let n = 0; n < 12; n++) await pool.send(50);
    await pool.stop();
    expect(calls).toEqual([...Array<number>(10).fill(0), 1, 2]);
  });

  everyOrder("bounds no less than the workers do", async () => {
    const { pool, calls } = clocked({ workers: 1, rate: 1000 });
    for (let n = 0; n < 3; n++) await pool.send(50);
    await pool.stop();
    expect(calls).toEqual([0, 50, 100]);
  });

  everyOrder("may be shared with other pools, and with others", async () => {
    const limiter = new RateLimiter(10);
    const one = clocked({ workers: 2, rate: limiter });
    const other = clocked({ workers: 2, rate: limiter });
    const at = stopwatch();
    for (let n = 0; n < 3; n++) {
      await one.pool.send(0);
      await other.pool.send(0);
    }
    await waitUntilBlocked();
    await limiter.wait();
    // One of the four workers ran immediately, and was queued again with its next job.
    expect(at()).toBeCloseTo(500, 6);
    await Promise.all([one.pool.stop(), other.pool.stop()]);
    const calls = [...one.calls, ...other.calls].sort((a, b) => a - b);
    expect(calls).toEqual([0, 100, 200, 300, 400, 600].map((ms) => expect.closeTo(ms, 6) as unknown as number));
  });

  everyOrder("is one of calls: each attempt counts", async () => {
    const { f, calls } = flaky(3);
    await using pool = new WorkerPool(f, { workers: 1, rate: 10, retry: { retries: 5, delay: 10, jitter: 0 } });
    expect(await (await pool.submit(0)).result).toBe(4);
    expect(calls).toEqual(at100(4));
  });

  everyOrder("adds no pause to a longer one", async () => {
    const { f, calls } = flaky(2);
    await using pool = new WorkerPool(f, { workers: 1, rate: 100, retry: { retries: 5, delay: 100, jitter: 0 } });
    expect(await (await pool.submit(0)).result).toBe(3);
    expect(calls).toEqual([0, 100, 300]);
  });

  // R169
  everyOrder("does not delay a job that is canceled, and takes no token for it", async () => {
    const at = stopwatch();
    const { pool, calls } = clocked({ workers: 3, rate: 10 });
    await pool.send(0);
    await waitUntilBlocked();
    const task = await pool.submit(0);
    await waitUntilBlocked();
    expect(pool.stats()).toMatchObject({ running: 1, processed: 1 });
    await time.sleep(20);
    task.cancel(new Error("enough"));
    await expect(task.result).rejects.toEqual(new Error("enough"));
    expect(at()).toBe(20);
    expect(task.outcome).toEqual({ status: "canceled", job: 0, attempts: 0, error: new Error("enough") });
    await waitUntilBlocked();
    expect(pool.stats()).toMatchObject({ running: 0, abandoned: 0, canceled: 1 });
    await (
      await pool.submit(0)
    ).result;
    expect(calls).toEqual(at100(2));
    await pool.stop();
  });

  everyOrder("is not waited for when the pool has ended", async () => {
    const at = stopwatch();
    const [ctx, cancel] = context.withCancelCause(context.background());
    const { pool, calls } = clocked({ workers: 3, rate: 10, ctx });
    for (let n = 0; n < 6; n++) await pool.send(n);
    time.afterFunc(150, () => cancel(new Error("closing time")));
    const outcomes = await outcomesOf(pool);
    expect(at()).toBe(150);
    expect(calls).toEqual(at100(2));
    expect(outcomes.map(({ status, attempts }) => [status, attempts])).toEqual([
      ["done", 1],
      ["done", 1],
      ...numbers(4).map(() => ["canceled", 0]),
    ]);
    const report = await pool.stop();
    expect(report.unfinished).toHaveLength(4);
  });

  everyOrder("that can never let a job through makes it fail, without a try", async () => {
    const { pool, calls } = clocked({ workers: 1, rate: new RateLimiter(10, 0), retry: { retries: 5 } });
    const task = await pool.submit(0);
    await expect(task.result).rejects.toEqual(new RangeError("rate: Wait(n=1) exceeds limiter's burst 0"));
    expect(task.outcome).toMatchObject({ status: "failed", attempts: 0 });
    expect([calls, pool.stats().retried]).toEqual([[], 0]);
    await pool.stop();
  });

  test("of 0 lets the first burst through, and the end of the pool frees the others", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      const { pool, calls } = clocked({ workers: 2, rate: 0, ctx });
      for (let n = 0; n < 3; n++) await pool.send(0);
      time.afterFunc(5000, cancel);
      expect((await pool.stop()).unfinished).toHaveLength(2);
      expect(calls).toEqual([0]);
    }));

  test("of Infinity does not limit", () =>
    inBubble(async () => {
      const { pool, calls } = clocked({ workers: 1, rate: Infinity });
      for (let n = 0; n < 50; n++) await pool.send(0);
      await pool.stop();
      expect(calls).toEqual(numbers(50).map(() => 0));
    }));

  // What the limiter refuses once it would refuse again.
  everyOrder("that has no turn left before the deadline ends a job that would be tried again", async () => {
    const at = stopwatch();
    const { f, calls } = flaky(Infinity);
    const pool = new WorkerPool(f, {
      workers: 1,
      rate: 1,
      timeout: 500,
      retry: { retries: 500, delay: 10, factor: 1, jitter: 0 },
    });
    const task = await pool.submit(1);
    await task.result.catch(() => undefined);
    expect(task.outcome).toMatchObject({ status: "failed", attempts: 1 });
    expect(calls).toEqual([0]);
    expect(pool.stats().retried).toBeLessThanOrEqual(1);
    expect(at()).toBeLessThanOrEqual(500);
    await pool.stop();
  });
});

// R166, P30
everyOrder("whatever meets, each job has one outcome, and what is counted adds up", async (seed) => {
  const chance = new Prng(seed);
  const size = 60;
  const calls = new Map<number, number>();
  const ended = new Map<number, number>();
  let running = 0;
  const [ctx, cancel] = context.withCancelCause(context.background());
  const closing = time.afterFunc(chance.randomInt(2000), () => cancel(new Error("closing time")));
  if (chance.randomInt(2) === 0) closing.stop();
  const workers = 1 + chance.randomInt(4);
  const pool = new WorkerPool(
    async (own, n: number) => {
      expect(++running).toBeLessThanOrEqual(workers);
      calls.set(n, (calls.get(n) ?? 0) + 1);
      const ms = chance.randomInt(60);
      if (chance.randomInt(3) === 0) await time.sleep(ms);
      else await work(own, ms);
      running--;
      if (chance.randomInt(2) === 0) throw new Error(`no ${n}`);
      return n;
    },
    {
      workers,
      queueSize: chance.randomInt(10),
      ctx,
      timeout: 30 + chance.randomInt(100),
      retry: { retries: chance.randomInt(4), delay: 5 },
      ...(chance.randomInt(2) === 0 ? { rate: new RateLimiter(100, 10) } : {}),
      onEvent: (event) => {
        if (event.type === "ended") ended.set(event.outcome.job, (ended.get(event.outcome.job) ?? 0) + 1);
      },
    },
  );
  const outcomes: JobOutcome<number, number>[] = [];
  let refused = 0;
  for (const n of numbers(size)) {
    try {
      const task = await pool.submit(n);
      if (chance.randomInt(6) === 0) time.afterFunc(chance.randomInt(50), () => task.cancel());
      void task.result.catch(() => undefined).then(() => outcomes.push(task.outcome as JobOutcome<number, number>));
    } catch {
      refused++;
    }
  }
  const report = await pool.stop();
  closing.stop();
  await time.sleep(100);
  expect(outcomes).toHaveLength(size - refused);
  expect([...ended.values()].every((times) => times === 1)).toBe(true);
  expect(ended.size).toBe(size - refused);
  const count = (...statuses: string[]): number => outcomes.filter(({ status }) => statuses.includes(status)).length;
  const stats = pool.stats();
  expect(stats).toMatchObject({
    processed: count("done", "failed"),
    failed: count("failed"),
    canceled: count("canceled"),
    running: 0,
    abandoned: 0,
    queued: 0,
    waiting: 0,
  });
  expect(stats.timedOut).toBe(outcomes.filter(({ error }) => error?.message.startsWith("the job took longer")).length);
  expect(report.abandoned).toBe(0);
  for (const { job, attempts } of outcomes) expect(attempts).toBe(calls.get(job) ?? 0);
  expect(children(ctx)).toBe(0);
  cancel();
});
