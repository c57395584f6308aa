// Time functions that change under the clock: the test controls sets of functions, of which one is installed at the import.

import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { RuntimeTimer } from "../../src/runtime/timer.ts";
import { Clock } from "../../src/runtime/timer-queue.ts";
import type * as realtime from "../../src/runtime/system-clock.ts";
import { replace } from "../support/replace.ts";

const restores: (() => void)[] = [];
let copies = 0;

afterEach(() => {
  for (const restore of restores.splice(0).reverse()) restore();
});

/** A set of time functions. The handles of fakes are objects, and those of other sets are numbers. */
class Functions {
  readonly pending = new Map<object | number, { at: number; run: () => void }>();
  cleared = 0;
  time: number;
  readonly performance: { now(): number };
  readonly setTimeout: (run: () => void, ms: number) => object | number;
  readonly clearTimeout = (handle: object | number): void => {
    this.cleared++;
    this.pending.delete(handle);
  };

  constructor(time: number, isFake: boolean = true) {
    this.time = time;
    this.performance = { now: () => this.time };
    let last = 0;
    this.setTimeout = (run, ms) => {
      const handle = isFake ? {} : ++last;
      this.pending.set(handle, { at: this.time + ms, run });
      return handle;
    };
  }

  /** Replaces the functions of the host by these; the clock only if `all`. */
  install(all: boolean = true): void {
    if (all) restores.push(replace(globalThis, "performance", this.performance as Performance));
    restores.push(
      replace(globalThis, "setTimeout", this.setTimeout as never),
      replace(globalThis, "clearTimeout", this.clearTimeout as never),
    );
  }

  advance(ms: number): void {
    this.time += ms;
    for (const [handle, { at, run }] of [...this.pending]) {
      if (at > this.time || !this.pending.delete(handle)) continue;
      run();
    }
  }
}

/** Returns a clock in a host with `functions`, and the listeners of the signals that the clock uses to watch the host. */
async function load(
  functions: Functions,
): Promise<{ clock: Clock; watches: (() => void)[]; newTimer: () => RuntimeTimer }> {
  functions.install();
  const watches: (() => void)[] = [];
  const timeout = (): unknown => ({ addEventListener: (_: string, listener: () => void) => watches.push(listener) });
  restores.push(replace(globalThis, "AbortSignal", { timeout } as never));
  const path = "../../src/runtime/system-clock.ts";
  const { SystemClock } = (await import(`${path}?${++copies}`)) as typeof realtime;
  return { clock: new Clock(new SystemClock()), watches, newTimer: () => new RuntimeTimer("test", () => undefined) };
}

function uninstall(): void {
  for (const restore of restores.splice(-3).reverse()) restore();
}

describe("the time", () => {
  test("continues from its last value when functions change, and includes the real elapsed time when they are restored", async () => {
    const host = new Functions(500, false);
    const { clock } = await load(host);
    expect(clock.now()).toBe(500);
    const fake = new Functions(0);
    fake.install();
    expect(clock.now()).toBe(500);
    fake.advance(100);
    expect(clock.now()).toBe(600);
    host.advance(250);
    expect(clock.now()).toBe(600);
    uninstall();
    expect(clock.now()).toBe(750);
    new Functions(1_000_000).install();
    expect(clock.now()).toBe(750);
  });

  test("stands still after a clock went backwards, and then advances with that clock", async () => {
    const host = new Functions(500, false);
    const { clock } = await load(host);
    clock.now();
    host.time = 100;
    expect(clock.now()).toBe(500);
    host.time = 130;
    expect(clock.now()).toBe(530);
    host.time = NaN;
    expect(clock.now()).toBe(530);
    host.time = 140;
    expect(clock.now()).toBe(540);
  });

  test("of a host without performance is Date's", async () => {
    const host = new Functions(0, false);
    const { clock } = await load(host);
    restores.push(replace(globalThis, "performance", undefined as never));
    restores.push(replace(Date, "now", () => 5_000));
    expect(clock.now()).toBe(5_000);
  });
});

