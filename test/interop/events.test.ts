// Channels that receive events.

import { EventEmitter } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { Channel, context, type FromEventsOptions, fromEvents, PanicError, type ReceiveChannel } from "goro";
import { ignoreLeaks, bubble } from "goro/testing";
import { quiet } from "../support/promises.ts";

function bufferedValues<T>(channel: ReceiveChannel<T>): (T | undefined)[] {
  const values: (T | undefined)[] = [];
  for (let r = channel.tryReceive(); r?.ok === true; r = channel.tryReceive()) values.push(r.value);
  return values;
}

function isClosed(channel: ReceiveChannel<unknown>): boolean {
  bufferedValues(channel);
  return channel.tryReceive()?.ok === false;
}

/** An emitter that also dispatches events, as the WebSocket of the package ws does. */
class Socket extends EventEmitter {
  readonly #wrappers = new Map<unknown, (value: unknown) => void>();

  addEventListener(name: string, listener: (event: object) => void): void {
    const wrapper = (value: unknown): void =>
      listener(name === "error" ? { type: name, error: value } : { data: value });
    this.#wrappers.set(listener, wrapper);
    this.on(name, wrapper);
  }

  removeEventListener(name: string, listener: (event: object) => void): void {
    this.off(name, this.#wrappers.get(listener) as () => void);
  }
}

describe("fromEvents", () => {
  test("receives the events of a target until its context is canceled; then its listener is removed and the channel is closed", () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const target = new EventTarget();
    const channel = fromEvents<Event>(target, "tick", { ctx });
    const first = new Event("tick");
    target.dispatchEvent(first);
    target.dispatchEvent(new Event("tock"));
    cancel();
    target.dispatchEvent(new Event("tick"));
    expect(bufferedValues(channel)).toEqual([first]);
    expect(channel.tryReceive()).toEqual({ value: undefined, ok: false });
    expect(channel.err()).toBeUndefined();
  });

  test("receives the first argument of an emitter's events until the end event", () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<number>(emitter, "data", { endEvent: "close" });
    emitter.emit("data", 1, "more");
    emitter.emit("data", 2);
    expect(emitter.eventNames().map(String).sort()).toEqual(["close", "data", "error"]);
    emitter.emit("close");
    expect(emitter.eventNames()).toEqual(["error"]);
    expect(bufferedValues(channel)).toEqual([1, 2]);
    expect(channel.tryReceive()?.ok).toBe(false);
  });

  test("wakes a waiting receiver", async () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<number>(emitter, "data", { endEvent: "end" });
    const received = channel.receive();
    emitter.emit("data", 7);
    expect((await received).value).toBe(7);
    emitter.emit("end");
  });

  test("listens to an emitter that has removeListener but not off", () => {
    const emitter = new EventEmitter();
    const old = {
      on: emitter.on.bind(emitter),
      removeListener: emitter.removeListener.bind(emitter),
    };
    const channel = fromEvents<number>(old, "data", { endEvent: "end" });
    emitter.emit("data", 1);
    emitter.emit("end");
    expect([bufferedValues(channel), emitter.eventNames()]).toEqual([[1], ["error"]]);
  });

  test("does not listen if its context is already canceled", () => {
    const [ctx, cancel] = context.withCancel(context.background());
    cancel();
    const emitter = new EventEmitter();
    expect(isClosed(fromEvents(emitter, "data", { ctx }))).toBe(true);
    expect(emitter.eventNames()).toEqual([]);
  });

  test("leaves no listener behind if the emitter throws from on, and throws that error", () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const failure = new Error("no such event");
    class Picky extends EventEmitter {
      override on(name: string, listener: () => void): this {
        if (name === "end") throw failure;
        return super.on(name, listener);
      }
    }
    const emitter = new Picky();
    expect(() => fromEvents(emitter, "data", { ctx, endEvent: "end" })).toThrow(failure);
    expect(emitter.eventNames()).toEqual([]);
    cancel();
  });

  test("can be ended while it adds its listeners", () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const emitter = new EventEmitter();
    emitter.on("newListener", cancel);
    expect(isClosed(fromEvents(emitter, "data", { ctx, endEvent: "end" }))).toBe(true);
    expect(emitter.eventNames()).toEqual(["newListener"]);
  });

  test("ignores an event that is emitted to a listener that has been removed", () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const emitter = new EventEmitter();
    emitter.on("data", cancel);
    const channel = fromEvents<number>(emitter, "data", { ctx });
    emitter.emit("data", 1);
    expect(bufferedValues(channel)).toEqual([]);
  });

  test("infers the types of events for which an object has a handler", () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const signal: AbortSignal = new AbortController().signal;
    const typed: ReceiveChannel<Event> = fromEvents(signal, "abort", {
      ctx,
      onDrop: (event) => event.preventDefault(),
    });
    const untyped: ReceiveChannel<unknown> = fromEvents(signal, "other", { ctx });
    const emitter: ReceiveChannel<number> = fromEvents(new EventEmitter(), "data", { ctx });
    // @ts-expect-error -- an Event is not a number
    const wrong: ReceiveChannel<number> = fromEvents(signal, "abort", { ctx });
    cancel();
    expect([typed, untyped, emitter, wrong].every(isClosed)).toBe(true);
  });

  test("rejects invalid arguments, and adds no listener", () => {
    const emitter = new EventEmitter();
    const refuses = (options: object, message: string): void =>
      expect(() => fromEvents(emitter, "data", options as FromEventsOptions<unknown>)).toThrow(message);
    expect(() => fromEvents({} as never, "data")).toThrow("emitter must be an EventTarget or an EventEmitter");
    expect(() => fromEvents(null as never, "data")).toThrow("got null");
    expect(() => fromEvents(emitter, 3 as never)).toThrow("name must be a string, got 3");
    expect(() => fromEvents(emitter, "data", { capacity: 0 })).toThrow(RangeError);
    refuses({ overflow: "wait" }, '"error", "drop-newest", "drop-oldest", got "wait"');
    refuses({ ctx: {} }, "ctx must be a context");
    refuses({ ctx: new AbortController().signal }, "got an AbortSignal; write signal: for an AbortSignal");
    refuses({ signal: 1 }, "signal must be an AbortSignal, got 1");
    refuses({ whenFull: "fail" }, "unknown option whenFull; write overflow instead");
    refuses({ onErorr: 1 }, "unknown option onErorr; the options are ");
    refuses({ errorEvent: null }, "errorEvent must not be null; leave it out for the default");
    refuses({ errorEvent: true }, "errorEvent must be a string or false, got true");
    refuses({ endEvent: 1 }, "endEvent must be a string, got 1");
    refuses({ onError: 1 }, "onError must be a function, got 1");
    refuses({ onDrop: 1 }, "onDrop must be a function, got 1");
    expect(emitter.eventNames()).toEqual([]);
  });
});

