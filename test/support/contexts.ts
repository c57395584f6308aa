// Inspecting contexts, and testing them in a bubble.

import { expect } from "@jest/globals";
import { type Context, numGoroutine, type ReceiveChannel } from "goro";
import { bubble, type BubbleOptions, waitUntilBlocked } from "goro/testing";
import { channelStateOf } from "../../src/channel/channel.ts";
import { CancelContext } from "../../src/context/cancel.ts";
import { currentClock } from "../../src/runtime/timer.ts";

export function isOver(ctx: Context): boolean {
  return ctx.done().tryReceive() !== undefined;
}

/** Returns the number of children of `ctx`. */
export function children(ctx: Context): number {
  if (!(ctx instanceof CancelContext)) throw new TypeError("it has no list");
  return ctx.children.count();
}

/** Returns the number of listeners of waits on `ctx`, by the channel of its `done`. */
export function listeners(ctx: Context): number {
  return channelStateOf(ctx.done())?.closeListeners?.count() ?? 0;
}

/** Runs a test in a bubble, and checks that it leaves neither a goroutine nor, R110, a timer. */
export function inBubble(f: () => unknown, options?: BubbleOptions): Promise<void> {
  return bubble(async () => {
    const goroutines = numGoroutine();
    await f();
    await waitUntilBlocked();
    expect(numGoroutine()).toBe(goroutines);
    expect(currentClock().labels).toEqual([]);
  }, options);
}

/** A user-defined context that delegates everything, as a struct that embeds a Context does in Go. */
export class Wrapper implements Context {
  readonly inner: Context;

  constructor(inner: Context) {
    this.inner = inner;
  }

  done(): ReceiveChannel<never> {
    return this.inner.done();
  }

  err(): Error | undefined {
    return this.inner.err();
  }

  deadline(): number | undefined {
    return this.inner.deadline();
  }

  value(key: unknown): never {
    return this.inner.value(key) as never;
  }

  get signal(): AbortSignal {
    return this.inner.signal;
  }

  toString(): string {
    return `Wrapper(${String(this.inner)})`;
  }
}
