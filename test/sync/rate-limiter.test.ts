import { describe, expect, test } from "@jest/globals";
import { context, ErrGroup, go, RateLimiter, type Reservation, time } from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { Prng } from "../../src/util/prng.ts";
import { GoLimiter } from "../model/bucket.ts";
import { children, inBubble } from "../support/contexts.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

/** The unit of time of Go's tests, in milliseconds. */
const d = 100;

/** Sleeps until `units` are over since `start`. */
function until(start: number, units: number): Promise<void> {
  return time.sleep(start + units * d - now());
}

type Allow = readonly [at: number, tokens: number, n: number, ok: boolean];

/** Each step: when, how many tokens there are then, and whether `n` events may happen. */
async function expectAllows(limiter: RateLimiter, allows: readonly Allow[]): Promise<void> {
  const start = now();
  for (const [at, tokens, n, ok] of allows) {
    await until(start, at);
    expect([at, limiter.tokens, limiter.allow(n)]).toEqual([at, tokens, ok]);
  }
}

/** Reserves `n`, and looks at when they may happen; Infinity: never. */
function expectReserve(limiter: RateLimiter, start: number, n: number, due: number): Reservation {
  const reservation = limiter.reserve(n);
  expect(now() - start + reservation.delay()).toBe(due * d);
  expect(reservation.ok).toBe(due < Infinity);
  return reservation;
}

test("an interval without end is a limit of nothing", () => {
  expect(RateLimiter.every(Infinity)).toBe(0);
});

describe("allow", () => {
  test("keeps parts of a token", () =>
    inBubble(() =>
      expectAllows(new RateLimiter(10, 2), [
        [0, 2, 2, true],
        [0.5, 0.5, 1, false],
        [1, 1, 1, true],
        [1.75, 0.75, 1, false],
        [2.5, 1.5, 1, true],
        [2.5, 0.5, 1, false],
      ]),
    ));

  // In Go a wait of less than a nanosecond is none, so that what is rounded does not matter.
  test("says yes when exactly as much time has gone by as one event needs", () =>
    inBubble(async () => {
      const denied: number[] = [];
      for (let ms = 1; ms <= 200; ms++) {
        const limiter = new RateLimiter(RateLimiter.every(ms));
        limiter.allow();
        await time.sleep(ms);
        if (!limiter.allow()) denied.push(ms);
      }
      expect(denied).toEqual([]);
    }));
});

describe("reserve", () => {
  test("tells how long there is left, which becomes less, and 0 in the end", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(10, 1);
      limiter.allow();
      const reservation = limiter.reserve();
      expect(reservation.delay()).toBe(100);
      await time.sleep(75);
      expect(reservation.delay()).toBe(25);
      await time.sleep(50);
      expect(reservation.delay()).toBe(0);
    }));

  test("of none waits for those before, and changes nothing", () =>
    inBubble(() => {
      const limiter = new RateLimiter(10, 1);
      limiter.reserve();
      limiter.reserve();
      expect(limiter.reserve(0).delay()).toBe(100);
      expect(limiter.tokens).toBe(-1);
    }));
});

