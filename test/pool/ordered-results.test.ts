// pool.map: results in the order of the jobs, from any source, however the jobs take their time.

import { PassThrough } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { Channel, context, type Context, go, gosched, receive, select, StoppedError, time, WorkerPool } from "goro";
import { bubble, waitUntilBlocked } from "goro/testing";
import { Prng } from "../../src/util/prng.ts";
import { children, inBubble } from "../support/contexts.ts";
import { areCollected } from "../support/memory.ts";
import { quiet } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

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

type Steps<T> = AsyncIterator<T, unknown>;

/** What the rest of `results` is: each result, then the error's message or "end". */
async function reported<T>(results: Steps<T>): Promise<(T | string)[]> {
  const all: (T | string)[] = [];
  for (;;) {
    try {
      const step = await results.next();
      if (step.done === true) return [...all, "end"];
      all.push(step.value);
    } catch (error) {
      return [...all, String(error)];
    }
  }
}

/** A source that counts how often it was read and closed. Its numbers are 0, 1, 2 ... below `size`. */
class Source {
  asked = 0;
  closed = 0;
  readonly size: number;
  readonly failure: Error | undefined;

  /** Instead of ending it fails with `failure`, if there is one. */
  constructor(size: number, failure?: Error) {
    this.size = size;
    this.failure = failure;
  }

  step(): IteratorResult<number, undefined> {
    if (this.asked < this.size) return { value: this.asked++, done: false };
    if (this.failure !== undefined) throw this.failure;
    return { value: undefined, done: true };
  }

  close(): IteratorResult<number, undefined> {
    this.closed++;
    return { value: undefined, done: true };
  }
}

type Numbers = Iterable<number> | AsyncIterable<number>;

function quick(source: Source): Iterable<number> {
  return { [Symbol.iterator]: () => ({ next: () => source.step(), return: () => source.close() }) };
}

/** Each step takes a while. */
function slow(source: Source): AsyncIterable<number> {
  const next = async (): Promise<IteratorResult<number, undefined>> => {
    await time.sleep(source.asked % 3);
    return source.step();
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: async () => source.close() }) };
}

/** Each step is there as soon as JavaScript allows. */
function prompt(source: Source): AsyncIterable<number> {
  return { [Symbol.asyncIterator]: () => ({ next: async () => source.step(), return: async () => source.close() }) };
}

const watched: [kind: string, of: (source: Source) => Numbers][] = [
  ["a sync iterable", quick],
  ["an async iterable", prompt],
  ["a slow async iterable", slow],
];

function numbers(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function filled(n: number, capacity: number): Channel<number> {
  const jobs = new Channel<number>(capacity);
  go(async () => {
    for (const i of numbers(n)) await jobs.send(i);
    jobs.close();
  });
  return jobs;
}

const kinds: [kind: string, of: (n: number) => Numbers][] = [
  ["an array", numbers],
  ["a set", (n) => new Set(numbers(n))],
  [
    "a generator",
    function* (n) {
      yield* numbers(n);
    },
  ],
  [
    "an async generator",
    async function* (n) {
      for (const i of numbers(n)) {
        await time.sleep(i % 3);
        yield i;
      }
    },
  ],
  ...[0, 1, 2, 64].map((capacity): [string, (n: number) => Numbers] => [
    `a channel of capacity ${capacity}`,
    (n) => filled(n, capacity),
  ]),
  ...watched.map(([kind, of]): [string, (n: number) => Numbers] => [kind, (n) => of(new Source(n))]),
];

/** A job that is done when the test resolves it, unless its context is canceled first. */
class Held {
  readonly begun: number[] = [];
  readonly gaveUp: string[] = [];
  readonly #gates = new Map<number, Channel<undefined>>();

  readonly f = async (ctx: Context, job: number): Promise<number> => {
    this.begun.push(job);
    const gate = new Channel<undefined>();
    this.#gates.set(job, gate);
    const s = await select({ let: receive(gate), done: receive(ctx.done()) });
    if (s.case === "done") this.gaveUp.push(`${job}: ${String(context.cause(ctx))}`);
    return job;
  };

  async finish(...jobs: number[]): Promise<void> {
    for (const job of jobs) {
      await waitUntilBlocked();
      this.#gates.get(job)?.trySend(undefined);
    }
    await waitUntilBlocked();
  }
}

const double = async (_ctx: Context, n: number): Promise<number> => n * 2;

// R166, R172, P52
describe.each(kinds)("the results of %s", (_kind, of) => {
  everyOrder("come in the order of the jobs, each once, however long each takes", async (seed) => {
    const chance = new Prng(seed);
    const workers = 1 + chance.randomInt(4);
    const window = 1 + chance.randomInt(8);
    const size = chance.randomInt(25);
    let running = 0;
    let most = 0;
    const calls: number[] = [];
    await using pool = new WorkerPool(
      async (_ctx, n: number) => {
        calls.push(n);
        most = Math.max(most, ++running);
        await time.sleep(chance.randomInt(10));
        running--;
        return n * 2;
      },
      { workers, queueSize: chance.randomInt(4) },
    );
    const results: number[] = [];
    for await (const result of pool.map(of(size), { maxInFlight: window })) {
      results.push(result);
      if (chance.randomInt(3) === 0) await time.sleep(chance.randomInt(20));
    }
    expect(results).toEqual(numbers(size).map((n) => n * 2));
    expect([...calls].sort((a, b) => a - b)).toEqual(numbers(size));
    expect(most).toBeLessThanOrEqual(Math.min(workers, window));
  });

  everyOrder("end at once if there are none", async () => {
    await using pool = new WorkerPool(double, { workers: 2 });
    expect(await reported(pool.map(of(0)))).toEqual(["end"]);
  });

  everyOrder("end for all concurrent calls of next", async () => {
    await using pool = new WorkerPool(double, { workers: 2 });
    const results = pool.map(of(2));
    const steps = await Promise.all([results.next(), results.next(), results.next(), results.next(), results.next()]);
    const end = { value: undefined, done: true };
    expect(steps).toEqual([{ value: 0, done: false }, { value: 2, done: false }, end, end, end]);
  });
});

test("a string is iterable, and its jobs are its characters", () =>
  inBubble(async () => {
    await using pool = new WorkerPool(async (_ctx, letter: string) => letter.toUpperCase(), { workers: 2 });
    expect(await reported(pool.map("goro"))).toEqual(["G", "O", "R", "O", "end"]);
  }));

test("jobs and results may be undefined", () =>
  inBubble(async () => {
    await using pool = new WorkerPool(async (_ctx, job: number | undefined) => job, { workers: 2 });
    const results = pool.map([undefined, 1, undefined]);
    expect(await results.next()).toEqual({ value: undefined, done: false });
    expect(await reported(results)).toEqual([1, undefined, "end"]);
  }));

describe("a value that is not a source", () => {
  test.each([
    [5, "5"],
    [null, "null"],
    [undefined, "undefined"],
    [{}, "[object Object]"],
  ])("is refused: %p", (jobs, text) =>
    inBubble(async () => {
      await using pool = new WorkerPool(double, { workers: 2 });
      expect(() => pool.map(jobs as never)).toThrow(
        new TypeError(`WorkerPool.map: jobs must be iterable, got ${text}`),
      );
    }),
  );

  test("leaves nothing with the context of the caller", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      await using pool = new WorkerPool(double, { workers: 2 });
      expect(() => pool.map(5 as never, { ctx })).toThrow(TypeError);
      expect(children(ctx)).toBe(0);
      cancel();
    }));
});

