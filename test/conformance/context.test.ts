// Go's tests of package context, from context_test.go and x_test.go. Those of causes, of contexts of the user's own and of
// AfterFunc have files of their own beside this one.

import { describe, expect, test } from "@jest/globals";
import { context, go, gosched, PanicError, receive, select, time, WaitGroup } from "goro";
import { now, waitUntilBlocked } from "goro/testing";
import { children, inBubble, isOver, Wrapper } from "../support/contexts.ts";

type Context = context.Context;

const { afterFunc, background, key, withCancel, withCancelCause, withDeadline, withTimeout, withValue } = context;
const shortDuration = 1 * time.millisecond;
const veryLongDuration = 1000 * time.hour;
const seeds = [1, 2, 3, 4, 5];

// T-X01; R99, R118
test.each([
  ["TestBackground", background, "context.Background"],
  ["TestTODO", context.todo, "context.TODO"],
])("%s: it never ends, has neither deadline nor values, and prints its name", (_, root, name) =>
  inBubble(async () => {
    const ctx = root();
    expect(isOver(ctx)).toBe(false);
    const s = await select({ done: receive(ctx.done()), late: receive(time.after(veryLongDuration)) });
    expect(s.case).toBe("late");
    expect([ctx.err(), context.cause(ctx), ctx.deadline(), ctx.value("key")]).toEqual(Array(4).fill(undefined));
    expect(ctx.signal.aborted).toBe(false);
    expect(String(ctx)).toBe(name);
  }),
);

// T-X02; R100, R101, R106, R115
test("TestWithCancel: cancel reaches the context, a foreign wrapper and what is below that before it returns", () =>
  inBubble(() => {
    const [c1, cancel] = withCancel(background());
    expect(String(c1)).toBe("context.Background.WithCancel");
    const o = new Wrapper(c1);
    const [c2] = withCancel(o);
    const contexts = [c1, o, c2];
    for (const c of contexts) {
      expect(c.err()).toBeUndefined();
      expect(isOver(c)).toBe(false);
    }

    cancel();
    for (const c of contexts) {
      expect(isOver(c)).toBe(true);
      expect(c.err()).toBeInstanceOf(context.Canceled);
    }
    cancel();
    expect(c1.err()).toBe(c2.err());
  }));

// T-X03; R101, R103
test("TestParentFinishesChild: all kinds of children stand in the parent's list, end with it and leave the list", () =>
  inBubble(async () => {
    const [parent, cancel] = withCancel(background());
    const [cancelChild] = withCancel(parent);
    const valueChild = withValue(parent, "key", "value");
    const [timerChild] = withTimeout(valueChild, veryLongDuration);
    let called = false;
    const stopAfter = afterFunc(parent, () => (called = true));
    const contexts = [parent, cancelChild, valueChild, timerChild];
    expect(contexts.some(isOver)).toBe(false);
    expect(children(parent)).toBe(3);

    cancel();
    expect(children(parent)).toBe(0);
    for (const ctx of contexts) {
      expect(isOver(ctx)).toBe(true);
      expect(ctx.err()).toBeInstanceOf(context.Canceled);
    }
    expect(stopAfter()).toBe(false);
    await waitUntilBlocked();
    expect(called).toBe(true);

    const precanceledChild = withValue(parent, "key", "value");
    expect(isOver(precanceledChild)).toBe(true);
    expect(precanceledChild.err()).toBeInstanceOf(context.Canceled);
  }));

// T-X03; R102, R103
test.each(["Background", "a cancelable context"])(
  "TestChildFinishesFirst: the end of a child of %s leaves that alone, and leaves its list",
  (which) =>
    inBubble(() => {
      const [cancelable, cancelParent] = withCancel(background());
      const isCancelable = which !== "Background";
      const parent = isCancelable ? cancelable : background();
      const [child, cancel] = withCancel(parent);
      expect([parent, child].some(isOver)).toBe(false);
      expect(children(cancelable)).toBe(isCancelable ? 1 : 0);

      cancel();
      expect(children(cancelable)).toBe(0);
      expect(isOver(child)).toBe(true);
      expect(child.err()).toBeInstanceOf(context.Canceled);
      expect(isOver(parent)).toBe(false);
      expect(parent.err()).toBeUndefined();
      cancelParent();
    }),
);

// T-X11; R103
test.each<[string, (parent: Context) => () => unknown]>([
  ["a child of withCancel that is canceled", (parent) => withCancel(parent)[1]],
  ["a child of withTimeout that is canceled", (parent) => withTimeout(parent, 60 * time.minute)[1]],
  ["a function that is stopped", (parent) => afterFunc(parent, () => undefined)],
])("TestCancelRemoves: %s leaves the parent's list", (_, derive) =>
  inBubble(() => {
    const [ctx] = withCancel(background());
    expect(children(ctx)).toBe(0);
    const end = derive(ctx);
    expect(children(ctx)).toBe(1);
    end();
    expect(children(ctx)).toBe(0);
  }),
);

