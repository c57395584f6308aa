// How a stage ends: each way to end, of each stage, at each point, in several orders of goroutines. After each, nothing is left.

import { PassThrough } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { Channel, context, type Context, go, receive, select, time } from "goro";
import {
  batch,
  debounce,
  filter,
  map,
  merge,
  pipeline,
  type Stage,
  type StageOptions,
  tee,
  throttle,
} from "goro/pipeline";
import { waitUntilBlocked } from "goro/testing";
import { children, inBubble } from "../support/contexts.ts";
import { collect, CountingSource, outcomes } from "./support.ts";

const why = new Error("why");
const later = new Error("later");

/** A source whose steps wait until they are released, or until it is left. */
class Gate implements AsyncIterable<number> {
  released = 0;
  readonly values = new Channel<number | Error>();
  readonly #left = new Channel<never>();
  readonly #releaseError: Error | undefined;

  constructor(releaseError?: Error) {
    this.#releaseError = releaseError;
  }

  [Symbol.asyncIterator](): AsyncIterator<number, undefined> {
    return {
      next: async () => {
        const s = await select({ value: receive(this.values), left: receive(this.#left) });
        if (s.case === "left" || !s.ok) return { value: undefined, done: true };
        if (s.value instanceof Error) throw s.value;
        return { value: s.value, done: false };
      },
      return: async () => {
        this.released++;
        this.#left.close();
        if (this.#releaseError !== undefined) throw this.#releaseError;
        return { value: undefined, done: true };
      },
    };
  }
}

/** The functions that run, and why their contexts were canceled. */
class Calls {
  running = 0;
  readonly causes: (Error | undefined)[] = [];

  readonly wait = async (ctx: Context): Promise<boolean> => {
    this.running++;
    await ctx.done().receive();
    this.running--;
    this.causes.push(context.cause(ctx));
    throw ctx.err() as Error;
  };
}

type Make = (source: AsyncIterable<number>, options: StageOptions, calls: Calls) => Stage<unknown>;

const stages: Readonly<Record<string, Make>> = {
  "map, ordered": (source, options, calls) => map(source, calls.wait, { ...options, concurrency: 2 }),
  "map, not ordered": (source, options, calls) =>
    map(source, calls.wait, { ...options, concurrency: 2, ordered: false }),
  "map, one at a time": (source, options, calls) => map(source, calls.wait, options),
  filter: (source, options, calls) => filter(source, calls.wait, { ...options, concurrency: 2 }),
  merge: (source, options) => merge(source, new Gate(), options),
  batch: (source, options) => batch(source, { ...options, size: 3 }),
  "batch, by time": (source, options) => batch(source, { ...options, size: 3, interval: 1000 }),
  debounce: (source, options) => debounce(source, 1000, options),
  throttle: (source, options) => throttle(source, 1000, { ...options, leading: false }),
  tee: (source, options) => tee(source, 1, options)[0],
  "a stage of a stage": (source, options, calls) =>
    batch(map(source, calls.wait, { concurrency: 2 }), { ...options, size: 2 }),
  pipeline: (source, options, calls) =>
    pipeline(source, options).map(calls.wait, { concurrency: 2 }).batch({ size: 2 })[Symbol.asyncIterator](),
};

/** The number of values that a stage has pulled when it is to end. */
const points = [0, 1, 2];

describe.each(Object.entries(stages))("%s", (_, make) => {
  describe.each(points)("after %d values", (count) => {
    /** Brings a stage to the point at which it is to end, ends it by `end`, and checks what is left. */
    const ended = (
      end: (stage: Stage<unknown>, source: Gate, cancel: (cause: Error) => void) => Promise<void>,
      cause: Error | undefined,
    ): Promise<void> =>
      (async () => {
        for (let seed = 0; seed < 4; seed++) {
          await inBubble(
            async () => {
              const [ctx, cancel] = context.withCancelCause(context.background());
              const source = new Gate();
              const calls = new Calls();
              const stage = make(source, { ctx }, calls);
              const first = stage.next();
              first.catch(() => undefined);
              for (let n = 1; n <= count; n++) if (!source.values.trySend(n)) await trySendLater(source, n);
              await waitUntilBlocked();
              await end(stage, source, cancel);
              await waitUntilBlocked();
              expect(calls.running).toBe(0);
              if (cause !== undefined) for (const seen of calls.causes) expect(seen).toBe(cause);
              expect(children(ctx)).toBe(0);
              expect((await stage.next()).done).toBe(true);
            },
            { seed },
          );
        }
      })();

    test("its context is canceled", () =>
      ended(async (stage, source, cancel) => {
        const rest = outcomes(stage);
        cancel(why);
        await rest;
        expect(source.released).toBe(1);
      }, why));

    test("the consumer leaves", () =>
      ended(async (stage, source) => {
        await stage.return();
        expect(source.released).toBe(1);
      }, undefined));

    test.each(["leave", "cancel"])("the consumer leaves and the context is canceled, %s first", (order) =>
      ended(async (stage, source, cancel) => {
        if (order === "cancel") cancel(why);
        const left = stage.return();
        if (order === "leave") cancel(why);
        expect((await left).done).toBe(true);
        expect(source.released).toBe(1);
      }, undefined),
    );

    test("the source fails while the context is canceled", () =>
      ended(async (stage, source, cancel) => {
        const sent = source.values.trySend(later);
        cancel(why);
        const all = await outcomes(stage);
        expect(["why", "later", "end"]).toContain(all.at(-1));
        expect(sent || source.released === 1).toBe(true);
      }, undefined));
  });
});

async function trySendLater(source: Gate, n: number): Promise<void> {
  await waitUntilBlocked();
  // A stage that works one value at a time does not pull.
  source.values.trySend(n);
}

describe("a cancellation while the consumer is busy", () => {
  const square = (_ctx: Context, n: number): number => n * n;
  const sideBySide: Make = (source, options) => {
    const [slow, fast] = tee(source, 2, options);
    go(() => outcomes(fast));
    return slow;
  };
  type Row = readonly [held: string, make: Make, busyFor: number, first: unknown, rest: readonly unknown[]];
  // The source has a value each millisecond; the consumer is busy until 8.5 ms, or less.
  const ready: readonly Row[] = [
    ["results of map", (source, o) => map(source, square, { ...o, concurrency: 2 }), 7.5, 1, [4, 9, 16]],
    [
      "results of map, not ordered",
      (source, o) => map(source, square, { ...o, concurrency: 2, ordered: false }),
      7.5,
      1,
      [4, 9, 16],
    ],
    ["values of filter", (source, o) => filter(source, () => true, { ...o, concurrency: 2 }), 7.5, 1, [2, 3, 4]],
    ["a value of merge", (source, o) => merge(source, [10, 20], o), 7.5, 10, [1]],
    ["a complete batch", (source, o) => batch(source, { ...o, size: 2, interval: 1000 }), 6.5, [1, 2], [[3, 4]]],
    [
      "a batch whose time has passed",
      (source, o) => batch(source, { ...o, size: 9, interval: 2.5 }),
      4,
      [1, 2, 3],
      [[4, 5, 6, 7]],
    ],
    ["a due value of debounce", (source, o) => debounce(source, 0.5, o), 6, 1, [7]],
    ["a due value of throttle", (source, o) => throttle(source, 2.3, o), 6.5, 1, [5]],
    ["values in the buffer of tee", sideBySide, 6.5, 1, [2, 3, 4, 5, 6, 7]],
  ];
  const notReady: readonly Row[] = [
    ["a part of a batch", (source, o) => batch(source, { ...o, size: 3, interval: 1000 }), 2.5, [1, 2, 3], []],
    ["a value of debounce", (source, o) => debounce(source, 5, { ...o, leading: true }), 6.5, 1, []],
    ["a value of throttle", (source, o) => throttle(source, 1000, o), 6.5, 1, []],
  ];

  const canceled = async (
    make: (source: CountingSource, ctx: Context) => Stage<unknown>,
    busyFor: number,
    end: (stage: Stage<unknown>, first: unknown) => Promise<void>,
  ): Promise<void> =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const source = new CountingSource(8, 1);
      const stage = make(source, ctx);
      const { value: first } = await stage.next();
      await time.sleep(busyFor);
      cancel(why);
      await end(stage, first);
      expect((await stage.next()).done).toBe(true);
      expect(source.released).toBe(1);
      // The last step of the source.
      await time.sleep(1);
    });

  test.each(ready)("returns %s before the cause", (_, make, busyFor, first, rest) =>
    canceled(
      (source, ctx) => make(source, { ctx }, new Calls()),
      busyFor,
      async (stage, value) => expect([value, ...(await outcomes(stage))]).toEqual([first, ...rest, "why"]),
    ),
  );

  test.each(ready)("does not return %s if the consumer then leaves", (_, make, busyFor) =>
    canceled(
      (source, ctx) => make(source, { ctx }, new Calls()),
      busyFor,
      async (stage) => {
        await stage.return();
      },
    ),
  );

  // The other branch of `tee` continues there.
  test.each(ready.slice(0, -1))("drops %s in a stage above the last one", (_, make, busyFor) =>
    canceled(
      (source, ctx) => merge(make(source, {}, new Calls()), { ctx }),
      busyFor,
      async (stage) => expect(await outcomes(stage)).toEqual(["why"]),
    ),
  );

  test.each(notReady)("drops %s that is not due", (_, make, busyFor, first) =>
    canceled(
      (source, ctx) => make(source, { ctx }, new Calls()),
      busyFor,
      async (stage, value) => expect([value, ...(await outcomes(stage))]).toEqual([first, "why"]),
    ),
  );
});

describe("before the first pull", () => {
  test.each(Object.entries(stages))("a canceled context ends %s, and the source is released", (_, make) =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const source = new Gate();
      const calls = new Calls();
      const stage = make(source, { ctx }, calls);
      cancel(why);
      await expect(stage.next()).rejects.toBe(why);
      expect(source.released).toBe(1);
      expect(await stage.next()).toEqual({ value: undefined, done: true });
      expect(calls.causes).toEqual([]);
    }),
  );

  test.each(Object.entries(stages))("leaving %s releases the source", (_, make) =>
    inBubble(async () => {
      const source = new Gate();
      const [ctx] = context.withCancel(context.background());
      const stage = make(source, { ctx }, new Calls());
      await stage[Symbol.asyncDispose]();
      await stage.return();
      expect(source.released).toBe(1);
      expect(children(ctx)).toBe(0);
      expect(await stage.next()).toEqual({ value: undefined, done: true });
    }),
  );

  test("a source that cannot be opened is the error, and the others are released", () =>
    inBubble(async () => {
      const broken: AsyncIterable<number> = {
        [Symbol.asyncIterator]: () => {
          throw why;
        },
      };
      const source = new CountingSource(3);
      expect(await outcomes(merge(source, broken))).toEqual(["why"]);
      expect([source.pulled, source.released]).toEqual([0, 1]);
      const [a, b] = tee(broken, 2);
      expect(await Promise.all([outcomes(a), outcomes(b)])).toEqual([["why"], ["why"]]);
    }));
});