test.each([0, -1, 1.5, NaN, Infinity, "2"])("a window of %p is refused", (window) =>
  inBubble(async () => {
    await using pool = new WorkerPool(double, { workers: 2 });
    expect(() => pool.map([], { maxInFlight: window as number })).toThrow(
      new RangeError(`WorkerPool.map: maxInFlight must be a whole number, 1 or more, got ${shown(window)}`),
    );
  }),
);

describe.each(watched)("the window over %s", (_kind, of) => {
  everyOrder("bounds how far the source is ahead of the results that were taken", async (seed) => {
    const window = 1 + (seed % 5);
    const source = new Source(40);
    let taken = 0;
    await using pool = new WorkerPool(
      async (_ctx, n: number) => {
        // The result that is on its way to the loop has left the window.
        expect(source.asked - taken - 1).toBeLessThanOrEqual(window);
        await time.sleep(n % 4);
      },
      { workers: 3, queueSize: 10 },
    );
    const results = pool.map(of(source), { maxInFlight: window });
    await waitUntilBlocked();
    expect(source.asked).toBe(0);
    for (; taken < 40; taken++) {
      await results.next();
      await time.sleep(100);
      expect(source.asked - taken - 1).toBeLessThanOrEqual(window);
    }
    expect(await reported(results)).toEqual(["end"]);
    expect(source.closed).toBe(0);
  });

  everyOrder("is used up, so that as many jobs can run at once", async () => {
    const source = new Source(40);
    const held = new Held();
    await using pool = new WorkerPool(held.f, { workers: 8 });
    await using results = pool.map(of(source), { maxInFlight: 5 });
    const first = results.next();
    await time.sleep(10);
    expect(source.asked).toBe(5);
    expect(held.begun).toHaveLength(5);
    await held.finish(1, 2, 3, 4);
    await time.sleep(10);
    expect(source.asked).toBe(5);
    await held.finish(0);
    expect(await first).toEqual({ value: 0, done: false });
    await time.sleep(10);
    expect(source.asked).toBe(6);
  });
});

test("at most twice as many jobs as workers are in flight by default, also after a resize", () =>
  inBubble(async () => {
    await using fixed = new WorkerPool(double, { workers: 3 });
    await using resized = new WorkerPool(double, { workers: 1 });
    resized.resize(4);
    const expectWindow = async (pool: typeof fixed, window: number): Promise<void> => {
      const source = new Source(100);
      await using results = pool.map(quick(source));
      void results.next();
      await waitUntilBlocked();
      // One of them has been taken, and leaves room for another.
      expect(source.asked).toBe(window + 1);
    };
    await expectWindow(fixed, 6);
    await expectWindow(resized, 8);
  }));

