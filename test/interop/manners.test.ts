// Error messages for wrong arguments, and the listeners that are added.

import { EventEmitter } from "node:events";
import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  fromEvents,
  fromIterable,
  fromReadableStream,
  toReadableStream,
  toWritableStream,
} from "goro";

function ignore(): void {
  // This function is never called.
}

describe("the error of a wrong argument", () => {
  test.each<[string, () => unknown]>([
    ["fromEvents: emitter must be an EventTarget or an EventEmitter, got", () => fromEvents({} as never, "data")],
    ["fromEvents: unknown option nonsense", () => fromEvents(new EventEmitter(), "data", { nonsense: 1 } as never)],
    [
      "fromEvents: signal must be an AbortSignal, got a Context; write ctx: for a context",
      () => fromEvents(new EventEmitter(), "data", { signal: context.background() } as never),
    ],
    [
      "fromEvents: unknown option buffer; write capacity instead",
      () => fromEvents(new EventEmitter(), "data", { buffer: 1 } as never),
    ],
    [
      "fromEvents: unknown option whenFull; write overflow instead",
      () => fromEvents(new EventEmitter(), "data", { whenFull: "fail" } as never),
    ],
    ["fromEvents: capacity must be a whole number", () => fromEvents(new EventEmitter(), "data", { capacity: 0 })],
    [
      "fromIterable: signal must be an AbortSignal, got a Context; write ctx: for a context",
      () => fromIterable([1], { signal: context.background() } as never),
    ],
    [
      "fromReadableStream: signal must be an AbortSignal, got a Context; write ctx: for a context",
      () => fromReadableStream(new ReadableStream(), { signal: context.background() } as never),
    ],
    [
      "toReadableStream: signal must be an AbortSignal, got a Context; write ctx: for a context",
      () => toReadableStream(new Channel(), { signal: context.background() } as never),
    ],
    [
      "toWritableStream: signal must be an AbortSignal, got a Context; write ctx: for a context",
      () => toWritableStream(new Channel(), { signal: context.background() } as never),
    ],
  ])("has the message: %s", (message, call) => {
    expect(call).toThrow(message);
  });

  test("suggests another function only if the value fits it", () => {
    expect(() => fromReadableStream({} as never)).toThrow(/got \[object Object\]$/);
    expect(() => fromReadableStream([1] as never)).toThrow(/got an array$/);
    expect(() => fromReadableStream(Readable.from([1]) as never)).toThrow(
      "; pass an async iterable, such as a Node stream, to fromIterable",
    );
  });

  test.each([
    { addEventListener: ignore },
    { removeEventListener: ignore },
    { on: ignore },
    { off: ignore },
    { removeListener: ignore },
    { addEventListener: ignore, off: ignore },
    { on: ignore, removeEventListener: ignore },
  ])("rejects an incomplete emitter: %o", (emitter) => {
    expect(() => fromEvents(emitter as never, "data")).toThrow("emitter must be an EventTarget or an EventEmitter");
  });
});

describe("the listeners of fromEvents", () => {
  test.each<[string, Parameters<typeof fromEvents>[2], string[]]>([
    ["data", {}, ["data", "error"]],
    ["data", { endEvent: "close" }, ["close", "data", "error"]],
    ["data", { errorEvent: false }, ["data"]],
    ["data", { errorEvent: "failed" }, ["data", "failed"]],
    ["error", {}, ["error"]],
  ])("for %s with %o: one for each name", (name, options, names) => {
    const emitter = new EventEmitter();
    const [ctx, cancel] = context.withCancel(context.background());
    fromEvents(emitter, name, { ...options, ctx });
    expect(emitter.eventNames().map(String).sort()).toEqual(names);
    for (const each of names) expect(emitter.listenerCount(each)).toBe(1);
    cancel();
  });
});

test("a stream of a channel can be canceled without onCancel", async () => {
  const channel = new Channel<number>();
  await expect(toReadableStream(channel).cancel("enough")).resolves.toBeUndefined();
});

test("a signal closes each channel and makes each stream fail with its reason", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const why = new Error("why");
  async function* silent(): AsyncGenerator<number> {
    await new Promise(() => undefined);
    yield 1;
  }
  const emitter = new EventEmitter();
  const channels = [
    fromIterable(silent(), { signal }),
    fromReadableStream(new ReadableStream<number>(), { signal }),
    fromEvents<number>(emitter, "data", { signal }),
  ];
  const read = toReadableStream(new Channel<number>(), { signal }).getReader().read();
  const written = new Channel<number>();
  const write = toWritableStream(written, { signal }).getWriter().write(1);
  const outcomes = Promise.allSettled([read, write]);
  controller.abort(why);
  for (const channel of [...channels, written]) expect(channel.tryReceive()).toEqual({ value: undefined, ok: false });
  expect(emitter.eventNames()).not.toContain("data");
  expect(await outcomes).toEqual(Array(2).fill({ status: "rejected", reason: why }));
});
