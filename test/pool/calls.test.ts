// What the calls of a pool promise at the borders: acceptance and cancel, refusals, counters, the pool's context.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, type Context, go, receive, runPool, select, time, WorkerPool } from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { poolResult } from "../../src/runtime/wait-reasons.ts";
import { children, inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";

const { background, withCancel, withCancelCause } = context;
const why = new Error("why");
const seeds = [1, 2, 3, 4, 5];

describe.each(["send", "submit"] as const)("%s", (door) => {
  test.each(seeds)(
    "is not accepted if its context ends before a worker takes the job, even at once (seed %i)",
    (seed) =>
      inBubble(
        async () => {
          for (const order of ["cancel first", "worker first"]) {
            const gate = new Channel<never>();
            const called: number[] = [];
            const pool = new WorkerPool<number, void>(
              async (_ctx, job) => {
                called.push(job);
                if (job === 1) await gate.receive();
              },
              { workers: 1 },
            );
            const [ctx, cancel] = withCancelCause(background());
            await pool.send(1);
            await waitUntilBlocked();
            const waiting = pool[door](2, { ctx }).then(
              () => "accepted",
              (error: unknown) => error,
            );
            if (order === "cancel first") {
              cancel(why);
              gate.close();
            } else {
              gate.close();
              await waitUntilBlocked();
              cancel(why);
            }
            expect(await waiting).toBe(order === "cancel first" ? why : "accepted");
            await pool.stop();
            expect(called).toEqual(order === "cancel first" ? [1] : [1, 2]);
            expect(pool.stats()).toMatchObject({
              processed: order === "cancel first" ? 1 : 2,
              canceled: 0,
              waiting: 0,
            });
          }
        },
        { seed },
      ),
  );

  test("is not accepted by stop if its context is canceled", () =>
    inBubble(async () => {
      const pool = new WorkerPool<number, void>(async () => time.sleep(10), { workers: 1 });
      const [ctx, cancel] = withCancelCause(background());
      await pool.send(1);
      const waiting = pool[door](2, { ctx });
      cancel(why);
      const stopped = pool.stop();
      await expect(waiting).rejects.toBe(why);
      expect(await stopped).toEqual({ unfinished: [], abandoned: 0, cause: undefined });
      expect(pool.stats().processed).toBe(1);
    }));

  test("that is rejected while it waits, and is not awaited, is an unhandled rejection", async () => {
    const { stdout, code } = await runSource(`
      import { context, time, WorkerPool } from "goro";
      process.on("unhandledRejection", (error) => console.log("unhandled:", error.message));
      const [ctx, cancel] = context.withCancelCause(context.background());
      const pool = new WorkerPool(async () => time.sleep(5), { workers: 1, ctx });
      await pool.send(1);
      pool.${door}(2);
      cancel(new Error("closing time"));
      await pool.stop();
      await time.sleep(1);
    `);
    expect([stdout, code]).toEqual(["unhandled: closing time\n", 0]);
  });
});

test("for all variants to submit, jobs that were not accepted are not counted and have no event", () =>
  inBubble(async () => {
    const types: string[] = [];
    const pool = new WorkerPool<number, void>((ctx) => void ctx.done().receive(), {
      workers: 1,
      queueSize: 1,
      onEvent: ({ type }) => types.push(type),
    });
    const gate = new WorkerPool<number, void>(async () => time.sleep(10), {
      workers: 1,
      queueSize: 1,
      onEvent: ({ type }) => types.push(type),
    });
    await pool.stop();
    const [ctx, cancel] = withCancel(background());
    await gate.send(1);
    await gate.send(2);
    const results = gate.map([3, 4, 5], { ctx });
    const mapped = results.next().catch((error: unknown) => error);
    const calls = [gate.send(6, { ctx }), gate.submit(7, { ctx })].map((call) => call.catch((error: unknown) => error));
    await waitUntilBlocked();
    expect(gate.stats()).toMatchObject({ queued: 1, waiting: 4 });
    cancel();
    for (const error of await Promise.all([mapped, ...calls])) expect(error).toBeInstanceOf(context.Canceled);
    await gate.stop();
    expect(gate.stats()).toMatchObject({ processed: 2, canceled: 0, queued: 0, waiting: 0 });
    expect(types).toEqual(["started", "ended", "started", "ended"]);
  }));

describe("an idle pool", () => {
  test("is in no list of its context, before its first job and after its last, and while it works it is", () =>
    inBubble(async () => {
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool<number, number>(async (_ctx, n) => (await time.sleep(10), n), { workers: 2, ctx });
      expect(children(ctx)).toBe(0);
      await pool.send(1);
      expect(children(ctx)).toBe(1);
      await time.sleep(20);
      expect(children(ctx)).toBe(0);
      const results: number[] = [];
      for await (const n of pool.map([1, 2, 3])) results.push(n);
      expect([results, children(ctx)]).toEqual([[1, 2, 3], 0]);
      for await (const _ of pool.map([1, 2, 3])) break;
      await time.sleep(20);
      expect(children(ctx)).toBe(0);
      await pool.stop();
      cancel();
    }));

  test("checks its context in each call", () =>
    inBubble(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const makePool = (): WorkerPool<number, number> => new WorkerPool((_ctx, n: number) => n, { ctx });
      const pools = Array.from({ length: 6 }, makePool);
      cancel(why);
      await expect(pools[0]?.send(1)).rejects.toBe(why);
      await expect(pools[1]?.submit(1)).rejects.toBe(why);
      expect(() => pools[2]?.trySend(1)).toThrow(why);
      expect(() => pools[3]?.trySubmit(1)).toThrow(why);
      await expect(pools[4]?.map([1]).next()).rejects.toBe(why);
      for await (const _ of pools[5]?.results ?? []) throw new Error("unexpected job");
      await waitUntilBlocked();
      expect(pools.map((pool) => pool.stats().workers)).toEqual([0, 0, 0, 0, 0, 0]);
    }));

  test.each(["a loop", "a receive", "a select"])("closes its results for %s that waits when its context ends", (how) =>
    inBubble(async () => {
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool((_ctx, n: number) => n, { workers: 1, ctx });
      const ended = new Channel<string>(1);
      go(async () => {
        if (how === "a loop") for await (const _ of pool.results);
        else if (how === "a receive") await pool.results.receive();
        else await select({ result: receive(pool.results), later: receive(time.after(time.hour)) });
        await ended.send("ended");
      });
      await waitUntilBlocked();
      expect(children(ctx)).toBe(1);
      cancel();
      await waitUntilBlocked();
      expect(ended.tryReceive()?.value).toBe("ended");
      expect(children(ctx)).toBe(0);
    }),
  );

  test("does not listen for a reader that has left", () =>
    inBubble(async () => {
      const [ctx, cancel] = withCancel(background());
      const pool = new WorkerPool((_ctx, n: number) => n, { workers: 1, ctx });
      await select({ result: receive(pool.results), later: receive(time.after(5)) });
      expect(children(ctx)).toBe(0);
      await pool.send(1);
      await waitUntilBlocked();
      expect([pool.results.length, pool.results.capacity]).toEqual([1, 2 ** 32 - 1]);
      cancel();
      await pool.stop();
    }));
});

