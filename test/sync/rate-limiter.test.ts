import { describe, expect, test } from "@jest/globals";
import { context, ErrGroup, go, RateLimiter, type Reservation, time } from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { Prng } from "../../src/util/prng.ts";
import { GoLimiter } from "../model/bucket.ts";
import { children, inBubble } from "../support/contexts.ts";
import { shown } from "../support/shown.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

/** The unit of time of Go's tests, in milliseconds. */
const d = 100;

/** Sleeps until `units` units of time have passed since `start`. */
function until(start: number, units: number): Promise<void> {
  return time.sleep(start + units * d - now());
}

type Allow = readonly [at: number, tokens: number, n: number, ok: boolean];

/** Each step: the time, the number of tokens, the number of events, and whether the events may happen. */
async function expectAllows(limiter: RateLimiter, allows: readonly Allow[]): Promise<void> {
  const start = now();
  for (const [at, tokens, n, ok] of allows) {
    await until(start, at);
    expect([at, limiter.tokens, limiter.allow(n)]).toEqual([at, tokens, ok]);
  }
}

/** Reserves `n` events and checks the time at which they may happen; Infinity means never. */
function expectReserve(limiter: RateLimiter, start: number, n: number, due: number): Reservation {
  const reservation = limiter.reserve(n);
  expect(now() - start + reservation.delay()).toBe(due * d);
  expect(reservation.ok).toBe(due < Infinity);
  return reservation;
}

test("an infinite interval is a limit of zero", () => {
  expect(RateLimiter.every(Infinity)).toBe(0);
});

