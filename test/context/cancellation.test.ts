import { describe, expect, test } from "@jest/globals";
import { getEventListeners } from "node:events";
import { context, numGoroutine } from "goro";
import { type Cancellation, cancellationOf, type WaitOptions } from "../../src/runtime/cancellation.ts";
import { contextOf } from "../../src/context/wait-context.ts";
import { children, listeners } from "../support/contexts.ts";
import { Check } from "../../src/util/validate.ts";

const { background, fromSignal, withCancel, withCancelCause, withValue } = context;

const check = new Check("f");

function resolve(options: WaitOptions): Cancellation {
  const cancellation = cancellationOf(check, options);
  if (cancellation === null) throw new Error("the options cannot cancel anything");
  return cancellation;
}

describe("the options of a call that waits", () => {
  test("cancel nothing if they have neither a context nor a signal, or a context that is never canceled", () => {
    expect(cancellationOf(check, undefined)).toBeNull();
    expect(cancellationOf(check, {})).toBeNull();
    expect([contextOf(check, undefined), contextOf(check, {})]).toEqual([undefined, undefined]);
    expect(cancellationOf(check, { ctx: undefined, signal: undefined })).toBeNull();
    expect(cancellationOf(check, { ctx: background() })).toBeNull();
    expect(cancellationOf(check, { ctx: withValue(background(), context.key("k"), 1) })).toBeNull();
  });

  test("with a context, the reason is its err() and not its cause", () => {
    const [ctx, cancel] = withCancelCause(background());
    const cancellation = resolve({ ctx });
    expect(contextOf(check, { ctx })).toBe(ctx);
    expect(cancellation.reason).toBeUndefined();
    cancel(new Error("why"));
    expect(cancellation.reason).toBe(ctx.err());
    expect(cancellation.reason).toBeInstanceOf(context.Canceled);
  });

  test("with a signal, the reason is the signal's, as an Error", () => {
    const controller = new AbortController();
    const cancellation = resolve({ signal: controller.signal });
    expect(contextOf(check, { signal: controller.signal })).toBe(fromSignal(controller.signal));
    expect(cancellation.reason).toBeUndefined();
    const why = new Error("why");
    controller.abort(why);
    expect(cancellation.reason).toBe(why);
    expect(resolve({ signal: AbortSignal.abort("no error") }).reason).toMatchObject({
      message: "no error",
      cause: "no error",
    });
  });

  test("an abort is the reason also before the library's own listener has been called", () => {
    const controller = new AbortController();
    const { signal } = controller;
    const seen: unknown[] = [];
    signal.addEventListener("abort", () =>
      seen.push(early.reason, resolve({ signal }).reason, fromSignal(signal).err()),
    );
    const early = resolve({ signal });
    const why = new Error("why");
    controller.abort(why);
    expect(seen).toEqual([why, why, fromSignal(signal).err()]);
    expect(seen[2]).toBeInstanceOf(context.Canceled);
  });

  test("listeners are called once, synchronously, and start no goroutine", () => {
    const goroutines = numGoroutine();
    const [ctx, cancel] = withCancel(background());
    const controller = new AbortController();
    const calls: string[] = [];
    resolve({ ctx }).watch({ cancel: () => calls.push("context") });
    resolve({ signal: controller.signal }).watch({ cancel: () => calls.push("signal") });
    expect(numGoroutine()).toBe(goroutines);
    cancel();
    expect(calls).toEqual(["context"]);
    controller.abort();
    expect(calls).toEqual(["context", "signal"]);
    resolve({ ctx }).watch({ cancel: () => calls.push("late") });
    const later = resolve({ signal: controller.signal });
    later.watch({ cancel: () => calls.push("later") });
    later.unwatch();
    expect(calls).toEqual(["context", "signal", "late", "later"]);
  });

  test("listeners that are removed leave nothing behind, and many calls share one listener on the signal", () => {
    const [ctx, cancel] = withCancel(background());
    const controller = new AbortController();
    const cancellations = Array.from({ length: 100 }, () => [
      resolve({ ctx }),
      resolve({ signal: controller.signal }),
    ]).flat();
    const wait = {
      cancel() {
        throw new Error("removed");
      },
    };
    for (const cancellation of cancellations) cancellation.watch(wait);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(1);
    for (const cancellation of cancellations) cancellation.unwatch();
    expect(children(ctx) + listeners(ctx)).toBe(0);
    expect(children(fromSignal(controller.signal))).toBe(0);
    cancel();
    controller.abort();
  });

  test.each([
    [
      { ctx: new AbortController().signal },
      "f: ctx must be a context, got an AbortSignal; write signal: for an AbortSignal",
    ],
    [{ signal: background() }, "f: signal must be an AbortSignal, got a Context; write ctx: for a context"],
    [{ ctx: background(), signal: new AbortController().signal }, "f: ctx and signal must not both be set"],
    [{ ctx: 7 }, "f: ctx must be a context, got 7"],
    [{ signal: 7 }, "f: signal must be an AbortSignal, got 7"],
  ])("of a wrong type are a TypeError that names the correct option", (options, message) => {
    expect(() => cancellationOf(check, options as never)).toThrow(new TypeError(message));
  });

  test("the option names are checked, and a bare context or signal is not an object of options", () => {
    expect(() => check.options(background(), ["ctx", "signal"])).toThrow(
      "f: options must be an object, got a Context; a context is passed as { ctx }",
    );
    expect(() => check.options(new AbortController().signal, ["ctx", "signal"])).toThrow(
      "f: options must be an object, got an AbortSignal; an AbortSignal is passed as { signal }",
    );
  });
});