test("a map that runs follows resize, both variants", () =>
  inBubble(async () => {
    let asked = 0;
    function* naturals(): Generator<number> {
      for (;;) yield asked++;
    }
    await using pool = new WorkerPool(async (_ctx, n: number) => n, { workers: 1 });
    const results = pool.map(naturals());
    let taken = 0;
    const ahead = async (): Promise<number> => {
      for (let i = 0; i < 40; i++, taken++) await results.next();
      await waitUntilBlocked();
      return asked - taken;
    };
    expect(await ahead()).toBe(2);
    pool.resize(16);
    expect(await ahead()).toBe(32);
    pool.resize(2);
    expect(await ahead()).toBe(4);
    await results.return?.();
  }));

test("a map pulls no job after a failure has ended the pool, nor while the pool records an outcome", () =>
  inBubble(async () => {
    const log: string[] = [];
    function* jobs(): Generator<number> {
      for (let n = 0; ; n++) {
        log.push(`asked ${n}`);
        yield n;
      }
    }
    const pool = new WorkerPool<number, number>(
      async (_ctx, n) => {
        if (n === 1) throw new Error("one");
        return n;
      },
      {
        workers: 1,
        stopOnError: true,
        onEvent: (event) => event.type === "ended" && log.push(`ended ${event.outcome.job}`),
      },
    );
    const results = pool.map(jobs(), { maxInFlight: 2 });
    await expect(
      (async () => {
        for await (const _ of results);
      })(),
    ).rejects.toThrow("one");
    await pool.stop();
    expect(log.slice(0, 4)).toEqual(["asked 0", "asked 1", "ended 0", "asked 2"]);
    expect(log.filter((line) => line.startsWith("asked"))).toEqual(["asked 0", "asked 1", "asked 2"]);
  }));

