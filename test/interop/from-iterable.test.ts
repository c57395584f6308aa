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
import { shown } from "../support/shown.ts";

async function all<T>(channel: ReceiveChannel<T>): Promise<T[]> {
  const values: T[] = [];
  for await (const value of channel) values.push(value);
  return values;
}

/** Counts up; records the number of reads and whether it was released. */
class Counter {
  reads = 0;
  isReleased = false;
  last = Infinity;
  releaseError: Error | undefined;

  *now(): Generator<number> {
    try {
      while (this.reads < this.last) yield ++this.reads;
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
          if (this.reads === this.last) controller.close();
          else controller.enqueue(++this.reads);
        },
        cancel: () => this.#leave(),
      },
      { highWaterMark: 0 },
    );
  }

  #leave(): void {
    this.isReleased = true;
    if (this.releaseError !== undefined) throw this.releaseError;
  }
}

const kinds: readonly [string, (counter: Counter, options: FromSourceOptions) => ReceiveChannel<number>][] = [
  ["an iterable", (counter, options) => fromIterable(counter.now(), options)],
  ["an async iterable", (counter, options) => fromIterable(counter.later(), options)],
  ["a stream", (counter, options) => fromReadableStream(counter.stream(), options)],
];

describe.each(kinds)("a channel from %s", (_, open) => {
  test.each(capacities)("reads at most one value beyond its capacity (capacity %i)", async (capacity) => {
    const [ctx, cancel] = context.withCancel(context.background());
    const counter = new Counter();
    const channel = open(counter, { ctx, capacity });
    // Each step waits for the scheduler, which may take several turns on a busy machine.
    while (counter.reads <= capacity) await quiet();
    await quiet();
    expect([channel.length, counter.reads]).toEqual([capacity, capacity + 1]);
    expect((await channel.receive()).value).toBe(1);
    await quiet();
    expect(counter.reads).toBe(capacity + 2);
    cancel();
    await quiet();
  });

  test.each(capacities)(
    "releases the source when its context is canceled, and keeps the buffered values (capacity %i)",
    async (capacity) => {
      const [ctx, cancel] = context.withCancel(context.background());
      const counter = new Counter();
      const channel = open(counter, { ctx, capacity });
      // Each step waits for the scheduler, which may take several turns on a busy machine.
      while (counter.reads <= capacity) await quiet();
      cancel();
      expect(await all(channel)).toEqual(Array.from({ length: capacity }, (_, i) => i + 1));
      await quiet();
      expect(counter.isReleased).toBe(true);
    },
  );

  test("reads nothing if its context is already canceled", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    cancel();
    const counter = new Counter();
    expect(await all(open(counter, { ctx }))).toEqual([]);
    expect(counter.reads).toBe(0);
  });

  test("leaves no listener on its context after the end of the source", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const counter = new Counter();
    counter.last = 3;
    expect(await all(open(counter, { ctx }))).toEqual([1, 2, 3]);
    expect(children(ctx)).toBe(0);
    cancel();
  });

  test("reports an error of the release, also if the context is canceled during a send", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const counter = new Counter();
    counter.releaseError = new Error("cleanup failed");
    const errors: Error[] = [];
    const channel = open(counter, { ctx, onError: (error) => errors.push(error) });
    await quiet();
    cancel();
    await quiet();
    expect([await all(channel), errors]).toEqual([[], [counter.releaseError]]);
  });

  test("panics with that error if onError is missing", async () => {
    const counter = new Counter();
    counter.releaseError = new Error("cleanup failed");
    const run = bubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      open(counter, { ctx });
      await waitUntilBlocked();
      cancel();
      await time.sleep(1);
    });
    ignoreLeaks();
    await expect(run).rejects.toBe(counter.releaseError);
  });

  test("fails once if other code closes the channel, and releases the source", async () => {
    const counter = new Counter();
    const errors: Error[] = [];
    const channel = open(counter, { onError: (error) => errors.push(error) });
    await quiet();
    (channel as unknown as Channel<number>).close();
    await quiet();
    expect(errors.map(String)).toEqual(["PanicError: send on closed channel"]);
    expect(counter.isReleased).toBe(true);
  });

  test("lets timers fire while there is room", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const channel = open(new Counter(), { ctx, capacity: 2 ** 22 });
    expect((await channel.receive()).value).toBe(1);
    await time.sleep(10);
    expect(channel.length).toBeLessThan(channel.capacity);
    cancel();
  });

  test("rejects invalid options, and does not read the source", () => {
    const counter = new Counter();
    expect(() => open(counter, { capacity: -1 })).toThrow(
      "capacity must be a whole number, from 0 to 4294967295, got -1",
    );
    expect(() => open(counter, { ctx: 3 as never })).toThrow("ctx must be a context, got 3");
    expect(() => open(counter, { ctx: new AbortController().signal as never })).toThrow(
      "write signal: for an AbortSignal",
    );
    expect(() => open(counter, { onError: "no" as never })).toThrow('onError must be a function, got "no"');
    expect(() => open(counter, { onError: null as never })).toThrow("onError must not be null");
    expect(() => open(counter, { signal: 1 } as never)).toThrow("signal must be an AbortSignal, got 1");
    expect(() => open(counter, null as never)).toThrow("options must be an object, got null");
    expect(counter.reads).toBe(0);
  });
});