test("a window of one lets one job run at a time", () =>
  inBubble(async () => {
    let running = 0;
    await using pool = new WorkerPool(
      async (_ctx, n: number) => {
        expect(++running).toBe(1);
        await time.sleep(10);
        running--;
        return n;
      },
      { workers: 4 },
    );
    expect(await reported(pool.map(numbers(6), { maxInFlight: 1 }))).toEqual([...numbers(6), "end"]);
  }));

// P25
test.each([1, 2, 3])("the pool works while the loop does, with a window of %i", (window) =>
  inBubble(async () => {
    const start = time.now();
    await using pool = new WorkerPool(async () => time.sleep(10), { workers: 1 });
    for await (const _ of pool.map(numbers(10), { maxInFlight: window })) await time.sleep(10);
    expect(time.since(start)).toBe(110);
  }),
);

test("a map that is not iterated pulls nothing and runs nothing", () =>
  inBubble(async () => {
    const source = new Source(3);
    const pool = new WorkerPool(double, { workers: 2 });
    pool.map(quick(source));
    pool.map(prompt(source));
    await pool.stop();
    expect(source.asked).toBe(0);
  }));

describe.each(watched)("leaving a map of %s", (_kind, of) => {
  const leave: [how: string, go: (loop: AsyncIterable<number>) => Promise<unknown>][] = [
    [
      "break",
      async (loop) => {
        for await (const _ of loop) break;
        return undefined;
      },
    ],
    [
      "return",
      async (loop) => {
        for await (const first of loop) return first;
        return undefined;
      },
    ],
    [
      "an error",
      async (loop) => {
        try {
          for await (const _ of loop) throw new Error("enough");
        } catch (error) {
          expect(error).toEqual(new Error("enough"));
        }
        return undefined;
      },
    ],
  ];

  describe.each(leave)("by %s", (_how, leaving) => {
    everyOrder("cancels the jobs that are left and closes the source once", async () => {
      const source = new Source(100);
      const held = new Held();
      const [ctx, cancel] = context.withCancel(context.background());
      const pool = new WorkerPool(held.f, { workers: 2 });
      const left = leaving(pool.map(of(source), { maxInFlight: 4, ctx }));
      await time.sleep(20);
      await held.finish(0);
      await left;
      await time.sleep(20);
      const { asked } = source;
      expect(asked).toBeLessThanOrEqual(5);
      // Of those that were brought, the two that ran have ended early, and the others were never called.
      expect(held.begun.filter((job) => job > 0).sort()).toEqual(
        held.gaveUp.map((text) => Number.parseInt(text)).sort(),
      );
      for (const text of held.gaveUp) expect(text).toMatch(/^\d: AbortError: context canceled$/);
      expect(held.begun.length).toBeLessThanOrEqual(3);
      expect(pool.stats()).toMatchObject({ running: 0, abandoned: 0, queued: 0, waiting: 0, processed: 1 });
      expect(source.closed).toBe(1);
      expect(children(ctx)).toBe(0);
      expect(await pool.stop()).toEqual({ unfinished: [], abandoned: 0, cause: undefined });
      expect(source).toMatchObject({ asked, closed: 1 });
      cancel();
    });
  });

  everyOrder("happens once, however often next is called, and no result follows", async () => {
    const source = new Source(100);
    await using pool = new WorkerPool(double, { workers: 2 });
    const results = pool.map(of(source));
    await results.next();
    const end = { value: undefined, done: true };
    expect(await Promise.all([results.return?.(), results.return?.()])).toEqual([end, end]);
    await results[Symbol.asyncDispose]();
    await results.return?.();
    expect(await Promise.all([results.next(), results.next()])).toEqual([end, end]);
    await time.sleep(10);
    expect(source.closed).toBe(1);
  });

  everyOrder("ends the calls that wait", async () => {
    const source = new Source(100);
    const held = new Held();
    await using pool = new WorkerPool(held.f, { workers: 2 });
    const results = pool.map(of(source), { maxInFlight: 3 });
    const waiting = [results.next(), results.next(), results.next()];
    await time.sleep(10);
    await results.return?.();
    const end = { value: undefined, done: true };
    expect(await Promise.all(waiting)).toEqual([end, end, end]);
    expect(source.closed).toBe(1);
  });

  everyOrder("before the first result pulls no job", async () => {
    const source = new Source(100);
    await using pool = new WorkerPool(double, { workers: 2 });
    {
      await using results = pool.map(of(source));
      expect(results[Symbol.asyncIterator]()).toBe(results);
    }
    await waitUntilBlocked();
    expect(source).toMatchObject({ asked: 0, closed: 1 });
  });
});