describe("arguments", () => {
  const f = (_ctx: Context, n: number): number => n;
  const { signal } = new AbortController();
  function* generator(): Generator<number> {
    yield 1;
  }
  const channel = new Channel<never>();

  test.each<[name: string, call: () => unknown, message: string]>([
    [
      "a generator function",
      () => new WorkerPool(generator),
      "WorkerPool: f must not be a generator function, which runs nothing when it is called; pass an async function",
    ],
    [
      "a signal for send",
      () => new WorkerPool(f).send(1, signal as never),
      "WorkerPool.send: options must be an object, got an AbortSignal; an AbortSignal is passed as { signal }",
    ],
    [
      "a signal for submit",
      () => new WorkerPool(f).submit(1, signal as never),
      "WorkerPool.submit: options must be an object, got an AbortSignal; an AbortSignal is passed as { signal }",
    ],
    [
      "a signal for stop",
      () => new WorkerPool(f).stop(signal as never),
      "WorkerPool.stop: ctx must be a context, got an AbortSignal; pass context.fromSignal(ctx)",
    ],
    [
      "an option of map",
      () => new WorkerPool(f).map([1], { concurrency: 2 } as never),
      "WorkerPool.map: unknown option concurrency; write maxInFlight instead",
    ],
    [
      "an option of another library for map",
      () => new WorkerPool(f).map([1], { window: 2 } as never),
      "WorkerPool.map: unknown option window; write maxInFlight instead",
    ],
    [
      "a context for the options of map",
      () => new WorkerPool(f).map([1], background() as never),
      "WorkerPool.map: options must be an object, got a Context; a context is passed as { ctx }",
    ],
    [
      "a generator function for runPool",
      () => runPool(background(), channel, channel as never, generator),
      "runPool: f must not be a generator function, which runs nothing when it is called; pass an async function",
    ],
    [
      "a signal for runPool",
      () => runPool(signal as never, channel, channel as never, f),
      "runPool: ctx must be a context, got an AbortSignal; pass context.fromSignal(ctx)",
    ],
    [
      "no context for runPool",
      () => runPool(undefined as never, channel, channel as never, f),
      "runPool: ctx must be a context, got undefined; pass context.background()",
    ],
    [
      "an array for the jobs",
      () => runPool(background(), [1, 2] as never, channel as never, f),
      "runPool: jobs must be a Channel, got an array",
    ],
    [
      "an option of runPool",
      () => runPool(background(), channel, channel as never, f, { concurrency: 2 } as never),
      "runPool: unknown option concurrency; write workers instead",
    ],
    [
      "a context in the options of runPool",
      () => runPool(background(), channel, channel as never, f, { ctx: background() } as never),
      "runPool: unknown option ctx; write the context as the first argument instead",
    ],
  ])("are refused with what to write instead: %s", async (_name, call, message) => {
    // A method that returns a promise rejects; others throw.
    const outcome = await (async () => call())().catch((error: unknown) => error);
    expect(outcome).toEqual(new TypeError(message));
  });
});

