import { describe, expect, test } from "@jest/globals";
import { Channel, context, defer, go, numGoroutine, PanicError, receive, select, send, time, WaitGroup } from "goro";
import { now, settled } from "goro/testing";
import { realClock } from "../../src/internal/alarm.ts";
import { below } from "../../src/internal/random.ts";
import { heapInUse, isCollected } from "../support/memory.ts";
import { isOver, children, inBubble } from "../support/contexts.ts";

type Context = context.Context;

const { background, withCancel, withCancelCause, withTimeout, withTimeoutCause, withValue, withoutCancel } = context;
const { hour } = time;

// R99
describe.each([
  ["background", context.background, "context.Background"],
  ["todo", context.todo, "context.TODO"],
])("%s", (_, root, name) => {
  test("has no end, no deadline, no values and a name", () =>
    inBubble(async () => {
      expect(isOver(root())).toBe(false);
      const end = await select({ done: receive(root().done()), late: receive(time.after(hour)) });
      expect(end.case).toBe("late");
      expect(root().err()).toBeUndefined();
      expect(context.cause(root())).toBeUndefined();
      expect(root().deadline()).toBeUndefined();
      expect(root().value("key")).toBeUndefined();
      expect(String(root())).toBe(name);
    }));

  test("is one and the same each time", () =>
    inBubble(() => {
      expect(root()).toBe(root());
    }));
});

describe("cancel", () => {
  // R100, R106, R118
  test("closes done, and only then there is an err", () =>
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

  test("wakes everybody who waits for done, in a receive, a select or a loop", () =>
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
      await settled();
      expect(woken).toEqual([]);
      cancel();
      await settled();
      expect(woken.sort()).toEqual(["done", "loop", "receive"]);
    }));

  // R105
  test("leaves done the same channel, whenever it was first asked for", () =>
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

  // R101: T-X03
  test("has ended all below when it returns", () =>
    inBubble(() => {
      const [parent, cancel] = withCancel(background());
      const [child] = withCancel(parent);
      const valued = withValue(parent, "key", "value");
      const [timed] = withTimeout(valued, hour);
      const [deep] = withCancelCause(withValue(timed, "key", "other"));
      const all = [parent, child, valued, timed, deep];
      expect(all.some(isOver)).toBe(false);
      expect(children(parent)).toBe(2);

      cancel();
      expect(all.every(isOver)).toBe(true);
      for (const ctx of all) expect(ctx.err()).toBeInstanceOf(context.Canceled);
      expect(all.slice(0, 4).map((ctx) => (ctx === valued ? 0 : children(ctx)))).toEqual([0, 0, 0, 0]);
    }));

  // R102
  test("leaves the parent and its other children alone", () =>
    inBubble(() => {
      const [parent, cancelParent] = withCancel(background());
      const [child, cancel] = withCancel(parent);
      const [other] = withCancel(parent);
      cancel();
      expect([parent, child, other].map(isOver)).toEqual([false, true, false]);
      cancelParent();
      expect(isOver(other)).toBe(true);
    }));

  // R104, R117: T-X12
  test("makes what is derived afterwards over at birth, with the same err and cause", () =>
    inBubble(() => {
      const [parent, cancel] = withCancelCause(background());
      const why = new Error("because");
      cancel(why);
      for (const [child] of [
        withCancel(parent),
        withTimeout(parent, hour),
        withCancelCause(withValue(parent, "k", 1)),
      ]) {
        expect(isOver(child)).toBe(true);
        expect(child.err()).toBe(parent.err());
        expect(context.cause(child)).toBe(why);
      }
      expect(children(parent)).toBe(0);
    }));

  // T-X13
  test("reaches children that are made while a goroutine cancels", () =>
    inBubble(async () => {
      for (let i = 0; i < 20; i++) {
        const [parent, cancel] = withCancelCause(background());
        const why = new Error("because");
        go(cancel, why);
        if (i % 2 === 0) await settled();
        const [child] = withCancel(parent);
        await child.done().receive();
        expect(context.cause(child)).toBe(why);
      }
    }));

  // T-X08
  test("may be called for a child by whoever waits for the parent", () =>
    inBubble(async () => {
      const [parent, cancelParent] = withCancel(background());
      const [child, cancelChild] = withCancel(parent);
      const interlocked = (async () => {
        await parent.done().receive();
        cancelChild();
      })();
      await settled();
      cancelParent();
      await interlocked;
      expect(isOver(child)).toBe(true);
    }));

  // Mirrors TestSimultaneousCancels.
  test("ends a whole tree in whatever order goroutines cancel its contexts", () => {
    const seed = Date.now();
    return inBubble(
      async () => {
        const tree = [withCancel(background())];
        for (let i = 0; tree.length < 100; i++) {
          const [parent] = tree[i] as (typeof tree)[0];
          for (let k = 0; k < 4; k++) tree.push(withCancel(parent));
        }
        const wg = new WaitGroup();
        for (const [, cancel] of tree) wg.go(cancel);
        for (const [ctx] of tree) await ctx.done().receive();
        await wg.wait();
        expect({ seed, left: tree.filter(([ctx]) => children(ctx) > 0).length }).toEqual({ seed, left: 0 });
      },
      { seed },
    );
  });

  // T-X09
  test("reaches the lowest of 30 random layers from any layer, and leaves the values", () => {
    const seed = Date.now();
    return inBubble(
      () => {
        for (let round = 0; round < 50; round++) {
          let ctx = background();
          const cancels: context.CancelFunc[] = [];
          const keys: object[] = [];
          for (let i = 0; i < 30 || cancels.length === 0; i++) {
            const kind = below(3);
            if (kind === 0) {
              const key = {};
              keys.push(key);
              ctx = withValue(ctx, key, key);
            } else {
              const [child, cancel] = kind === 1 ? withCancel(ctx) : withTimeout(ctx, hour);
              ctx = child;
              cancels.push(cancel);
            }
          }
          const before = isOver(ctx);
          cancels[below(cancels.length)]?.();
          const values = keys.every((key) => ctx.value(key) === key);
          expect({ seed, before, after: isOver(ctx), values }).toEqual({
            seed,
            before: false,
            after: true,
            values: true,
          });
          for (const cancel of cancels) cancel();
        }
      },
      { seed },
    );
  });

  // R114
  test.each([
    ["withCancel", (parent: Context) => withCancel(parent)],
    ["withCancelCause", (parent: Context) => withCancelCause(parent)],
    ["withDeadline", (parent: Context) => context.withDeadline(parent, now() + hour)],
    ["withDeadlineCause", (parent: Context) => context.withDeadlineCause(parent, now() + hour, null)],
    ["withTimeout", (parent: Context) => withTimeout(parent, hour)],
    ["withTimeoutCause", (parent: Context) => withTimeoutCause(parent, hour, null)],
    ["withValue", (parent: Context) => withValue(parent, "key", 1)],
    ["withoutCancel", (parent: Context) => withoutCancel(parent)],
    ["afterFunc", (parent: Context) => context.afterFunc(parent, () => undefined)],
    ["notify", (parent: Context) => context.notify(parent, "SIGINT")],
  ])("%s of a parent that is none is a panic", (_, derive) =>
    inBubble(() => {
      for (const none of [null, undefined] as unknown as Context[]) {
        expect(() => derive(none)).toThrow(PanicError);
        expect(() => derive(none)).toThrow("cannot create context from nil parent");
      }
    }),
  );

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
      let ended = background();
      {
        const [ctx, cancel] = make();
        using _ = cancel;
        ended = ctx;
        expect(isOver(ctx)).toBe(false);
      }
      expect(isOver(ended)).toBe(true);
      expect(context.cause(ended)).toBe(ended.err());
      expect(ended.err()).toBeInstanceOf(context.Canceled);
    }),
  );

  // T-X25: ExampleWithCancel
  test("ends a generator that nobody reads any more", () =>
    inBubble(async () => {
      function gen(ctx: Context): Channel<number> {
        const out = new Channel<number>();
        go(async () => {
          for (let n = 1; ; n++) {
            const s = await select({ done: receive(ctx.done()), out: send(out, n) });
            if (s.case === "done") return;
          }
        });
        return out;
      }
      const before = numGoroutine();
      const [ctx, cancel] = withCancel(background());
      const seen: number[] = [];
      for await (const n of gen(ctx)) {
        seen.push(n);
        if (n === 5) break;
      }
      expect(seen).toEqual([1, 2, 3, 4, 5]);
      expect(numGoroutine()).toBe(before + 1);
      cancel();
      await settled();
      expect(numGoroutine()).toBe(before);
    }));
});