// R169
describe.each(watched)("functions that do not listen, in a map of %s,", (_kind, of) => {
  everyOrder("do not delay the end of the loop, nor other jobs in the queue", async () => {
    const start = time.now();
    const pool = new WorkerPool(async (_ctx, n: number) => time.sleep(n === 0 ? 50 : 500), {
      workers: 2,
      queueSize: 1,
    });
    for await (const _ of pool.map(of(new Source(100)), { maxInFlight: 6 })) break;
    await waitUntilBlocked();
    expect(time.since(start)).toBeLessThan(60);
    const { running, abandoned, canceled, ...stats } = pool.stats();
    expect(stats).toMatchObject({ queued: 0, waiting: 0, processed: 1 });
    // The worker of the first job may have come back too late to take another.
    expect(abandoned).toBe(running);
    expect(running).toBeGreaterThanOrEqual(1);
    expect(canceled).toBeGreaterThanOrEqual(4);
    await pool.stop();
  });

  everyOrder("keep it waiting no longer than its context lives", async () => {
    const start = time.now();
    const [ctx, cancel] = context.withCancelCause(context.background());
    const pool = new WorkerPool(async () => time.sleep(500), { workers: 2, queueSize: 1 });
    time.afterFunc(50, () => cancel(new Error("enough")));
    expect(await reported(pool.map(of(new Source(100)), { maxInFlight: 6, ctx }))).toEqual(["Error: enough"]);
    expect(time.since(start)).toBe(50);
    await waitUntilBlocked();
    expect(pool.stats()).toMatchObject({ running: 2, abandoned: 2, queued: 0, waiting: 0, processed: 0 });
    await pool.stop();
  });
});

describe("closing the source", () => {
  test("runs the generator's finally before the loop is left", () =>
    inBubble(async () => {
      const log: string[] = [];
      async function* jobs(): AsyncGenerator<number> {
        try {
          for (;;) yield 1;
        } finally {
          await time.sleep(10);
          log.push("closed");
        }
      }
      await using pool = new WorkerPool(double, { workers: 2 });
      const results = pool.map(jobs(), { maxInFlight: 2 });
      await results.next();
      await waitUntilBlocked();
      await results.return?.();
      expect(log).toEqual(["closed"]);
    }));

  everyOrder("that fails is an error of the call that leaves the loop", async () => {
    await using pool = new WorkerPool(double, { workers: 2 });
    function* jobs(): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        throw new Error("cannot close");
      }
    }
    const results = pool.map(jobs());
    await results.next();
    await expect(results.return?.()).rejects.toEqual(new Error("cannot close"));
    expect(await reported(results)).toEqual(["end"]);
  });

  test.each([1, 2, 3])("that fails late, after the loop was left, is a panic (seed %i)", async (seed) => {
    const program = bubble(
      async () => {
        await using pool = new WorkerPool(double, { workers: 2 });
        async function* jobs(): AsyncGenerator<number> {
          try {
            yield 1;
            await time.sleep(100);
            yield 2;
          } finally {
            throw new Error("cannot close");
          }
        }
        for await (const _ of pool.map(jobs())) {
          await waitUntilBlocked();
          break;
        }
        await time.sleep(200);
      },
      { seed },
    );
    await expect(program).rejects.toEqual(new Error("cannot close"));
  });

  everyOrder("does not wait for a pending step, which may never settle", async () => {
    await using pool = new WorkerPool(double, { workers: 2 });
    const closing = new Channel<number>();
    let closed = 0;
    let first = true;
    const jobs: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        async next() {
          if (!first) await closing.receive();
          first = false;
          return { value: 1, done: false };
        },
        return: () => {
          closed++;
          return new Promise(() => undefined);
        },
      }),
    };
    for await (const _ of pool.map(jobs)) {
      await waitUntilBlocked();
      break;
    }
    expect(closed).toBe(1);
    closing.close();
  });

  test("is not closed if it cannot be closed", () =>
    inBubble(async () => {
      await using pool = new WorkerPool(double, { workers: 2 });
      const next = (): IteratorResult<number> => ({ value: 1, done: false });
      for await (const result of pool.map({ [Symbol.iterator]: () => ({ next }) })) {
        expect(result).toBe(2);
        break;
      }
    }));
});

describe.each([0, 1, 2, 64])("a channel of capacity %i as the source", (capacity) => {
  everyOrder("stays open when the loop is left, and is not received from any more", async () => {
    const jobs = new Channel<number>(capacity);
    await using pool = new WorkerPool(double, { workers: 2 });
    go(async () => {
      await jobs.send(1);
    });
    for await (const result of pool.map(jobs)) {
      expect(result).toBe(2);
      await waitUntilBlocked();
      break;
    }
    await waitUntilBlocked();
    // An unbuffered send that does not wait has met a receiver.
    for (let n = 0; n <= capacity; n++) expect(jobs.trySend(n)).toBe(n < capacity);
    expect(jobs.length).toBe(capacity);
  });

  everyOrder("is left when the context ends while nothing comes", async () => {
    const jobs = new Channel<number>(capacity);
    const [ctx, cancel] = context.withCancelCause(context.background());
    await using pool = new WorkerPool(double, { workers: 2 });
    const results = reported(pool.map(jobs, { ctx }));
    await jobs.send(1);
    await waitUntilBlocked();
    cancel(new Error("enough"));
    expect(await results).toEqual([2, "Error: enough"]);
    expect(children(ctx)).toBe(0);
  });
});