test("calls that fail at once let timers fire", async () => {
  const f = (_ctx: Context, n: number): number => n;
  const pool = new WorkerPool(f, { workers: 1 });
  await pool.stop();
  const calls: (() => Promise<unknown>)[] = [
    () => runPool(background(), [] as never, [] as never, f),
    () => pool.send(1),
    () => pool.submit(1),
    () => pool.stop(5 as never),
    () => pool.stop(),
    () => pool.map([1]).next(),
    async () => pool[Symbol.asyncDispose](),
    async () => pool.map([1]).return?.(),
    async () => pool.map([1])[Symbol.asyncDispose](),
  ];
  for (const call of calls) {
    let hasFired = false;
    setTimeout(() => (hasFired = true), 10);
    let count = 0;
    while (!hasFired && ++count < 1_000_000) await call().catch(() => undefined);
    expect(count).toBeLessThan(1_000_000);
  }
});

test("a failed task whose result is read but not awaited is silent, and leaves no wait", () =>
  bubble(async () => {
    const pool = new WorkerPool<number, number>(
      () => {
        throw why;
      },
      { workers: 1 },
    );
    const task = await pool.submit(1);
    void task.result;
    await pool.stop();
    expect(poolResult.waiting).toBe(0);
    await expect(task.result).rejects.toBe(why);
  }));

test("a result is not looked at while the pool gives the outcome", () =>
  inBubble(async () => {
    let looks = 0;
    const value = new Proxy(
      {},
      {
        get(_target, key) {
          if (key === "then") looks++;
          return undefined;
        },
      },
    );
    const events: number[] = [];
    const pool = new WorkerPool<number, object>(async () => value, {
      workers: 1,
      onEvent: ({ type }) => type === "ended" && events.push(looks),
    });
    const task = await pool.submit(1);
    const { result } = task;
    await pool.stop();
    const before = events[0];
    expect(await result).toBe(value);
    // The function's own promise has looked before, and the caller's does after.
    expect(looks).toBeGreaterThan(before as number);
    expect(task.outcome?.value).toBe(value);
  }));

describe("a job that stops its pool", () => {
  test.each(seeds)("resolves when the remaining jobs need its worker, and the pool drains (seed %i)", (seed) =>
    inBubble(
      async () => {
        for (const workers of [1, 2, 3]) {
          const done: number[] = [];
          const pool: WorkerPool<number, void> = new WorkerPool(
            async (ctx: Context, job: number) => {
              await time.sleep(1);
              // As many jobs as there are workers wait here.
              if (job <= workers) await pool.stop(ctx);
              done.push(job);
            },
            { workers, queueSize: 9 },
          );
          for (let job = 1; job <= 6; job++) await pool.send(job);
          expect(await pool.stop()).toEqual({ unfinished: [], abandoned: 0, cause: undefined });
          expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6]);
        }
      },
      { seed },
    ),
  );

  test("resolves too when the other worker is held by a function that ignores its cancellation", () =>
    inBubble(async () => {
      const never = new Channel<never>();
      const done: number[] = [];
      const pool: WorkerPool<number, void> = new WorkerPool(
        async (ctx: Context, job: number) => {
          if (job === 1) await never.receive();
          if (job === 2) await pool.stop(ctx);
          done.push(job);
        },
        { workers: 2, queueSize: 9, timeout: 5 },
      );
      const first = await pool.submit(1);
      await expect(first.result).rejects.toThrow("took longer than 5 ms");
      expect([pool.trySend(2), pool.trySend(3)]).toEqual([true, true]);
      expect(await pool.stop()).toMatchObject({ unfinished: [], abandoned: 1 });
      expect(done).toEqual([2, 3]);
      never.close();
      await waitUntilBlocked();
    }));
});
