// What each stage of goro/pipeline returns, and when.

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Channel, context, type Context, fromIterable, go, receive, select, time } from "goro";
import { batch, debounce, filter, map, merge, pipeline, tee, throttle } from "goro/pipeline";
import { now, waitUntilBlocked } from "goro/testing";
import { inBubble } from "../support/contexts.ts";
import { collect, CountingSource, outcomes, sleep } from "./support.ts";

const why = new Error("why");

/** The values of a channel that are sent at these times, in milliseconds from now; the value is the time. */
function at(...times: number[]): Channel<number> {
  const ch = new Channel<number>();
  go(async () => {
    const start = now();
    for (const at of times) {
      await time.sleep(start + at - now());
      await ch.send(at);
    }
    ch.close();
  });
  return ch;
}

/** Each value with the time at which it came. */
async function timed<T>(values: AsyncIterable<T>): Promise<[at: number, value: T][]> {
  const start = now();
  const all: [number, T][] = [];
  for await (const value of values) all.push([now() - start, value]);
  return all;
}

async function double(ctx: Context, ms: number): Promise<number> {
  await sleep(ctx, ms);
  return ms * 2;
}

describe("map", () => {
  test("returns the results in the order of the values, and runs `concurrency` calls at once", () =>
    inBubble(async () => {
      expect(await timed(map([30, 10, 20, 10], double, { concurrency: 2 }))).toEqual([
        [30, 60],
        [30, 20],
        [30, 40],
        [40, 20],
      ]);
    }));

  test("returns the results in the order of their completion, if they are not ordered", () =>
    inBubble(async () => {
      expect(await timed(map([30, 10, 15, 10], double, { concurrency: 2, ordered: false }))).toEqual([
        [10, 20],
        [25, 30],
        [30, 60],
        [35, 20],
      ]);
    }));

  test.each([true, false])(
    "does not pull before `next` is called, and one value at a time by default (ordered: %s)",
    (ordered) =>
      inBubble(async () => {
        const source = new CountingSource(5);
        const stage = map(source, (_ctx, n) => n, { ordered });
        await waitUntilBlocked();
        expect(source.pulled).toBe(0);
        for (let n = 1; n <= 3; n++) {
          expect(await stage.next()).toEqual({ value: n, done: false });
          await waitUntilBlocked();
          expect(source.pulled).toBe(n);
        }
        await stage.return();
        expect(source.released).toBe(1);
      }),
  );

  test.each([true, false])(
    "pulls no more than `maxInFlight` values while the consumer is busy (ordered: %s)",
    (ordered) =>
      inBubble(async () => {
        const source = new CountingSource(100);
        const stage = map(source, (_ctx, n) => n, { ordered, concurrency: 2, maxInFlight: 3 });
        for (let n = 1; n <= 20; n++) {
          expect((await stage.next()).value).toBe(n);
          await waitUntilBlocked();
          expect(source.pulled).toBe(n + 2);
        }
        await stage.return();
      }),
  );

  test("passes on the promises of an iterable, and awaits the results", () =>
    inBubble(async () => {
      expect(await collect(map([Promise.resolve(1)], async (_ctx, p) => (await p) + 1))).toEqual([2]);
      expect(await collect(map([], double))).toEqual([]);
      expect(await collect(map([1, 2], () => undefined))).toEqual([undefined, undefined]);
    }));

  test("several calls of `next` at once get the values in their order", () =>
    inBubble(async () => {
      const stage = map([20, 10], double, { concurrency: 2 });
      const steps = [stage.next(), stage.next(), stage.next()];
      expect((await Promise.all(steps)).map(({ value }) => value)).toEqual([40, 20, undefined]);
    }));

  test("ordered, the results and the error are those of a loop", () =>
    inBubble(async () => {
      const fails = async (ctx: Context, ms: number): Promise<number> => {
        await sleep(ctx, ms);
        if (ms > 10) throw new Error(`value ${ms}`);
        return ms;
      };
      const source = new CountingSource(1000);
      const times = map(source, (_ctx, n) => [10, 30, 20, 1][n - 1] ?? 1);
      expect(await outcomes(map(times, fails, { concurrency: 3 }))).toEqual([10, "value 30"]);
      expect(source.released).toBe(1);
      expect(source.pulled).toBeLessThan(8);
    }));

  test("ordered, no value is pulled after a failure, and the source is released, while an earlier value is waited for", () =>
    inBubble(async () => {
      const source = new CountingSource(100);
      const fn = async (ctx: Context, n: number): Promise<number> => {
        if (n === 2) throw why;
        await sleep(ctx, n === 1 ? 50 : 1);
        return n;
      };
      const result = outcomes(map(source, fn, { concurrency: 2, maxInFlight: 20 }));
      await time.sleep(40);
      expect([source.pulled, source.released]).toEqual([2, 1]);
      expect(await result).toEqual([1, "why"]);
    }));

  test("not ordered, the first error ends it, after the results that are done", () =>
    inBubble(async () => {
      const causes: unknown[] = [];
      const fails = async (ctx: Context, ms: number): Promise<number> => {
        if (ms === 20) {
          await sleep(ctx, ms);
          throw why;
        }
        return sleep(ctx, ms).then(
          () => ms,
          () => causes.push(context.cause(ctx)),
        );
      };
      expect(await outcomes(map([30, 20, 10], fails, { concurrency: 3, ordered: false }))).toEqual([10, "why"]);
      await waitUntilBlocked();
      expect(causes).toEqual([why]);
    }));

  test("the results of the values before an error of the source come first", () =>
    inBubble(async () => {
      const source = new CountingSource(3, 0, why);
      expect(await outcomes(map(source, (ctx, n) => double(ctx, n), { concurrency: 8 }))).toEqual([2, 4, 6, "why"]);
    }));

  test("equals Array.map, whatever the times; not ordered, it is a permutation; and never more calls run than allowed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30, size: "max" }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        fc.boolean(),
        (times, concurrency, maxInFlight, ordered, isSync) =>
          inBubble(async () => {
            let running = 0;
            const fn = async (ctx: Context, ms: number): Promise<number> => {
              expect(++running).toBeLessThanOrEqual(Math.min(concurrency, maxInFlight));
              if (ms > 0) await sleep(ctx, ms);
              running--;
              return ms + 1;
            };
            const source = isSync ? times : fromIterable(times);
            const results = await collect(map(source, fn, { concurrency, maxInFlight, ordered }));
            const expected = times.map((ms) => ms + 1);
            if (ordered) expect(results).toEqual(expected);
            else expect(results.sort()).toEqual(expected.sort());
          }),
      ),
      { numRuns: 60 },
    );
  });
});

