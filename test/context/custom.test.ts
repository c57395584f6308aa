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

/** Has an end of its own. */
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

/** Has an end of its own and spreads it itself, as the afterFuncContext of Go's tests. */
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
  test("is seen through: what is below ends within cancel, without a goroutine, and stands in the inner list", () =>
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
  test("that has ended makes what is below over at birth, with its own err and the inner cause", () =>
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
      // As in Go: who stood in the inner list was ended by the inner context.
      expect(before.err()).toBe(inner.err());
      expect(after.err()).toBe(translated);
      expect([before, after].map((ctx) => context.cause(ctx))).toEqual([why, why]);
    }));

  // R115
  test("is a part of the descent that is printed", () =>
    inBubble(() => {
      expect(String(withCancel(new Wrapper(background()))[0])).toBe("Wrapper(context.Background).WithCancel");
    }));
});

describe("a context with an end of its own", () => {
  // R124, R127
  test("is followed by what is below, in its own time and not in that of the inner context", () =>
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
  test("needs one goroutine for each context directly below, until that ends", () =>
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
  test("that has ended makes what is below over at birth, without a goroutine", () =>
    inBubble(() => {
      const own = new OwnEnd(withCancel(background())[0]);
      const error = new Error("own words");
      own.end(error);
      const [child] = withTimeout(own, hour);
      expect(isOver(child)).toBe(true);
      expect([child.err(), context.cause(child), context.cause(own)]).toEqual([error, error, error]);
      expect(numGoroutine()).toBe(goroutines);
    }));

  test("starts the functions that wait for its end", () =>
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
  test("above withoutCancel has its err for its cause, whatever was above that", () =>
    inBubble(() => {
      const [inner, cancel] = withCancelCause(background());
      cancel(new Error("why"));
      const own = new OwnEnd(context.withoutCancel(inner));
      own.end();
      expect(context.cause(own)).toBe(own.error);
    }));

  // R126
  test("has no cause while it has no err, even if its parent is over", () =>
    inBubble(() => {
      const [inner, cancel] = withCancelCause(background());
      const own = new OwnEnd(inner);
      cancel(new Error("why"));
      expect(context.cause(own)).toBeUndefined();
    }));

  // R106. Go's sentence is from cancelCtx.cancel.
  test("must have an err when it is over: else deriving from it is a panic", () =>
    inBubble(() => {
      const own = new OwnEnd(background());
      own.channel.close();
      expect(() => withCancel(own)).toThrow(PanicError);
      expect(() => withCancel(own)).toThrow("context: internal error: missing cancel error");
    }));

  // Two contexts that ended before anybody asked for done may share a channel, and are two contexts all the same.
  test("is not taken for another context that has ended as well", () =>
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
describe("a context with an afterFunc of its own", () => {
  test("gives its err and its cause to what is below", () =>
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

  test("is not asked when it has ended", () =>
    inBubble(() => {
      const spreading = new Spreading(background());
      spreading.end();
      const [child] = withCancel(spreading);
      expect(isOver(child)).toBe(true);
      expect(spreading.registered.size).toBe(0);
    }));

  // As in Go, where a context is taken from its parent's list after it has ended.
  test("is told that nobody follows any more when that is so: it may cancel again, or throw", () =>
    inBubble(() => {
      let cancelAgain = (): void => undefined;
      let seen: Error | undefined;
      class Meddling extends Spreading {
        override afterFunc(): () => boolean {
          return () => {
            seen = child.err();
            cancelAgain();
            throw new Error("from the user's stop");
          };
        }
      }
      const [child, cancel] = withCancel(new Meddling(background()));
      const [below] = withCancel(child);
      cancelAgain = cancel;
      expect(() => cancel()).toThrow("from the user's stop");
      expect([child, below].every(isOver)).toBe(true);
      expect(seen).toBe(child.err());
    }));
});