describe("an error of the release", () => {
  class Unreleasable extends CountingSource {
    override [Symbol.asyncIterator](): AsyncIterator<number, undefined> {
      return { ...super[Symbol.asyncIterator](), return: () => Promise.reject(later) };
    }
  }
  const fails = (): never => {
    throw why;
  };

  test("after a failure, both are in an AggregateError", () =>
    inBubble(async () => {
      for (const stage of [map(new Unreleasable(3), fails), batch(map(new Unreleasable(3), fails), { size: 2 })]) {
        const error = await collect<unknown>(stage).catch((error: unknown) => error);
        expect(error).toBeInstanceOf(AggregateError);
        expect((error as AggregateError).errors).toEqual([why, later]);
        expect((error as AggregateError).cause).toBe(why);
        expect((error as AggregateError).message).toBe("why; and releasing the source failed: later");
      }
    }));

  test("alone, it is the error of the loop that is left, through all stages", () =>
    inBubble(async () => {
      const left = async (): Promise<void> => {
        for await (const _ of batch(
          map(new Unreleasable(3), (_ctx, n) => n),
          { size: 1 },
        ))
          break;
      };
      await expect(left()).rejects.toBe(later);
    }));

  test("of several sources, all are reported", () =>
    inBubble(async () => {
      const stage = merge(new Unreleasable(3), new Unreleasable(3));
      await stage.next();
      await waitUntilBlocked();
      await expect(stage.return()).rejects.toMatchObject({ errors: [later, later] });
    }));
});

