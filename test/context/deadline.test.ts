import { describe, expect, test } from "@jest/globals";
import { Channel, context, go, time, WaitGroup } from "goro";
import { bubble, now } from "goro/testing";
import { timeLeft } from "../../src/context/cancel.ts";
import { currentClock, realClock } from "../../src/runtime/timer.ts";
import { runSource } from "../support/programs.ts";
import { quiet } from "../support/promises.ts";
import { replace } from "../support/replace.ts";
import { isOver, children, inBubble, Wrapper } from "../support/contexts.ts";
import { shown } from "../support/shown.ts";

type Context = context.Context;

const { background, withCancel, withCancelCause, withDeadline, withDeadlineCause, withTimeout, withTimeoutCause } =
  context;

function jsonOf(ctx: Context): string {
  return new Date(ctx.deadline() as number).toJSON();
}

describe("a deadline", () => {
  // R107, R109
  test.each<[string, (root: Context, ms: number) => Context]>([
    ["a Date", (root, ms) => withDeadline(root, new Date(now() + ms))[0]],
    ["above a value", (root, ms) => context.withValue(withTimeout(root, ms)[0], "k", 1)],
    ["the parent's", (root, ms) => withCancel(withTimeout(root, ms)[0])[0]],
    ["an earlier one of the parent", (root, ms) => withTimeout(withTimeout(root, ms)[0], time.hour)[0]],
    ["earlier than the parent's", (root, ms) => withTimeout(withTimeout(root, time.hour)[0], ms)[0]],
  ])("that is %s cancels the context, and not before", (_name, make) =>
    inBubble(async () => {
      const [root, cancelRoot] = withCancel(background());
      using _ = cancelRoot;
      const deadline = now() + 8;
      const ctx = make(root, 8);
      expect(ctx.deadline()).toBe(deadline);
      expect(isOver(ctx)).toBe(false);
      expect(ctx.err()).toBeUndefined();
      await ctx.done().receive();
      expect(now()).toBe(deadline);
      expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
      expect(context.cause(ctx)).toBe(ctx.err());
      expect(ctx.deadline()).toBe(deadline);
    }),
  );

  // R108
  test.each<[string, () => Context]>([
    ["long past", () => withDeadline(background(), new Date(0))[0]],
    ["in 0 ms", () => withTimeout(background(), 0)[0]],
    ["in less than 0 ms", () => withTimeout(background(), -5)[0]],
    ["in -Infinity ms", () => withTimeout(background(), -Infinity)[0]],
  ])("that is %s creates a canceled context", (_, make) =>
    inBubble(() => {
      const ctx = make();
      expect(isOver(ctx)).toBe(true);
      expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
      expect(currentClock().size).toBe(0);
    }),
  );

  // R107
  test("that equals the parent's is kept, with its own alarm", () =>
    inBubble(() => {
      const [parent, cancel] = withDeadline(background(), now() + time.minute);
      const [child] = withDeadline(parent, now() + time.minute);
      expect(String(child)).toBe(`${String(parent)}.WithDeadline(${jsonOf(child)})`);
      expect(currentClock().size).toBe(2);
      cancel();
    }));

  // R107
  test("that is later than the parent's is replaced by the parent's, and sets no alarm", () =>
    inBubble(() => {
      const [parent, cancel] = withDeadline(background(), now() + time.minute);
      for (const [child] of [withTimeout(parent, time.hour), withTimeout(parent, Infinity)]) {
        expect(child.deadline()).toBe(parent.deadline());
        expect(String(child)).toBe(`${String(parent)}.WithCancel`);
      }
      expect(currentClock().size).toBe(1);
      const sooner = now() + time.second;
      expect(withDeadline(parent, sooner)[0].deadline()).toBe(sooner);
      expect(parent.deadline()).not.toBe(sooner);
      cancel();
    }));

  // R110
  test("removes its alarm when the context is canceled, by its own cancel or by its parent", () =>
    inBubble(() => {
      const [own, cancelOwn] = withTimeout(background(), time.hour);
      const [parent, cancelParent] = withCancel(background());
      const [child] = withTimeout(context.withValue(parent, "k", 1), time.hour);
      expect(currentClock().size).toBe(2);
      cancelOwn();
      expect(currentClock().size).toBe(1);
      cancelParent();
      expect(currentClock().size).toBe(0);
      for (const ctx of [own, child]) expect(ctx.err()).toBeInstanceOf(context.Canceled);

      const [canceled] = withTimeout(parent, time.hour);
      expect(canceled.err()).toBeInstanceOf(context.Canceled);
      expect(currentClock().size).toBe(0);
    }));

  // R106, R103
  test("that has passed is final: a later cancel changes nothing, and the parent's list of children is empty", () =>
    inBubble(async () => {
      const [parent, cancelParent] = withCancelCause(background());
      const deadline = now() + 2;
      const [ctx, cancel] = withTimeout(parent, 2);
      const [child] = withCancel(ctx);
      expect(children(parent)).toBe(1);
      await child.done().receive();
      expect(now()).toBe(deadline);
      expect(children(parent)).toBe(0);
      const err = ctx.err();
      cancel();
      cancelParent(new Error("too late"));
      expect(ctx.err()).toBe(err);
      expect(child.err()).toBe(err);
      expect(context.cause(child)).toBe(err);
      expect(err).toBeInstanceOf(context.DeadlineExceeded);
    }));

  // R119
  test.each<[string, (cause: Error | null) => Context]>([
    ["withDeadlineCause", (cause) => withDeadlineCause(background(), new Date(now() + 2), cause)[0]],
    ["withTimeoutCause", (cause) => withTimeoutCause(background(), 2, cause)[0]],
    ["a past withDeadlineCause", (cause) => withDeadlineCause(background(), 0, cause)[0]],
  ])("of %s sets its cause, also for descendants", (_, make) =>
    inBubble(async () => {
      const slow = new Error("too slow");
      const ctx = make(slow);
      const [child] = withCancel(ctx);
      const bare = make(null);
      await child.done().receive();
      await bare.done().receive();
      expect(child.err()).toBeInstanceOf(context.DeadlineExceeded);
      expect(context.cause(ctx)).toBe(slow);
      expect(context.cause(child)).toBe(slow);
      expect(context.cause(bare)).toBe(bare.err());
    }),
  );

  test("that is not a number is refused, and sets nothing", () =>
    inBubble(() => {
      const [parent] = withCancel(background());
      for (const wrong of [NaN, "5", "", null, undefined, {}, 5n, true, []] as unknown as number[]) {
        const got = `must be a number, got ${shown(wrong)}`;
        expect(() => withTimeout(parent, wrong)).toThrow(new RangeError(`context.withTimeout: ms ${got}`));
        expect(() => withDeadline(parent, wrong)).toThrow(new RangeError(`context.withDeadline: deadline ${got}`));
      }
      expect(() => withDeadline(parent, new Date(NaN))).toThrow(RangeError);
      expect(children(parent)).toBe(0);
    }));

  test.each([2 ** 31 - 1, 2 ** 31, 2 ** 53, Infinity])("in %p ms does not pass too early", async (ms) => {
    const [ctx, cancel] = withTimeout(background(), ms);
    const [dated, cancelDated] = withDeadline(background(), Date.now() + ms);
    await time.sleep(5);
    expect([ctx, dated].some(isOver)).toBe(false);
    expect(ctx.deadline()).toBeGreaterThanOrEqual(ms);
    expect(String(ctx)).toBe(`context.Background.WithDeadline(${ms < 2 ** 53 ? jsonOf(ctx) : "never"})`);
    cancel();
    cancelDated();
    expect(realClock.size).toBe(0);
  });
});