describe("allow", () => {
  test("keeps fractions of a token", () =>
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

  // In Go a wait of less than a nanosecond counts as zero, so that rounding does not matter.
  test("allows an event as waiting as exactly the interval of one event has passed", () =>
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
  test("reports the remaining delay, which decreases to 0", () =>
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

  test("of 0 events waits for earlier reservations, and changes nothing", () =>
    inBubble(() => {
      const limiter = new RateLimiter(10, 1);
      limiter.reserve();
      limiter.reserve();
      expect(limiter.reserve(0).delay()).toBe(100);
      expect(limiter.tokens).toBe(-1);
    }));
});

describe("a reservation that is canceled", () => {
  /** Returns a limiter of 10 events per second without tokens. */
  function spent(): RateLimiter {
    const limiter = new RateLimiter(10, 2);
    limiter.reserve(2);
    return limiter;
  }

  test("returns its tokens at the exact time at which it is due", () =>
    inBubble(async () => {
      const start = now();
      const limiter = spent();
      const due = expectReserve(limiter, start, 2, 2);
      await until(start, 2);
      due.cancel();
      expectReserve(limiter, start, 2, 2);
    }));

  test("returns its tokens once, no matter how often it is canceled", () =>
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

  // Here Go's own limiter has 2 tokens.
  test("returns at most the tokens that it took, even if a later reservation was due earlier", () =>
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

  test("returns nothing if it has taken nothing", () =>
    inBubble(() => {
      const limiter = spent();
      const last = limiter.reserve(1);
      const none = limiter.reserve(0);
      last.cancel();
      none.cancel();
      expect(limiter.tokens).toBe(0);
    }));

  test("returns nothing to a limiter that had no limit", () =>
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
  test("waits if the deadline is late enough, and leaves no listener on the context", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(10, 1);
      const [ctx, cancel] = context.withTimeout(context.background(), 101);
      limiter.allow();
      await limiter.wait(1, { ctx });
      expect(ctx.err()).toBeUndefined();
      cancel();
    }));

  // NTP, or a laptop that wakes, sets the wall clock; Go compares monotonic readings.
  test.each([-1, 1])("does not depend on the wall clock, which may be set by %i h", async (sign) => {
    const limiter = new RateLimiter(200, 1);
    limiter.allow();
    const [ctx, cancel] = context.withTimeout(context.background(), time.minute);
    const { now: wall } = Date;
    Date.now = () => wall() + sign * time.hour;
    try {
      await limiter.wait(1, { ctx });
      const [short, cancelShort] = context.withTimeout(context.background(), 1);
      Date.now = wall;
      for (let taken = 0; taken < 10_000; taken++) limiter.reserve();
      await expect(limiter.wait(1, { ctx: short })).rejects.toThrow("rate: Wait(n=1) would exceed context deadline");
      cancelShort();
    } finally {
      Date.now = wall;
      cancel();
    }
  });

  test.each(seeds)("serves short calls in the order of the calls (seed %i)", (seed) =>
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

  test("many concurrent calls resolve at the rate of the limit", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(8, 3);
      const start = now();
      const waits = Array.from({ length: 10 }, () => limiter.wait().then(() => now() - start));
      expect(await Promise.all(waits)).toEqual([0, 0, 0, 125, 250, 375, 500, 625, 750, 875]);
    }));

  test("lets timers run when no call has to wait", async () => {
    let isTime = false;
    setTimeout(() => (isTime = true), 10);
    const limiter = new RateLimiter(Infinity);
    const start = performance.now();
    while (!isTime && performance.now() - start < 1000) await limiter.wait();
    expect(isTime).toBe(true);
  });
});

describe("without a limit", () => {
  test("all events may happen, also more than the burst", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(Infinity, 0);
      const start = now();
      await limiter.wait(3, { ctx: context.background() });
      expect(limiter.allow(100)).toBe(true);
      expect([limiter.reserve(100).ok, limiter.reserve(100).delay()]).toEqual([true, 0]);
      expect(limiter.tokens).toBe(0);
      expect(now()).toBe(start);
    }));

  test("the tokens are those of the burst when a limit is set", () =>
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
  /** Returns a limiter of 0 events per second whose one token is taken. */
  function empty(): RateLimiter {
    const limiter = new RateLimiter(0, 1);
    expect(limiter.allow()).toBe(true);
    return limiter;
  }

  test("never allows a second burst", () =>
    inBubble(async () => {
      const limiter = empty();
      await time.sleep(time.hour);
      expect(limiter.tokens).toBe(0);
      expect(limiter.allow()).toBe(false);
      expect(limiter.reserve().delay()).toBe(Infinity);
    }));

  test("makes a wait with a deadline fail immediately", () =>
    inBubble(async () => {
      const limiter = empty();
      const [ctx, cancel] = context.withTimeout(context.background(), time.hour);
      await expect(limiter.wait(1, { ctx })).rejects.toThrow("rate: Wait(n=1) would exceed context deadline");
      cancel();
    }));

  test("makes a wait without a deadline last until the context is canceled, and the tokens stay the same", () =>
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

  test("gets the tokens of canceled reservations back, in any order of cancellation", () =>
    inBubble(() => {
      const limiter = new RateLimiter(0, 2);
      const reservations = [limiter.reserve(), limiter.reserve(), limiter.reserve(), limiter.reserve()];
      for (const i of [2, 0, 3, 1]) (reservations[i] as Reservation).cancel();
      expect(limiter.tokens).toBe(2);
    }));
});

describe("changes", () => {
  test("to a limit of zero and a cancellation do not affect earlier reservations", () =>
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

  test("of the limit take effect from now on", () =>
    inBubble(async () => {
      const limiter = new RateLimiter(10, 10);
      limiter.allow(10);
      await time.sleep(200);
      limiter.setLimit(20);
      await time.sleep(200);
      expect(limiter.tokens).toBeCloseTo(6, 9);
      expect([limiter.limit, limiter.burst]).toEqual([20, 10]);
    }));

  test("of the burst add no tokens, and remove the tokens that exceed the burst", () =>
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

  test.each([-1, NaN, "1", null])("%p is not a limit", (limit) => {
    expect(() => new RateLimiter(limit as never)).toThrow(new RangeError(`RateLimiter: limit ${rate} ${shown(limit)}`));
    const limiter = new RateLimiter(1);
    const complaint = new RangeError(`RateLimiter.setLimit: limit ${rate} ${shown(limit)}`);
    expect(() => limiter.setLimit(limit as never)).toThrow(complaint);
    expect(limiter.limit).toBe(1);
  });

  test.each([-1, 1.5, NaN, Infinity, "1", null])("%p is neither a burst nor a number of events", async (n) => {
    const bad = n as never;
    const limiter = new RateLimiter(1, 2);
    expect(() => new RateLimiter(1, bad)).toThrow(new RangeError(`RateLimiter: burst ${count} ${shown(n)}`));
    expect(() => limiter.setBurst(bad)).toThrow(new RangeError(`RateLimiter.setBurst: burst ${count} ${shown(n)}`));
    expect(() => limiter.allow(bad)).toThrow(new RangeError(`RateLimiter.allow: n ${count} ${shown(n)}`));
    expect(() => limiter.reserve(bad)).toThrow(new RangeError(`RateLimiter.reserve: n ${count} ${shown(n)}`));
    const wait = limiter.wait(bad, { ctx: context.background() });
    await expect(wait).rejects.toEqual(new RangeError(`RateLimiter.wait: n ${count} ${shown(n)}`));
    expect([limiter.burst, limiter.tokens]).toEqual([2, 2]);
  });

  test("rejects an AbortSignal as a context, and the error names the right option", async () => {
    const limiter = new RateLimiter(1);
    const { signal } = new AbortController();
    await expect(limiter.wait(1, { ctx: signal as never })).rejects.toThrow(
      new TypeError("RateLimiter.wait: ctx must be a context, got an AbortSignal; write signal: for an AbortSignal"),
    );
    expect(limiter.tokens).toBe(1);
  });

  test.each([NaN, "1", undefined])("%p is not an interval", (ms) => {
    expect(() => RateLimiter.every(ms as never)).toThrow(
      new RangeError(`RateLimiter.every: ms must be a number of milliseconds, got ${shown(ms)}`),
    );
  });
});

// With these limits the number of tokens per millisecond is exact, and so are all numbers derived from it.
const limits = [31.25, 62.5, 125, 250, 500];

describe.each(seeds)("a history of allow, reserve, cancel and time (seed %i)", (seed) => {
  test("matches that of Go's limiter, also with changes of limit and burst", () =>
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
            const [actual, expected] = [ours.reserve(n), theirs.reserve(at, n, Infinity)];
            expect([history, actual.ok, actual.delay()]).toEqual([
              history,
              expected !== undefined,
              (expected?.due ?? Infinity) - at,
            ]);
            if (expected !== undefined) open.push([actual, expected]);
            break;
          }
          case 6:
          case 7: {
            const [pair] = open.splice(chance.randomInt(open.length), 1);
            if (pair === undefined) break;
            history.push(`${at}: cancel the reservation that is due at ${pair[1].due}`);
            pair[0].cancel();
            pair[1].cancel(at);
            break;
          }
          default: {
            // Reservations at different limits are not in order; in that case even Go returns too many tokens.
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

  test("never has more events in any period than the burst and the tokens of that period", () =>
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

test.each(seeds)("waits of which some are canceled keep the rate, and leave no listeners (seed %i)", (seed) =>
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
        const timeout = chance.randomInt(3) === 0 ? chance.randomInt(400) : Infinity;
        void group.go(async () => {
          await time.sleep(arrival);
          const stop = timeout < Infinity ? time.afterFunc(timeout, cancel) : undefined;
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
        const elapsed = (events[i] as number) - (events[i - 2] as number);
        expect(elapsed).toBeGreaterThanOrEqual(100 - 1e-6);
      }
      expect(children(parent)).toBe(0);
      end();
      await waitUntilBlocked();
    },
    { seed },
  ),
);

test("a limiter that is created in a bubble uses the clock of the bubble", async () => {
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
