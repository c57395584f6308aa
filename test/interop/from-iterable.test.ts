// Channels from iterables and from web streams.

import { PassThrough, Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  type Context,
  context,
  type FromSourceOptions,
  fromIterable,
  fromReadableStream,
  type ReceiveChannel,
  time,
} from "goro";
import { ignoreLeaks, bubble, waitUntilBlocked } from "goro/testing";
import { children } from "../support/contexts.ts";
import { capacities, quiet, stateOf } from "../support/promises.ts";

async function all<T>(channel: ReceiveChannel<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of channel) values.push(value);
  return values;
}

/** Counts up, and notes how often it was asked and whether it was let go. */
class Counter {
  asked = 0;
  left = false;
  last = Infinity;
  cleanup: Error | undefined;

  *now(): Generator<number> {
    try {
      while (this.asked < this.last) yield ++this.asked;
    } finally {
      this.#leave();
    }
  }

  async *later(): AsyncGenerator<number> {
    yield* this.now();
  }

  stream(): ReadableStream<number> {
    return new ReadableStream<number>(
      {
        pull: (controller) => {
          if (this.asked === this.last) controller.close();
          else controller.enqueue(++this.asked);
        },
        cancel: () => this.#leave(),
      },
      { highWaterMark: 0 },
    );
  }

  #leave(): void {
    this.left = true;
    if (this.cleanup !== undefined) throw this.cleanup;
  }
}

const kinds: readonly [string, (counter: Counter, options: FromSourceOptions) => ReceiveChannel<number>][] = [
  ["an iterable", (counter, options) => fromIterable(counter.now(), options)],
  ["an async iterable", (counter, options) => fromIterable(counter.later(), options)],
  ["a stream", (counter, options) => fromReadableStream(counter.stream(), options)],
];

describe.each(kinds)("a channel from %s", (_, open) => {
  test.each(capacities)("asks for no more than has found room, and one (capacity %i)", async (capacity) => {
    const [ctx, cancel] = context.withCancel(context.background());
    const counter = new Counter();
    const channel = open(counter, { ctx, capacity });
    // Each step passes the gate, which a busy machine may hold for some turns.
    while (counter.asked <= capacity) await quiet();
    await quiet();
    expect([channel.length, counter.asked]).toEqual([capacity, capacity + 1]);
    expect((await channel.receive()).value).toBe(1);
    await quiet();
    expect(counter.asked).toBe(capacity + 2);
    cancel();
    await quiet();
  });

  test.each(capacities)(
    "lets the source go when its context ends, and keeps what it holds (capacity %i)",
    async (capacity) => {
      const [ctx, cancel] = context.withCancel(context.background());
      const counter = new Counter();
      const channel = open(counter, { ctx, capacity });
      // Each step passes the gate, which a busy machine may hold for some turns.
      while (counter.asked <= capacity) await quiet();
      cancel();
      expect(await all(channel)).toEqual(Array.from({ length: capacity }, (_, i) => i + 1));
      await quiet();
      expect(counter.left).toBe(true);
    },
  );

  test("takes nothing if its context has ended before", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    cancel();
    const counter = new Counter();
    expect(await all(open(counter, { ctx }))).toEqual([]);
    expect(counter.asked).toBe(0);
  });

  test("leaves no listener on its context after its own end", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const counter = new Counter();
    counter.last = 3;
    expect(await all(open(counter, { ctx }))).toEqual([1, 2, 3]);
    expect(children(ctx)).toBe(0);
    cancel();
  });

  test("reports what goes wrong when it is released, though the context ends while it sends", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const counter = new Counter();
    counter.cleanup = new Error("cleanup failed");
    const errors: Error[] = [];
    const channel = open(counter, { ctx, onError: (error) => errors.push(error) });
    await quiet();
    cancel();
    await quiet();
    expect([await all(channel), errors]).toEqual([[], [counter.cleanup]]);
  });

  test("panics with that if there is no onError", async () => {
    const counter = new Counter();
    counter.cleanup = new Error("cleanup failed");
    const run = bubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      open(counter, { ctx });
      await waitUntilBlocked();
      cancel();
      await time.sleep(1);
    });
    ignoreLeaks();
    await expect(run).rejects.toBe(counter.cleanup);
  });

  test("fails once if other code closes the channel, and is released", async () => {
    const counter = new Counter();
    const errors: Error[] = [];
    const channel = open(counter, { onError: (error) => errors.push(error) });
    await quiet();
    (channel as unknown as Channel<number>).close();
    await quiet();
    expect(errors.map(String)).toEqual(["PanicError: send on closed channel"]);
    expect(counter.left).toBe(true);
  });

  test("lets timers fire while there is room", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const channel = open(new Counter(), { ctx, capacity: 2 ** 22 });
    expect((await channel.receive()).value).toBe(1);
    await time.sleep(10);
    expect(channel.length).toBeLessThan(channel.capacity);
    cancel();
  });

  test("refuses options that make no sense, and does not touch the source", () => {
    const counter = new Counter();
    expect(() => open(counter, { capacity: -1 })).toThrow(
      "capacity must be a whole number, from 0 to 4294967295, got -1",
    );
    expect(() => open(counter, { ctx: 3 as never })).toThrow("ctx must be a context, got 3");
    expect(() => open(counter, { ctx: new AbortController().signal as never })).toThrow(
      "write signal: for an AbortSignal",
    );
    expect(() => open(counter, { onError: "no" as never })).toThrow("onError must be a function, got no");
    expect(() => open(counter, { onError: null as never })).toThrow("onError must not be null");
    expect(() => open(counter, { signal: 1 } as never)).toThrow("signal must be an AbortSignal, got 1");
    expect(() => open(counter, null as never)).toThrow("options must be an object, got null");
    expect(counter.asked).toBe(0);
  });
});

