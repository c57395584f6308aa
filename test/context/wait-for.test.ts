import { describe, expect, test } from "@jest/globals";
import { context, gosched, numGoroutine, promise, select, time, waitFor } from "goro";
import { awaitPromise } from "../../src/runtime/wait-reasons.ts";
import { realClock } from "../../src/runtime/timer.ts";
import { promiseStateOf } from "../../src/channel/promise-state.ts";
import { listeners } from "../support/contexts.ts";
import { withResolvers } from "../support/promises.ts";

const why = new Error("why");
const never = new Promise<never>(() => undefined);

/** Everything that a wait for `waited` and `ctx` could leave behind. */
function left(waited: PromiseLike<unknown>, ctx: context.Context): number {
  return (
    promiseStateOf("test", waited).receivers.count() + listeners(ctx) + awaitPromise.waiting + realClock.labels.length
  );
}

describe("waitFor", () => {
  test("returns the value of the promise, or rejects with its reason", async () => {
    await expect(waitFor(Promise.resolve(7))).resolves.toBe(7);
    await expect(waitFor(Promise.reject(why), { timeout: time.hour })).rejects.toBe(why);
    const [ctx] = context.withCancel(context.background());
    const { promise: pending, resolve } = withResolvers<string>();
    const waiting = waitFor(pending, { ctx, timeout: time.hour });
    await gosched();
    expect(awaitPromise.waiting).toBe(1);
    resolve("late");
    await expect(waiting).resolves.toBe("late");
    expect(left(pending, ctx)).toBe(0);
    await expect(waitFor(pending)).resolves.toBe("late");
  });

  test("rejects with the reason of the cancellation, and leaves nothing", async () => {
    const [ctx, cancel] = context.withCancel(context.background());
    const waiting = waitFor(never, { ctx, timeout: time.hour });
    await gosched();
    cancel();
    await expect(waiting).rejects.toBe(ctx.err());
    expect(left(never, ctx)).toBe(0);
    await expect(waitFor(Promise.resolve(1), { ctx })).rejects.toBe(ctx.err());
    const controller = new AbortController();
    const early = waitFor(never, { signal: controller.signal });
    controller.abort(why);
    await expect(early).rejects.toBe(why);
  });

  test("rejects with a DeadlineExceeded after the timeout, and leaves nothing", async () => {
    const [ctx] = context.withCancel(context.background());
    const goroutines = numGoroutine();
    await expect(waitFor(never, { ctx, timeout: 2 })).rejects.toEqual(
      new context.DeadlineExceeded("the promise did not settle within 2 ms"),
    );
    expect([left(never, ctx), numGoroutine()]).toEqual([0, goroutines]);
  });

  test("with a timeout of 0 returns the value of a settled promise only", async () => {
    await expect(waitFor(Promise.resolve(7), { timeout: 0 })).resolves.toBe(7);
    await expect(waitFor(never, { timeout: 0 })).rejects.toBeInstanceOf(context.DeadlineExceeded);
    expect(awaitPromise.waiting).toBe(0);
  });

  test("shares the reaction of a promise with selects", async () => {
    let reactions = 0;
    const thenable: PromiseLike<number> = {
      then: ((resolve: (value: number) => void) => {
        reactions++;
        setTimeout(resolve, 1, 7);
      }) as never,
    };
    await Promise.all([waitFor(thenable), waitFor(thenable), select({ done: promise(thenable) })]);
    expect(reactions).toBe(1);
  });

  test("refuses what is not a promise, and options of a wrong type", async () => {
    await expect(waitFor(7 as never)).rejects.toThrow("waitFor: promise must be a promise, got 7");
    await expect(waitFor(null as never)).rejects.toThrow("waitFor: promise must be a promise, got null");
    await expect(waitFor(never, { timeout: -1 })).rejects.toThrow(
      "waitFor: timeout must be a number, 0 or more, got -1",
    );
    await expect(waitFor(never, { timeot: 1 } as never)).rejects.toThrow(
      "unknown option timeot; the options are ctx, signal, timeout",
    );
  });
});