describe("the cause", () => {
  test("of a failure reaches the functions of all stages, above and below", () =>
    inBubble(async () => {
      const calls = new Calls();
      const source = new CountingSource(10);
      const above = map(source, async (ctx, n) => (n === 1 ? n : calls.wait(ctx)), { concurrency: 3 });
      const below = map(
        above,
        async () => {
          await time.sleep(5);
          throw why;
        },
        { concurrency: 2 },
      );
      expect(await outcomes(below)).toEqual(["why"]);
      await waitUntilBlocked();
      expect(calls.causes).toEqual([why, why, why]);
      expect(source.released).toBe(1);
    }));

  test("of a signal is its reason, and no listener is left", () =>
    inBubble(async () => {
      const controller = new AbortController();
      const calls = new Calls();
      const result = outcomes(map([1, 2], calls.wait, { concurrency: 2, signal: controller.signal }));
      await waitUntilBlocked();
      controller.abort(why);
      expect(await result).toEqual(["why"]);
      await waitUntilBlocked();
      expect(calls.causes).toEqual([why, why]);
    }));

  test("reaches functions that were called with the values of the context", () =>
    inBubble(async () => {
      const user = context.key<string>("user");
      const ctx = context.withValue(context.background(), user, "gopher");
      expect(await collect(map([1], (ctx) => ctx.value(user), { ctx }))).toEqual(["gopher"]);
    }));
});

