import { beforeEach, describe, expect, test } from "@jest/globals";
import { Channel, context, go, numGoroutine, PanicError, type ReceiveChannel, time } from "goro";
import { waitUntilBlocked } from "goro/testing";
import { children, inBubble, isOver, Wrapper } from "../support/contexts.ts";

const { afterFunc, background, withCancel, withCancelCause, withTimeout, withValue } = context;
const { hour } = time;

let goroutines = 0;

beforeEach(() => {
  goroutines = numGoroutine();
});

/** A context with its own done channel and error. */
class OwnEnd extends Wrapper {
  readonly channel: Channel<never> = new Channel<never>();
  error: Error | undefined;

  override done(): ReceiveChannel<never> {
    return this.channel;
  }

  override err(): Error | undefined {
    return this.error;
  }

  end(error: Error = new context.Canceled()): void {
    if (this.error !== undefined) return;
    this.error = error;
    this.channel.close();
  }
}

/** An OwnEnd that also implements afterFunc, as the afterFuncContext of Go's tests. */
class Spreading extends OwnEnd {
  readonly registered: Set<() => void> = new Set<() => void>();

  afterFunc(f: () => void): () => boolean {
    this.registered.add(f);
    return () => this.registered.delete(f);
  }

  override end(error?: Error): void {
    super.end(error);
    for (const f of this.registered) go(f);
    this.registered.clear();
  }
}

describe("a wrapper", () => {
  // R101, R127
  test("is transparent: its children are in the list of the inner context and are canceled without a goroutine", () =>
    inBubble(() => {
      const [inner, cancel] = withCancel(background());
      const wrapper = new Wrapper(withValue(new Wrapper(inner), "k", 1));
      const [child] = withCancel(wrapper);
      const [timed] = withTimeout(wrapper, hour);
      const stop = afterFunc(wrapper, () => undefined);
      expect(numGoroutine()).toBe(goroutines);
      expect(children(inner)).toBe(3);
      expect([inner, wrapper, child, timed].some(isOver)).toBe(false);
      expect(stop()).toBe(true);
      expect(children(inner)).toBe(2);
      cancel();
      expect([inner, wrapper, child, timed].every(isOver)).toBe(true);
      expect(child.err()).toBeInstanceOf(context.Canceled);
      expect(numGoroutine()).toBe(goroutines);
    }));

  // R104
  test("that is canceled creates canceled children, with its own err and the inner cause", () =>
    inBubble(() => {
      const translated = new Error("translated");
      const why = new Error("why");
      class Translating extends Wrapper {
        override err(): Error | undefined {
          return this.inner.err() && translated;
        }
      }
      const [inner, cancel] = withCancelCause(background());
      const [before] = withCancel(new Translating(inner));
      cancel(why);
      const [after] = withCancel(new Translating(inner));
      // As in Go: a child in the list of the inner context was canceled by the inner context.
      expect(before.err()).toBe(inner.err());
      expect(after.err()).toBe(translated);
      expect([before, after].map((ctx) => context.cause(ctx))).toEqual([why, why]);
    }));

  // R115
  test("is printed among the ancestors", () =>
    inBubble(() => {
      expect(String(withCancel(new Wrapper(background()))[0])).toBe("Wrapper(context.Background).WithCancel");
    }));
});

