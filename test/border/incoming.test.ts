// Channels from iterables and from web streams.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, type FeedOptions, fromIterable, fromReadableStream, type ReceiveChannel } from "goro";
import { bubble } from "goro/testing";
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

  *now(): Generator<number> {
    try {
      for (;;) yield ++this.asked;
    } finally {
      this.left = true;
    }
  }

  async *later(): AsyncGenerator<number> {
    yield* this.now();
  }

  stream(): ReadableStream<number> {
    return new ReadableStream<number>(
      {
        pull: (controller) => controller.enqueue(++this.asked),
        cancel: () => {
          this.left = true;
        },
      },
      { highWaterMark: 0 },
    );
  }
}

const kinds: readonly [string, (counter: Counter, options: FeedOptions) => ReceiveChannel<number>][] = [
  ["an iterable", (counter, options) => fromIterable(counter.now(), options)],
  ["an async iterable", (counter, options) => fromIterable(counter.later(), options)],
  ["a stream", (counter, options) => fromReadableStream(counter.stream(), options)],
];

describe.each(kinds)("a channel from %s", (_, open) => {
  test.each(capacities)("asks for no more than has found room, and one (capacity %i)", async (capacity) => {
    const [ctx, cancel] = context.withCancel(context.background());
    const counter = new Counter();
    const channel = open(counter, { ctx, capacity });
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
      await quiet();
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

  test("refuses options that make no sense, and does not touch the source", () => {
    const counter = new Counter();
    expect(() => open(counter, { capacity: -1 })).toThrow(RangeError);
    expect(() => open(counter, { ctx: 3 as never })).toThrow("ctx must be a context, got 3");
    expect(() => open(counter, { onError: "no" as never })).toThrow("onError must be a function, got no");
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
    const stream = new ReadableStream<string>();
    stream.getReader();
    expect(() => fromReadableStream(stream)).toThrow("locked");
  });
});
