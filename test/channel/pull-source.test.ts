// Sources from which values are pulled, and how they are released.

import { PassThrough, Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import { Channel } from "goro";
import { checkPullable, type Pullable, PullSource, type Step } from "../../src/channel/pull-source.ts";
import { quiet } from "../support/promises.ts";

const reason = new Error("enough");
const ended = { value: undefined, done: true };

/** Releases `source`, and collects the errors that are reported from then on. */
function leave<T>(source: PullSource<T>): { readonly errors: [unknown, boolean][]; readonly left: Promise<void> } {
  const errors: [unknown, boolean][] = [];
  return { errors, left: source.leave(reason, (...report) => errors.push(report)) };
}

/** An async iterable written by hand, and the names of its methods that have been called. */
class ByHand<T> implements AsyncIterableIterator<T> {
  readonly calls: string[] = [];
  readonly steps: ((step: IteratorResult<T> | PromiseLike<IteratorResult<T>>) => void)[] = [];
  returned: () => unknown = () => undefined;

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    this.calls.push("next");
    return new Promise((resolve) => this.steps.push(resolve));
  }

  return(): Promise<IteratorResult<T>> {
    this.calls.push("return");
    return this.returned() as Promise<IteratorResult<T>>;
  }
}

function* numbers(onEnd: () => void = () => undefined): Generator<number> {
  try {
    for (let n = 1; ; n++) yield n;
  } finally {
    onEnd();
  }
}

async function* numbersLater(onEnd?: () => void): AsyncGenerator<number> {
  yield* numbers(onEnd);
}

function streamOf(...values: number[]): ReadableStream<number> {
  return new ReadableStream({
    start(to) {
      for (const value of values) to.enqueue(value);
      to.close();
    },
  });
}

async function all<T>(source: Pullable<T>): Promise<unknown[]> {
  const pulled = new PullSource(source);
  const values: unknown[] = [];
  for (let step = await pulled.next(); !step.done; step = await pulled.next()) values.push(step.value);
  expect(await pulled.next()).toEqual(ended);
  return values;
}

describe("a source", () => {
  test.each<[string, () => Pullable<unknown>, unknown[]]>([
    ["an array", () => [1, undefined, null], [1, undefined, null]],
    ["a string", () => "ab", ["a", "b"]],
    ["a Node stream", () => Readable.from(["a", "b"]), ["a", "b"]],
    ["a web stream", () => streamOf(1, 2), [1, 2]],
    ["a web stream that is not iterable", () => ({ getReader: () => streamOf(1, 2).getReader() }) as never, [1, 2]],
    [
      "a channel",
      () => {
        const ch = new Channel<number>(1);
        ch.trySend(1);
        ch.close();
        return ch;
      },
      [1],
    ],
  ])("gives the values of %s, and then the end", async (_, make, values) => {
    expect(await all(make())).toEqual(values);
  });

  test("returns the values of a synchronous iterable unchanged, and without an additional promise", () => {
    const promise = Promise.resolve(1);
    const source = new PullSource([promise]);
    expect(source.isSync).toBe(true);
    expect((source.next() as Step<Promise<number>>).value).toBe(promise);
  });

  test.each([true, false])("that fails has ended (it is synchronous: %p)", async (isSync) => {
    const failure = new Error("broken");
    const fail = (): never => {
      throw failure;
    };
    const source = new PullSource<number>(
      isSync ? { [Symbol.iterator]: () => ({ next: fail }) } : { [Symbol.asyncIterator]: () => ({ next: fail }) },
    );
    await expect((async () => source.next())()).rejects.toBe(failure);
    expect(await source.next()).toEqual(ended);
    const { errors, left } = leave(source);
    await left;
    expect(errors).toEqual([]);
  });

  test("that is a web stream and fails is unlocked", async () => {
    const failure = new Error("broken");
    const stream = new ReadableStream<number>({ start: (to) => to.error(failure) });
    await expect(new PullSource(stream).next()).rejects.toBe(failure);
    expect(stream.locked).toBe(false);
  });

  test("whose iterator returns something that is not a step fails", () => {
    const source = new PullSource({ [Symbol.iterator]: () => ({ next: () => 3 as never }) });
    expect(() => source.next()).toThrow(new TypeError("Iterator result 3 is not an object"));
  });

  test("is refused by name, also if it throws when it is inspected", () => {
    expect(() => checkPullable("f", "jobs", 3)).toThrow(new TypeError("f: jobs must be iterable, got 3"));
    expect(() => checkPullable("f", "jobs", undefined)).toThrow("got undefined");
    expect(() => checkPullable("f", "jobs", new AbortController().signal)).toThrow("got an AbortSignal");
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error("no");
        },
      },
    );
    expect(() => checkPullable("f", "jobs", hostile)).toThrow("f: jobs must be iterable");
    expect(() => checkPullable("f", "jobs", [])).not.toThrow();
    expect(() => checkPullable("f", "jobs", new ReadableStream())).not.toThrow();
  });
});