describe("a context with its own done channel", () => {
  // R124, R127
  test("cancels its descendants when it is done, and not when the inner context is canceled", () =>
    inBubble(async () => {
      const [inner, cancelInner] = withCancel(background());
      const own = new OwnEnd(inner);
      const [child] = withCancel(own);
      const [valued] = withCancel(withValue(own, "k", 1));
      expect(children(inner)).toBe(0);
      expect(numGoroutine()).toBe(goroutines + 2);
      cancelInner();
      await waitUntilBlocked();
      expect([child, valued].some(isOver)).toBe(false);

      own.end();
      await waitUntilBlocked();
      for (const ctx of [child, valued]) expect(ctx.err()).toBe(own.error);
    }));

  // R127
  test("needs one goroutine for each direct child, until that child is canceled", () =>
    inBubble(async () => {
      const own = new OwnEnd(background());
      const [child, cancel] = withCancel(own);
      const [grandchild] = withTimeout(child, hour);
      const [timed, cancelTimed] = withTimeout(own, hour);
      const stop = afterFunc(own, () => undefined);
      await waitUntilBlocked();
      expect(numGoroutine()).toBe(goroutines + 3);
      cancel();
      cancelTimed();
      stop();
      expect([child, grandchild, timed].every(isOver)).toBe(true);
      await waitUntilBlocked();
      expect(numGoroutine()).toBe(goroutines);
      expect(isOver(own)).toBe(false);
    }));

  // R104
  test("that is done creates canceled children, without a goroutine", () =>
    inBubble(() => {
      const own = new OwnEnd(withCancel(background())[0]);
      const error = new Error("custom message");
      own.end(error);
      const [child] = withTimeout(own, hour);
      expect(isOver(child)).toBe(true);
      expect([child.err(), context.cause(child), context.cause(own)]).toEqual([error, error, error]);
      expect(numGoroutine()).toBe(goroutines);
    }));

  test("starts the functions of afterFunc when it is done", () =>
    inBubble(async () => {
      const own = new OwnEnd(background());
      let calls = 0;
      afterFunc(own, () => calls++);
      await waitUntilBlocked();
      expect(calls).toBe(0);
      own.end();
      await waitUntilBlocked();
      expect(calls).toBe(1);
    }));

  // R120
  test("around withoutCancel has its err as its cause, independent of the causes above", () =>
    inBubble(() => {
      const [inner, cancel] = withCancelCause(background());
      cancel(new Error("why"));
      const own = new OwnEnd(context.withoutCancel(inner));
      own.end();
      expect(context.cause(own)).toBe(own.error);
    }));

  // R126
  test("has no cause while it has no err, even if its parent is canceled", () =>
    inBubble(() => {
      const [inner, cancel] = withCancelCause(background());
      const own = new OwnEnd(inner);
      cancel(new Error("why"));
      expect(context.cause(own)).toBeUndefined();
    }));

  // R106. Go's sentence is from cancelCtx.cancel.
  test("must have an err when it is done: otherwise deriving from it panics", () =>
    inBubble(() => {
      const own = new OwnEnd(background());
      own.channel.close();
      expect(() => withCancel(own)).toThrow(PanicError);
      expect(() => withCancel(own)).toThrow("context: internal error: missing cancel error");
    }));

  // Two contexts that were canceled before the first call of done may share a channel, but are still distinct.
  test("is not mistaken for another canceled context", () =>
    inBubble(() => {
      const [late] = withTimeout(background(), 0);
      const [canceled, cancel] = withCancel(background());
      cancel();
      class Mixed extends Wrapper {
        override value(key: unknown): never {
          return late.value(key) as never;
        }
      }
      const [child] = withCancel(new Mixed(canceled));
      expect(child.err()).toBe(canceled.err());
    }));
});

// R125
describe("a context with its own afterFunc", () => {
  test("passes its err and its cause to its descendants", () =>
    inBubble(async () => {
      const why = new Error("why");
      const [inner, cancelInner] = withCancelCause(background());
      const spreading = new Spreading(inner);
      const [child] = withCancel(spreading);
      cancelInner(why);
      expect(isOver(child)).toBe(false);
      spreading.end();
      await waitUntilBlocked();
      expect(child.err()).toBe(spreading.error);
      expect(context.cause(child)).toBe(why);
    }));

  test("is not called back if it is already done", () =>
    inBubble(() => {
      const spreading = new Spreading(background());
      spreading.end();
      const [child] = withCancel(spreading);
      expect(isOver(child)).toBe(true);
      expect(spreading.registered.size).toBe(0);
    }));

  // As in Go, where a context is removed from its parent's list after it has been canceled.
  test("has its stop function called after the child is canceled: stop may cancel again, or throw", () =>
    inBubble(() => {
      let cancelChild = (): void => undefined;
      let seen: Error | undefined;
      class Meddling extends Spreading {
        override afterFunc(): () => boolean {
          return () => {
            seen = child.err();
            cancelChild();
            throw new Error("from the user's stop");
          };
        }
      }
      const [child, cancel] = withCancel(new Meddling(background()));
      const [below] = withCancel(child);
      cancelChild = cancel;
      expect(() => cancel()).toThrow("from the user's stop");
      expect([child, below].every(isOver)).toBe(true);
      expect(seen).toBe(child.err());
    }));
});