describe("fromIterable", () => {
  test("sends the values in order as they are, promises too, and closes the channel", async () => {
    const promise = Promise.resolve(1);
    expect(await all(fromIterable([undefined, null, promise, 0]))).toEqual([undefined, null, promise, 0]);
    expect(await all(fromIterable(new Set([1, 2])))).toEqual([1, 2]);
    expect(await all(fromIterable("ab"))).toEqual(["a", "b"]);
    expect(await all(fromIterable([]))).toEqual([]);
  });

  test("reads another channel, too", async () => {
    const source = new Channel<number>(2);
    await source.send(1);
    await source.send(2);
    source.close();
    expect(await all(fromIterable(source))).toEqual([1, 2]);
  });

  test.each([[undefined], [null], [3], [{}]])("refuses %p", (source) => {
    expect(() => fromIterable(source as never)).toThrow(`fromIterable: source must be iterable, got ${String(source)}`);
  });

  test("closes the channel at once though the source answers late, and forgets what comes then", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    let answer!: (step: IteratorResult<number>) => void;
    let returns = 0;
    const source = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<number>>((resolve) => (answer = resolve)),
        return: () => {
          returns++;
          return Promise.resolve({ value: undefined, done: true as const });
        },
      }),
    };
    const channel = fromIterable<number>(source, { ctx });
    const received = channel.receive();
    expect(await stateOf(received)).toBe("pending");
    cancel();
    expect(await received).toEqual({ value: undefined, ok: false });
    answer({ value: 1, done: false });
    await quiet();
    expect(returns).toBe(1);
    expect(channel.tryReceive()).toEqual({ value: undefined, ok: false });
  });

  test("destroys a Node stream that is silent, at once", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const stream = new PassThrough({ objectMode: true });
    const channel = fromIterable<number>(stream, { ctx });
    stream.write(1);
    expect((await channel.receive()).value).toBe(1);
    await quiet();
    cancel();
    expect([stream.destroyed, await all(channel)]).toEqual([true, []]);
  });

  test.each(["before", "after"])(
    "reports the error of a stream that is destroyed %s the context ends",
    async (order) => {
      const [ctx, cancel] = context.withCancel(context.background());
      const stream = new Readable({ objectMode: true, read: () => undefined });
      const errors: Error[] = [];
      const channel = fromIterable<number>(stream, { ctx, onError: (error) => errors.push(error) });
      stream.push(1);
      await quiet();
      const failure = new Error("broken");
      if (order === "before") stream.destroy(failure);
      cancel();
      if (order === "after") stream.destroy(failure);
      await quiet();
      // A stream that has been destroyed ignores a further destroy.
      expect([errors, await all(channel)]).toEqual([order === "before" ? [failure] : [], []]);
    },
  );

  test("does not report what a source says when its iterator is left, without onError", async () => {
    const errors: Error[] = [];
    for (const onError of [undefined, (error: Error): void => void errors.push(error)]) {
      const [ctx, cancel] = context.withCancel(context.background());
      let fail!: (reason: Error) => void;
      const source = {
        [Symbol.asyncIterator]: () => ({
          next: () => new Promise<never>((_, reject) => (fail = reject)),
          return: () => {
            fail(new Error("cursor is closed"));
            return Promise.resolve({ value: undefined, done: true as const });
          },
        }),
      };
      fromIterable<number>(source, onError === undefined ? { ctx } : { ctx, onError });
      await quiet();
      cancel();
      await quiet();
    }
    expect(errors.map(String)).toEqual(["Error: cursor is closed"]);
  });

  test("does not report the end of a context of the user's own, which its source may know first", async () => {
    for (const [thrown, reports] of [
      [new DOMException("aborted", "AbortError"), 0],
      [new Error("broken"), 1],
    ] as const) {
      const errors: unknown[] = [];
      const done = new Channel<never>();
      let err: Error | undefined;
      const ctx = {
        ...context.background(),
        done: () => done,
        err: () => err,
        deadline: () => undefined,
        value: () => undefined,
      };
      const source = (async function* (): AsyncGenerator<number> {
        yield 1;
        err = new context.Canceled();
        throw thrown;
      })();
      const channel = fromIterable(source, { ctx: ctx as unknown as Context, onError: (error) => errors.push(error) });
      expect([await all(channel), errors]).toEqual([[1], reports === 1 ? [thrown] : []]);
      done.close();
    }
  });

  test("tells a failure before it closes the channel, and after what came before", async () => {
    const failure = new Error("disk on fire");
    const [ctx, cancel] = context.withCancelCause(context.background());
    function* source(): Generator<number> {
      yield 1;
      throw failure;
    }
    const values: number[] = [];
    for await (const value of fromIterable(source(), { ctx, onError: cancel })) values.push(value);
    expect(values).toEqual([1]);
    expect(context.cause(ctx)).toBe(failure);
  });

  test("panics if the source fails and nobody wants to hear of it", async () => {
    const failure = new Error("disk on fire");
    const source = {
      [Symbol.iterator]: () => ({
        next: (): IteratorResult<number> => {
          throw failure;
        },
      }),
    };
    await expect(bubble(() => all(fromIterable(source)))).rejects.toBe(failure);
  });

  test("tells a failure that is no error as one, with it for a cause", async () => {
    const errors: Error[] = [];
    const source = (function* (): Generator<number> {
      throw "smoke"; // eslint-disable-line @typescript-eslint/only-throw-error
    })();
    await all(fromIterable(source, { onError: (error) => errors.push(error) }));
    expect(errors.map(({ message, cause }) => [message, cause])).toEqual([["smoke", "smoke"]]);
  });

  test("tells what goes wrong when the source is let go, but not the end of its context", async () => {
    const reason = new Error("enough");
    for (const [thrown, told] of [
      [new Error("cannot let go"), 1],
      [reason, 0],
      [Object.assign(new Error("aborted"), { name: "AbortError" }), 0],
    ] as const) {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const errors: Error[] = [];
      const source = {
        [Symbol.iterator]: () => ({
          next: () => ({ value: 1, done: false as const }),
          return: () => {
            throw thrown;
          },
        }),
      };
      const channel = fromIterable<number>(source, { ctx, onError: (error) => errors.push(error) });
      await channel.receive();
      cancel(reason);
      await all(channel);
      await quiet();
      expect(errors).toEqual(told === 1 ? [thrown] : []);
    }
  });
});