// R174, P27, P52
describe.each(watched)("a job of %s that fails", (_kind, of) => {
  everyOrder("ends the map at its place, after the results before it", async (seed) => {
    const source = new Source(100);
    const [ctx, cancel] = context.withCancel(context.background());
    await using pool = new WorkerPool(
      async (_ctx, n: number) => {
        if (n === 3) throw new Error("3 is too many");
        await time.sleep((seed * 7 + n * 5) % 11);
        return n;
      },
      { workers: 4 },
    );
    const results = pool.map(of(source), { maxInFlight: 6, ctx });
    expect(await reported(results)).toEqual([0, 1, 2, "Error: 3 is too many"]);
    expect(await reported(results)).toEqual(["end"]);
    // The functions of the others do not listen, and end in their time.
    await time.sleep(20);
    expect(source.closed).toBe(1);
    expect(source.asked).toBeLessThanOrEqual(9);
    expect(children(ctx)).toBe(0);
    cancel();
    // The others have been canceled, and the workers live on.
    expect(await reported(pool.map([7, 8]))).toEqual([7, 8, "end"]);
    expect(pool.stats()).toMatchObject({ running: 0, queued: 0, waiting: 0, failed: 1 });
  });

  everyOrder("fails the call at its place, and those after it end", async () => {
    const source = new Source(100);
    await using pool = new WorkerPool(
      async (_ctx, n: number) => {
        await time.sleep(10 - n);
        if (n === 1) throw new Error("no");
        return n;
      },
      { workers: 4 },
    );
    const results = pool.map(of(source));
    const calls = await Promise.allSettled([results.next(), results.next(), results.next(), results.next()]);
    const end = { status: "fulfilled", value: { value: undefined, done: true } };
    expect(calls).toEqual([
      { status: "fulfilled", value: { value: 0, done: false } },
      { status: "rejected", reason: new Error("no") },
      end,
      end,
    ]);
    await waitUntilBlocked();
    expect(source.closed).toBe(1);
  });
});

describe.each(watched.slice(0, 2))("a job of %s that fails", (_kind, of) => {
  everyOrder("is what the loop ends with, together with the error of closing the source", async () => {
    const source = new Source(100);
    source.close = (): never => {
      throw new Error("cannot close");
    };
    await using pool = new WorkerPool(
      async () => {
        throw new Error("the job");
      },
      { workers: 2 },
    );
    const results = pool.map(of(source));
    const ended = await results.next().catch((error: unknown) => error as AggregateError);
    expect(ended).toBeInstanceOf(AggregateError);
    expect(ended).toMatchObject({
      message: "the job; and closing the jobs failed: cannot close",
      cause: new Error("the job"),
      errors: [new Error("the job"), new Error("cannot close")],
    });
    expect(await reported(results)).toEqual(["end"]);
  });
});

describe.each(watched)("an error of %s", (_kind, of) => {
  everyOrder("comes after the results of the jobs before it, once, and closes nothing", async () => {
    const source = new Source(3, new Error("no more"));
    const [ctx, cancel] = context.withCancel(context.background());
    await using pool = new WorkerPool(
      async (_ctx, n: number) => {
        await time.sleep(10 - n);
        return n;
      },
      { workers: 2 },
    );
    const results = pool.map(of(source), { ctx });
    expect(await reported(results)).toEqual([0, 1, 2, "Error: no more"]);
    expect(await reported(results)).toEqual(["end"]);
    expect(source.closed).toBe(0);
    expect(children(ctx)).toBe(0);
    cancel();
  });

  everyOrder("at the first job rejects the first call of next", async () => {
    await using pool = new WorkerPool(double, { workers: 2 });
    const results = pool.map(of(new Source(0, new Error("nothing"))));
    const [first, second] = await Promise.allSettled([results.next(), results.next()]);
    expect(first).toEqual({ status: "rejected", reason: new Error("nothing") });
    expect(second).toEqual({ status: "fulfilled", value: { value: undefined, done: true } });
  });
});

test("a thrown value that is not an Error is wrapped in one", () =>
  inBubble(async () => {
    await using pool = new WorkerPool(double, { workers: 2 });
    const jobs = {
      [Symbol.iterator]: () => ({
        next: (): never => {
          // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the subject
          throw "a string";
        },
      }),
    };
    await expect(pool.map(jobs).next()).rejects.toEqual(new Error("a string", { cause: "a string" }));
  }));

test("a priority that makes no sense ends the map with an error and closes the source", () =>
  inBubble(async () => {
    const source = new Source(100);
    await using pool = new WorkerPool(double, { workers: 2, priority: (n) => (n < 2 ? 0 : NaN) });
    expect(await reported(pool.map(quick(source)))).toEqual([
      0,
      2,
      "RangeError: WorkerPool: priority must return a number, got NaN",
    ]);
    expect(source.closed).toBe(1);
  }));