describe("a timer", () => {
  test("of the real time fires in real time, even if its functions are replaced", async () => {
    const host = new Functions(500, false);
    const { clock, newTimer } = await load(host);
    const [first, second, third] = [newTimer(), newTimer(), newTimer()];
    clock.set(first, 520);
    const fake = new Functions(0);
    fake.install();
    // The host's own timer stays set beside the timer of the fakes.
    clock.set(second, clock.now() + 1_000);
    expect([host.pending.size, fake.pending.size]).toEqual([1, 1]);
    host.advance(20);
    expect([first.isSet, second.isSet, clock.now()]).toEqual([false, true, 520]);
    clock.set(third, 600);
    clock.cancel(second);
    clock.cancel(third);
    expect([host.pending.size, fake.pending.size]).toEqual([0, 0]);
  });

  test("is due when the host's timer fires, although that timer is early while fakes are installed", async () => {
    const host = new Functions(500, false);
    const { clock, newTimer } = await load(host);
    const early = newTimer();
    clock.set(early, 520.5);
    new Functions(0).install();
    host.time = 520.2;
    for (const { run } of host.pending.values()) run();
    expect(early.isSet).toBe(false);
  });

  test("follows fakes that do not replace the clock", async () => {
    const host = new Functions(500, false);
    const { clock, newTimer } = await load(host);
    const hour = newTimer();
    const fake = new Functions(0);
    fake.install(false);
    clock.set(hour, clock.now() + 3_600_000);
    fake.advance(3_599_999);
    expect(hour.isSet).toBe(true);
    fake.advance(1);
    expect(hour.isSet).toBe(false);
    expect(clock.now()).toBe(3_600_500);
  });

  test("that was set with fakes is set again when they are removed, by the next use or by the watch", async () => {
    for (const use of ["clock", "watch"]) {
      const host = new Functions(500, false);
      const { clock, newTimer, watches } = await load(host);
      const sleep = newTimer();
      const fake = new Functions(0);
      fake.install();
      clock.set(sleep, clock.now() + 10);
      watches.shift()?.();
      expect([host.pending.size, watches.length]).toEqual([0, 1]);
      uninstall();
      if (use === "clock") clock.now();
      else watches.shift()?.();
      expect([host.pending.size, watches.length]).toEqual([1, use === "clock" ? 1 : 0]);
      // The clock does not touch the removed fakes, and their timers do nothing.
      expect(fake.cleared).toBe(0);
      fake.advance(10);
      expect(sleep.isSet).toBe(true);
      host.advance(10);
      expect(sleep.isSet).toBe(false);
    }
  });

  test("of fakes is watched by one signal, and only as long as it is set", async () => {
    const host = new Functions(500, false);
    const { clock, newTimer, watches } = await load(host);
    new Functions(0).install();
    const [first, second] = [newTimer(), newTimer()];
    clock.set(first, 1_000);
    clock.set(second, 900);
    expect(watches.length).toBe(1);
    clock.cancel(first);
    clock.cancel(second);
    watches.shift()?.();
    expect(watches.length).toBe(0);
  });

  test("fires in a host without AbortSignal, too", async () => {
    const host = new Functions(500, false);
    const { clock, newTimer } = await load(host);
    clock.now();
    restores.push(replace(globalThis, "AbortSignal", undefined as never));
    const fake = new Functions(0);
    fake.install();
    const timer = newTimer();
    clock.set(timer, 510);
    fake.advance(10);
    expect(timer.isSet).toBe(false);
  });

  test("of the real time is set once, no matter how often fakes are installed", async () => {
    const host = new Functions(500, false);
    const { clock, newTimer } = await load(host);
    const timer = newTimer();
    clock.set(timer, 600);
    for (let again = 0; again < 3; again++) {
      new Functions(0).install();
      clock.now();
      expect(host.pending.size).toBe(1);
      uninstall();
      clock.now();
      expect(host.pending.size).toBe(1);
    }
    host.advance(100);
    expect([timer.isSet, host.pending.size]).toEqual([false, 0]);
  });
});

test("a timer that throws does not prevent the others from firing", async () => {
  const errors: unknown[] = [];
  jest.unstable_mockModule("../../src/runtime/macrotask.ts", () => ({
    throwUncaught: (error: unknown) => errors.push(error),
  }));
  const path = "../../src/runtime/timer-queue.ts";
  const module = (await import(`${path}?${++copies}`)) as { Clock: typeof Clock };
  jest.unstable_unmockModule("../../src/runtime/macrotask.ts");
  let isSet = false;
  const host = { now: () => 10, wall: () => 10, set: () => void (isSet = true), clear: () => void (isSet = false) };
  const clock = new module.Clock(host);
  const fired: string[] = [];
  const error = new Error("broken");
  const failing = new RuntimeTimer("test", () => {
    throw error;
  });
  clock.set(failing, 1);
  clock.set(new RuntimeTimer("test", () => fired.push("other")), 2);
  const later = new RuntimeTimer("test", () => undefined);
  clock.set(later, 20);
  isSet = false;
  clock.runDueTimers();
  expect({ fired, errors, isSet }).toEqual({ fired: ["other"], errors: [error], isSet: true });
});