describe("a reservation that is canceled", () => {
  /** A limiter of 10 a second whose tokens are all taken. */
  function spent(): RateLimiter {
    const limiter = new RateLimiter(10, 2);
    limiter.reserve(2);
    return limiter;
  }

  test("gives its tokens back at the very instant at which it is due", () =>
    inBubble(async () => {
      const start = now();
      const limiter = spent();
      const due = expectReserve(limiter, start, 2, 2);
      await until(start, 2);
      due.cancel();
      expectReserve(limiter, start, 2, 2);
    }));

  test("gives its tokens back once, however often it is canceled", () =>
    inBubble(() => {
      const limiter = spent();
      const last = limiter.reserve();
      for (let i = 0; i < 3; i++) last.cancel();
      expect(limiter.tokens).toBe(0);
    }));

  test("never makes more tokens than the burst", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(10, 3);
      await time.sleep(1000);
      const now3 = limiter.reserve(3);
      now3.cancel();
      expect(limiter.tokens).toBe(3);
      const again = limiter.reserve(3);
      limiter.setBurst(2);
      again.cancel();
      expect(limiter.tokens).toBe(2);
    }));

  // Here Go's own limiter answers 2.
  test("gives back no more than it took, when somebody later was promised an earlier time", () =>
    inBubble(async () => {
      const start = now();
      const limiter = new RateLimiter(10, 3);
      limiter.reserve(3);
      await until(start, 1);
      const a = expectReserve(limiter, start, 3, 3);
      const b = expectReserve(limiter, start, 1, 4);
      a.cancel();
      const c = expectReserve(limiter, start, 1, 3);
      c.cancel();
      b.cancel();
      expect(limiter.tokens).toBeLessThanOrEqual(1);
    }));

  test("gives back nothing if it has taken nothing", () =>
    inBubble(() => {
      const limiter = spent();
      const last = limiter.reserve(1);
      const none = limiter.reserve(0);
      last.cancel();
      none.cancel();
      expect(limiter.tokens).toBe(0);
    }));

  test("gives nothing back to a limiter that had no limit", () =>
    inBubble(() => {
      const limiter = new RateLimiter(Infinity, 2);
      const free = limiter.reserve(2);
      limiter.setLimit(10);
      limiter.allow(2);
      free.cancel();
      expect(limiter.tokens).toBe(0);
    }));
});

describe("wait", () => {
  test("waits if the deadline is far enough, and leaves nothing at the context", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(10, 1);
      const [ctx, cancel] = context.withTimeout(context.background(), 101);
      limiter.allow();
      await limiter.wait(1, { ctx });
      expect(ctx.err()).toBeUndefined();
      cancel();
    }));

  // NTP, or a laptop that wakes, sets the wall clock; Go compares monotonic readings.
  test.each([-1, 1])("does not look at the wall clock, which may be set by an hour times %i", async (sign) => {
    const limiter = new RateLimiter(200, 1);
    limiter.allow();
    const [ctx, cancel] = context.withTimeout(context.background(), time.minute);
    const { now: wall } = Date;
    Date.now = () => wall() + sign * time.hour;
    try {
      await limiter.wait(1, { ctx });
      const [soon, cancelSoon] = context.withTimeout(context.background(), 1);
      Date.now = wall;
      for (let taken = 0; taken < 10_000; taken++) limiter.reserve();
      await expect(limiter.wait(1, { ctx: soon })).rejects.toThrow("rate: Wait(n=1) would exceed context deadline");
      cancelSoon();
    } finally {
      Date.now = wall;
      cancel();
    }
  });

  test.each(seeds)("serves those who wait in the order in which they came (seed %i)", (seed) =>
    inBubble(
      async () => {
        const limiter = new RateLimiter(10, 2);
        const start = now();
        const served: number[][] = [];
        const group = new ErrGroup();
        for (let i = 0; i < 8; i++) {
          void group.go(async () => {
            await time.sleep(i);
            await limiter.wait();
            served.push([i, now() - start]);
          });
        }
        await group.wait();
        expect(served.map(([i]) => i)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
        expect(served.map(([, at]) => Math.round(at as number))).toEqual([0, 1, 100, 200, 300, 400, 500, 600]);
      },
      { seed },
    ),
  );

  test("many at once come back at the rate", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(8, 3);
      const start = now();
      const waits = Array.from({ length: 10 }, () => limiter.wait().then(() => now() - start));
      expect(await Promise.all(waits)).toEqual([0, 0, 0, 125, 250, 375, 500, 625, 750, 875]);
    }));

  test("leaves timers their turn when nobody has to wait", async () => {
    let isTime = false;
    setTimeout(() => (isTime = true), 10);
    const limiter = new RateLimiter(Infinity);
    const start = performance.now();
    while (!isTime && performance.now() - start < 1000) await limiter.wait();
    expect(isTime).toBe(true);
  });
});