describe("a failure of the emitter", () => {
  test("is passed to onError, before the channel is closed, and is what err returns", () => {
    const emitter = new EventEmitter();
    const seen: unknown[] = [];
    const channel = fromEvents<number>(emitter, "data", { onError: (error) => seen.push(error, isClosed(channel)) });
    emitter.emit("data", 1);
    expect(channel.err()).toBeUndefined();
    const failure = new Error("broken");
    emitter.emit("error", failure);
    expect(seen).toEqual([failure, false]);
    expect(channel.err()).toBe(failure);
    expect(isClosed(channel)).toBe(true);
  });

  test("does not panic without onError", async () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<number>(emitter, "data");
    emitter.emit("data", 1);
    emitter.emit("error", new Error("broken"));
    await quiet();
    expect(bufferedValues(channel)).toEqual([1]);
    expect(channel.err()?.message).toBe("broken");
  });

  test("can be passed to cancel by onError: the pattern of the documentation", async () => {
    const emitter = new EventEmitter();
    const [ctx, cancel] = context.withCancelCause(context.background());
    const channel = fromEvents<number>(emitter, "data", { ctx, onError: cancel });
    const failure = new Error("broken");
    emitter.emit("error", failure);
    await quiet();
    expect([context.cause(ctx), isClosed(channel)]).toEqual([failure, true]);
  });

  test("can be the event that the channel receives", () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<string>(emitter, "error", { endEvent: "end" });
    emitter.emit("error", "a");
    expect(bufferedValues(channel)).toEqual(["a"]);
    emitter.emit("end");
    expect(emitter.emit("error", new Error("late"))).toBe(true);
  });

  test("is left to the application with errorEvent: false", () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<number>(emitter, "data", { errorEvent: false, endEvent: "end" });
    expect(() => emitter.emit("error", new Error("broken"))).toThrow("broken");
    expect(channel.tryReceive()).toBeUndefined();
    emitter.emit("end");
    expect(emitter.eventNames()).toEqual([]);
  });

  test.each<[string, FromEventsOptions<unknown>]>([
    ["a message", {}],
    ['errorEvent: "error"', { errorEvent: "error" }],
  ])("of a socket that is both an emitter and a target is received with %s", (_, options) => {
    const socket = new Socket();
    const channel = fromEvents<{ data: number }>(socket, "message", options);
    socket.emit("message", 1);
    const failure = new Error("broken");
    socket.emit("error", failure);
    expect(bufferedValues(channel)).toEqual([{ data: 1 }]);
    expect(channel.err()).toBe(failure);
    expect(socket.eventNames()).toEqual(["error"]);
    expect(socket.emit("error", new Error("late"))).toBe(true);
  });

  test("of such a socket can be the event that the channel receives, and is not fatal later", () => {
    const socket = new Socket();
    const [ctx, cancel] = context.withCancel(context.background());
    const channel = fromEvents<{ error: unknown }>(socket, "error", { ctx });
    socket.emit("error", 1);
    cancel();
    expect(bufferedValues(channel)).toEqual([{ type: "error", error: 1 }]);
    expect(socket.emit("error", new Error("late"))).toBe(true);
  });

  test("is not fatal after the end, and any number of channels share one listener for that", () => {
    const emitter = new EventEmitter();
    const listener = (): void => undefined;
    for (let n = 0; n < 20; n++) {
      fromEvents(emitter, "data", { endEvent: "end" });
      emitter.emit("end");
    }
    expect(emitter.emit("error", new Error("late"))).toBe(true);
    expect(emitter.listenerCount("error")).toBe(1);
    emitter.on("error", listener);
    const channel = fromEvents(emitter, "data", { endEvent: "end" });
    emitter.emit("error", new Error("broken"));
    expect(channel.err()?.message).toBe("broken");
    expect(emitter.listenerCount("error")).toBe(2);
  });

  test("causes a panic if onError throws, and the channel is still closed", async () => {
    const failure = new Error("in onError");
    let channel!: ReceiveChannel<unknown>;
    const run = bubble(() => {
      const emitter = new EventEmitter();
      const onError = (): never => {
        throw failure;
      };
      channel = fromEvents(emitter, "data", { onError });
      emitter.emit("error", new Error("broken"));
      return new Channel().receive();
    });
    ignoreLeaks();
    await expect(run).rejects.toBe(failure);
    expect(isClosed(channel)).toBe(true);
  });

  const broken = new Error("broken");
  test.each<[string, unknown, string]>([
    ["an error", broken, "broken"],
    ["an event with an error", Object.assign(new Event("error"), { error: broken, message: "Uncaught" }), "broken"],
    ["an event with a message", Object.assign(new Event("error"), { error: null, message: "lost" }), "lost"],
    ["an event with an empty message", Object.assign(new Event("error"), { message: "" }), "event error"],
    ["an event without an error or a message", new Event("failed"), "event failed"],
    ["a string", "smoke", "smoke"],
    ["an object", { code: 7 }, "[object Object]"],
    ["undefined", undefined, "undefined"],
    ["an object that throws", new Proxy({}, { get: () => JSON.parse("{") as never }), "a value that cannot be shown"],
  ])("becomes an error with a message: %s", (_, argument, message) => {
    const emitter = new EventEmitter();
    const channel = fromEvents(emitter, "data");
    emitter.emit("error", argument);
    expect(channel.err()?.message).toBe(message);
    expect(channel.err() === broken || channel.err()?.cause === argument).toBe(true);
  });

  test("of a target is the event that the option errorEvent names", () => {
    const target = new EventTarget();
    const channel = fromEvents(target, "tick", { errorEvent: "failed" });
    target.dispatchEvent(new Event("error"));
    expect(channel.tryReceive()).toBeUndefined();
    target.dispatchEvent(new Event("failed"));
    expect(channel.err()?.message).toBe("event failed");
  });
});

