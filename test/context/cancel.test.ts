import { describe, expect, test } from "@jest/globals";
import { Channel, context, defer, go, receive, select, time } from "goro";
import { waitUntilBlocked } from "goro/testing";
import { realClock } from "../../src/runtime/timer.ts";
import { heapInUse, isCollected } from "../support/memory.ts";
import { isOver, children, inBubble } from "../support/contexts.ts";
import { shown } from "../support/shown.ts";

type Context = context.Context;

const { background, withCancel, withCancelCause, withTimeout, withTimeoutCause, withValue, withoutCancel } = context;
const { hour } = time;

// R99
test.each([
  ["background", background],
  ["todo", context.todo],
])("%s returns the same context each time", (_, root) =>
  inBubble(() => {
    expect(root()).toBe(root());
  }),
);

describe("cancel", () => {
  // R100, R106, R118
  test("closes done and sets err, which is undefined before", () =>
    inBubble(() => {
      const [ctx, cancel] = withCancel(background());
      expect(isOver(ctx)).toBe(false);
      expect(ctx.err()).toBeUndefined();
      expect(context.cause(ctx)).toBeUndefined();
      cancel();
      expect(ctx.done().tryReceive()).toEqual({ value: undefined, ok: false });
      expect(ctx.err()).toBeInstanceOf(context.Canceled);
      expect(context.cause(ctx)).toBe(ctx.err());
    }));

  // R100, R106, R116
  test("does nothing when called again", () =>
    inBubble(() => {
      const [ctx, cancel] = withCancelCause(background());
      const first = new Error("first");
      cancel(first);
      const err = ctx.err();
      cancel(new Error("second"));
      cancel();
      expect(ctx.err()).toBe(err);
      expect(context.cause(ctx)).toBe(first);
    }));

  test("wakes all goroutines that wait for done, in a receive, a select or a loop", () =>
    inBubble(async () => {
      const [ctx, cancel] = withCancel(background());
      const woken: string[] = [];
      go(async () => {
        await ctx.done().receive();
        woken.push("receive");
      });
      go(async () => {
        const s = await select({ never: receive(new Channel<number>()), done: receive(ctx.done()) });
        woken.push(s.case);
      });
      go(async () => {
        for await (const _ of ctx.done()) woken.push("a value");
        woken.push("loop");
      });
      await waitUntilBlocked();
      expect(woken).toEqual([]);
      cancel();
      await waitUntilBlocked();
      expect(woken.sort()).toEqual(["done", "loop", "receive"]);
    }));

  // R105
  test("does not replace the done channel, whether it was first read before or after", () =>
    inBubble(() => {
      const [early, cancelEarly] = withCancel(background());
      const [late, cancelLate] = withCancel(background());
      const done = early.done();
      expect(early.done()).toBe(done);
      cancelEarly();
      cancelLate();
      expect(early.done()).toBe(done);
      expect(late.done()).toBe(late.done());
      expect(isOver(late)).toBe(true);
    }));

  // R102
  test("does not cancel the parent and its other children", () =>
    inBubble(() => {
      const [parent, cancelParent] = withCancel(background());
      const [child, cancel] = withCancel(parent);
      const [other] = withCancel(parent);
      cancel();
      expect([parent, child, other].map(isOver)).toEqual([false, true, false]);
      cancelParent();
      expect(isOver(other)).toBe(true);
    }));

  test.each<[string, () => [Context, Disposable]]>([
    ["withCancel", () => withCancel(background())],
    ["withCancelCause", () => withCancelCause(background())],
    ["withTimeout", () => withTimeout(background(), hour)],
    ["withTimeoutCause", () => withTimeoutCause(background(), hour, new Error("too slow"))],
    [
      "withCancel and defer",
      () => {
        const [ctx, cancel] = withCancel(background());
        return [ctx, defer(cancel)];
      },
    ],
  ])("of %s is called by `using` when the scope ends", (_, make) =>
    inBubble(() => {
      let captured = background();
      {
        const [ctx, cancel] = make();
        using _ = cancel;
        captured = ctx;
        expect(isOver(ctx)).toBe(false);
      }
      expect(isOver(captured)).toBe(true);
      expect(context.cause(captured)).toBe(captured.err());
      expect(captured.err()).toBeInstanceOf(context.Canceled);
    }),
  );
});

