// What borders say of wrong arguments, and which listeners they add.

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
  // It is not called.
}

describe("an error of a border", () => {
  const signal = new AbortController().signal;

  test.each<[string, () => unknown]>([
    ["fromEvents: emitter must be an EventTarget or an EventEmitter, got", () => fromEvents({} as never, "data")],
    ["fromEvents: there is no option nonsense", () => fromEvents(new EventEmitter(), "data", { nonsense: 1 } as never)],
    [
      "fromEvents: there is no option signal; write ctx instead",
      () => fromEvents(new EventEmitter(), "data", { signal } as never),
    ],
    [
      "fromEvents: there is no option buffer; write capacity instead",
      () => fromEvents(new EventEmitter(), "data", { buffer: 1 } as never),
    ],
    [
      "fromEvents: there is no option overflow; write whenFull instead",
      () => fromEvents(new EventEmitter(), "data", { overflow: "fail" } as never),
    ],
    ["fromEvents: capacity must be a whole number", () => fromEvents(new EventEmitter(), "data", { capacity: 0 })],
    ["fromIterable: there is no option signal; write ctx instead", () => fromIterable([1], { signal } as never)],
    [
      "fromReadableStream: there is no option signal; write ctx instead",
      () => fromReadableStream(new ReadableStream(), { signal } as never),
    ],
    [
      "toReadableStream: there is no option signal; write ctx instead",
      () => toReadableStream(new Channel(), { signal } as never),
    ],
    [
      "toWritableStream: there is no option signal; write ctx instead",
      () => toWritableStream(new Channel(), { signal } as never),
    ],
  ])("says %s", (message, call) => {
    expect(call).toThrow(message);
  });

  test("gives advice only where there is something to take instead", () => {
    expect(() => fromReadableStream({} as never)).toThrow(/got \[object Object\]$/);
    expect(() => fromReadableStream([1] as never)).toThrow(/got 1$/);
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
  ])("refuses half an emitter: %o", (half) => {
    expect(() => fromEvents(half as never, "data")).toThrow("emitter must be an EventTarget or an EventEmitter");
  });
});

describe("the listeners of fromEvents", () => {
  test.each<[string, Parameters<typeof fromEvents>[2], string[]]>([
    ["data", {}, ["data", "error"]],
    ["data", { endEvent: "close" }, ["close", "data", "error"]],
    ["data", { errorEvent: false }, ["data"]],
    ["data", { errorEvent: "failed" }, ["data", "failed"]],
    ["error", {}, ["error"]],
  ])("for %s with %o are one for each name", (name, options, names) => {
    const emitter = new EventEmitter();
    const [ctx, cancel] = context.withCancel(context.background());
    fromEvents(emitter, name, { ...options, ctx });
    expect(emitter.eventNames().map(String).sort()).toEqual(names);
    for (const each of names) expect(emitter.listenerCount(each)).toBe(1);
    cancel();
  });
});

test("a stream of a channel can be canceled without a hook", async () => {
  const channel = new Channel<number>();
  await expect(toReadableStream(channel).cancel("enough")).resolves.toBeUndefined();
});