describe("an event for which the channel has no room", () => {
  test("is dropped and counted", () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<number>(emitter, "data", { capacity: 2, endEvent: "end" });
    expect(channel.dropped).toBe(0);
    for (const n of [1, 2, 3, 4]) emitter.emit("data", n);
    expect(channel.dropped).toBe(2);
    emitter.emit("end");
    expect(bufferedValues(channel)).toEqual([1, 2]);
  });

  test.each([
    ["drop-newest", [1, 2], [3, 4]],
    ["drop-oldest", [3, 4], [1, 2]],
  ] as const)(
    "with overflow: %s drops that event or the oldest one, and passes it to onDrop",
    (overflow, expectedValues, expectedDrops) => {
      const emitter = new EventEmitter();
      const dropped: number[] = [];
      const onDrop = (n: number): void => void dropped.push(n);
      const channel = fromEvents<number>(emitter, "data", { capacity: 2, overflow, onDrop, endEvent: "end" });
      for (const n of [1, 2, 3, 4]) emitter.emit("data", n);
      expect(bufferedValues(channel)).toEqual(expectedValues);
      expect(dropped).toEqual(expectedDrops);
      expect(channel.dropped).toBe(2);
      emitter.emit("end");
    },
  );

  test('closes the channel with an error with overflow: "error"; the events in the buffer stay', () => {
    const emitter = new EventEmitter();
    const errors: Error[] = [];
    const channel = fromEvents<number>(emitter, "data", {
      capacity: 2,
      overflow: "error",
      onError: (error) => errors.push(error),
    });
    for (const n of [1, 2, 3, 4]) emitter.emit("data", n);
    const message =
      'RangeError: fromEvents: channel is full (capacity 2), event "data" overflowed; see the overflow option';
    expect(errors.map(String)).toEqual([message]);
    expect(channel.err()).toBe(errors[0]);
    expect(channel.dropped).toBe(0);
    expect(emitter.eventNames()).toEqual(["error"]);
    expect(bufferedValues(channel)).toEqual([1, 2]);
  });

  test("fails if other code has closed the channel", () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<number>(emitter, "data");
    (channel as unknown as Channel<number>).close();
    emitter.emit("data", 1);
    expect(channel.err()).toBeInstanceOf(PanicError);
    expect(emitter.eventNames()).toEqual(["error"]);
  });
});
