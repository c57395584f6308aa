import { ignoreLeaks } from "goro/testing";
import { afterEach, describe, expect, test } from "@jest/globals";
import { RuntimeTimer } from "../../src/runtime/timer.ts";
import { Clock, type TimeSource } from "../../src/runtime/timer-queue.ts";
import { SystemClock } from "../../src/runtime/system-clock.ts";
import { below, seed } from "../../src/runtime/realm.ts";
import { addHooks, hooks } from "../../src/runtime/hooks.ts";
import { runSource } from "../support/programs.ts";
import { replace } from "../support/replace.ts";

/** A host whose time stands still until it is moved. */
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

  /** Moves the time to `time`, and rings when the time that was asked for comes. */
  moveTo(time: number): void {
    for (let rings = 0; this.isSet && this.due <= time; rings++) {
      if (rings > 1000) throw new Error("the clock rings without end");
      this.time = Math.max(this.time, this.due);
      this.isSet = false;
      this.ring();
    }
    this.time = time;
  }
}

function make(): { host: FakeHost; clock: Clock; fired: string[]; alarm: (name: string) => RuntimeTimer } {
  const host = new FakeHost();
  const fired: string[] = [];
  return { host, clock: new Clock(host), fired, alarm: (name) => new RuntimeTimer("test", () => fired.push(name)) };
}

/** Checks the invariants of the clock and of its heap, of which `alarms` are all that ever were set. */
function expectWhole(clock: Clock, host: FakeHost, alarms: readonly RuntimeTimer[]): void {
  const standing = alarms.filter((alarm) => alarm.isSet).sort((a, b) => a.index - b.index);
  expect(standing.map((alarm) => alarm.index)).toEqual(standing.map((_, i) => i));
  expect(alarms.filter((alarm) => !alarm.isSet && alarm.index !== -1)).toEqual([]);
  const tooEarly = standing.filter((alarm, i) => i > 0 && alarm.when < (standing[(i - 1) >> 1] as RuntimeTimer).when);
  expect(tooEarly).toEqual([]);
  expect(clock.size).toBe(standing.length);
  expect(clock.next).toBe(Math.min(...standing.map((alarm) => alarm.when)));
  expect(host.isSet).toBe(standing.length > 0);
  if (standing.length > 0) expect(host.due).toBeLessThanOrEqual(clock.next);
}