describe("without a limit", () => {
  test("everything may happen, also beyond the burst", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(Infinity, 0);
      const start = now();
      await limiter.wait(3, { ctx: context.background() });
      expect(limiter.allow(100)).toBe(true);
      expect([limiter.reserve(100).ok, limiter.reserve(100).delay()]).toEqual([true, 0]);
      expect(limiter.tokens).toBe(0);
      expect(now()).toBe(start);
    }));

  test("the tokens are those of the burst when a limit comes", () =>
    inBubble(() => {
      const limiter = new RateLimiter(10, 2);
      limiter.reserve(2);
      limiter.reserve(2);
      limiter.setLimit(Infinity);
      expect(limiter.limit).toBe(Infinity);
      limiter.setLimit(10);
      expect(limiter.tokens).toBe(2);
    }));
});

describe("a limit of zero", () => {
  /** A limiter of nothing a second, whose one token is taken. */
  function empty(): RateLimiter {
    const limiter = new RateLimiter(0, 1);
    expect(limiter.allow()).toBe(true);
    return limiter;
  }

  test("never lets a second burst through", () =>
    inBubble(async () => {
      const limiter = empty();
      await time.sleep(time.hour);
      expect(limiter.tokens).toBe(0);
      expect(limiter.allow()).toBe(false);
      expect(limiter.reserve().delay()).toBe(Infinity);
    }));

  test("lets a wait with a deadline fail at once", () =>
    inBubble(async () => {
      const limiter = empty();
      const [ctx, cancel] = context.withTimeout(context.background(), time.hour);
      await expect(limiter.wait(1, { ctx })).rejects.toThrow("rate: Wait(n=1) would exceed context deadline");
      cancel();
    }));

  test("keeps who waits without a deadline until the context ends, and is as it was then", () =>
    inBubble(async () => {
      const limiter = empty();
      const [ctx, cancel] = context.withCancel(context.background());
      go(async () => {
        await time.sleep(time.hour);
        cancel();
      });
      await expect(limiter.wait(1, { ctx })).rejects.toThrow(context.Canceled);
      expect(limiter.tokens).toBe(0);
      expect(limiter.allow()).toBe(false);
    }));

  test("takes back a reservation, in whatever order", () =>
    inBubble(() => {
      const limiter = new RateLimiter(0, 2);
      const reservations = [limiter.reserve(), limiter.reserve(), limiter.reserve(), limiter.reserve()];
      for (const i of [2, 0, 3, 1]) (reservations[i] as Reservation).cancel();
      expect(limiter.tokens).toBe(2);
    }));
});

describe("changes", () => {
  test("to a limit of zero and a cancellation do not spoil what was reserved before", () =>
    inBubble(() => {
      const limiter = new RateLimiter(10, 1);
      limiter.reserve();
      const before = limiter.reserve();
      limiter.setLimit(0);
      limiter.reserve().cancel();
      before.cancel();
      expect(limiter.tokens).toBeLessThanOrEqual(0);
      expect(limiter.allow()).toBe(false);
    }));

  test("of the limit count from now on", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(10, 10);
      limiter.allow(10);
      await time.sleep(200);
      limiter.setLimit(20);
      await time.sleep(200);
      expect(limiter.tokens).toBeCloseTo(6, 9);
      expect([limiter.limit, limiter.burst]).toEqual([20, 10]);
    }));

  test("of the burst do not fill the bucket, but empty what is too much", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(10, 2);
      await time.sleep(1000);
      limiter.setBurst(5);
      expect(limiter.tokens).toBe(2);
      expect(limiter.allow(5)).toBe(false);
      await time.sleep(1000);
      expect([limiter.burst, limiter.tokens]).toEqual([5, 5]);
      limiter.setBurst(1);
      expect([limiter.burst, limiter.tokens]).toEqual([1, 1]);
      limiter.setBurst(0);
      expect([limiter.allow(0), limiter.allow(), limiter.reserve().ok]).toEqual([true, false, false]);
    }));
});