describe("filter", () => {
  test("returns the values for which the function returns true", () =>
    inBubble(async () => {
      const isOdd = async (ctx: Context, n: number): Promise<boolean> => {
        await sleep(ctx, 10 - n);
        return n % 2 === 1;
      };
      expect(await collect(filter([1, 2, 3, 4, 5], isOdd, { concurrency: 3 }))).toEqual([1, 3, 5]);
      const ordered = false;
      expect(await collect(filter([1, 2, 3], isOdd, { concurrency: 3, ordered }))).toEqual([3, 1]);
      const texts: string[] = await collect(filter([1, "a"], (_ctx, v): v is string => typeof v === "string"));
      expect(texts).toEqual(["a"]);
    }));

  test("200,000 values of which few pass let timers fire", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const numbers = function* (): Generator<number> {
      for (let n = 1; n <= 200_000; n++) yield n;
    };
    expect(await collect(filter(numbers(), (_ctx, n) => n % 100_000 === 0))).toEqual([100_000, 200_000]);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });
});

describe("merge", () => {
  test("returns the values as they come, and ends after the last source", () =>
    inBubble(async () => {
      expect((await timed(merge(at(10, 40), at(20, 30)))).map(([, value]) => value)).toEqual([10, 20, 30, 40]);
      expect(await collect(merge())).toEqual([]);
      expect(await collect(merge([1]))).toEqual([1]);
    }));

  test("favors no source", () =>
    inBubble(async () => {
      expect(await collect(merge("aaa", "bb", "c"))).toEqual(["a", "b", "c", "a", "b", "a"]);
      expect((await collect(merge(fromIterable("aaa"), fromIterable("bbb")))).sort().join("")).toBe("aaabbb");
    }));

  test("pulls each source at most one value ahead", () =>
    inBubble(async () => {
      const [a, b] = [new CountingSource(10), new CountingSource(10)];
      const stage = merge(a, b);
      await waitUntilBlocked();
      expect(a.pulled + b.pulled).toBe(0);
      await stage.next();
      await stage.next();
      await waitUntilBlocked();
      expect([a.pulled, b.pulled]).toEqual([1, 1]);
      await stage.return();
      expect([a.released, b.released]).toEqual([1, 1]);
    }));

  test("an error of a source releases the others", () =>
    inBubble(async () => {
      const other = new CountingSource(10, 5);
      expect(await outcomes(merge(new CountingSource(1, 12, why), other))).toEqual([1, 2, 1, 3, 4, "why"]);
      expect(other.released).toBe(1);
      await time.sleep(5);
    }));
});

