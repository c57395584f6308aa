// Channels of events.

import { EventEmitter } from "node:events";
import { describe, expect, test } from "@jest/globals";
import { context, fromEvents, type ReceiveChannel } from "goro";
import { quiet } from "../support/promises.ts";

function taken<T>(channel: ReceiveChannel<T>): (T | undefined)[] {
  const values: (T | undefined)[] = [];
  for (let r = channel.tryReceive(); r?.ok === true; r = channel.tryReceive()) values.push(r.value);
  return values;
}

describe("fromEvents", () => {
  test("takes the events of a target, until its context ends; then nobody listens and the channel is closed", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const target = new EventTarget();
    const channel = fromEvents<Event>(target, "tick", { ctx });
    const first = new Event("tick");
    target.dispatchEvent(first);
    target.dispatchEvent(new Event("tock"));
    cancel();
    await quiet();
    target.dispatchEvent(new Event("tick"));
    expect(taken(channel)).toEqual([first]);
    expect(channel.tryReceive()).toEqual({ value: undefined, ok: false });
  });

  test("takes the first argument of an emitter's events, until the event that is the end", () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<number>(emitter, "data", { end: "close" });
    emitter.emit("data", 1, "more");
    emitter.emit("data", 2);
    expect(emitter.eventNames().map(String).sort()).toEqual(["close", "data", "error"]);
    emitter.emit("close");
    expect(emitter.eventNames()).toEqual([]);
    expect(taken(channel)).toEqual([1, 2]);
    expect(channel.tryReceive()?.ok).toBe(false);
  });

  test("wakes who waits", async () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<number>(emitter, "data", { end: "end" });
    const received = channel.receive();
    emitter.emit("data", 7);
    expect((await received).value).toBe(7);
    emitter.emit("end");
  });

  test("tells the failure of an emitter, and ends", () => {
    const emitter = new EventEmitter();
    const errors: Error[] = [];
    const channel = fromEvents<number>(emitter, "data", { onError: (error) => errors.push(error) });
    emitter.emit("data", 1);
    const failure = new Error("broken");
    emitter.emit("error", failure);
    expect(errors).toEqual([failure]);
    expect(emitter.eventNames()).toEqual([]);
    expect(taken(channel)).toEqual([1]);
    expect(channel.tryReceive()?.ok).toBe(false);
  });

  test("can take the failures themselves", () => {
    const emitter = new EventEmitter();
    const channel = fromEvents<string>(emitter, "error", { end: "end" });
    emitter.emit("error", "a");
    expect(taken(channel)).toEqual(["a"]);
    emitter.emit("end");
  });

  test("fails when there is no room, unless told to drop; what was taken is still there", () => {
    const emitter = new EventEmitter();
    const errors: Error[] = [];
    const channel = fromEvents<number>(emitter, "data", { capacity: 2, onError: (error) => errors.push(error) });
    for (const n of [1, 2, 3, 4]) emitter.emit("data", n);
    expect(errors.map(String)).toEqual(["RangeError: fromEvents: nobody has taken the last 2 events called data"]);
    expect(emitter.eventNames()).toEqual([]);
    expect(taken(channel)).toEqual([1, 2]);
  });

  test.each([
    ["drop-newest", [1, 2], [3, 4]],
    ["drop-oldest", [3, 4], [1, 2]],
  ] as const)("with %s keeps no more than there is room for, and tells what it drops", (whenFull, kept, lost) => {
    const emitter = new EventEmitter();
    const dropped: number[] = [];
    const onDrop = (n: number): void => void dropped.push(n);
    const channel = fromEvents<number>(emitter, "data", { capacity: 2, whenFull, onDrop, end: "end" });
    for (const n of [1, 2, 3, 4]) emitter.emit("data", n);
    expect(taken(channel)).toEqual(kept);
    expect(dropped).toEqual(lost);
    emitter.emit("end");
  });

  test("does not listen if its context has ended", () => {
    const [ctx, cancel] = context.withCancel(context.background());
    cancel();
    const emitter = new EventEmitter();
    expect(fromEvents(emitter, "data", { ctx }).tryReceive()?.ok).toBe(false);
    expect(emitter.eventNames()).toEqual([]);
  });

  test("refuses what makes no sense, and does not listen", () => {
    const emitter = new EventEmitter();
    expect(() => fromEvents({} as never, "data")).toThrow("emitter must be an EventTarget or an EventEmitter");
    expect(() => fromEvents(null as never, "data")).toThrow("got null");
    expect(() => fromEvents(emitter, 3 as never)).toThrow("name must be a string, got 3");
    expect(() => fromEvents(emitter, "data", { capacity: 0 })).toThrow(RangeError);
    expect(() => fromEvents(emitter, "data", { whenFull: "wait" as never })).toThrow('"drop-oldest", got wait');
    expect(() => fromEvents(emitter, "data", { ctx: {} as never })).toThrow("ctx must be a context");
    expect(emitter.eventNames()).toEqual([]);
  });
});