describe("misuse", () => {
  const rate = "must be a number of events per second, 0 or more, got";
  const count = "must be a whole number, 0 or more, got";

  test.each([-1, NaN, "1", null])("%p is no limit", (limit) => {
    expect(() => new RateLimiter(limit as never)).toThrow(new RangeError(`RateLimiter: limit ${rate} ${limit}`));
    const limiter = new RateLimiter(1);
    const complaint = new RangeError(`RateLimiter.setLimit: limit ${rate} ${limit}`);
    expect(() => limiter.setLimit(limit as never)).toThrow(complaint);
    expect(limiter.limit).toBe(1);
  });

  test.each([-1, 1.5, NaN, Infinity, "1", null])("%p is no burst, and no number of events", async (n) => {
    const bad = n as never;
    const limiter = new RateLimiter(1, 2);
    expect(() => new RateLimiter(1, bad)).toThrow(new RangeError(`RateLimiter: burst ${count} ${n}`));
    expect(() => limiter.setBurst(bad)).toThrow(new RangeError(`RateLimiter.setBurst: burst ${count} ${n}`));
    expect(() => limiter.allow(bad)).toThrow(new RangeError(`RateLimiter.allow: n ${count} ${n}`));
    expect(() => limiter.reserve(bad)).toThrow(new RangeError(`RateLimiter.reserve: n ${count} ${n}`));
    const wait = limiter.wait(bad, { ctx: context.background() });
    await expect(wait).rejects.toEqual(new RangeError(`RateLimiter.wait: n ${count} ${n}`));
    expect([limiter.burst, limiter.tokens]).toEqual([2, 2]);
  });

  test("an AbortSignal is refused as a context, and the error says what to write", async () => {
    const limiter = new RateLimiter(1);
    const { signal } = new AbortController();
    await expect(limiter.wait(1, { ctx: signal as never })).rejects.toThrow(
      new TypeError("RateLimiter.wait: ctx must be a context, got an AbortSignal; write signal: for an AbortSignal"),
    );
    expect(limiter.tokens).toBe(1);
  });

  test.each([NaN, "1", undefined])("%p is no interval", (ms) => {
    expect(() => RateLimiter.every(ms as never)).toThrow(
      new RangeError(`RateLimiter.every: ms must be a number of milliseconds, got ${String(ms)}`),
    );
  });
});

// With these a millisecond is worth a number of tokens that is not rounded, nor is anything that follows.
const limits = [31.25, 62.5, 125, 250, 500];