describe("batch", () => {
  test("collects by size, and the last batch has the rest", () =>
    inBubble(async () => {
      expect(await collect(batch([1, 2, 3, 4, 5], { size: 2 }))).toEqual([[1, 2], [3, 4], [5]]);
      expect(await collect(batch([], { size: 2, interval: 1 }))).toEqual([]);
    }));

  test("without an interval, pulls only for a waiting consumer", () =>
    inBubble(async () => {
      const source = new CountingSource(10);
      const stage = batch(source, { size: 3 });
      await stage.next();
      await waitUntilBlocked();
      expect(source.pulled).toBe(3);
      await stage.return();
    }));

  test("returns what has come when the interval has passed since the first value of the batch", () =>
    inBubble(async () => {
      expect(await timed(batch(at(5, 10, 30, 31, 32, 50), { size: 3, interval: 20 }))).toEqual([
        [25, [5, 10]],
        [32, [30, 31, 32]],
        [50, [50]],
      ]);
    }));

  test("with an interval, one batch is collected while the consumer is busy, and is then returned at once", () =>
    inBubble(async () => {
      const source = new CountingSource(10, 1);
      const stage = batch(source, { size: 3, interval: 5 });
      expect((await stage.next()).value).toEqual([1, 2, 3]);
      await time.sleep(100);
      expect(source.pulled).toBe(6);
      const start = now();
      expect((await stage.next()).value).toEqual([4, 5, 6]);
      expect(now()).toBe(start);
      await time.sleep(2);
      expect((await stage.next()).value).toEqual([7, 8, 9]);
      expect(await stage.next()).toEqual({ value: [10], done: false });
      expect(await stage.next()).toEqual({ value: undefined, done: true });
    }));

  test("the values before an error of the source are a batch", () =>
    inBubble(async () => {
      expect(await outcomes(batch(new CountingSource(3, 1, why), { size: 2, interval: 50 }))).toEqual([
        [1, 2],
        [3],
        "why",
      ]);
    }));

  test("its batches concatenate to the source, and none is empty or too large", async () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 30, size: "max" });
    await fc.assert(
      fc.asyncProperty(
        pauses,
        pauses,
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom(undefined, 1, 3, 10),
        (gaps, busy, size, interval) =>
          inBubble(async () => {
            const source = (async function* () {
              for (const [i, gap] of gaps.entries()) {
                if (gap > 0) await time.sleep(gap);
                yield i;
              }
            })();
            const all: number[] = [];
            let i = 0;
            for await (const values of batch(source, { size, interval })) {
              expect(values.length).toBeGreaterThan(0);
              expect(values.length).toBeLessThanOrEqual(size);
              all.push(...values);
              await time.sleep(busy[i++] ?? 0);
            }
            expect(all).toEqual(gaps.map((_, i) => i));
          }),
      ),
      { numRuns: 60 },
    );
  });
});

describe("debounce", () => {
  const times = [0, 3, 6, 30, 33, 60];

  test("returns the last value of each burst", () =>
    inBubble(async () => {
      expect(await timed(debounce(at(...times), 10))).toEqual([
        [16, 6],
        [43, 33],
        [60, 60],
      ]);
    }));

  test("returns the first, or the first and the last, if it is to", () =>
    inBubble(async () => {
      expect(await timed(debounce(at(...times), 10, { leading: true, trailing: false }))).toEqual([
        [0, 0],
        [30, 30],
        [60, 60],
      ]);
      expect(await timed(debounce(at(...times), 10, { leading: true }))).toEqual([
        [0, 0],
        [16, 6],
        [30, 30],
        [43, 33],
        [60, 60],
      ]);
    }));

  test("a consumer that is busy gets the latest value", () =>
    inBubble(async () => {
      const stage = debounce(at(...times), 10);
      expect((await stage.next()).value).toBe(6);
      await time.sleep(100);
      expect((await stage.next()).value).toBe(60);
      expect((await stage.next()).done).toBe(true);
    }));

  test("the value that is held comes before an error of the source", () =>
    inBubble(async () => {
      expect(await outcomes(debounce(new CountingSource(3, 1, why), 10))).toEqual([3, "why"]);
    }));
});

describe("throttle", () => {
  const times = [0, 3, 6, 12, 40, 41];

  test("returns the first value at once, and the latest of each interval at its end", () =>
    inBubble(async () => {
      expect(await timed(throttle(at(...times), 10))).toEqual([
        [0, 0],
        [10, 6],
        [20, 12],
        [40, 40],
        [50, 41],
      ]);
    }));

  test("returns one of both edges, if it is to", () =>
    inBubble(async () => {
      expect(await timed(throttle(at(...times), 10, { trailing: false }))).toEqual([
        [0, 0],
        [12, 12],
        [40, 40],
      ]);
      expect(await timed(throttle(at(...times), 10, { leading: false }))).toEqual([
        [10, 6],
        [20, 12],
        [50, 41],
      ]);
    }));

  test("never returns two values within the time", async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 40, size: "max" });
    await fc.assert(
      fc.asyncProperty(gaps, fc.boolean(), (gaps, leading) =>
        inBubble(async () => {
          let sum = 0;
          const values = await timed(throttle(at(...gaps.map((gap) => (sum += gap))), 10, { leading }));
          for (const [i, [at]] of values.entries()) expect(at - (values[i - 1]?.[0] ?? -10)).toBeGreaterThanOrEqual(10);
          if (gaps.length > 0) expect(values.at(-1)?.[1]).toBe(sum);
        }),
      ),
      { numRuns: 40 },
    );
  });
});