test("deadlines pass in the order of their times, not in the order in which they were set", () =>
  inBubble(async () => {
    const start = now();
    const passed: number[][] = [];
    const wg = new WaitGroup();
    for (const ms of [9, 3, 6, 12]) {
      const [ctx] = withTimeout(background(), ms);
      wg.go(async () => {
        await ctx.done().receive();
        passed.push([ms, now() - start]);
      });
    }
    await wg.wait();
    expect(passed).toEqual([3, 6, 9, 12].map((ms) => [ms, ms]));
  }));

test("a deadline passes while goroutines exchange values without a pause", async () => {
  const [ctx] = withTimeout(background(), 10);
  const ping = new Channel<number>();
  const pong = new Channel<number>();
  go(async () => {
    for await (const n of ping) await pong.send(n + 1);
    pong.close();
  });
  let n = 0;
  while (ctx.err() === undefined) {
    await ping.send(n);
    n = (await pong.receive()).value as number;
  }
  ping.close();
  await quiet();
  expect(n).toBeGreaterThan(0);
  expect(realClock.size).toBe(0);
});

// R107, R109
test.each<[string, (ms: number) => Context]>([
  ["a number", (ms) => withDeadline(background(), Date.now() + ms)[0]],
  ["a Date", (ms) => withDeadline(background(), new Date(Date.now() + ms))[0]],
  ["a timeout", (ms) => withTimeout(background(), ms)[0]],
])("a deadline that is %s does not pass early in real time", async (_, make) => {
  const start = Date.now();
  const ctx = make(8);
  const deadline = ctx.deadline() as number;
  expect(deadline).toBeGreaterThanOrEqual(start + 8);
  await ctx.done().receive();
  // The wall clock and the monotonic clock of the host are rounded differently.
  expect(Date.now()).toBeGreaterThanOrEqual(deadline - 1);
  expect(realClock.size).toBe(0);
});

