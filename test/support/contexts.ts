// Helpers that inspect contexts and test them in a bubble.

import { expect } from "@jest/globals";
import { type Context, numGoroutine, type ReceiveChannel } from "goro";
import { bubble, type BubbleOptions, settled } from "goro/testing";
import { CancelContext } from "../../src/context/cancel.ts";
import { currentClock } from "../../src/runtime/timer.ts";

export function isOver(ctx: Context): boolean {
  return ctx.done().tryReceive() !== undefined;
}

/** The number of children in the list of `ctx`. */
export function children(ctx: Context): number {
  if (!(ctx instanceof CancelContext)) throw new TypeError("the context has no list of children");
  return ctx.children.count();
}

/** Runs a test in a bubble, in which it must leave neither a goroutine nor, R110, a timer. */
export function inBubble(f: () => unknown, options?: BubbleOptions): Promise<void> {
  return bubble(async () => {
    const goroutines = numGoroutine();
    await f();
    await settled();
    expect(numGoroutine()).toBe(goroutines);
    expect(currentClock().purposes).toEqual([]);
  }, options);
}

/** A custom context that delegates all methods, like a struct in Go that embeds a Context. */
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