describe("fromIterable", () => {
  test("sends the values unchanged and in order, also promises, and closes the channel", async () => {
    const promise = Promise.resolve(1);
    expect(await all(fromIterable([undefined, null, promise, 0]))).toEqual([undefined, null, promise, 0]);
    expect(await all(fromIterable(new Set([1, 2])))).toEqual([1, 2]);
    expect(await all(fromIterable("ab"))).toEqual(["a", "b"]);
    expect(await all(fromIterable([]))).toEqual([]);
  });

  test("reads another channel", async () => {
    const source = new Channel<number>(2);
    await source.send(1);
    await source.send(2);
    source.close();
    expect(await all(fromIterable(source))).toEqual([1, 2]);
  });

  test.each([[undefined], [null], [3], [{}]])("rejects %p", (source) => {
    expect(() => fromIterable(source as never)).toThrow(`fromIterable: source must be iterable, got ${shown(source)}`);
  });

  test("closes the channel at once even if the source responds late, and drops the late value", async () => {
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

  test("destroys a silent Node stream at once", async () => {
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
    "reports the error of a stream that is destroyed %s the context is canceled",
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

  test("does not report an error of the source after the return of its iterator, without onError", async () => {
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

  test("does not report the cancellation of a user-defined context, which the source may notice first", async () => {
    for (const [failure, reports] of [
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
        throw failure;
      })();
      const channel = fromIterable(source, { ctx: ctx as unknown as Context, onError: (error) => errors.push(error) });
      expect([await all(channel), errors]).toEqual([[1], reports === 1 ? [failure] : []]);
      done.close();
    }
  });

  test("reports a failure before it closes the channel, and after the values before it", async () => {
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

  test("panics if the source fails and onError is missing", async () => {
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

  test("reports a failure that is not an Error as an Error with that value as its cause", async () => {
    const errors: Error[] = [];
    const source = (function* (): Generator<number> {
      throw "smoke"; // eslint-disable-line @typescript-eslint/only-throw-error
    })();
    await all(fromIterable(source, { onError: (error) => errors.push(error) }));
    expect(errors.map(({ message, cause }) => [message, cause])).toEqual([["smoke", "smoke"]]);
  });

  test("reports an error of the release of the source, but not the cancellation of its context", async () => {
    const reason = new Error("enough");
    for (const [failure, reportCount] of [
      [new Error("cannot release"), 1],
      [reason, 0],
      [Object.assign(new Error("aborted"), { name: "AbortError" }), 0],
    ] as const) {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const errors: Error[] = [];
      const source = {
        [Symbol.iterator]: () => ({
          next: () => ({ value: 1, done: false as const }),
          return: () => {
            throw failure;
          },
        }),
      };
      const channel = fromIterable<number>(source, { ctx, onError: (error) => errors.push(error) });
      await channel.receive();
      cancel(reason);
      await all(channel);
      await quiet();
      expect(errors).toEqual(reportCount === 1 ? [failure] : []);
    }
  });
});

describe("fromReadableStream", () => {
  test("closes the channel at the end of the stream, and releases the lock of the stream", async () => {
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

  test("cancels the stream with the cause, also during a read", async () => {
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

  test("reports a failure, and releases the lock of the stream", async () => {
    const failure = new Error("connection lost");
    const errors: Error[] = [];
    const stream = new ReadableStream<string>({ start: (controller) => controller.error(failure) });
    expect(await all(fromReadableStream(stream, { onError: (error) => errors.push(error) }))).toEqual([]);
    expect(errors).toEqual([failure]);
    expect(stream.locked).toBe(false);
  });

  test("rejects a value that is not a stream, and a locked stream", () => {
    expect(() => fromReadableStream("no" as never)).toThrow('stream must be a ReadableStream, got "no"');
    expect(() => fromReadableStream(null as never)).toThrow("got null");
    expect(() => fromReadableStream(new PassThrough() as never)).toThrow("such as a Node stream, to fromIterable");
    const stream = new ReadableStream<string>();
    stream.getReader();
    expect(() => fromReadableStream(stream)).toThrow("locked");
  });
});

// A few microtasks pass between the last step of a source and the moment at which its reader sees it.
describe("the end of a source and the cancellation of its context, a few microtasks apart", () => {
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
        const release = new Channel<number>();
        return [release[Symbol.asyncIterator](), () => release.close()];
      },
    ],
  ];

  describe.each(sources)("of %s", (_, open) => {
    test.each(Array.from({ length: 13 }, (_, microtasks) => microtasks))(
      "count as one end (%i microtasks)",
      async (distance) => {
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
          for (let i = 0; i < distance; i++) await Promise.resolve();
          // A canceled stream cannot be closed.
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
