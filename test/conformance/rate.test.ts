// Go's own tests of rate limiters, golang.org/x/time/rate, under their names in Go. In Go the time is an argument of each call;
// here a limiter reads the clock, so the tests advance virtual time to it. Tests of clocks that go backwards are
// not ported.

import { expect, test } from "@jest/globals";
import { context, type Context, go, RateLimiter, type Reservation, time, WaitGroup } from "goro";
import { children, inBubble } from "../support/contexts.ts";

const { background, withCancel, withTimeout } = context;

const seeds = [1, 2, 3, 4, 5];

/** The unit of time of these tests. */
const d = 100 * time.millisecond;

/** Instants in units since the start. */
class Units {
  readonly #start = time.now();

  /** Advances to `t`, which may be the current instant. */
  async to(t: number): Promise<void> {
    await time.sleep(time.until(this.#start + t * d));
  }

  now(): number {
    return Math.round(time.since(this.#start)) / d;
  }
}

type Allow = readonly [t: number, tokens: number, n: number, ok: boolean];

/** Each step: the instant, the tokens available then, and whether `n` events may happen. */
async function run(limiter: RateLimiter, allows: readonly Allow[], units: Units = new Units()): Promise<void> {
  for (const [step, [t, tokens, n, ok]] of allows.entries()) {
    await units.to(t);
    expect([step, limiter.tokens, limiter.allow(n)]).toEqual([step, tokens, ok]);
  }
}

/** Reserves `n` tokens at `t`; the reservation must be for `act`. Infinity means never. */
async function reserve(
  limiter: RateLimiter,
  units: Units,
  [t, n, act]: readonly [t: number, n: number, act: number],
): Promise<Reservation> {
  await units.to(t);
  const reservation = limiter.reserve(n);
  expect([reservation.ok, units.now() + Math.round(reservation.delay()) / d]).toEqual([act < Infinity, act]);
  return reservation;
}

/** Waits for `n` tokens; returns the elapsed units and the error. */
async function wait(limiter: RateLimiter, ctx: Context, n: number): Promise<[units: number, error: string]> {
  const units = new Units();
  const error = await limiter.wait(n, { ctx }).then(
    () => "",
    (error: unknown) => String(error),
  );
  return [units.now(), error];
}

test("TestLimit: a limit of ten is finite", () => {
  expect(new RateLimiter(10).limit).toBe(10);
  expect(new RateLimiter(Infinity).limit).toBe(Infinity);
});

test.each([
  [0, Infinity],
  [-time.nanosecond, Infinity],
  [-1, Infinity],
  [time.nanosecond, 1e9],
  [time.microsecond, 1e6],
  [time.millisecond, 1e3],
  [10, 100],
  [100, 10],
  [time.second, 1],
  [2 * time.second, 0.5],
  [2.5 * time.second, 0.4],
  [4 * time.second, 0.25],
  [10 * time.second, 0.1],
  [2 ** 63 * time.nanosecond, 1e9 / 2 ** 63],
])("TestEvery: an interval of %d ms is a limit of %d per second", (interval, limit) => {
  const every = RateLimiter.every(interval);
  if (limit === Infinity) expect(every).toBe(Infinity);
  else expect(Math.abs(every / limit - 1)).toBeLessThan(1e-9);
});

test("TestLimiterBurst1: one event at a time is allowed, and never two", () =>
  inBubble(() =>
    run(new RateLimiter(10, 1), [
      [0, 1, 1, true],
      [0, 0, 1, false],
      [0, 0, 1, false],
      [1, 1, 1, true],
      [1, 0, 1, false],
      [1, 0, 1, false],
      [2, 1, 2, false],
      [2, 1, 1, true],
      [2, 0, 1, false],
    ]),
  ));

test("TestLimiterBurst3: a full bucket allows as many events at once as the burst", () =>
  inBubble(() =>
    run(new RateLimiter(10, 3), [
      [0, 3, 2, true],
      [0, 1, 2, false],
      [0, 1, 1, true],
      [0, 0, 1, false],
      [1, 1, 4, false],
      [2, 2, 1, true],
      [3, 2, 1, true],
      [4, 2, 1, true],
      [4, 1, 1, true],
      [4, 0, 1, false],
      [4, 0, 1, false],
      [9, 3, 3, true],
      [9, 0, 0, true],
    ]),
  ));

test("TestLimiter_noTruncationErrors: a limit that is not a whole number allows the first event", () => {
  expect(new RateLimiter(0.7692307692307693, 1).allow()).toBe(true);
});

test.each(seeds)("TestSimultaneousRequests: of fifteen simultaneous requests, burst are allowed (seed %i)", (seed) =>
  inBubble(
    async () => {
      const limiter = new RateLimiter(1, 5);
      const wg = new WaitGroup();
      let allowed = 0;
      for (let i = 0; i < 15; i++) {
        wg.go(() => {
          if (limiter.allow()) allowed++;
        });
      }
      await wg.wait();
      expect(allowed).toBe(5);
    },
    { seed },
  ),
);

test("TestLongRunningQPS: over a long time the limit is allowed, plus the burst once", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(100, 100);
    const start = time.now();
    let allowed = 0;
    while (time.since(start) < 5 * time.second) {
      if (limiter.allow()) allowed++;
      await time.sleep(2);
    }
    const ideal = 100 + (100 * time.since(start)) / time.second;
    expect(allowed).toBeLessThanOrEqual(Math.floor(ideal + 1));
    expect(allowed).toBeGreaterThanOrEqual(Math.floor(0.999 * ideal));
  }));

test("TestSimpleReserve: a request to an empty bucket reserves future tokens", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    await reserve(limiter, units, [0, 2, 2]);
    await reserve(limiter, units, [3, 2, 4]);
  }));

