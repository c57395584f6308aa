// Go's tests of context.AfterFunc, and of contexts that have an AfterFunc of their own: from x_test.go and
// afterfunc_test.go of package context.

import { expect, test } from "@jest/globals";
import { Channel, context, go, numGoroutine, receive, type ReceiveChannel, select, time } from "goro";
import { now, waitUntilBlocked } from "goro/testing";
import { inBubble, isOver, Wrapper } from "../support/contexts.ts";

type Context = context.Context;

const { afterFunc, background, withCancel, withTimeout, withValue } = context;
const shortDuration = 1 * time.millisecond;
const veryLongDuration = 1000 * time.hour;

async function isClosedWithin(ms: number, done: ReceiveChannel<never>): Promise<boolean> {
  const s = await select({ done: receive(done), late: receive(time.after(ms)) });
  return s.case === "done";
}

// T-X20; R121, R122
test("TestAfterFuncCalledAfterCancel: f is called once, after the cancel and not inside it; then a stop is too late", () =>
  inBubble(async () => {
    const [ctx, cancel] = withCancel(background());
    const done = new Channel<never>();
    // A second call would be a panic: close of closed channel.
    const stop = afterFunc(ctx, () => done.close());
    expect(await isClosedWithin(shortDuration, done)).toBe(false);
    cancel();
    expect(done.tryReceive()).toBeUndefined();
    await done.receive();
    expect(stop()).toBe(false);
    cancel();
    await waitUntilBlocked();
  }));

// T-X20; R121
test.each<[string, () => Context]>([
  ["its own timeout", () => withTimeout(background(), shortDuration)[0]],
  ["that of a context above", () => withCancel(withValue(withTimeout(background(), shortDuration)[0], "k", 1))[0]],
])("TestAfterFuncCalledAfterTimeout: f is called when the context ends by %s", (_, make) =>
  inBubble(async () => {
    const start = now();
    const ctx = make();
    const done = new Channel<never>();
    afterFunc(ctx, () => done.close());
    await done.receive();
    expect(now() - start).toBe(shortDuration);
    expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
  }),
);

// T-X20; R121, R122
test("TestAfterFuncCalledImmediately: f is called for a context that has ended, but not inside afterFunc", () =>
  inBubble(async () => {
    const [ctx, cancel] = withCancel(background());
    cancel();
    const start = now();
    const done = new Channel<never>();
    const stop = afterFunc(ctx, () => done.close());
    expect(done.tryReceive()).toBeUndefined();
    expect(stop()).toBe(false);
    await done.receive();
    expect(now()).toBe(start);
  }));

// R122
test("TestAfterFuncNotCalledAfterStop: a stop in time is true once, and f is never called", () =>
  inBubble(async () => {
    const [ctx, cancel] = withCancel(background());
    const done = new Channel<never>();
    const stop = afterFunc(ctx, () => done.close());
    expect(stop()).toBe(true);
    cancel();
    expect(await isClosedWithin(shortDuration, done)).toBe(false);
    expect(stop()).toBe(false);
  }));

// R123
test("TestAfterFuncCalledAsynchronously: cancel does not wait for an f that itself waits", () =>
  inBubble(async () => {
    const before = numGoroutine();
    const [ctx, cancel] = withCancel(background());
    const ch = new Channel<string>();
    const stop = afterFunc(ctx, () => ch.send("unblocked"));
    expect(numGoroutine()).toBe(before);
    cancel();
    expect(stop()).toBe(false);
    await waitUntilBlocked();
    expect(numGoroutine()).toBe(before + 1);
    expect(await ch.receive()).toEqual({ value: "unblocked", ok: true });
  }));

/** The `afterFuncContext` of afterfunc_test.go: its done channel is never closed, so that only its afterFunc tells. */
class AfterFuncContext extends Wrapper {
  readonly afterFuncs: Map<object, () => void> = new Map<object, () => void>();
  readonly #done = new Channel<never>();
  #err: Error | undefined;

  constructor() {
    super(background());
  }

  override done(): ReceiveChannel<never> {
    return this.#done;
  }

  override err(): Error | undefined {
    return this.#err;
  }

  afterFunc(f: () => void): () => boolean {
    const k = {};
    this.afterFuncs.set(k, f);
    return () => this.afterFuncs.delete(k);
  }

  cancel(err: Error): void {
    if (this.#err !== undefined) return;
    this.#err = err;
    for (const f of this.afterFuncs.values()) go(f);
    this.afterFuncs.clear();
  }
}

// T-X22; R125, R127
test.each<[string, (parent: Context) => Context]>([
  ["TestCustomContextAfterFuncCancel", (parent) => withCancel(parent)[0]],
  ["TestCustomContextAfterFuncTimeout", (parent) => withTimeout(parent, veryLongDuration)[0]],
])("%s: the child of a context with an afterFunc ends by that, with the err of the parent", (_, derive) =>
  inBubble(async () => {
    const before = numGoroutine();
    const ctx0 = new AfterFuncContext();
    const ctx1 = derive(ctx0);
    expect(numGoroutine()).toBe(before);
    const err = new context.Canceled();
    ctx0.cancel(err);
    expect(isOver(ctx1)).toBe(false);
    await ctx1.done().receive();
    expect(ctx1.err()).toBe(err);
  }),
);

// T-X22; R125, R127
test("TestCustomContextAfterFuncAfterFunc: afterFunc asks the afterFunc of the context", () =>
  inBubble(async () => {
    const before = numGoroutine();
    const ctx0 = new AfterFuncContext();
    const done = new Channel<never>();
    const stop = afterFunc(ctx0, () => done.close());
    expect(numGoroutine()).toBe(before);
    ctx0.cancel(new context.Canceled());
    await done.receive();
    expect(stop()).toBe(false);
  }));

// T-X22; R125
test("TestCustomContextAfterFuncUnregisterCancel: canceled children of withCancel take back what they registered", () =>
  inBubble(() => {
    const ctx0 = new AfterFuncContext();
    const [, cancel1] = withCancel(ctx0);
    const [, cancel2] = withCancel(ctx0);
    expect(ctx0.afterFuncs.size).toBe(2);
    cancel1();
    expect(ctx0.afterFuncs.size).toBe(1);
    cancel2();
    expect(ctx0.afterFuncs.size).toBe(0);
  }));

// T-X22; R125
test("TestCustomContextAfterFuncUnregisterTimeout: a canceled child of withTimeout takes back what it registered", () =>
  inBubble(() => {
    const ctx0 = new AfterFuncContext();
    const [, cancel] = withTimeout(ctx0, veryLongDuration);
    expect(ctx0.afterFuncs.size).toBe(1);
    cancel();
    expect(ctx0.afterFuncs.size).toBe(0);
  }));

// T-X22; R122, R125
test("TestCustomContextAfterFuncUnregisterAfterFunc: a stop takes back what afterFunc registered", () =>
  inBubble(async () => {
    const ctx0 = new AfterFuncContext();
    let calls = 0;
    const stop = afterFunc(ctx0, () => calls++);
    expect(ctx0.afterFuncs.size).toBe(1);
    expect(stop()).toBe(true);
    expect(ctx0.afterFuncs.size).toBe(0);
    ctx0.cancel(new context.Canceled());
    await waitUntilBlocked();
    expect(calls).toBe(0);
  }));