describe.each(seeds)("a history of allow, reserve, cancel and time (seed %i)", (seed) => {
  test("is that of Go's limiter, also with changes of limit and burst", () =>
    inBubble(async () => {
      const chance = new Prng(seed);
      const limit = (): number => limits[chance.randomInt(limits.length)] as number;
      const start = now();
      const ours = new RateLimiter(limit(), 1 + chance.randomInt(6));
      const theirs = new GoLimiter(ours.limit, ours.burst);
      const history: string[] = [];
      const open: [Reservation, NonNullable<ReturnType<GoLimiter["reserve"]>>][] = [];
      for (let step = 0; step < 400; step++) {
        const at = now() - start;
        const n = chance.randomInt(4);
        switch (chance.randomInt(9)) {
          case 0:
          case 1:
            await time.sleep(chance.randomInt(64));
            break;
          case 2:
          case 3: {
            history.push(`${at}: allow(${n})`);
            expect([history, ours.allow(n)]).toEqual([history, theirs.reserve(at, n, 0) !== undefined]);
            break;
          }
          case 4:
          case 5: {
            history.push(`${at}: reserve(${n})`);
            const [mine, other] = [ours.reserve(n), theirs.reserve(at, n, Infinity)];
            expect([history, mine.ok, mine.delay()]).toEqual([
              history,
              other !== undefined,
              (other?.due ?? Infinity) - at,
            ]);
            if (other !== undefined) open.push([mine, other]);
            break;
          }
          case 6:
          case 7: {
            const [pair] = open.splice(chance.randomInt(open.length), 1);
            if (pair === undefined) break;
            history.push(`${at}: cancel what is due at ${pair[1].due}`);
            pair[0].cancel();
            pair[1].cancel(at);
            break;
          }
          default: {
            // What was promised at one limit is not in order with what was at another: then even Go gives back too much.
            if (open.some(([reservation]) => reservation.delay() > 0)) break;
            const change = chance.randomInt(2) === 0 ? { limit: limit() } : { burst: 1 + chance.randomInt(6) };
            history.push(`${at}: ${JSON.stringify(change)}`);
            if (change.limit !== undefined) ours.setLimit(change.limit);
            else ours.setBurst(change.burst);
            theirs.set(at, change);
          }
        }
        expect([history, ours.tokens]).toEqual([history, theirs.advance(now() - start)]);
      }
    }));

  test("never has more events in any time than the burst and what comes in that time", () =>
    inBubble(async () => {
      const chance = new Prng(seed);
      const limit = limits[chance.randomInt(limits.length)] as number;
      const burst = 1 + chance.randomInt(5);
      const limiter = new RateLimiter(limit, burst);
      const events = new Map<Reservation | number, { at: number; n: number }>();
      for (let step = 0; step < 150; step++) {
        const n = 1 + chance.randomInt(burst);
        const choice = chance.randomInt(6);
        if (choice < 2) {
          await time.sleep(chance.randomInt(48));
        } else if (choice === 2) {
          if (limiter.allow(n)) events.set(step, { at: now(), n });
        } else if (choice < 5) {
          const reservation = limiter.reserve(n);
          events.set(reservation, { at: now() + reservation.delay(), n });
        } else {
          const open = [...events.keys()].filter((each) => typeof each === "object" && each.delay() > 0);
          const canceled = open[chance.randomInt(open.length)];
          if (typeof canceled !== "object") continue;
          canceled.cancel();
          events.delete(canceled);
        }
      }
      const sorted = [...events.values()].sort((a, b) => a.at - b.at);
      for (const [i, first] of sorted.entries()) {
        let sum = 0;
        for (const { at, n } of sorted.slice(i)) {
          sum += n;
          expect(sum).toBeLessThanOrEqual(burst + ((at - first.at) * limit) / 1000 + 1e-6);
        }
      }
    }));
});

test.each(seeds)("waits of which some are canceled keep the rate, and leave nothing (seed %i)", (seed) =>
  inBubble(
    async () => {
      const chance = new Prng(seed);
      const limiter = new RateLimiter(10, 2);
      const [parent, end] = context.withCancel(context.background());
      const events: number[] = [];
      const canceled: unknown[] = [];
      const group = new ErrGroup();
      for (let i = 0; i < 40; i++) {
        const [ctx, cancel] = context.withCancel(parent);
        const arrival = chance.randomInt(3000);
        const patience = chance.randomInt(3) === 0 ? chance.randomInt(400) : Infinity;
        void group.go(async () => {
          await time.sleep(arrival);
          const stop = patience < Infinity ? time.afterFunc(patience, cancel) : undefined;
          await limiter.wait(1, { ctx }).then(
            () => events.push(now()),
            (error: unknown) => canceled.push(error),
          );
          stop?.stop();
          cancel();
        });
      }
      await group.wait();
      expect(events.length + canceled.length).toBe(40);
      for (const error of canceled) expect(error).toBeInstanceOf(context.Canceled);
      for (let i = 2; i < events.length; i++) {
        const gone = (events[i] as number) - (events[i - 2] as number);
        expect(gone).toBeGreaterThanOrEqual(100 - 1e-6);
      }
      expect(children(parent)).toBe(0);
      end();
      await waitUntilBlocked();
    },
    { seed },
  ),
);

test("a limiter made in a bubble goes by its clock", async () => {
  const real = new RateLimiter(1000, 1);
  real.allow();
  await bubble(async () => {
    const limiter = new RateLimiter(1 / 3600, 1);
    limiter.allow();
    const start = now();
    await limiter.wait();
    expect(Math.round(now() - start)).toBe(time.hour);
  });
  await real.wait();
});