// R111
test("the two errors are classes of their own, with Go's words", () =>
  inBubble(() => {
    const [canceled, cancel] = withCancel(background());
    cancel();
    const [late] = withTimeout(background(), 0);
    expect(canceled.err()).toMatchObject({ name: "Canceled", message: "context canceled" });
    expect(late.err()).toMatchObject({ name: "DeadlineExceeded", message: "context deadline exceeded" });
    expect(canceled.err()).toBeInstanceOf(Error);
    expect(canceled.err()).not.toBeInstanceOf(context.DeadlineExceeded);
    expect(late.err()).not.toBeInstanceOf(context.Canceled);
    expect((late.err() as context.DeadlineExceeded).timeout()).toBe(true);
    expect(new context.Canceled("own words", { cause: late.err() })).toMatchObject({ message: "own words" });
  }));

// R116, R117, R118, R119: TestCause
describe("the cause", () => {
  const parentCause = new Error("parent");
  const childCause = new Error("child");
  const tooSlow = new Error("too slow");
  type Kind = typeof context.Canceled | typeof context.DeadlineExceeded;
  const { Canceled, DeadlineExceeded } = context;

  type Step = readonly [who: "parent" | "child", cause?: Error | null];

  function ended(...steps: Step[]): Context {
    const [parent, cancelParent] = withCancelCause(background());
    const [child, cancelChild] = withCancelCause(parent);
    for (const [who, cause] of steps) (who === "parent" ? cancelParent : cancelChild)(cause);
    return child;
  }

  function timed(ms: number, ...steps: Step[]): Context {
    const [parent, cancelParent] = withCancelCause(background());
    const [child, cancelChild] = withTimeoutCause(parent, ms, tooSlow);
    for (const [who, cause] of steps) {
      if (who === "parent") cancelParent(cause);
      else cancelChild();
    }
    return child;
  }

  test.each<[string, () => Context, Kind, Error | null]>([
    ["what was said to cancel", () => ended(["child", childCause]), Canceled, childCause],
    ["err, if nothing was said", () => ended(["child"]), Canceled, null],
    ["err, if null was said", () => ended(["child", null]), Canceled, null],
    [
      "the parent's, if that was first",
      () => ended(["parent", parentCause], ["child", childCause]),
      Canceled,
      parentCause,
    ],
    [
      "the child's, if that was first",
      () => ended(["child", childCause], ["parent", parentCause]),
      Canceled,
      childCause,
    ],
    ["the parent's, before a child without", () => ended(["parent", parentCause], ["child"]), Canceled, parentCause],
    ["err, of a child without before its parent", () => ended(["child"], ["parent", parentCause]), Canceled, null],
    ["err, of a parent without before its child", () => ended(["parent"], ["child", childCause]), Canceled, null],
    ["the timeout's, if that was first", () => timed(0, ["parent", parentCause]), DeadlineExceeded, tooSlow],
    ["err, if cancel was before the timeout", () => timed(hour, ["child"]), Canceled, null],
    ["the parent's, before the timeout", () => timed(hour, ["parent", parentCause]), Canceled, parentCause],
    ["err, of a timeout without", () => withTimeout(background(), 0)[0], DeadlineExceeded, null],
    ["seen through values", () => withValue(timed(0), "k", 1), DeadlineExceeded, tooSlow],
  ])("is %s", (_, make, kind, expected) =>
    inBubble(() => {
      const ctx = make();
      expect(ctx.err()).toBeInstanceOf(kind);
      expect(context.cause(ctx)).toBe(expected ?? ctx.err());
    }),
  );

  test("must be an Error: anything else is refused and ends nothing", () =>
    inBubble(() => {
      const [ctx, cancel] = withCancelCause(background());
      for (const wrong of ["because", 1, {}, false] as unknown as Error[]) {
        expect(() => cancel(wrong)).toThrow(TypeError);
        expect(() => withTimeoutCause(background(), hour, wrong)).toThrow(TypeError);
      }
      expect(ctx.err()).toBeUndefined();
    }));

  // What Node's own modules throw is an Error of another realm, in a test runner as in a vm.
  test("may be an Error of another realm", () =>
    inBubble(async () => {
      const { runInNewContext } = await import("node:vm");
      const foreign = runInNewContext("new TypeError('elsewhere')") as Error;
      const [ctx, cancel] = withCancelCause(background());
      cancel(foreign);
      expect(context.cause(ctx)).toBe(foreign);
    }));
});