describe("a clock", () => {
  test("tells its host's times", () => {
    const { host, clock } = make();
    host.time = 5;
    expect([clock.now(), clock.wall()]).toEqual([5, 1_000_005]);
  });

  // R135
  test("fires in the order of the times, whatever the order in which they were set", () => {
    const { host, clock, fired, alarm } = make();
    for (const when of [1030, 1010, 1050, 1020, 1040]) clock.set(alarm(String(when)), when);
    host.moveTo(1100);
    expect(fired).toEqual(["1010", "1020", "1030", "1040", "1050"]);
  });

  test("fires equal times in the order in which they were set", () => {
    const { host, clock, fired, alarm } = make();
    for (let i = 0; i < 20; i++) clock.set(alarm(String(i)), 1010);
    host.moveTo(1010);
    expect(fired).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
  });

  test("fires nothing before it is due, and everything when it is", () => {
    const { host, clock, fired, alarm } = make();
    clock.set(alarm("a"), 1010);
    host.moveTo(1009.999);
    expect(fired).toEqual([]);
    host.moveTo(1010);
    expect(fired).toEqual(["a"]);
  });

  test("rings anew when its host rings too early", () => {
    const { host, clock, fired, alarm } = make();
    clock.set(alarm("a"), 1010);
    host.time = 1004;
    host.isSet = false;
    host.ring();
    expect(fired).toEqual([]);
    expect([host.isSet, host.due]).toEqual([true, 1010]);
    host.moveTo(1010);
    expect(fired).toEqual(["a"]);
  });

  test("asks its host only for what comes first", () => {
    const { host, clock, alarm } = make();
    const asked: number[] = [];
    const set = host.set.bind(host);
    host.set = (delay, ring) => {
      asked.push(delay);
      set(delay, ring);
    };
    const alarms = [1050, 1060, 1050, 1020, 1030, 1020].map((when) => {
      const one = alarm("");
      clock.set(one, when);
      return one;
    });
    expect(asked).toEqual([50, 20]);
    clock.cancel(alarms[3] as RuntimeTimer);
    clock.cancel(alarms[1] as RuntimeTimer);
    expect(asked).toEqual([50, 20]);
  });

  test("keeps nothing set when it has become empty", () => {
    const { host, clock, alarm } = make();
    const a = alarm("a");
    const b = alarm("b");
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

  test("tells whether there was something to cancel", () => {
    const { host, clock, fired, alarm } = make();
    const a = alarm("a");
    expect(clock.cancel(a)).toBe(false);
    clock.set(a, 1010);
    expect(clock.cancel(a)).toBe(true);
    expect(clock.cancel(a)).toBe(false);
    clock.set(a, 1010);
    host.moveTo(1010);
    expect(clock.cancel(a)).toBe(false);
    expect(fired).toEqual(["a"]);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])("keeps the order of the others when number %i is canceled", (place) => {
    const { host, clock, fired, alarm } = make();
    const times = [1010, 1050, 1020, 1060, 1070, 1030, 1040];
    const alarms = times.map((when) => alarm(String(when)));
    alarms.forEach((one, i) => clock.set(one, times[i] as number));
    clock.cancel(alarms[place] as RuntimeTimer);
    expectWhole(clock, host, alarms);
    host.moveTo(2000);
    expect(fired).toEqual(
      times
        .filter((_, i) => i !== place)
        .sort((a, b) => a - b)
        .map(String),
    );
  });

  describe("while it rings", () => {
    test("fires at once what is set for a time that has come", () => {
      const { host, clock, fired, alarm } = make();
      const b = alarm("b");
      const a = new RuntimeTimer("test", () => {
        fired.push("a");
        clock.set(b, 1005);
      });
      clock.set(a, 1010);
      clock.set(alarm("c"), 1010);
      host.moveTo(1010);
      expect(fired).toEqual(["a", "b", "c"]);
      expectWhole(clock, host, [a, b]);
    });

    test("keeps for later what is set for later", () => {
      const { host, clock, fired, alarm } = make();
      const b = alarm("b");
      const a = new RuntimeTimer("test", () => clock.set(b, 1015));
      clock.set(a, 1010);
      host.moveTo(1014);
      expect(fired).toEqual([]);
      expectWhole(clock, host, [a, b]);
      host.moveTo(1015);
      expect(fired).toEqual(["b"]);
    });

    test("does not fire what an earlier alarm has canceled", () => {
      const { host, clock, fired, alarm } = make();
      const b = alarm("b");
      const canceled: boolean[] = [];
      const a = new RuntimeTimer("test", () => canceled.push(clock.cancel(b), clock.cancel(a)));
      clock.set(a, 1010);
      clock.set(b, 1010);
      host.moveTo(1020);
      expect(fired).toEqual([]);
      expect(canceled).toEqual([true, false]);
      expectWhole(clock, host, [a, b]);
    });

    test("lets an alarm set itself again and again", () => {
      const { host, clock } = make();
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
  test.each([1, 2, 3, 4, 5, 6])("agrees with a list that is searched, through any history (seed %i)", (value) => {
    seed(value);
    const { host, clock } = make();
    const fired: number[] = [];
    const expected: number[] = [];
    let model: { name: number; when: number; order: number }[] = [];
    let order = 0;

    const setAlarm = (name: number, when: number): void => {
      clock.set(alarms[name] as RuntimeTimer, when);
      model.push({ name, when, order: order++ });
    };
    const cancelAlarm = (name: number): void => {
      const others = model.filter((entry) => entry.name !== name);
      expect(clock.cancel(alarms[name] as RuntimeTimer)).toBe(others.length < model.length);
      model = others;
    };

    // Some of the alarms set or cancel others when they fire.
    const alarms = Array.from({ length: 30 }, (_, name) => {
      return new RuntimeTimer("test", () => {
        const first = model.reduce((a, b) => (b.when < a.when || (b.when === a.when && b.order < a.order) ? b : a));
        expected.push(first.name);
        model = model.filter((entry) => entry !== first);
        fired.push(name);
        const other = below(30);
        if (name % 3 === 0) cancelAlarm(other);
        else if (name % 3 === 1 && !(alarms[other] as RuntimeTimer).isSet) setAlarm(other, host.time - 5 + below(30));
      });
    });

    for (let step = 0; step < 400; step++) {
      const name = below(30);
      const chance = below(10);
      if (chance < 6) {
        if ((alarms[name] as RuntimeTimer).isSet) cancelAlarm(name);
        // Few different times, so that many are equal.
        setAlarm(name, host.time + 4 * below(10));
      } else if (chance < 8) {
        cancelAlarm(name);
      } else {
        host.moveTo(host.time + below(20));
        expect(model.filter((entry) => entry.when <= host.time)).toEqual([]);
      }
      expect(fired).toEqual(expected);
      expectWhole(clock, host, alarms);
    }
    host.moveTo(host.time + 1e6);
    expect(fired).toEqual(expected);
    expect(fired.length).toBeGreaterThan(50);
    expectWhole(clock, host, alarms);
  });
});

describe("the real time", () => {
  const longest = 2 ** 31 - 1;

  /** Puts a timer of the test's in the place of the host's, which like it has only one number for the delay. */
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

  test("tells the times of the host", () => {
    const host = new SystemClock();
    const before = [performance.now(), Date.now()] as const;
    const told = [host.now(), host.wall()] as const;
    const after = [performance.now(), Date.now()] as const;
    for (const i of [0, 1] as const) {
      expect(told[i]).toBeGreaterThanOrEqual(before[i]);
      expect(told[i]).toBeLessThanOrEqual(after[i]);
    }
  });

  // R137
  test.each([longest - 1, longest, longest + 1, 2 ** 32, 2 ** 32 + 5.5, 2 ** 40])(
    "waits for a delay of %d ms in pieces that the host knows",
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
  test("waits for ever for what is infinitely far, and others come before", () => {
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

  test("asks for whole milliseconds that are never too few, and for none below 0", () => {
    const { delays, clock } = fakeTimers();
    const host = new SystemClock();
    for (const delay of [0.001, 1.5, 7, 0, -3]) host.set(delay, () => {});
    expect(delays).toEqual([1, 2, 7, 0, 0]);
    expect(clock.size).toBe(0);
  });

  test("has one timer of the host at most, and none once it is cleared", () => {
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

test.each([false, true])("an alarm goes off once, whether somebody listens or not (%p)", (isHeard) => {
  ignoreLeaks();
  expect(hooks).toBeNull();
  const heard: string[] = [];
  const stop = isHeard
    ? addHooks({
        timer(purpose, fire) {
          heard.push(purpose);
          fire();
        },
      })
    : () => undefined;
  const { host, clock, fired, alarm } = make();
  clock.set(alarm("a"), 1010);
  host.moveTo(1020);
  stop();
  expect(fired).toEqual(["a"]);
  expect(heard).toEqual(isHeard ? ["test"] : []);
});

// C23. In a process of its own, because jest takes the uncaught exceptions of this one.
test("every alarm that is due goes off although some throw, and what they throw are uncaught exceptions", async () => {
  const ending = await runSource(`
    import { Alarm } from "../../src/runtime/timer.ts";
    process.on("uncaughtException", (error) => console.log("caught", error.message));
    const alarm = (name: string, throws: boolean = false) =>
      new Alarm("test", () => {
        console.log(name);
        if (throws) throw new Error(name);
      });
    const due = [alarm("a"), alarm("b", true), alarm("c", true), alarm("d")];
    for (const each of due) each.setIn(0);
    const until = performance.now() + 2;
    while (performance.now() < until);
  `);
  const lines = ["a", "b", "c", "d", "caught b", "caught c"];
  expect(ending).toEqual({ code: 0, stdout: lines.map((line) => `${line}\n`).join(""), stderr: "" });
});