// R169, R170, B25, P58
describe.each(watched)("the end of the context of a map of %s", (_kind, of) => {
  everyOrder("comes after the results that are there, with its cause, and ends the jobs", async () => {
    const source = new Source(100);
    const held = new Held();
    const [ctx, cancel] = context.withCancelCause(context.background());
    await using pool = new WorkerPool(held.f, { workers: 3 });
    const results = pool.map(of(source), { maxInFlight: 6, ctx });
    const first = results.next();
    await time.sleep(20);
    await held.finish(0, 1, 3);
    expect(await first).toEqual({ value: 0, done: false });
    cancel(new Error("enough"));
    await waitUntilBlocked();
    expect(await reported(results)).toEqual([1, "Error: enough"]);
    expect(await reported(results)).toEqual(["end"]);
    expect(held.gaveUp.length).toBeGreaterThan(0);
    for (const text of held.gaveUp) expect(text).toMatch(/^\d: Error: enough$/);
    await waitUntilBlocked();
    expect(source.closed).toBe(1);
    expect(children(ctx)).toBe(0);
    expect(pool.stats()).toMatchObject({ running: 0, queued: 0, waiting: 0 });
  });

  everyOrder("fails the first call that waits, and the others end", async () => {
    const held = new Held();
    const [ctx, cancel] = context.withTimeout(context.background(), 50);
    await using pool = new WorkerPool(held.f, { workers: 2 });
    const results = pool.map(of(new Source(100)), { ctx });
    const [first, second] = await Promise.allSettled([results.next(), results.next()]);
    expect(first).toMatchObject({ status: "rejected", reason: new context.DeadlineExceeded() });
    expect(second).toEqual({ status: "fulfilled", value: { value: undefined, done: true } });
    cancel();
  });

  everyOrder("before the first result lets no job begin", async () => {
    const [ctx, cancel] = context.withCancelCause(context.background());
    cancel(new Error("too late"));
    const held = new Held();
    const source = new Source(100);
    await using pool = new WorkerPool(held.f, { workers: 2 });
    expect(await reported(pool.map(of(source), { ctx }))).toEqual(["Error: too late"]);
    expect(held.begun).toEqual([]);
    await waitUntilBlocked();
    expect(source.closed).toBe(1);
  });
});

test("the functions see the values of the context of the map, and the end of the pool", () =>
  inBubble(async () => {
    const user = context.key<string>("user");
    const [poolCtx, cancel] = context.withCancelCause(context.background());
    const seen: unknown[] = [];
    const pool = new WorkerPool(
      async (ctx) => {
        seen.push(ctx.value(user));
        await ctx.done().receive();
        seen.push(String(context.cause(ctx)));
      },
      { workers: 1, ctx: poolCtx },
    );
    const ctx = context.withValue(context.background(), user, "ada");
    const results = reported(pool.map([1], { ctx }));
    await waitUntilBlocked();
    cancel(new Error("closing time"));
    expect(await results).toEqual(["Error: closing time"]);
    await waitUntilBlocked();
    expect(seen).toEqual(["ada", "Error: closing time"]);
    await pool.stop();
  }));

describe.each(watched)("a pool that stops while it maps %s", (_kind, of) => {
  everyOrder("finishes the accepted jobs, and the map ends with a StoppedError", async () => {
    const source = new Source(100);
    const pool = new WorkerPool(
      async (_ctx, n: number) => {
        await time.sleep(10);
        return n;
      },
      { workers: 2 },
    );
    const results = pool.map(of(source), { maxInFlight: 5 });
    expect(await results.next()).toEqual({ value: 0, done: false });
    await time.sleep(5);
    const { asked } = source;
    const stopped = pool.stop();
    const rest = await reported(results);
    // One more may be on its way from the source to the pool.
    expect(rest.length).toBeGreaterThanOrEqual(asked - 1);
    expect(rest.slice(0, -1)).toEqual(numbers(rest.length).slice(1));
    expect(rest.at(-1)).toBe("StoppedError: WorkerPool: the pool has been stopped");
    expect(await stopped).toEqual({ unfinished: [], abandoned: 0, cause: undefined });
    await waitUntilBlocked();
    expect(source.closed).toBe(1);
  });

  everyOrder("does not make a map fail whose results are all there", async () => {
    const pool = new WorkerPool(double, { workers: 2 });
    const results = pool.map(of(new Source(3)), { maxInFlight: 4 });
    expect(await results.next()).toEqual({ value: 0, done: false });
    await time.sleep(20);
    await pool.stop();
    expect(await reported(results)).toEqual([2, 4, "end"]);
  });

  everyOrder("ends a map that is read later as it ends one that is read now", async () => {
    const source = new Source(100);
    const pool = new WorkerPool(double, { workers: 2 });
    const results = pool.map(of(source), { maxInFlight: 3 });
    await results.next();
    await time.sleep(20);
    await pool.stop();
    await waitUntilBlocked();
    const rest = await reported(results);
    expect(rest.slice(0, -1)).toEqual(
      numbers(source.asked)
        .slice(1, rest.length)
        .map((n) => n * 2),
    );
    expect(rest.at(-1)).toBe("StoppedError: WorkerPool: the pool has been stopped");
    expect(source.closed).toBe(1);
  });

  everyOrder("refuses a map that begins later", async () => {
    const source = new Source(3);
    const pool = new WorkerPool(double, { workers: 2 });
    await pool.stop();
    const results = pool.map(of(source));
    await expect(results.next()).rejects.toBeInstanceOf(StoppedError);
    expect(await reported(results)).toEqual(["end"]);
    await waitUntilBlocked();
    expect(source.closed).toBe(1);
  });
});