// R103: T-X11
describe("the parent's list", () => {
  test.each<[string, (parent: Context) => () => unknown]>([
    ["a cancelled child", (parent) => withCancel(parent)[1]],
    ["a child with a cause", (parent) => withCancelCause(parent)[1]],
    ["a child that is cancelled before its timeout", (parent) => withTimeout(parent, hour)[1]],
    ["a function that was taken back", (parent) => context.afterFunc(parent, () => undefined)],
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

  test("keeps no child in memory that has ended", async () => {
    const [parent] = withCancel(background());
    function endOne(): WeakRef<object> {
      const [child, cancel] = withCancel(parent);
      void child.done();
      child.signal.addEventListener("abort", () => child.err());
      withCancel(withValue(child, "k", 1));
      cancel();
      return new WeakRef(child);
    }
    expect(await isCollected(endOne())).toBe(true);
    expect(parent.err()).toBeUndefined();
  });

  test("is empty after 100,000 contexts, and the heap is as before", async () => {
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
    // Kept, each would take more than 200 bytes.
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

  test("a chain of 20,000 contexts ends at once", () =>
    inBubble(() => {
      const { bottom, cancel } = chain((parent) => withCancel(parent)[0]);
      const done = bottom.done();
      cancel();
      expect(done.tryReceive()).toBeDefined();
      expect(bottom.err()).toBeInstanceOf(context.Canceled);
    }));

  test("20,000 children end at once", () =>
    inBubble(() => {
      const [parent, cancel] = withCancel(background());
      const all = Array.from({ length: many }, () => withCancel(parent)[0]);
      cancel();
      expect(all.every(isOver)).toBe(true);
      expect(children(parent)).toBe(0);
    }));

  // Go's stacks grow; ours do not.
  test.each<[string, (parent: Context) => Context]>([
    ["withCancel", (parent) => withCancel(parent)[0]],
    ["withValue", (parent) => withValue(parent, "k", 1)],
  ])("the lowest of 20,000 %s answers, and can be derived from", (_, derive) =>
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
test("a context prints its descent", () =>
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