describe("a source that is released between two steps", () => {
  test.each<[string, (onEnd: () => void) => Pullable<number>]>([
    ["a generator", numbers],
    ["an async generator", numbersLater],
    ["a web stream", (onEnd) => new ReadableStream({ pull: (to) => to.enqueue(1), cancel: onEnd })],
    ["a Node stream", (onEnd) => Readable.from(numbers()).on("close", onEnd)],
  ])("releases %s once, waits for that, and reports nothing", async (_, make) => {
    let ends = 0;
    const source = new PullSource<number>(make(() => ends++));
    expect((await source.next()).value).toBe(1);
    const { errors, left } = leave(source);
    await left;
    await quiet();
    await source.leave(reason, () => expect(false).toBe(true));
    expect([ends, errors, await source.next()]).toEqual([1, [], ended]);
  });

  test.each<[string, (onEnd: () => void) => Pullable<number>]>([
    ["a generator", numbers],
    ["an async generator", numbersLater],
    ["a web stream", (onEnd) => new ReadableStream({ pull: (to) => to.enqueue(1), cancel: onEnd })],
  ])("reports an error of the release of %s", async (_, make) => {
    const failure = new Error("cleanup failed");
    const source = new PullSource<number>(
      make(() => {
        throw failure;
      }),
    );
    await source.next();
    const { errors, left } = leave(source);
    await left;
    expect(errors).toEqual([[failure, false]]);
  });

  test.each([
    ["the reason", reason],
    ["an AbortError", new DOMException("aborted", "AbortError")],
  ])("does not report %s", async (_, error) => {
    const source = new PullSource(
      numbers(() => {
        throw error as Error;
      }),
    );
    void source.next();
    const { errors, left } = leave(source);
    await left;
    expect(errors).toEqual([]);
  });

  test("reports an error that throws when it is inspected", async () => {
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error("no");
        },
      },
    );
    const source = new PullSource(
      numbers(() => {
        throw hostile as Error;
      }),
    );
    void source.next();
    const { errors, left } = leave(source);
    await left;
    expect(errors).toHaveLength(1);
  });

  test("needs no return", async () => {
    const source = new PullSource({ [Symbol.iterator]: () => ({ next: () => ({ done: false as const, value: 1 }) }) });
    void source.next();
    await leave(source).left;
    expect(source.next()).toEqual(ended);
  });
});

