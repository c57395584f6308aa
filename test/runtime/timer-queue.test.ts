import { ignoreLeaks } from "goro/testing";
import { afterEach, describe, expect, test } from "@jest/globals";
import { RuntimeTimer } from "../../src/runtime/timer.ts";
import { Clock, type TimeSource } from "../../src/runtime/timer-queue.ts";
import { SystemClock } from "../../src/runtime/system-clock.ts";
import { below, seed } from "../../src/runtime/realm.ts";
import { addHooks, hooks } from "../../src/runtime/hooks.ts";
import { runSource } from "../support/programs.ts";
import { replace } from "../support/replace.ts";

/** A host whose time stands still until the test moves it. */
class FakeHost implements TimeSource {
  time = 1000;
  due = Infinity;
  isSet = false;
  ring: () => void = () => {};

  now(): number {
    return this.time;
  }

  wall(): number {
    return this.time + 1_000_000;
  }

  set(delay: number, ring: () => void): void {
    this.isSet = true;
    this.due = this.time + delay;
    this.ring = ring;
  }

  clear(): void {
    this.isSet = false;
    this.due = Infinity;
  }

  /** Moves the time to `time`, and calls `ring` at the requested times. */
  moveTo(time: number): void {
    for (let rings = 0; this.isSet && this.due <= time; rings++) {
      if (rings > 1000) throw new Error("the host rings endlessly");
      this.time = Math.max(this.time, this.due);
      this.isSet = false;
      this.ring();
    }
    this.time = time;
  }
}

function newClock(): { host: FakeHost; clock: Clock; fired: string[]; newTimer: (name: string) => RuntimeTimer } {
  const host = new FakeHost();
  const fired: string[] = [];
  return { host, clock: new Clock(host), fired, newTimer: (name) => new RuntimeTimer("test", () => fired.push(name)) };
}

/** Checks the invariants of the clock and of its heap. `timers` must contain all timers that were ever set. */
function expectInvariants(clock: Clock, host: FakeHost, timers: readonly RuntimeTimer[]): void {
  const activeTimers = timers.filter((timer) => timer.isSet).sort((a, b) => a.index - b.index);
  expect(activeTimers.map((timer) => timer.index)).toEqual(activeTimers.map((_, i) => i));
  expect(timers.filter((timer) => !timer.isSet && timer.index !== -1)).toEqual([]);
  const tooEarly = activeTimers.filter(
    (timer, i) => i > 0 && timer.when < (activeTimers[(i - 1) >> 1] as RuntimeTimer).when,
  );
  expect(tooEarly).toEqual([]);
  expect(clock.size).toBe(activeTimers.length);
  expect(clock.next).toBe(Math.min(...activeTimers.map((timer) => timer.when)));
  expect(host.isSet).toBe(activeTimers.length > 0);
  if (activeTimers.length > 0) expect(host.due).toBeLessThanOrEqual(clock.next);
}