test("a map that waits for its channel ends with a StoppedError when the pool stops", () =>
  inBubble(async () => {
    const jobs = new Channel<number>();
    const pool = new WorkerPool(double, { workers: 2 });
    const results = reported(pool.map(jobs));
    await jobs.send(4);
    await waitUntilBlocked();
    await pool.stop();
    expect(await results).toEqual([8, "StoppedError: WorkerPool: the pool has been stopped"]);
  }));

// R169
describe.each(watched)("a pool that is canceled while it maps %s", (_kind, of) => {
  everyOrder("ends the map with its cause after the results that are there", async () => {
    const source = new Source(100);
    const held = new Held();
    const [ctx, cancel] = context.withCancelCause(context.background());
    const pool = new WorkerPool(held.f, { workers: 3, ctx });
    const results = pool.map(of(source), { maxInFlight: 6 });
    const first = results.next();
    await time.sleep(20);
    await held.finish(0, 1);
    await first;
    cancel(new Error("closing time"));
    await waitUntilBlocked();
    expect(await reported(results)).toEqual([1, "Error: closing time"]);
    await waitUntilBlocked();
    expect(source.closed).toBe(1);
    expect(children(ctx)).toBe(0);
    await expect(pool.map([1]).next()).rejects.toEqual(new Error("closing time"));
    const { cause } = await pool.stop();
    expect(cause).toEqual(new Error("closing time"));
    await expect(pool.map([1]).next()).rejects.toBeInstanceOf(StoppedError);
  });

  everyOrder("by the failure of another job ends the map with that", async () => {
    const source = new Source(100);
    const pool = new WorkerPool(
      async (ctx, n: number) => {
        if (n < 0) throw new Error("below zero");
        await ctx.done().receive();
      },
      { workers: 3, stopOnError: true },
    );
    const results = reported(pool.map(of(source), { maxInFlight: 2 }));
    await time.sleep(10);
    await pool.send(-1);
    expect(await results).toEqual(["Error: below zero"]);
    expect((await pool.stop()).cause).toEqual(new Error("below zero"));
    expect(source.closed).toBe(1);
  });
});

test("a failure in a map ends a pool that is to end by it", () =>
  inBubble(async () => {
    const pool = new WorkerPool(
      async (_ctx, n: number) => {
        if (n === 2) throw new Error("two");
        return n;
      },
      { workers: 1, stopOnError: true },
    );
    expect(await reported(pool.map(numbers(5)))).toEqual([0, 1, "Error: two"]);
    await expect(pool.send(1)).rejects.toEqual(new Error("two"));
    await pool.stop();
  }));

// R165, R166
everyOrder("many maps share a pool: each in its own order, and never more jobs than workers", async (seed) => {
  const chance = new Prng(seed);
  let running = 0;
  await using pool = new WorkerPool(
    async (_ctx, [map, n]: readonly [number, number]) => {
      expect(++running).toBeLessThanOrEqual(3);
      await time.sleep(chance.randomInt(10));
      running--;
      return `${map}.${n}`;
    },
    { workers: 3, queueSize: 2 },
  );
  const maps = Array.from({ length: 6 }, async (_, map) => {
    const jobs = numbers(12).map((n) => [map, n] as const);
    const results: string[] = [];
    for await (const result of pool.map(jobs, { maxInFlight: 1 + map })) {
      results.push(result);
      // One of them leaves early, which is nothing to the others.
      if (map === 3 && results.length === 4) break;
    }
    return results;
  });
  const all = await Promise.all(maps);
  for (const [map, results] of all.entries()) {
    expect(results).toEqual(numbers(map === 3 ? 4 : 12).map((n) => `${map}.${n}`));
  }
});

everyOrder("a map, sent and submitted jobs share a pool, and each has its own way out", async (seed) => {
  const chance = new Prng(seed);
  const pool = new WorkerPool(
    async (_ctx, job: string) => {
      await time.sleep(chance.randomInt(10));
      return job.toUpperCase();
    },
    { workers: 2, queueSize: 1 },
  );
  const submit = async (): Promise<string[]> => {
    const results: string[] = [];
    for (const n of numbers(8)) results.push(await (await pool.submit(`submit ${n}`)).result);
    return results;
  };
  const send = async (): Promise<void> => {
    for (const n of numbers(8)) await pool.send(`send ${n}`);
  };
  const map = reported(pool.map(numbers(8).map((n) => `map ${n}`)));
  const [mapped, submitted] = await Promise.all([map, submit(), send()]);
  await pool.stop();
  const sent: unknown[] = [];
  for await (const outcome of pool.results) sent.push(outcome.value);
  expect(mapped).toEqual([...numbers(8).map((n) => `MAP ${n}`), "end"]);
  expect(submitted).toEqual(numbers(8).map((n) => `SUBMIT ${n}`));
  expect(sent.sort()).toEqual(numbers(8).map((n) => `SEND ${n}`));
  expect(pool.stats()).toMatchObject({ processed: 24, canceled: 0, running: 0, queued: 0, waiting: 0 });
});

