// Go's own tests of rate limiters, golang.org/x/time/rate, under their names in Go. There each call is told the time;
// here a limiter goes by the clock, so the tests let virtual time come to that. What is about clocks that go back is
// not here.

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

  /** Comes to `t`, which may be now. */
  async to(t: number): Promise<void> {
    await time.sleep(time.until(this.#start + t * d));
  }

  now(): number {
    return Math.round(time.since(this.#start)) / d;
  }
}

type Allow = readonly [t: number, tokens: number, n: number, ok: boolean];

/** Each step: when, how many tokens there are then, and whether `n` events may happen. */
async function run(limiter: RateLimiter, allows: readonly Allow[], units: Units = new Units()): Promise<void> {
  for (const [step, [t, tokens, n, ok]] of allows.entries()) {
    await units.to(t);
    expect([step, limiter.tokens, limiter.allow(n)]).toEqual([step, tokens, ok]);
  }
}

/** Reserves `n` at `t`, which must be promised for `act`; Infinity: never. */
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

/** Waits for `n`; answers how many units it took, and the error. */
async function wait(limiter: RateLimiter, ctx: Context, n: number): Promise<[units: number, error: string]> {
  const units = new Units();
  const error = await limiter.wait(ctx, n).then(
    () => "",
    (error: unknown) => String(error),
  );
  return [units.now(), error];
}

test("TestLimit: a limit of ten is not without end", () => {
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
])("TestEvery: an interval of %d ms is a limit of %d a second", (interval, limit) => {
  const every = RateLimiter.every(interval);
  if (limit === Infinity) expect(every).toBe(Infinity);
  else expect(Math.abs(every / limit - 1)).toBeLessThan(1e-9);
});

test("TestLimiterBurst1: one at a time, and never two", () =>
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

test("TestLimiterBurst3: as many at once as the burst, once they have come", () =>
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

test("TestLimiter_noTruncationErrors: a limit that is no round number lets the first through", () => {
  expect(new RateLimiter(0.7692307692307693, 1).allow()).toBe(true);
});

test.each(seeds)("TestSimultaneousRequests: of fifteen at once as many as the burst may (seed %i)", (seed) =>
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

test("TestLongRunningQPS: in the long run as many as the limit, and the burst once", () =>
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

test("TestSimpleReserve: who comes when nothing is left is promised what will come", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    await reserve(limiter, units, [0, 2, 2]);
    await reserve(limiter, units, [3, 2, 4]);
  }));

test("TestMix: reservations and questions see the same tokens, also fewer than none", () =>
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

test("TestCancelInvalid: to cancel what was never promised gives nothing back", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 3, Infinity]);
    r.cancel();
    await reserve(limiter, units, [0, 2, 2]);
  }));

test("TestCancelLast: to cancel the last gives all of it back", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 2, 2]);
    await units.to(1);
    r.cancel();
    await reserve(limiter, units, [1, 2, 2]);
  }));

test("TestCancelTooLate: to cancel what was due before gives nothing back", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 2, 2]);
    await units.to(3);
    r.cancel();
    await reserve(limiter, units, [3, 2, 4]);
  }));

test("TestCancel0Tokens: nothing comes back if those after it were promised as much", () =>
  inBubble(async () => {
    const units = new Units();
    const limiter = new RateLimiter(10, 2);
    await reserve(limiter, units, [0, 2, 0]);
    const r = await reserve(limiter, units, [0, 1, 1]);
    await reserve(limiter, units, [0, 1, 2]);
    r.cancel();
    await reserve(limiter, units, [0, 1, 3]);
  }));

test("TestCancel1Token: that part comes back that those after it were not promised", () =>
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

test("TestCancelMulti: one that was canceled is none of those after it", () =>
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
test("TestReserveJumpBack: what is refused, be it too much or too late, changes nothing", () =>
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

test("TestReserveSetLimit: what is promised stays so when the limit is changed", () =>
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
test("TestReserveSetBurst: what is promised stays so when the burst is changed", () =>
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

test("TestReserveSetLimitCancel: what comes back counts at the new limit", () =>
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

// Here it is the deadline of a context that says how long a reservation may take.
test("TestReserveMax: what would come too late is not reserved", () =>
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

test("TestWaitSimple: it is refused at once, returns at once, or takes its time", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(10, 3);
    const [ctx, cancel] = withCancel(background());
    cancel();
    expect(await wait(limiter, ctx, 1)).toEqual([0, "Canceled: context canceled"]);
    expect(await wait(limiter, background(), 4)).toEqual([0, "RangeError: rate: Wait(n=4) exceeds limiter's burst 3"]);
    expect(limiter.tokens).toBe(3);
    expect(await wait(limiter, background(), 2)).toEqual([0, ""]);
    expect(await wait(limiter, background(), 3)).toEqual([2, ""]);
  }));

test.each(seeds)("TestWaitCancel: who is canceled gives the tokens back (seed %i)", (seed) =>
  inBubble(
    async () => {
      const limiter = new RateLimiter(10, 3);
      const [ctx, cancel] = withCancel(background());
      expect(await wait(limiter, ctx, 2)).toEqual([0, ""]);
      go(async () => {
        await time.sleep(d);
        cancel();
      });
      expect(await wait(limiter, ctx, 3)).toEqual([1, "Canceled: context canceled"]);
      expect(limiter.tokens).toBe(2);
      expect(await wait(limiter, background(), 2)).toEqual([0, ""]);
      expect(children(ctx)).toBe(0);
    },
    { seed },
  ),
);

test("TestWaitTimeout: who would have to wait beyond the deadline is refused at once, and takes nothing", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(10, 3);
    const [ctx, cancel] = withTimeout(background(), d);
    expect(await wait(limiter, ctx, 2)).toEqual([0, ""]);
    expect(await wait(limiter, ctx, 3)).toEqual([0, "Error: rate: Wait(n=3) would exceed context deadline"]);
    expect(limiter.tokens).toBe(1);
    cancel();
  }));

test("TestWaitInf: without a limit nobody waits, also for more than the burst", () =>
  inBubble(async () => {
    expect(await wait(new RateLimiter(Infinity, 0), background(), 3)).toEqual([0, ""]);
  }));

test("TestZeroLimit: a limit of nothing lets the burst through, and no more", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(0, 1);
    expect([limiter.allow(), limiter.allow()]).toEqual([true, false]);
    await time.sleep(time.hour);
    expect(limiter.allow()).toBe(false);
  }));

test("TestSetAfterZeroLimit: once there is a limit, tokens come at that", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(0, 1);
    expect([limiter.allow(), limiter.allow()]).toEqual([true, false]);
    limiter.setLimit(10);
    expect(await wait(limiter, background(), 1)).toEqual([1, ""]);
  }));

test("TestTinyLimit: a tiny limit lets the burst through, and no more", () =>
  inBubble(async () => {
    const limiter = new RateLimiter(1e-10, 1);
    expect([limiter.allow(), limiter.allow()]).toEqual([true, false]);
    await time.sleep(time.hour);
    expect(limiter.allow()).toBe(false);
  }));