describe("fromReadableStream", () => {
  test("closes the channel at the end of the stream, and unlocks it", async () => {
    const stream = new ReadableStream<string>({
      start(controller) {
        controller.enqueue("a");
        controller.enqueue("b");
        controller.close();
      },
    });
    expect(await all(fromReadableStream(stream))).toEqual(["a", "b"]);
    expect(stream.locked).toBe(false);
  });

  test("cancels the stream with the cause, also while it reads", async () => {
    const reason = new Error("enough");
    const [ctx, cancel] = context.withCancelCause(context.background());
    const reasons: unknown[] = [];
    const stream = new ReadableStream<string>({ cancel: (why) => void reasons.push(why) });
    const channel = fromReadableStream(stream, { ctx });
    await quiet();
    cancel(reason);
    expect(await all(channel)).toEqual([]);
    await quiet();
    expect(reasons).toEqual([reason]);
    expect(stream.locked).toBe(false);
  });

  test("tells a failure, and unlocks the stream", async () => {
    const failure = new Error("line is dead");
    const errors: Error[] = [];
    const stream = new ReadableStream<string>({ start: (controller) => controller.error(failure) });
    expect(await all(fromReadableStream(stream, { onError: (error) => errors.push(error) }))).toEqual([]);
    expect(errors).toEqual([failure]);
    expect(stream.locked).toBe(false);
  });

  test("refuses what is no stream, and one that is locked", () => {
    expect(() => fromReadableStream("no" as never)).toThrow("stream must be a ReadableStream, got no");
    expect(() => fromReadableStream(null as never)).toThrow("got null");
    expect(() => fromReadableStream(new PassThrough() as never)).toThrow("such as a Node stream, to fromIterable");
    const stream = new ReadableStream<string>();
    stream.getReader();
    expect(() => fromReadableStream(stream)).toThrow("locked");
  });
});