// R110
test("a timeout keeps the process alive until it passes or is canceled", async () => {
  const program = await runSource(`
    import { context } from "goro";
    const [slow, cancel] = context.withTimeout(context.background(), 600_000);
    const [child] = context.withTimeout(slow, 500_000);
    const [quick] = context.withTimeout(context.background(), 20);
    await quick.done().receive();
    console.log(String(quick.err()));
    cancel();
    console.log(String(child.err()));
  `);
  expect(program).toEqual({
    code: 0,
    stdout: "TimeoutError: context deadline exceeded\nAbortError: context canceled\n",
    stderr: "",
  });
});

describe("when the wall clock of the machine is set", () => {
  function setForward(ms: number): () => void {
    const original = Date.now;
    return replace(Date, "now", () => original() + ms);
  }

  test("forward, a child's shorter timeout is still shorter than the parent's", () => {
    const [parent, cancel] = withTimeout(background(), time.hour);
    using _ = cancel;
    const restore = setForward(10 * time.hour);
    try {
      const [child, cancelChild] = withTimeout(parent, time.second);
      using _2 = cancelChild;
      expect(timeLeft(child)).toBeLessThanOrEqual(time.second);
      expect(realClock.labels.filter((purpose) => purpose === "context.withDeadline")).toHaveLength(2);
    } finally {
      restore();
    }
  });

  test.each([10 * time.hour, -10 * time.hour])(
    "by %d ms, a child's longer timeout is still replaced by the parent's",
    (ms) => {
      const [parent, cancel] = withTimeout(background(), time.hour);
      using _ = cancel;
      const restore = setForward(ms);
      try {
        const [child, cancelChild] = withTimeout(parent, 2 * time.hour);
        using _2 = cancelChild;
        expect(child.deadline()).toBe(parent.deadline());
        expect(timeLeft(child)).toBeLessThanOrEqual(time.hour);
        expect(realClock.labels.filter((purpose) => purpose === "context.withDeadline")).toHaveLength(1);
      } finally {
        restore();
      }
    },
  );

  test("the remaining time of a timeout does not change, also through values and wrappers", () => {
    const [ctx, cancel] = withTimeout(background(), time.hour);
    using _ = cancel;
    const contexts = [ctx, context.withValue(ctx, "key", 1), new Wrapper(ctx), withCancel(ctx)[0]];
    const restore = setForward(10 * time.hour);
    try {
      for (const derived of contexts) {
        expect(timeLeft(derived)).toBeGreaterThan(time.minute);
        expect(timeLeft(derived)).toBeLessThanOrEqual(time.hour);
      }
    } finally {
      restore();
    }
  });

  test("a deadline of a custom context is a time of the wall clock", () => {
    class Sooner extends Wrapper {
      override deadline(): number {
        return now() + time.second;
      }
    }
    const [ctx, cancel] = withTimeout(background(), time.hour);
    using _ = cancel;
    expect(timeLeft(new Sooner(ctx))).toBeLessThanOrEqual(time.second);
    expect(timeLeft(new Sooner(background()))).toBeGreaterThan(0);
    expect(timeLeft(background())).toBe(Infinity);
  });

  test("a context that is derived from a custom one has the time that the wall clock leaves", () => {
    class Fixed extends Wrapper {
      readonly #at = now() + 20 * time.hour;

      override deadline(): number {
        return this.#at;
      }
    }
    const parent = new Fixed(background());
    const [child, cancel] = withCancel(parent);
    using _ = cancel;
    const restore = setForward(10 * time.hour);
    try {
      expect(child.deadline()).toBe(parent.deadline());
      expect(timeLeft(child)).toBeLessThanOrEqual(10 * time.hour);
      const [later, cancelLater] = withTimeout(child, 11 * time.hour);
      using _2 = cancelLater;
      expect(later.deadline()).toBe(parent.deadline());
    } finally {
      restore();
    }
  });

  test("contexts of different clocks are compared by the wall clock", async () => {
    const [parent, cancel] = withTimeout(background(), time.hour);
    using _ = cancel;
    await bubble(() => {
      // The clock of the bubble starts in the year 2000.
      const [child, cancelChild] = withTimeout(parent, 2 * time.hour);
      using _2 = cancelChild;
      expect(child.deadline()).toBe(now() + 2 * time.hour);
    });
  });
});