// R111
test("the two errors are separate classes, with Go's messages", () =>
  inBubble(() => {
    const [canceled, cancel] = withCancel(background());
    cancel();
    const [late] = withTimeout(background(), 0);
    expect(canceled.err()).toMatchObject({ name: "AbortError", message: "context canceled" });
    expect(late.err()).toMatchObject({ name: "TimeoutError", message: "context deadline exceeded" });
    expect(canceled.err()).toBeInstanceOf(Error);
    expect(canceled.err()).not.toBeInstanceOf(context.DeadlineExceeded);
    expect(late.err()).not.toBeInstanceOf(context.Canceled);
    expect((late.err() as context.DeadlineExceeded).timeout()).toBe(true);
    expect(new context.Canceled("custom message", { cause: late.err() })).toMatchObject({ message: "custom message" });
  }));

describe("the cause", () => {
  // R119
  test("is visible through values", () =>
    inBubble(() => {
      const tooSlow = new Error("too slow");
      const [ctx] = withTimeoutCause(background(), 0, tooSlow);
      expect(context.cause(withValue(ctx, "k", 1))).toBe(tooSlow);
    }));

  test("must be an Error: another value is refused and cancels nothing", () =>
    inBubble(() => {
      const [ctx, cancel] = withCancelCause(background());
      for (const wrong of ["because", 1, {}, false] as unknown as Error[]) {
        const error = new TypeError(`context: cause must be an Error or null, got ${shown(wrong)}`);
        expect(() => cancel(wrong)).toThrow(error);
        expect(() => withTimeoutCause(background(), hour, wrong)).toThrow(error);
      }
      expect(ctx.err()).toBeUndefined();
    }));

  // Errors of Node's own modules belong to another realm, in a test runner as in a vm.
  test("may be an Error of another realm", () =>
    inBubble(async () => {
      const { runInNewContext } = await import("node:vm");
      const foreign = runInNewContext("new TypeError('elsewhere')") as Error;
      const [ctx, cancel] = withCancelCause(background());
      cancel(foreign);
      expect(context.cause(ctx)).toBe(foreign);
    }));
});

// R103
describe("the parent's list of children", () => {
  test.each<[string, (parent: Context) => () => unknown]>([
    ["a canceled child", (parent) => withCancel(parent)[1]],
    ["a child with a cause", (parent) => withCancelCause(parent)[1]],
    ["a child that is canceled before its timeout", (parent) => withTimeout(parent, hour)[1]],
    ["a function that was stopped", (parent) => context.afterFunc(parent, () => undefined)],
    ["a child below a value", (parent) => withCancel(withValue(parent, "k", 1))[1]],
    [
      "a child below the wrapper of a value",
      (parent) => withTimeout(withValue(withValue(parent, "k", 1), "l", 2), hour)[1],
    ],
  ])("loses %s", (_, derive) =>
    inBubble(() => {
      const [parent, cancelParent] = withCancel(background());
      const [other, cancelOther] = withCancel(parent);
      const end = derive(parent);
      const [last] = withCancel(parent);
      expect(children(parent)).toBe(3);
      end();
      expect(children(parent)).toBe(2);
      end();
      cancelOther();
      expect(children(parent)).toBe(1);
      cancelParent();
      expect(children(parent)).toBe(0);
      expect([other, last].every(isOver)).toBe(true);
    }),
  );

  test("never has a child whose deadline has passed", () =>
    inBubble(() => {
      const [parent] = withCancel(background());
      withTimeout(parent, 0);
      expect(children(parent)).toBe(0);
    }));

  test("does not retain a canceled child", async () => {
    const [parent] = withCancel(background());
    function cancelChild(): WeakRef<object> {
      const [child, cancel] = withCancel(parent);
      void child.done();
      child.signal.addEventListener("abort", () => child.err());
      withCancel(withValue(child, "k", 1));
      cancel();
      return new WeakRef(child);
    }
    expect(await isCollected(cancelChild())).toBe(true);
    expect(parent.err()).toBeUndefined();
  });

  test("is empty after 100,000 contexts, and the heap has not grown", async () => {
    const [parent] = withCancel(background());
    function derive(n: number): void {
      for (let i = 0; i < n; i++) {
        const [child, cancel] = i % 2 === 0 ? withCancel(parent) : withTimeout(parent, hour);
        void child.done();
        cancel();
      }
    }
    derive(1_000);
    const before = await heapInUse();
    derive(100_000);
    // A retained context would take more than 200 bytes.
    expect((await heapInUse()) - before).toBeLessThan(100_000 * 40);
    expect(children(parent)).toBe(0);
    expect(realClock.size).toBe(0);
  });
});