// Between the last step of a source and the moment in which its reader knows of it lie some microtasks.
describe("the end of a source and that of its context, some microtasks apart", () => {
  const sources: readonly [string, () => [ReadableStream<number> | AsyncIterable<number>, () => unknown]][] = [
    [
      "a web stream",
      () => {
        let end = (): void => undefined;
        return [new ReadableStream<number>({ start: (it) => void (end = () => it.close()) }), () => end()];
      },
    ],
    [
      "a Node stream",
      () => {
        const stream = new PassThrough({ objectMode: true });
        return [stream, () => stream.end()];
      },
    ],
    [
      "a generator",
      () => {
        const gate = new Channel<number>();
        return [gate[Symbol.asyncIterator](), () => gate.close()];
      },
    ],
  ];

  describe.each(sources)("of %s", (_, open) => {
    test.each(Array.from({ length: 13 }, (_, microtasks) => microtasks))(
      "are one end (%i microtasks)",
      async (apart) => {
        for (const order of ["source first", "context first"]) {
          const [ctx, cancel] = context.withCancel(context.background());
          const errors: Error[] = [];
          const [source, end] = open();
          const options = { ctx, onError: (error: Error) => void errors.push(error) };
          const channel =
            source instanceof ReadableStream ? fromReadableStream(source, options) : fromIterable(source, options);
          await quiet();
          if (order === "source first") end();
          else cancel();
          for (let i = 0; i < apart; i++) await Promise.resolve();
          // A stream that was canceled cannot be closed.
          if (order === "source first") cancel();
          else if (!(source instanceof ReadableStream)) end();
          await quiet();
          expect(errors).toEqual([]);
          expect(channel.tryReceive()).toEqual({ value: undefined, ok: false });
          if (source instanceof ReadableStream) expect(source.locked).toBe(false);
        }
      },
    );
  });
});