test("TestMix: reservations and queries use the same, possibly negative, token count", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 3, Infinity]);
    await reserve(limiter, units, [0, 2, 0]);
    await run(limiter, [[1, 1, 2, false]], units);
    await reserve(limiter, units, [1, 2, 2]);
    await run(limiter, [[1, -1, 1, false]], units);
    await run(limiter, [[3, 1, 1, true]], units);
  }));

test("TestCancelInvalid: cancel of a failed reservation restores no tokens", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 3, Infinity]);
    r.cancel();
    await reserve(limiter, units, [0, 2, 2]);
  }));

test("TestCancelLast: cancel of the last reservation restores all of its tokens", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 2, 2]);
    await units.to(1);
    r.cancel();
    await reserve(limiter, units, [1, 2, 2]);
  }));

test("TestCancelTooLate: cancel of a reservation that was due earlier restores no tokens", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 2, 2]);
    await units.to(3);
    r.cancel();
    await reserve(limiter, units, [3, 2, 4]);
  }));

test("TestCancel0Tokens: cancel restores no tokens if later reservations took as many", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 1, 1]);
    await reserve(limiter, units, [0, 1, 2]);
    r.cancel();
    await reserve(limiter, units, [0, 1, 3]);
  }));

test("TestCancel1Token: cancel restores only the tokens that later reservations did not take", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 2, 2]);
    await reserve(limiter, units, [0, 1, 3]);
    await units.to(2);
    r.cancel();
    await reserve(limiter, units, [2, 2, 4]);
  }));

test("TestCancelMulti: a canceled reservation does not count as a later one", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 4);
    await reserve(limiter, units, [0, 4, 0]);
    const a = await reserve(limiter, units, [0, 3, 3]);
    await reserve(limiter, units, [0, 1, 4]);
    const c = await reserve(limiter, units, [0, 1, 5]);
    await units.to(1);
    c.cancel();
    a.cancel();
    await reserve(limiter, units, [1, 3, 5]);
  }));

// Go's test goes back in time between these.
test("TestReserveJumpBack: a rejected reservation, too large or too late, changes nothing", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [1, 2, 1]);
    await reserve(limiter, units, [1, 1, 2]);
    await reserve(limiter, units, [2, 2, 4]);
    await reserve(limiter, units, [2, 3, Infinity]);
    await reserve(limiter, units, [2, 1, 5]);
    const [ctx, cancel] = withTimeout(background(), d);
    expect(await wait(limiter, ctx, 2)).toEqual([0, "Error: rate: Wait(n=2) would exceed context deadline"]);
    cancel();
    await reserve(limiter, units, [2, 1, 6]);
  }));