describe("a source that is released while a step is pending", () => {
  test("ends immediately even if its iterator never settles a promise, and reports a late error", async () => {
    const byHand = new ByHand<number>();
    const failure = new Error("cannot return");
    byHand.returned = () => Promise.reject(failure);
    const source = new PullSource<number>(byHand);
    const step = source.next();
    const { errors, left } = leave(source);
    await left;
    expect(await step).toEqual(ended);
    await quiet();
    const late = new Error("late");
    byHand.steps[0]?.(Promise.reject(late));
    await quiet();
    expect(byHand.calls).toEqual(["next", "return"]);
    expect(errors).toEqual([
      [failure, false],
      [late, true],
    ]);
  });

  test("discards a late value", async () => {
    const byHand = new ByHand<number>();
    const source = new PullSource<number>(byHand);
    const step = source.next();
    const { errors, left } = leave(source);
    await left;
    byHand.steps[0]?.({ value: 1, done: false });
    expect([await step, await source.next(), errors]).toEqual([ended, ended, []]);
  });

  test("does not report the error of a pending step of a generator as a possible echo of the reason", async () => {
    let fail!: (error: Error) => void;
    const broken = new Promise<never>((_, reject) => (fail = reject));
    const source = new PullSource(
      (async function* () {
        yield await broken;
      })(),
    );
    const step = source.next();
    const { errors, left } = leave(source);
    await left;
    const failure = new Error("broken");
    fail(failure);
    expect(await step).toEqual(ended);
    await quiet();
    expect(errors).toEqual([[failure, false]]);
  });

  test("leaves the queue of a channel", async () => {
    const ch = new Channel<number>();
    const source = new PullSource(ch);
    const step = source.next();
    await leave(source).left;
    expect(ch.trySend(1)).toBe(false);
    expect(await step).toEqual(ended);
  });

  test("cancels a web stream with the reason, and unlocks it", async () => {
    const reasons: unknown[] = [];
    const stream = new ReadableStream<number>({ cancel: (why) => void reasons.push(why) });
    const source = new PullSource(stream);
    const step = source.next();
    const { errors, left } = leave(source);
    expect(stream.locked).toBe(false);
    await left;
    expect([await step, reasons, errors]).toEqual([ended, [reason], []]);
  });

  test.each(["destroy", Symbol.asyncDispose, Symbol.dispose])("calls %p of its object", async (name) => {
    let calls = 0;
    async function* silent(): AsyncGenerator<number> {
      await new Promise(() => undefined);
      yield 1;
    }
    const source = new PullSource({ [Symbol.asyncIterator]: silent, [name]: () => calls++ } as AsyncIterable<number>);
    const step = source.next();
    await leave(source).left;
    expect([await step, calls]).toEqual([ended, 1]);
  });

  test("does not dispose of an object that is not silent", async () => {
    let calls = 0;
    const object = { [Symbol.asyncIterator]: () => numbersLater(), [Symbol.dispose]: () => calls++ };
    const source = new PullSource<number>(object);
    await source.next();
    await leave(source).left;
    expect(calls).toBe(0);
  });
});

describe("a generator that is released from inside", () => {
  test.each([
    ["yields no more values, and is released", "yield", [], 1],
    ["may end by itself", "return", [], 1],
    ["may fail", "throw", ["inside"], 1],
  ])("%s", async (_, then, messages, ends) => {
    let left!: ReturnType<typeof leave>;
    let ended = 0;
    function* leaving(): Generator<number> {
      try {
        left = leave(source);
        if (then === "throw") throw new Error("inside");
        if (then === "yield") yield 1;
      } finally {
        ended++;
      }
    }
    const source = new PullSource<number>(leaving());
    expect(source.next()).toEqual({ value: undefined, done: true });
    await left.left;
    await quiet();
    expect([left.errors.map(([error]) => (error as Error).message), ended]).toEqual([messages, ends]);
  });
});

describe("a Node stream that is released", () => {
  test.each(["before its first step", "while a step is pending", "between two steps"])(
    "%s is destroyed, and nothing is reported",
    async (when) => {
      const stream = new PassThrough({ objectMode: true });
      const source = new PullSource<unknown>(stream);
      if (when === "between two steps") {
        stream.write(1);
        expect((await source.next()).value).toBe(1);
      }
      const step = when === "while a step is pending" ? source.next() : ended;
      await quiet();
      const { errors, left } = leave(source);
      expect(stream.destroyed).toBe(true);
      await left;
      await quiet();
      expect([await step, errors]).toEqual([ended, []]);
    },
  );

  test.each([false, true])("reports an error of its destruction once (a step is pending: %p)", async (isPending) => {
    const failure = new Error("cleanup failed");
    const stream = new Readable({ objectMode: true, read: () => undefined, destroy: (_, done) => done(failure) });
    stream.push(1);
    const source = new PullSource<unknown>(stream);
    await source.next();
    if (isPending) void source.next();
    const { errors, left } = leave(source);
    await left;
    await quiet();
    expect(errors).toEqual([[failure, false]]);
  });

  test("may fail before its first step", async () => {
    const failure = new Error("broken");
    const stream = new PassThrough();
    const source = new PullSource(stream);
    stream.destroy(failure);
    await quiet();
    await expect(source.next()).rejects.toBe(failure);
    expect(stream.listeners("error").map(({ name }) => name)).not.toContain("onError");
  });

  test("reports the error that it had before its release", async () => {
    const failure = new Error("broken");
    const stream = new Readable({ objectMode: true, read: () => undefined });
    stream.push(1);
    const source = new PullSource<unknown>(stream);
    await source.next();
    stream.destroy(failure);
    await quiet();
    const { errors, left } = leave(source);
    await left;
    await quiet();
    expect(errors).toEqual([[failure, false]]);
  });
});