// T-X04; R107, R108, R109, R115
test.each<[string, number, () => Context]>([
  ["WithDeadline", shortDuration, () => withDeadline(background(), now() + shortDuration)[0]],
  ["WithDeadline+otherContext", shortDuration, () => new Wrapper(withDeadline(background(), now() + shortDuration)[0])],
  [
    "WithDeadline+otherContext+WithDeadline",
    shortDuration,
    () => {
      const o = new Wrapper(withDeadline(background(), now() + shortDuration)[0]);
      return withDeadline(o, now() + veryLongDuration)[0];
    },
  ],
  ["WithDeadline+inthepast", 0, () => withDeadline(background(), now() - shortDuration)[0]],
  ["WithDeadline+now", 0, () => withDeadline(background(), now())[0]],
])("TestDeadline: %s ends %p ms after it is made", (name, ms, make) =>
  inBubble(async () => {
    const start = now();
    const c = make();
    if (name === "WithDeadline") expect(String(c)).toMatch(/^context\.Background\.WithDeadline\(/);
    // What has passed is over at birth, and what has not is not.
    expect(isOver(c)).toBe(ms === 0);
    await c.done().receive();
    expect(now() - start).toBe(ms);
    expect(c.err()).toBeInstanceOf(context.DeadlineExceeded);
  }),
);

// T-X04; R107, R109, R115
test.each<[string, () => Context]>([
  ["WithTimeout", () => withTimeout(background(), shortDuration)[0]],
  ["WithTimeout+otherContext", () => new Wrapper(withTimeout(background(), shortDuration)[0])],
  [
    "WithTimeout+otherContext+WithTimeout",
    () => withTimeout(new Wrapper(withTimeout(background(), shortDuration)[0]), veryLongDuration)[0],
  ],
])("TestTimeout: %s ends when the shorter timeout passes", (name, make) =>
  inBubble(async () => {
    const deadline = now() + shortDuration;
    const c = make();
    if (name === "WithTimeout") expect(String(c)).toMatch(/^context\.Background\.WithDeadline\(/);
    expect(c.deadline()).toBe(deadline);
    expect(isOver(c)).toBe(false);
    await c.done().receive();
    expect(now()).toBe(deadline);
    expect(c.err()).toBeInstanceOf(context.DeadlineExceeded);
  }),
);

// T-X04; R110
test.each([veryLongDuration, time.millisecond])(
  "TestCanceledTimeout: a cancel before the timeout of %d ms is at once the end, and that of nothing above",
  (ms) =>
    inBubble(() => {
      const [above, cancelAbove] = withTimeout(background(), 1 * time.second);
      const [c, cancel] = withTimeout(new Wrapper(above), ms);
      cancel();
      expect(isOver(c)).toBe(true);
      expect(c.err()).toBeInstanceOf(context.Canceled);
      expect(above.err()).toBeUndefined();
      cancelAbove();
    }),
);

// T-X05; R112, R115
test("TestValues: the nearest context with the very key has the value, which may be null, also through wrappers", () => {
  const k1 = key<string | null>("k");
  const k2 = key<string | null>("k");
  const k3 = key<string | null>("k3");
  function check(c: Context, ...want: (string | null | undefined)[]): void {
    expect([k1, k2, k3].map((k) => c.value(k))).toEqual(want);
  }
  const none = undefined;

  const c0 = background();
  check(c0, none, none, none);
  const c1 = withValue(background(), k1, "c1k1");
  check(c1, "c1k1", none, none);
  expect(String(c1)).toBe("context.Background.WithValue(k, c1k1)");
  const c2 = withValue(c1, k2, "c2k2");
  check(c2, "c1k1", "c2k2", none);
  expect(String(c2)).toBe("context.Background.WithValue(k, c1k1).WithValue(k, c2k2)");
  const c3 = withValue(c2, k3, "c3k3");
  check(c3, "c1k1", "c2k2", "c3k3");
  const c4 = withValue(c3, k1, null);
  check(c4, null, "c2k2", "c3k3");
  expect(String(c4)).toBe(`${String(c2)}.WithValue(k3, c3k3).WithValue(k, null)`);
  check(c3, "c1k1", "c2k2", "c3k3");

  const o0 = new Wrapper(background());
  check(o0, none, none, none);
  const o1 = new Wrapper(withValue(background(), k1, "c1k1"));
  check(o1, "c1k1", none, none);
  const o2 = withValue(o1, k2, "o2k2");
  check(o2, "c1k1", "o2k2", none);
  const o3 = new Wrapper(c4);
  check(o3, null, "c2k2", "c3k3");
  const o4 = withValue(o3, k3, null);
  check(o4, null, "c2k2", null);
});

// R100, R101
test.each(seeds)("TestSimultaneousCancels: a tree ends in whatever order goroutines cancel it (seed %d)", (seed) =>
  inBubble(
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
      expect(tree.filter(([ctx]) => children(ctx) > 0)).toEqual([]);
    },
    { seed },
  ),
);

// T-X08; R101
test.each(["waits for the parent", "has not begun"])(
  "TestInterlockedCancels: a goroutine that cancels the child when the parent ends %s at that moment",
  (when) =>
    inBubble(async () => {
      const [parent, cancelParent] = withCancel(background());
      const [child, cancelChild] = withCancel(parent);
      const interlocked = new WaitGroup();
      interlocked.go(async () => {
        await parent.done().receive();
        cancelChild();
      });
      if (when === "waits for the parent") await waitUntilBlocked();
      cancelParent();
      await child.done().receive();
      await interlocked.wait();
      expect(child.err()).toBe(parent.err());
    }),
);

/** Whole numbers below `n` that the seed determines, of which the upper bits of a linear congruence decide. */
function random(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

interface Layers {
  readonly ctx: Context;
  readonly cancels: readonly context.CancelFunc[];
  readonly shortest: number;
  checkValues(): void;
}

/** At least 30 layers of values, cancels and timeouts, of each kind at least one. */
function randomLayers(intn: (n: number) => number, timeout: () => number): Layers {
  const values: object[] = [];
  const cancels: context.CancelFunc[] = [];
  let ctx = background();
  let shortest = Infinity;
  for (let i = 0; i < 30 || shortest === Infinity || cancels.length === 0 || values.length === 0; i++) {
    const kind = intn(3);
    if (kind === 0) {
      const value = {};
      ctx = withValue(ctx, value, value);
      values.push(value);
    } else {
      const ms = timeout();
      const [child, cancel] = kind === 1 ? withCancel(ctx) : withTimeout(ctx, ms);
      ctx = child;
      cancels.push(cancel);
      if (kind === 2) shortest = Math.min(shortest, ms);
    }
  }
  expect(String(ctx)).toMatch(/^context\.Background\./);
  function checkValues(): void {
    for (const value of values) expect(ctx.value(value)).toBe(value);
  }
  return { ctx, cancels, shortest, checkValues };
}

describe.each(seeds)("with the layers of seed %d", (seed) => {
  // T-X09; R101, R112
  test("TestLayersCancel: a cancel of any layer ends the lowest, which keeps its values", () =>
    inBubble(() => {
      const intn = random(seed);
      for (let round = 0; round < 10; round++) {
        const { ctx, cancels, checkValues } = randomLayers(intn, () => veryLongDuration);
        expect(isOver(ctx)).toBe(false);
        checkValues();
        cancels[intn(cancels.length)]?.();
        expect(isOver(ctx)).toBe(true);
        expect(ctx.err()).toBeInstanceOf(context.Canceled);
        checkValues();
        for (const cancel of cancels) cancel();
      }
    }));

  // T-X09; R101, R107, R112
  test("TestLayersTimeout: the shortest timeout of all layers ends the lowest, which keeps its values", () =>
    inBubble(async () => {
      const intn = random(seed);
      for (let round = 0; round < 10; round++) {
        const start = now();
        const { ctx, cancels, shortest, checkValues } = randomLayers(intn, () => 1 + intn(100));
        checkValues();
        expect(ctx.deadline()).toBe(start + shortest);
        await ctx.done().receive();
        expect(now() - start).toBe(shortest);
        expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
        checkValues();
        for (const cancel of cancels) cancel();
      }
    }));
});

// T-X12; R104, R117
test.each<[string, (parent: Context) => Context]>([
  ["withCancel", (parent) => withCancel(parent)[0]],
  ["withCancelCause below a value", (parent) => withCancelCause(withValue(parent, "key", 1))[0]],
  ["withTimeout", (parent) => withTimeout(parent, veryLongDuration)[0]],
])("TestWithCancelCanceledParent: a child by %s is over at birth, with the parent's err and cause", (_, derive) =>
  inBubble(() => {
    const [parent, cancelParent] = withCancelCause(background());
    const cause = new Error("Because!");
    cancelParent(cause);
    const c = derive(parent);
    expect(isOver(c)).toBe(true);
    expect(c.err()).toBeInstanceOf(context.Canceled);
    expect(c.err()).toBe(parent.err());
    expect(context.cause(c)).toBe(cause);
    expect(children(parent)).toBe(0);
  }),
);

// T-X13; R104, R117
test.each(seeds)(
  "TestWithCancelSimultaneouslyCanceledParent: a child has the cause, be it made before or after (seed %d)",
  (seed) =>
    inBubble(
      async () => {
        let late = 0;
        for (let i = 0; i < 100; i++) {
          const [parent, cancelParent] = withCancelCause(background());
          const cause = new Error("Because!");
          const wg = new WaitGroup();
          wg.go(cancelParent, cause);
          wg.go(async () => {
            if (parent.err() !== undefined) late++;
            const [c] = withCancel(parent);
            await c.done().receive();
            expect(c.err()).toBeInstanceOf(context.Canceled);
            expect(context.cause(c)).toBe(cause);
          });
          await wg.wait();
        }
        // Both orders were tried: each is as likely as the other, and the seed is fixed.
        expect(late).toBeGreaterThan(0);
        expect(late).toBeLessThan(100);
      },
      { seed },
    ),
);

// T-X14; R113
test("TestWithValueChecksKey: no key is a panic; what Go cannot compare is a key like any other", () => {
  for (const none of [null, undefined]) {
    expect(() => withValue(background(), none, "bar")).toThrow(PanicError);
    expect(() => withValue(background(), none, "bar")).toThrow("nil key");
  }
  const bytes = new Uint8Array([102, 111, 111]);
  for (const k of [bytes, 0, "", false]) expect(withValue(background(), k, "bar").value(k)).toBe("bar");
  expect(withValue(background(), bytes, "bar").value(new Uint8Array(bytes))).toBeUndefined();
  // Not a number is no key that could be found again, in Go as well.
  expect(withValue(background(), NaN, "bar").value(NaN)).toBeUndefined();
});

// T-X14; R114
test.each<[string, (parent: Context) => unknown]>([
  ["withCancel", withCancel],
  ["withCancelCause", withCancelCause],
  ["withDeadline", (parent) => withDeadline(parent, now() + shortDuration)],
  ["withDeadline in the past", (parent) => withDeadline(parent, now() - shortDuration)],
  ["withDeadlineCause", (parent) => context.withDeadlineCause(parent, now() + shortDuration, null)],
  ["withTimeout", (parent) => withTimeout(parent, shortDuration)],
  ["withTimeoutCause", (parent) => context.withTimeoutCause(parent, shortDuration, null)],
  ["withValue", (parent) => withValue(parent, "foo", "bar")],
  ["withoutCancel", context.withoutCancel],
  ["afterFunc", (parent) => afterFunc(parent, () => undefined)],
  ["notify", (parent) => context.notifyContext(parent, "SIGINT")],
])("TestInvalidDerivedFail: %s of a parent that is none is a panic", (_, derive) =>
  inBubble(() => {
    for (const none of [null, undefined] as unknown as Context[]) {
      expect(() => derive(none)).toThrow(PanicError);
      expect(() => derive(none)).toThrow("cannot create context from nil parent");
    }
  }),
);

// T-X14; R111
test("TestDeadlineExceededSupportsTimeout: an error of time says that it is one, and that of a cancel does not", () => {
  const [late] = withTimeout(background(), 0);
  const err = late.err();
  expect((err as context.DeadlineExceeded).timeout()).toBe(true);
  expect(err?.message).toBe("context deadline exceeded");
  const [ctx, cancel] = withCancel(background());
  cancel();
  expect(ctx.err()).not.toHaveProperty("timeout");
  expect(ctx.err()?.message).toBe("context canceled");
});

// T-X17; R120
test("TestWithoutCancel: the values are kept, and there is neither deadline nor done nor err", () =>
  inBubble(async () => {
    const [parent, cancel] = withTimeout(withValue(background(), "key", "value"), veryLongDuration);
    const ctx = context.withoutCancel(parent);
    cancel();
    expect(ctx.deadline()).toBeUndefined();
    const s = await select({ done: receive(ctx.done()), late: receive(time.after(veryLongDuration)) });
    expect(s.case).toBe("late");
    expect(ctx.err()).toBeUndefined();
    expect(context.cause(ctx)).toBeUndefined();
    expect(ctx.value("key")).toBe("value");
  }));

// R105, R106. Go's issue 75533.
test.each(seeds)("TestContextErrDoneRace: whoever sees an err finds done closed (seed %d)", (seed) =>
  inBubble(
    async () => {
      for (let i = 0; i < 10; i++) {
        const [ctx, cancel] = withCancel(background());
        const done = ctx.done();
        go(cancel);
        while (ctx.err() === undefined) {
          expect(done.tryReceive()).toBeUndefined();
          await gosched();
        }
        expect(done.tryReceive()).toEqual({ value: undefined, ok: false });
        expect(ctx.done()).toBe(done);
      }
    },
    { seed },
  ),
);
