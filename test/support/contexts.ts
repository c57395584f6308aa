// Looking at contexts, and testing them in a bubble.

import { expect } from "@jest/globals";
import { type Context, numGoroutine } from "goro";
import { bubble, type BubbleOptions, settled } from "goro/testing";
import { CancelContext } from "../../src/context/cancel.ts";
import { currentClock } from "../../src/internal/alarm.ts";

export function isOver(ctx: Context): boolean {
  return ctx.done().tryReceive() !== undefined;
}

/** How many stand in the list of `ctx`. */
export function children(ctx: Context): number {
  if (!(ctx instanceof CancelContext)) throw new TypeError("it has no list");
  return ctx.children.count();
}

/** Runs a test in a bubble, in which it must leave neither a goroutine nor, R110, an alarm. */
export function inBubble(f: () => unknown, options?: BubbleOptions): Promise<void> {
  return bubble(async () => {
    const goroutines = numGoroutine();
    await f();
    await settled();
    expect(numGoroutine()).toBe(goroutines);
    expect(currentClock().purposes).toEqual([]);
  }, options);
}