test("TestReserveSetLimit: existing reservations stay valid when the limit changes", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(5, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const promised = await reserve(limiter, units, [0, 2, 4]);
    await units.to(2);
    limiter.setLimit(10);
    await reserve(limiter, units, [2, 1, 4]);
    expect(promised.delay()).toBe(2 * d);
  }));

// Go's test goes back in time before the last step.
test("TestReserveSetBurst: existing reservations stay valid when the burst changes", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(5, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const promised = await reserve(limiter, units, [0, 2, 4]);
    await units.to(3);
    limiter.setBurst(4);
    await reserve(limiter, units, [3, 4, 12]);
    expect(promised.delay()).toBe(d);
  }));

test("TestReserveSetLimitCancel: restored tokens count at the new limit", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(5, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 2, 4]);
    await units.to(2);
    limiter.setLimit(10);
    r.cancel();
    await reserve(limiter, units, [2, 2, 3]);
  }));

// Here the deadline of a context limits the delay of a reservation.
test("TestReserveMax: a reservation beyond the deadline is not made", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(10, 2);
    const [ctx, cancel] = withTimeout(background(), 1.5 * d);
    expect(await wait(limiter, ctx, 2)).toEqual([0, ""]);
    const near = wait(limiter, ctx, 1);
    expect(await wait(limiter, ctx, 1)).toEqual([0, "Error: rate: Wait(n=1) would exceed context deadline"]);
    expect(limiter.tokens).toBe(-1);
    expect(await near).toEqual([1, ""]);
    cancel();
  }));

test("TestWaitSimple: a wait rejects at once, returns at once, or waits for its tokens", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(10, 3);
    const [ctx, cancel] = withCancel(background());
    cancel();
    expect(await wait(limiter, ctx, 1)).toEqual([0, "AbortError: context canceled"]);
    expect(await wait(limiter, background(), 4)).toEqual([0, "RangeError: rate: Wait(n=4) exceeds limiter's burst 3"]);
    expect(limiter.tokens).toBe(3);
    expect(await wait(limiter, background(), 2)).toEqual([0, ""]);
    expect(await wait(limiter, background(), 3)).toEqual([2, ""]);
  }));

test.each(seeds)("TestWaitCancel: a canceled wait restores its tokens (seed %i)", (seed) =>
  inBubble(
    async () => {
      const limiter = new RateLimiter(10, 3);
      const [ctx, cancel] = withCancel(background());
      expect(await wait(limiter, ctx, 2)).toEqual([0, ""]);
      go(async () => {
        await time.sleep(d);
        cancel();
      });
      expect(await wait(limiter, ctx, 3)).toEqual([1, "AbortError: context canceled"]);
      expect(limiter.tokens).toBe(2);
      expect(await wait(limiter, background(), 2)).toEqual([0, ""]);
      expect(children(ctx)).toBe(0);
    },
    { seed },
  ),
);

test("TestWaitTimeout: a wait beyond the deadline rejects at once and takes no tokens", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(10, 3);
    const [ctx, cancel] = withTimeout(background(), d);
    expect(await wait(limiter, ctx, 2)).toEqual([0, ""]);
    expect(await wait(limiter, ctx, 3)).toEqual([0, "Error: rate: Wait(n=3) would exceed context deadline"]);
    expect(limiter.tokens).toBe(1);
    cancel();
  }));

test("TestWaitInf: without a limit no call waits, even for more than the burst", () =>
  inBubble(async () => {
    expect(await wait(new RateLimiter(Infinity, 0), background(), 3)).toEqual([0, ""]);
  }));

test("TestZeroLimit: a limit of zero allows the burst, and no more", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(0, 1);
    expect([limiter.allow(), limiter.allow()]).toEqual([true, false]);
    await time.sleep(time.hour);
    expect(limiter.allow()).toBe(false);
  }));

test("TestSetAfterZeroLimit: after the limit is set, tokens arrive at its rate", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(0, 1);
    expect([limiter.allow(), limiter.allow()]).toEqual([true, false]);
    limiter.setLimit(10);
    expect(await wait(limiter, background(), 1)).toEqual([1, ""]);
  }));

test("TestTinyLimit: a tiny limit allows the burst, and no more", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(1e-10, 1);
    expect([limiter.allow(), limiter.allow()]).toEqual([true, false]);
    await time.sleep(time.hour);
    expect(limiter.allow()).toBe(false);
  }));
