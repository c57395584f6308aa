// The library's internal listeners on a context: each is called synchronously, and once.

import { describe, expect, test } from "@jest/globals";
import { context } from "goro";
import { onCancel } from "../../src/context/cancel.ts";
import { children, inBubble, isOver, Wrapper } from "../support/contexts.ts";
import { quiet } from "../support/promises.ts";

type Context = context.Context;

const { background, withCancel, withCancelCause, withTimeout } = context;

function neverCalled(): void {
  throw new Error("the listener was called");
}

/** A context with its own done channel that is not registered with a parent. */
class OwnEnd extends Wrapper {
  readonly #done: Context;

  constructor(inner: Context, done: Context) {
    super(inner);
    this.#done = done;
  }

  override done(): ReturnType<Context["done"]> {
    return this.#done.done();
  }

  override err(): Error | undefined {
    return this.#done.err();
  }

  override value(key: unknown): never {
    return (typeof key === "symbol" ? undefined : this.inner.value(key)) as never;
  }
}

describe("an internal listener", () => {
  test("is called once within cancel, after all descendants are canceled and before any signal aborts", () => {
    const [ctx, cancel] = withCancel(background());
    const [below] = withTimeout(ctx, 3_600_000);
    const [deepest] = withCancel(below);
    const seen: string[] = [];
    deepest.signal.addEventListener("abort", () => seen.push("signal"));
    onCancel(ctx, () => seen.push(`first ${isOver(deepest)}`));
    onCancel(ctx, () => seen.push(`second ${isOver(deepest)}`));
    expect(children(ctx)).toBe(3);
    cancel();
    cancel();
    expect(seen).toEqual(["first true", "second true", "signal"]);
    expect(children(ctx)).toBe(0);
  });

  test("is called immediately if the context is already canceled", () => {
    const [ctx, cancel] = withCancel(background());
    cancel();
    let calls = 0;
    const remove = onCancel(ctx, () => calls++);
    expect(calls).toBe(1);
    remove();
    expect(calls).toBe(1);
  });

  test("that was removed is not called, and leaves nothing in the context", () => {
    const [ctx, cancel] = withCancel(background());
    let calls = 0;
    const remove = onCancel(ctx, () => calls++);
    remove();
    remove();
    expect(children(ctx)).toBe(0);
    cancel();
    expect(calls).toBe(0);
  });

  test("is still called if an earlier listener of the same cancel removes it", () => {
    const [ctx, cancel] = withCancel(background());
    const seen: string[] = [];
    let remove = (): void => undefined;
    onCancel(ctx, () => {
      seen.push("first");
      remove();
    });
    remove = onCancel(ctx, () => seen.push("second"));
    cancel();
    expect(seen).toEqual(["first", "second"]);
  });

  test("on a context that is never canceled is not stored", () => {
    const remove = onCancel(context.withoutCancel(background()), neverCalled);
    remove();
  });

  test("may cancel other contexts, and the same context again", () => {
    const [ctx, cancel] = withCancelCause(background());
    const [other, cancelOther] = withCancelCause(background());
    const why = new Error("why");
    onCancel(ctx, () => {
      cancel(new Error("again"));
      cancelOther(context.cause(ctx));
    });
    cancel(why);
    expect([context.cause(ctx), context.cause(other)]).toEqual([why, why]);
  });

  test("on a wrapper of a context is in the list of the inner context", () => {
    const [inner, cancel] = withCancel(background());
    let calls = 0;
    onCancel(new Wrapper(inner), () => calls++);
    expect(children(inner)).toBe(1);
    cancel();
    expect(calls).toBe(1);
  });

  test("on a custom context is called after that context is done", () =>
    inBubble(async () => {
      const [inner, cancel] = withCancel(background());
      let calls = 0;
      onCancel(new OwnEnd(background(), inner), () => calls++);
      await quiet();
      cancel();
      await quiet();
      expect(calls).toBe(1);
    }));

  test("that was removed from a custom context leaves no goroutine behind", () =>
    inBubble(async () => {
      const [inner] = withCancel(background());
      const remove = onCancel(new OwnEnd(background(), inner), neverCalled);
      await quiet();
      remove();
      await quiet();
    }));

  test("on a custom context that is already done is called immediately", () => {
    const [done, cancel] = withCancel(background());
    let isEarly = true;
    // Its error is set late: the channel is already closed when the listener is added.
    class Late extends OwnEnd {
      override err(): Error | undefined {
        return isEarly ? undefined : super.err();
      }
    }
    const late = new Late(background(), done);
    cancel();
    let calls = 0;
    expect(() => onCancel(late, () => calls++)).toThrow("missing cancel error");
    isEarly = false;
    onCancel(late, () => calls++);
    expect(calls).toBe(1);
  });
});