describe("depth and breadth", () => {
  const many = 20_000;

  function chain(derive: (parent: Context) => Context): { top: Context; bottom: Context; cancel: () => void } {
    const [top, cancel] = withCancel(background());
    let bottom = top;
    for (let i = 0; i < many; i++) bottom = derive(bottom);
    return { top, bottom, cancel };
  }

  test("a chain of 20,000 contexts is canceled synchronously", () =>
    inBubble(() => {
      const { bottom, cancel } = chain((parent) => withCancel(parent)[0]);
      const done = bottom.done();
      cancel();
      expect(done.tryReceive()).toBeDefined();
      expect(bottom.err()).toBeInstanceOf(context.Canceled);
    }));

  test("20,000 children are canceled synchronously", () =>
    inBubble(() => {
      const [parent, cancel] = withCancel(background());
      const all = Array.from({ length: many }, () => withCancel(parent)[0]);
      cancel();
      expect(all.every(isOver)).toBe(true);
      expect(children(parent)).toBe(0);
    }));

  // Go's stacks grow; those of JavaScript do not.
  test.each<[string, (parent: Context) => Context]>([
    ["withCancel", (parent) => withCancel(parent)[0]],
    ["withValue", (parent) => withValue(parent, "k", 1)],
  ])("the lowest of 20,000 %s can be read, and can be derived from", (_, derive) =>
    inBubble(() => {
      const { bottom, cancel } = chain(derive);
      expect(bottom.value("nothing")).toBeUndefined();
      expect(bottom.deadline()).toBeUndefined();
      expect(bottom.err()).toBeUndefined();
      expect(bottom.signal.aborted).toBe(false);
      const [child] = withTimeout(bottom, hour);
      cancel();
      expect(isOver(bottom)).toBe(true);
      expect(isOver(child)).toBe(true);
    }),
  );
});

// R115
test("a chain of any length prints", () => {
  let ctx = background();
  for (let i = 0; i < 100_000; i++) ctx = withoutCancel(ctx);
  expect(String(ctx)).toBe(`context.Background${".WithoutCancel".repeat(100_000)}`);
});

// R115
test("a context prints its ancestors", () =>
  inBubble(() => {
    const [ctx, cancel] = withCancel(withValue(context.todo(), "user", "gopher"));
    expect(String(ctx)).toBe("context.TODO.WithValue(user, gopher).WithCancel");
    const [timed, cancelTimed] = withTimeout(ctx, hour);
    const at = new Date(timed.deadline() as number).toJSON();
    const lowest = withoutCancel(withCancelCause(timed)[0]);
    expect(String(lowest)).toBe(`${String(ctx)}.WithDeadline(${at}).WithCancel.WithoutCancel`);
    expect(String(withValue(background(), context.key<number>("id"), 7))).toBe("context.Background.WithValue(id, 7)");
    cancelTimed();
    cancel();
  }));