test("jobs of a map and of send are accepted in the order of their calls", () =>
  inBubble(async () => {
    const begun: string[] = [];
    const pool = new WorkerPool(
      async (_ctx, job: string) => {
        begun.push(job);
        await time.sleep(10);
      },
      { workers: 1 },
    );
    await pool.send("running");
    const before = pool.send("before");
    const mapped = reported(pool.map(["map 1", "map 2"], { maxInFlight: 2 }));
    const after = pool.send("after");
    await Promise.all([before, mapped, after]);
    await pool.stop();
    expect(begun).toEqual(["running", "before", "map 1", "map 2", "after"]);
  }));

// P33
test("the jobs of a map have their priority too", () =>
  inBubble(async () => {
    const begun: number[] = [];
    await using pool = new WorkerPool(
      async (_ctx, n: number) => {
        begun.push(n);
        await time.sleep(10);
        return n;
      },
      { workers: 1, priority: (n) => n },
    );
    expect(await reported(pool.map([1, 2, 3, 4], { maxInFlight: 4 }))).toEqual([1, 2, 3, 4, "end"]);
    expect(begun).toEqual([1, 4, 3, 2]);
  }));

test("an endless source needs no more than its window", () =>
  inBubble(async () => {
    let made = 0;
    function* naturals(): Generator<number> {
      for (;;) yield made++;
    }
    await using pool = new WorkerPool(double, { workers: 2 });
    const results: number[] = [];
    for await (const result of pool.map(naturals(), { maxInFlight: 3 })) {
      results.push(result);
      if (results.length === 200) break;
    }
    expect(results).toEqual(numbers(200).map((n) => n * 2));
    expect(made).toBeLessThanOrEqual(203);
  }));

test.each([false, true])(
  "a map that has ended retains nothing in a pool that continues (left early: %p)",
  async (isLeft) => {
    await using pool = new WorkerPool(async (_ctx, job: object) => job, { workers: 2 });
    const run = async (): Promise<WeakRef<object>[]> => {
      const ctx = context.withValue(context.background(), context.key<number>("n"), 1);
      const jobs = [{}, {}, {}];
      for await (const _ of pool.map(jobs, { ctx })) if (isLeft) break;
      return [ctx, ...jobs].map((each) => new WeakRef(each));
    };
    const refs = await run();
    expect(await areCollected(refs)).toEqual(refs.map(() => true));
  },
);

test("a map of a hundred thousand jobs lets other goroutines run meanwhile", async () => {
  await using pool = new WorkerPool((_ctx, n: number) => n, { workers: 4 });
  let turns = 0;
  let isOver = false;
  go(async () => {
    for (; !isOver; turns++) await gosched();
  });
  let sum = 0;
  for await (const n of pool.map(numbers(100_000))) sum += n;
  isOver = true;
  expect(sum).toBe(4_999_950_000);
  expect(turns).toBeGreaterThan(5);
});

describe("a source that is silent", () => {
  /** Sources that yield 1 and then nothing, and whether they have been released. */
  const silent: [kind: string, make: () => { jobs: AsyncIterable<number>; isReleased: () => boolean }][] = [
    [
      "a Node stream",
      () => {
        const jobs = new PassThrough({ objectMode: true });
        jobs.write(1);
        return { jobs, isReleased: () => jobs.destroyed };
      },
    ],
    [
      "a web stream",
      () => {
        let isReleased = false;
        const jobs = new ReadableStream<number>({
          start: (controller) => controller.enqueue(1),
          cancel: () => {
            isReleased = true;
          },
        });
        return { jobs: jobs, isReleased: () => isReleased };
      },
    ],
    [
      "a channel",
      () => {
        const jobs = new Channel<number>(1);
        jobs.trySend(1);
        return { jobs, isReleased: () => jobs.trySend(2) && jobs.length === 1 };
      },
    ],
  ];
  const variants = [
    "break",
    "an error of the loop",
    "the end of the context",
    "the end of the pool",
    "a job that fails",
  ];

  describe.each(silent)("%s", (_kind, make) => {
    test.each(variants)("is released by %s", async (way) => {
      const { jobs, isReleased } = make();
      const [ctx, cancel] = context.withCancel(context.background());
      const pool = new WorkerPool<number, number>(
        async (_ctx, n) => {
          if (way === "a job that fails") throw new Error("no");
          return n;
        },
        { workers: 2 },
      );
      let stopped: Promise<unknown> | undefined;
      try {
        for await (const result of pool.map(jobs, { ctx })) {
          expect(result).toBe(1);
          await quiet();
          if (way === "break") break;
          if (way === "an error of the loop") throw new Error("loop");
          if (way === "the end of the context") cancel();
          if (way === "the end of the pool") stopped = pool.stop();
        }
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
      await quiet();
      expect(isReleased()).toBe(true);
      await stopped;
      await pool.stop();
      cancel();
    });
  });
});