describe("a clock", () => {
  test("returns the times of its host", () => {
    const { host, clock } = newClock();
    host.time = 5;
    expect([clock.now(), clock.wall()]).toEqual([5, 1_000_005]);
  });

  // R135
  test("fires timers in the order of their times, regardless of the order in which they were set", () => {
    const { host, clock, fired, newTimer } = newClock();
    for (const when of [1030, 1010, 1050, 1020, 1040]) clock.set(newTimer(String(when)), when);
    host.moveTo(1100);
    expect(fired).toEqual(["1010", "1020", "1030", "1040", "1050"]);
  });

  test("fires timers with equal times in the order in which they were set", () => {
    const { host, clock, fired, newTimer } = newClock();
    for (let i = 0; i < 20; i++) clock.set(newTimer(String(i)), 1010);
    host.moveTo(1010);
    expect(fired).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
  });

  test("fires no timer before it is due, and every timer when it is due", () => {
    const { host, clock, fired, newTimer } = newClock();
    clock.set(newTimer("a"), 1010);
    host.moveTo(1009.999);
    expect(fired).toEqual([]);
    host.moveTo(1010);
    expect(fired).toEqual(["a"]);
  });

  test("sets its host again when the host rings too early", () => {
    const { host, clock, fired, newTimer } = newClock();
    clock.set(newTimer("a"), 1010);
    host.time = 1004;
    host.isSet = false;
    host.ring();
    expect(fired).toEqual([]);
    expect([host.isSet, host.due]).toEqual([true, 1010]);
    host.moveTo(1010);
    expect(fired).toEqual(["a"]);
  });

  test("sets its host only for the earliest timer", () => {
    const { host, clock, newTimer } = newClock();
    const delays: number[] = [];
    const set = host.set.bind(host);
    host.set = (delay, ring) => {
      delays.push(delay);
      set(delay, ring);
    };
    const timers = [1050, 1060, 1050, 1020, 1030, 1020].map((when) => {
      const timer = newTimer("");
      clock.set(timer, when);
      return timer;
    });
    expect(delays).toEqual([50, 20]);
    clock.cancel(timers[3] as RuntimeTimer);
    clock.cancel(timers[1] as RuntimeTimer);
    expect(delays).toEqual([50, 20]);
  });

  test("does not leave its host set when it has become empty", () => {
    const { host, clock, newTimer } = newClock();
    const a = newTimer("a");
    const b = newTimer("b");
    clock.set(a, 1010);
    clock.set(b, 1020);
    clock.cancel(a);
    expect(host.isSet).toBe(true);
    clock.cancel(b);
    expect(host.isSet).toBe(false);

    clock.set(a, 1010);
    expect(host.isSet).toBe(true);
    host.moveTo(1010);
    expect([host.isSet, clock.size, clock.next]).toEqual([false, 0, Infinity]);
  });

  test("reports whether a timer was set when it is canceled", () => {
    const { host, clock, fired, newTimer } = newClock();
    const a = newTimer("a");
    expect(clock.cancel(a)).toBe(false);
    clock.set(a, 1010);
    expect(clock.cancel(a)).toBe(true);
    expect(clock.cancel(a)).toBe(false);
    clock.set(a, 1010);
    host.moveTo(1010);
    expect(clock.cancel(a)).toBe(false);
    expect(fired).toEqual(["a"]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])("keeps the order of the other timers when timer %i is canceled", (place) => {
    const { host, clock, fired, newTimer } = newClock();
    const times = [1010, 1050, 1020, 1060, 1070, 1030, 1040];
    const timers = times.map((when) => newTimer(String(when)));
    timers.forEach((timer, i) => clock.set(timer, times[i] as number));
    clock.cancel(timers[place] as RuntimeTimer);
    expectInvariants(clock, host, timers);
    host.moveTo(2000);
    expect(fired).toEqual(
      times
        .filter((_, i) => i !== place)
        .sort((a, b) => a - b)
        .map(String),
    );
  });

  describe("while it rings", () => {
    test("fires a timer at once if its time has come", () => {
      const { host, clock, fired, newTimer } = newClock();
      const b = newTimer("b");
      const a = new RuntimeTimer("test", () => {
        fired.push("a");
        clock.set(b, 1005);
      });
      clock.set(a, 1010);
      clock.set(newTimer("c"), 1010);
      host.moveTo(1010);
      expect(fired).toEqual(["a", "b", "c"]);
      expectInvariants(clock, host, [a, b]);
    });

    test("fires a timer later if its time has not come", () => {
      const { host, clock, fired, newTimer } = newClock();
      const b = newTimer("b");
      const a = new RuntimeTimer("test", () => clock.set(b, 1015));
      clock.set(a, 1010);
      host.moveTo(1014);
      expect(fired).toEqual([]);
      expectInvariants(clock, host, [a, b]);
      host.moveTo(1015);
      expect(fired).toEqual(["b"]);
    });

    test("does not fire a timer that an earlier timer has canceled", () => {
      const { host, clock, fired, newTimer } = newClock();
      const b = newTimer("b");
      const canceled: boolean[] = [];
      const a = new RuntimeTimer("test", () => canceled.push(clock.cancel(b), clock.cancel(a)));
      clock.set(a, 1010);
      clock.set(b, 1010);
      host.moveTo(1020);
      expect(fired).toEqual([]);
      expect(canceled).toEqual([true, false]);
      expectInvariants(clock, host, [a, b]);
    });

    test("lets a timer set itself repeatedly", () => {
      const { host, clock } = newClock();
      const at: number[] = [];
      const a = new RuntimeTimer("test", () => {
        at.push(host.time);
        if (at.length < 10) clock.set(a, host.time + 10);
      });
      clock.set(a, 1010);
      host.moveTo(2000);
      expect(at).toEqual([1010, 1020, 1030, 1040, 1050, 1060, 1070, 1080, 1090, 1100]);
      expect(host.isSet).toBe(false);
    });
  });

  // R135, R142
  test.each([1, 2, 3, 4, 5, 6])("behaves like a list that is searched, in any history (seed %i)", (value) => {
    seed(value);
    const { host, clock } = newClock();
    const fired: number[] = [];
    const expected: number[] = [];
    let model: { name: number; when: number; order: number }[] = [];
    let order = 0;

    const setTimer = (name: number, when: number): void => {
      clock.set(timers[name] as RuntimeTimer, when);
      model.push({ name, when, order: order++ });
    };
    const cancelTimer = (name: number): void => {
      const others = model.filter((entry) => entry.name !== name);
      expect(clock.cancel(timers[name] as RuntimeTimer)).toBe(others.length < model.length);
      model = others;
    };

    // Some of the timers set or cancel others when they fire.
    const timers = Array.from({ length: 30 }, (_, name) => {
      return new RuntimeTimer("test", () => {
        const first = model.reduce((a, b) => (b.when < a.when || (b.when === a.when && b.order < a.order) ? b : a));
        expected.push(first.name);
        model = model.filter((entry) => entry !== first);
        fired.push(name);
        const other = below(30);
        if (name % 3 === 0) cancelTimer(other);
        else if (name % 3 === 1 && !(timers[other] as RuntimeTimer).isSet) setTimer(other, host.time - 5 + below(30));
      });
    });

    for (let step = 0; step < 400; step++) {
      const name = below(30);
      const chance = below(10);
      if (chance < 6) {
        if ((timers[name] as RuntimeTimer).isSet) cancelTimer(name);
        // Few different times, so that many are equal.
        setTimer(name, host.time + 4 * below(10));
      } else if (chance < 8) {
        cancelTimer(name);
      } else {
        host.moveTo(host.time + below(20));
        expect(model.filter((entry) => entry.when <= host.time)).toEqual([]);
      }
      expect(fired).toEqual(expected);
      expectInvariants(clock, host, timers);
    }
    host.moveTo(host.time + 1e6);
    expect(fired).toEqual(expected);
    expect(fired.length).toBeGreaterThan(50);
    expectInvariants(clock, host, timers);
  });
});

describe("the real time", () => {
  const longest = 2 ** 31 - 1;

  /** Replaces the timer of the host by a timer of the test, which accepts the same range of delays. */
  function fakeTimers(): { delays: number[]; clock: Clock; elapse: () => void; timers: () => number } {
    let time = 123.25;
    let last = 0;
    const pending = new Map<number, { at: number; ring: () => void }>();
    const delays: number[] = [];
    const clear = (handle: number): void => void pending.delete(handle);
    const set = (ring: () => void, delay: number): number => {
      delays.push(delay);
      pending.set(++last, { at: time + delay, ring });
      return last;
    };
    restores.push(
      replace(performance, "now", () => time),
      replace(globalThis, "clearTimeout", clear as typeof clearTimeout),
      replace(globalThis, "setTimeout", set as unknown as typeof setTimeout),
    );
    const elapse = (): void => {
      const [handle, timer] = [...pending][0] as [number, { at: number; ring: () => void }];
      pending.delete(handle);
      time = timer.at;
      timer.ring();
    };
    return { delays, clock: new Clock(new SystemClock()), elapse, timers: () => pending.size };
  }

  const restores: (() => void)[] = [];

  afterEach(() => {
    for (const restore of restores.splice(0)) restore();
  });

  test("returns the times of the host", () => {
    const host = new SystemClock();
    const before = [performance.now(), Date.now()] as const;
    const times = [host.now(), host.wall()] as const;
    const after = [performance.now(), Date.now()] as const;
    for (const i of [0, 1] as const) {
      expect(times[i]).toBeGreaterThanOrEqual(before[i]);
      expect(times[i]).toBeLessThanOrEqual(after[i]);
    }
  });

  // R137
  test.each([longest - 1, longest, longest + 1, 2 ** 32, 2 ** 32 + 5.5, 2 ** 40])(
    "divides a delay of %d ms into delays that the host supports",
    (delay) => {
      const { delays, clock, elapse, timers } = fakeTimers();
      let firedAt: number | undefined;
      const due = clock.now() + delay;
      clock.set(new RuntimeTimer("test", () => (firedAt = clock.now())), due);
      for (let pieces = 0; pieces < 1000 && firedAt === undefined; pieces++) elapse();
      expect(firedAt).toBeGreaterThanOrEqual(due);
      expect(firedAt).toBeLessThan(due + 1);
      expect(Math.max(...delays)).toBeLessThanOrEqual(longest);
      expect(delays.length).toBe(Math.ceil(delay / longest));
      expect(timers()).toBe(0);
    },
  );

  // R137
  test("never fires a timer at Infinity, and fires other timers before", () => {
    const { delays, clock, elapse, timers } = fakeTimers();
    const fired: string[] = [];
    const never = new RuntimeTimer("test", () => fired.push("never"));
    clock.set(never, Infinity);
    for (let i = 0; i < 5; i++) elapse();
    expect(delays).toEqual(new Array<number>(6).fill(longest));
    clock.set(new RuntimeTimer("test", () => fired.push("soon")), clock.now() + 10);
    expect(timers()).toBe(1);
    elapse();
    expect(fired).toEqual(["soon"]);
    expect(timers()).toBe(1);
    clock.cancel(never);
    expect(timers()).toBe(0);
  });

  test("sets whole milliseconds, rounded up and not below 0", () => {
    const { delays, clock } = fakeTimers();
    const host = new SystemClock();
    for (const delay of [0.001, 1.5, 7, 0, -3]) host.set(delay, () => {});
    expect(delays).toEqual([1, 2, 7, 0, 0]);
    expect(clock.size).toBe(0);
  });

  test("has at most one timer of the host, and none once it is cleared", () => {
    const { timers, clock } = fakeTimers();
    const host = new SystemClock();
    for (const delay of [30, 10, 20]) {
      host.set(delay, () => {});
      expect(timers()).toBe(1);
    }
    host.clear();
    expect(timers()).toBe(0);
    expect(clock.size).toBe(0);
  });
});

test.each([false, true])("a timer fires once, with and without a hook (%p)", (hasHook) => {
  ignoreLeaks();
  expect(hooks).toBeNull();
  const purposes: string[] = [];
  const stop = hasHook
    ? addHooks({
        timer(purpose, fire) {
          purposes.push(purpose);
          fire();
        },
      })
    : () => undefined;
  const { host, clock, fired, newTimer } = newClock();
  clock.set(newTimer("a"), 1010);
  host.moveTo(1020);
  stop();
  expect(fired).toEqual(["a"]);
  expect(purposes).toEqual(hasHook ? ["test"] : []);
});

// C23. In a separate process, because jest catches the uncaught exceptions of this process.
test("every timer that is due fires although some throw, and the thrown values are uncaught exceptions", async () => {
  const ending = await runSource(`
    import { RuntimeTimer } from "../../src/runtime/timer.ts";
    process.on("uncaughtException", (error) => console.log("caught", error.message));
    const newTimer = (name: string, throws: boolean = false) =>
      new RuntimeTimer("test", () => {
        console.log(name);
        if (throws) throw new Error(name);
      });
    const due = [newTimer("a"), newTimer("b", true), newTimer("c", true), newTimer("d")];
    for (const each of due) each.start(0);
    const until = performance.now() + 2;
    while (performance.now() < until);
  `);
  const lines = ["a", "b", "c", "d", "caught b", "caught c"];
  expect(ending).toEqual({ code: 0, stdout: lines.map((line) => `${line}\n`).join(""), stderr: "" });
});
