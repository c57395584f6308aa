// `mapOrdered`: a map without a pool of one's own.

import { AsyncLocalStorage } from "node:async_hooks";
import diagnostics from "node:diagnostics_channel";
import { describe, expect, test } from "@jest/globals";
import { type Context, context, mapOrdered, receive, select, time } from "goro";
import { now } from "goro/testing";
import { children, inBubble } from "../support/contexts.ts";

const { background, withCancelCause } = context;
const why = new Error("why");

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of results) values.push(value);
  return values;
}

async function sleep(ctx: Context, ms: number): Promise<number> {
  const s = await select({ slept: receive(time.after(ms)), done: receive(ctx.done()) });
  return s.case === "slept" ? ms : NaN;
}

describe("mapOrdered", () => {
  test("returns the results in the order of the items, and runs `concurrency` calls at once", () =>
    inBubble(async () => {
      const start = now();
      expect(await collect(mapOrdered([30, 10, 20, 10], sleep, { concurrency: 2 }))).toEqual([30, 10, 20, 10]);
      expect(now() - start).toBe(40);
      expect(await collect(mapOrdered([], sleep))).toEqual([]);
    }));

  test("pulls no more than `maxInFlight` items ahead of the results", () =>
    inBubble(async () => {
      let pulled = 0;
      const items = function* (): Generator<number> {
        for (;;) yield ++pulled;
      };
      for await (const n of mapOrdered(items(), sleep, { concurrency: 2, maxInFlight: 3 })) {
        expect(pulled).toBeLessThanOrEqual(n + 3);
        if (n === 5) break;
      }
    }));

  test("ends with the first error in the order of the items", () =>
    inBubble(async () => {
      const fails = async (ctx: Context, ms: number): Promise<number> => {
        await sleep(ctx, ms);
        if (ms > 10) throw new Error(`item ${ms}`);
        return ms;
      };
      const results = mapOrdered([10, 30, 20], fails, { concurrency: 3 });
      expect(await results.next()).toEqual({ value: 10, done: false });
      await expect(results.next()).rejects.toThrow("item 30");
      expect(await results.next()).toEqual({ value: undefined, done: true });
    }));

  test.each(["ctx", "signal"] as const)("is canceled by its %s, and leaves no listener", (kind) =>
    inBubble(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const controller = new AbortController();
      time.afterFunc(15, () => {
        cancel(why);
        controller.abort(why);
      });
      const options = { concurrency: 1, ...(kind === "ctx" ? { ctx } : { signal: controller.signal }) };
      const results = mapOrdered([10, 100], sleep, options);
      expect(await results.next()).toEqual({ value: 10, done: false });
      await expect(results.next()).rejects.toBe(why);
      await collect(mapOrdered([1], sleep, { ctx: background() }));
      expect(children(ctx)).toBe(0);
    }),
  );

  test("retries, and limits the time of each item", () =>
    inBubble(async () => {
      let calls = 0;
      const flaky = (): number => {
        if (++calls < 3) throw new Error("flaky");
        return calls;
      };
      expect(await collect(mapOrdered([1], flaky, { retry: 5 }))).toEqual([3]);
      await expect(collect(mapOrdered([100], sleep, { timeout: 10 }))).rejects.toThrow(
        "the job took longer than 10 ms",
      );
    }));

  // The functions of a stage of goro/pipeline share one context, have no worker, and may share an async context.
  test("calls the function with a context for each item, which is canceled when the item is done", () =>
    inBubble(async () => {
      const contexts: Context[] = [];
      const keep = (ctx: Context): void => void contexts.push(ctx);
      for await (const _ of mapOrdered([1, 2], keep, { concurrency: 1, maxInFlight: 1 })) {
        expect(contexts.at(-1)?.err()).toBeInstanceOf(context.Canceled);
      }
      expect(new Set(contexts).size).toBe(2);
    }));

  test("calls the function with the number of a worker that is free", () =>
    inBubble(async () => {
      const busy = new Set<number>();
      const work = async (ctx: Context, ms: number, worker: number): Promise<number> => {
        expect(busy.has(worker)).toBe(false);
        busy.add(worker);
        await sleep(ctx, ms);
        busy.delete(worker);
        return worker;
      };
      const workers = await collect(mapOrdered([30, 10, 20, 10, 5], work, { concurrency: 2 }));
      expect(new Set(workers)).toEqual(new Set([1, 2]));
    }));

  test("calls the function in the async context of its own call, whatever an earlier call has stored there", () =>
    inBubble(async () => {
      const als = new AsyncLocalStorage<string>();
      const store = async (_ctx: Context, n: number): Promise<string | undefined> => {
        const before = als.getStore();
        als.enterWith(`of item ${n}`);
        await time.sleep(1);
        return before;
      };
      const results = als.run("caller", () => mapOrdered([1, 2, 3], store, { concurrency: 1 }));
      expect(await als.run("reader", () => collect(results))).toEqual(["caller", "caller", "caller"]);
    }));

  test("has an event for each call on the diagnostics channel of jobs", () =>
    inBubble(async () => {
      const jobs: unknown[] = [];
      const note = (message: unknown): void => void jobs.push((message as { job: unknown }).job);
      diagnostics.subscribe("tracing:goro.pool.job:start", note);
      try {
        await collect(mapOrdered([3, 4], sleep, { concurrency: 1 }));
      } finally {
        diagnostics.unsubscribe("tracing:goro.pool.job:start", note);
      }
      expect(jobs).toEqual([3, 4]);
    }));

  test("calls the function at the rate that the options allow, retries included", () =>
    inBubble(async () => {
      const start = now();
      const calls: number[] = [];
      const flaky = (): void => {
        calls.push(now() - start);
        if (calls.length === 1) throw new Error("flaky");
      };
      await collect(mapOrdered([1, 2], flaky, { concurrency: 1, rate: 10, retry: { retries: 1, delay: 0 } }));
      expect(calls).toEqual([0, 100, 200]);
    }));

  test.each<[options: object, message: string]>([
    [{ concurrency: 0 }, "mapOrdered: concurrency must be a whole number, 1 or more, got 0"],
    [{ maxInFlight: 0 }, "mapOrdered: maxInFlight must be a whole number, 1 or more, got 0"],
    [{ timeout: -1 }, "mapOrdered: timeout must be a number, 0 or more, got -1"],
    [{ workers: 2 }, "mapOrdered: unknown option workers; write concurrency instead"],
    [{ limit: 2 }, "mapOrdered: unknown option limit; write concurrency instead"],
    [{ retries: 2 }, "mapOrdered: unknown option retries; write retry instead"],
    [{ backpressure: 2 }, "mapOrdered: unknown option backpressure; write maxInFlight instead"],
    [{ ctx: new AbortController().signal }, "mapOrdered: ctx must be a context, got an AbortSignal; write signal:"],
  ])("refuses the options %p", (options, message) => {
    expect(() => mapOrdered([1], sleep, options)).toThrow(message);
  });

  test("refuses items that are not iterable, and a function that is not one", () => {
    expect(() => mapOrdered(1 as never, sleep)).toThrow("mapOrdered: items must be iterable, got 1");
    expect(() => mapOrdered([1], 1 as never)).toThrow("mapOrdered: fn must be a function, got 1");
  });
});