describe("two failures", () => {
  test.each([
    ["the function first", 1, 2],
    ["the source first", 2, 1],
    ["at the same time", 1, 1],
  ])("of a function and of the source, %s: the value came before the failure of the source", async (_, call, step) => {
    for (const ordered of [true, false]) {
      for (let seed = 0; seed < 8; seed++) {
        await inBubble(
          async () => {
            const source = new CountingSource(1, step, later);
            const fn = async (): Promise<never> => {
              await time.sleep(call);
              throw why;
            };
            const stage = map(source, fn, { concurrency: 2, ordered });
            expect(await outcomes(stage)).toEqual(["why"]);
            await time.sleep(5);
          },
          { seed },
        );
      }
    }
  });

  test("of two functions: the earlier value decides, or the first failure", () =>
    inBubble(async () => {
      const fn = async (_ctx: Context, ms: number): Promise<never> => {
        await time.sleep(ms);
        throw new Error(`value ${ms}`);
      };
      for (const [ordered, message] of [
        [true, "value 20"],
        [false, "value 10"],
      ] as const) {
        const source = new CountingSource(2);
        const times = [20, 10];
        const stage = map(
          map(source, (_ctx, n) => times[n - 1] as number),
          fn,
          { concurrency: 2, ordered },
        );
        expect(await outcomes(stage)).toEqual([message]);
        await time.sleep(20);
      }
    }));
});