describe("tee", () => {
  test("gives every branch all values", () =>
    inBubble(async () => {
      const source = new CountingSource(40);
      const branches = tee(source, 3, { capacity: 2 });
      const all = await Promise.all(branches.map((branch) => collect(branch)));
      expect(all).toEqual(Array(3).fill(Array.from({ length: 40 }, (_, i) => i + 1)));
    }));

  test.each([0, 1, 3])("the slowest branch holds up the others at a capacity of %d", (capacity) =>
    inBubble(async () => {
      const source = new CountingSource(10);
      const [fast, slow] = tee(source, 2, { capacity });
      const values: number[] = [];
      go(async () => {
        for await (const value of fast) values.push(value);
      });
      await waitUntilBlocked();
      expect(values.length).toBe(capacity);
      expect(source.pulled).toBe(capacity);
      await slow.next();
      await waitUntilBlocked();
      expect(source.pulled).toBe(capacity + 1);
      // A branch that is left does not hold up the others.
      await slow.return();
      await waitUntilBlocked();
      expect(values.length).toBe(10);
    }),
  );

  test("there are two branches if their number is left out, also with options", () =>
    inBubble(async () => {
      for (const branches of [tee([1, 2]), tee([1, 2], { capacity: 1 }), pipeline([1, 2]).tee({ capacity: 1 })]) {
        expect(await Promise.all([...branches].map((branch) => collect(branch)))).toEqual([
          [1, 2],
          [1, 2],
        ]);
      }
      const source = new CountingSource(10);
      const [fast] = tee(source, { capacity: 3 });
      go(() => collect(fast));
      await waitUntilBlocked();
      expect(source.pulled).toBe(3);
      await fast.return();
    }));

  test("the source is released with the last branch", () =>
    inBubble(async () => {
      const source = new CountingSource(10);
      const [a, b] = tee(source, 2);
      await a.next();
      await a.return();
      expect(source.released).toBe(0);
      expect((await b.next()).value).toBe(1);
      await b.return();
      expect(source.released).toBe(1);
      const unread = new CountingSource(10);
      for (const branch of tee(unread, 2)) await branch.return();
      expect([unread.pulled, unread.released]).toEqual([0, 1]);
    }));

  test("each branch fails after its values", () =>
    inBubble(async () => {
      const [a, b] = tee(new CountingSource(3, 0, why), 2);
      expect(await outcomes(a)).toEqual([1, 2, 3, "why"]);
      expect(await outcomes(b)).toEqual([1, 2, 3, "why"]);
    }));
});

describe("pipeline", () => {
  test("has the stages as methods", () =>
    inBubble(async () => {
      const odd = pipeline([1, 2, 3])
        .merge([4, 5])
        .filter((_ctx, n) => n % 2 === 1)
        .map(async (_ctx, n) => n * 10, { concurrency: 2 });
      const [a, b] = odd.tee(2);
      expect(await Promise.all([collect(a as never), collect((b as typeof odd).batch({ size: 2 }))])).toEqual([
        [10, 50, 30],
        [[10, 50], [30]],
      ]);
      expect(await collect(pipeline([1, 2, 3]).throttle(10).debounce(20))).toEqual([3]);
    }));

  test("its ctx ends every stage at once", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const causes: unknown[] = [];
      const wait = async (ctx: Context): Promise<void> => {
        await select({ done: receive(ctx.done()) });
        causes.push(context.cause(ctx));
      };
      const source = new CountingSource(10, 1);
      const stages = pipeline(source, { ctx })
        .map(async (ctx, n) => (n < 3 ? n : wait(ctx)), { concurrency: 2 })
        .map(wait, { concurrency: 2 });
      const result = outcomes(stages);
      await time.sleep(10);
      cancel(why);
      expect(await result).toEqual(["why"]);
      await waitUntilBlocked();
      expect(causes).toEqual([why, why, why, why]);
      expect(source.released).toBe(1);
    }));

  test("a loop over it that is left releases the source, and so does `await using`", () =>
    inBubble(async () => {
      const source = new CountingSource(10);
      for await (const n of pipeline(source).map((_ctx, n) => n)) if (n === 2) break;
      expect([source.pulled, source.released]).toEqual([2, 1]);
      const unread = new CountingSource(10);
      {
        await using stages = pipeline(unread).batch({ size: 2 });
        expect(stages).toBeDefined();
      }
      expect([unread.pulled, unread.released]).toEqual([0, 1]);
    }));
});