test("a thrown value that is not an Error is wrapped in one", () =>
  inBubble(async () => {
    const fails = (): never => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- as users may
      throw "text";
    };
    await expect(map([1], fails).next()).rejects.toMatchObject({ message: "text", cause: "text" });
  }));

test("a value of a function that is abandoned is dropped, and a function that never returns holds up nothing", () =>
  inBubble(async () => {
    const source = new CountingSource(5);
    const slow = async (_ctx: Context, n: number): Promise<number> => {
      await time.sleep(50);
      return n;
    };
    const stage = map(source, slow, { concurrency: 2 });
    const step = stage.next();
    await time.sleep(10);
    await stage.return();
    expect(await step).toEqual({ value: undefined, done: true });
    await time.sleep(50);
    expect(source.pulled).toBe(2);
  }));

test("a channel is left as it is, and a stream is destroyed", async () => {
  await inBubble(async () => {
    const ch = new Channel<number>(5);
    for (const n of [1, 2, 3]) ch.trySend(n);
    for await (const n of map(ch, (_ctx, n) => n)) if (n === 2) break;
    expect(ch.length).toBe(1);
    expect(ch.trySend(4)).toBe(true);
  });
  const stream = new PassThrough({ objectMode: true });
  stream.write(1);
  for await (const _ of batch(stream, { size: 1 })) break;
  expect(stream.destroyed).toBe(true);
  const web = new ReadableStream<number>({ start: (controller) => controller.enqueue(1) });
  for await (const _ of map(web, (_ctx, n) => n)) break;
  expect(web.locked).toBe(false);
});

describe("wrong arguments", () => {
  test.each<[call: () => unknown, message: string]>([
    [() => map(1 as never, () => 1), "map: source must be iterable, got 1"],
    [() => map([1], 1 as never), "map: fn must be a function, got 1"],
    [() => map([1], () => 1, { concurrency: 0 }), "map: concurrency must be a whole number, 1 or more, got 0"],
    [() => map([1], () => 1, { maxInFlight: 0.5 }), "map: maxInFlight must be a whole number, 1 or more, got 0.5"],
    [() => map([1], () => 1, { ordered: 1 as never }), "map: ordered must be a boolean, got 1"],
    [() => map([1], () => 1, { workers: 1 } as never), "map: unknown option workers; write concurrency instead"],
    [() => filter([1], null as never), "filter: fn must be a function, got null"],
    [() => batch([1], {} as never), "batch: size must be a whole number, 1 or more, got undefined"],
    [() => batch([1], undefined as never), "batch: size must be a whole number, 1 or more, got undefined"],
    [() => batch([1], { size: 1, interval: -1 }), "batch: interval must be a number, 0 or more, got -1"],
    [() => batch([1], { size: 1, timeout: 1 } as never), "batch: unknown option timeout; write interval instead"],
    [() => merge([1], 1 as never), "merge: source 2 must be iterable, got 1"],
    [() => merge([1], { conext: 1 } as never), "merge: unknown option conext"],
    [() => debounce([1], "1" as never), 'debounce: ms must be a number, 0 or more, got "1"'],
    [
      () => throttle([1], 1, { leading: false, trailing: false }),
      "throttle: leading and trailing must not both be false",
    ],
    [() => throttle([1], 1, { leading: "no" as never }), 'throttle: leading must be a boolean, got "no"'],
    [() => tee([1], 0), "tee: n must be a whole number, from 1 to 1000, got 0"],
    [() => tee([1], 2, { capacity: -1 }), "tee: capacity must be a whole number, 0 or more, got -1"],
    [() => pipeline([1], { ctx: new AbortController().signal as never }), "pipeline: ctx must be a context"],
  ])("%s", (call, message) => {
    expect(call).toThrow(message);
  });
});
