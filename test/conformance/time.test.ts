// Go's own tests of sleeping, timers and tickers, under their names in Go: src/time/sleep_test.go and tick_test.go.
// Tests of exact instants run in virtual time; tests that need a running clock run in real time.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  defer,
  go,
  gosched,
  PanicError,
  receive,
  type ReceiveChannel,
  select,
  send,
  time,
  WaitGroup,
} from "goro";
import { inBubble } from "../support/contexts.ts";

const { nanosecond, microsecond, second, minute, hour } = time;

const seeds = [1, 2, 3, 4, 5];

/** A Timer, or another object that has a channel and can be stopped and reset. */
interface Timed {
  readonly c: ReceiveChannel<number>;
  stop(): boolean;
  reset(ms: number): boolean;
}

/** A timer made of `afterFunc` and a channel of capacity 1, which therefore runs other code than a `Timer`. */
function funcTimer(ms: number): Timed {
  const c = new Channel<number>(1);
  const timer = time.afterFunc(ms, () => c.send(time.now()));
  return { c, stop: () => timer.stop(), reset: (ms) => timer.reset(ms) };
}

type Kind = readonly [name: string, newTimer: (ms: number) => Timed];

const kinds: readonly Kind[] = [
  ["Timer", (ms) => new time.Timer(ms)],
  ["afterFunc", funcTimer],
];

/** Both kinds, each in bubbles of several orders. */
const orders = kinds.flatMap(([name, newTimer]) => seeds.map((seed) => [name, seed, newTimer] as const));

/** Random choices of a test: integers from 0 to below `n`, the same for the same seed. */
function randomInts(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** Produces garbage until the returned function is called. */
function produceGarbage(): () => Promise<void> {
  let stopped = false;
  const wg = new WaitGroup();
  wg.go(async () => {
    while (!stopped) {
      Array.from({ length: 1000 }, (_, i) => ({ i }));
      await time.sleep(nanosecond);
    }
  });
  return () => {
    stopped = true;
    return wg.wait();
  };
}

describe("sleep", () => {
  // T-T09; R128
  test("TestSleep: it takes at least its duration, although others wake meanwhile", async () => {
    const delay = 100;
    let woken = false;
    go(async () => {
      await time.sleep(delay / 2);
      woken = true;
    });
    const start = performance.now();
    await time.sleep(delay);
    expect(performance.now() - start).toBeGreaterThanOrEqual(delay);
    expect(woken).toBe(true);
  });

  // T-T09; R128
  test.each([0, -1, -Infinity])("TestSleepZeroDeadlock: a hundred sleeps of %d ms return", async (ms) => {
    const c = new Channel<boolean>();
    go(async () => {
      for (let i = 0; i < 100; i++) {
        Array.from({ length: 1000 }, (_, i) => ({ i }));
        await gosched();
      }
      await c.send(true);
    });
    for (let i = 0; i < 100; i++) {
      await time.sleep(ms);
      const tmp = new Channel<boolean>(1);
      await tmp.send(true);
      expect(await tmp.receive()).toEqual({ value: true, ok: true });
    }
    expect(await c.receive()).toEqual({ value: true, ok: true });
  });

  /** Go's longest duration in milliseconds, the shortest that a host timer treats as 1 ms, and the longest numbers. */
  const bigs = [2 ** 63 * nanosecond, 2 ** 31, Number.MAX_VALUE, Infinity];

  // R137
  test.each(bigs)("TestOverflowSleep: a timer of %d ms does not fire before one of 25 ms", async (big) => {
    for (const newTimer of [time.after, (ms: number) => new time.Timer(ms).c, (ms: number) => new time.Ticker(ms).c]) {
      const s = await select({ big: receive(newTimer(big)), soon: receive(time.after(25)) });
      expect(s.case).toBe("soon");
    }
  });

  // R137
  test.each([2 ** 63 * nanosecond, 2 ** 31])("TestOverflowSleep: a sleep of %d ms takes that time", (big) =>
    inBubble(async () => {
      const start = time.now();
      let slept = NaN;
      const wg = new WaitGroup();
      wg.go(async () => {
        await time.sleep(big);
        slept = time.since(start);
      });
      const s = await select({ big: receive(time.after(big)), soon: receive(time.after(25)) });
      expect([s.case, time.since(start), slept]).toEqual(["soon", 25, NaN]);
      await wg.wait();
      expect(Math.abs(slept - big)).toBeLessThan(1);
    }),
  );

  // R128, R136, R137
  test.each([-(2 ** 63) * nanosecond, -Number.MAX_VALUE, -Infinity])(
    "TestOverflowSleep: a sleep of %d ms returns at once, and a timer of it fires",
    async (neg) => {
      await time.sleep(neg);
      const s = await select({ neg: receive(time.after(neg)), late: receive(time.after(second)) });
      expect(s.case).toBe("neg");
    },
  );
});

describe("after", () => {
  // T-T09; R129
  test("TestAfter: the value neither arrives before its time nor is an earlier instant", async () => {
    const delay = 100;
    const [start, instant] = [performance.now(), time.now()];
    const { value, ok } = await time.after(delay).receive();
    expect(performance.now() - start).toBeGreaterThanOrEqual(delay);
    expect(ok).toBe(true);
    expect(value).toBeGreaterThanOrEqual(instant + delay);
  });

  // T-T09; R129
  test("TestAfterTick: ten waits of 10 ms, one after the other, take 100 ms", async () => {
    const start = performance.now();
    for (let i = 0; i < 10; i++) await time.after(10).receive();
    expect(performance.now() - start).toBeGreaterThanOrEqual(100);
    await inBubble(async () => {
      const start = time.now();
      for (let i = 0; i < 10; i++) await time.after(10).receive();
      expect(time.since(start)).toBe(100);
    });
  });

  // R129, R135
  test.each(orders)("TestAfterQueuing: they fire in the order of their times (%s, seed %i)", (_, seed, newTimer) =>
    inBubble(
      async () => {
        const slots = [5, 3, 6, 6, 6, 1, 1, 2, 7, 9, 4, 8, 0];
        const delta = 20;
        const result = new Channel<readonly [slot: number, at: number]>(slots.length);
        const start = time.now();
        for (const slot of slots) {
          const { c } = newTimer(slot * delta);
          go(async () => result.send([slot, (await c.receive()).value as number]));
        }
        const came: (readonly [number, number])[] = [];
        for (const _ of slots) {
          const { value } = await result.receive();
          came.push(value as readonly [number, number]);
        }
        expect(came).toEqual(slots.sort((a, b) => a - b).map((slot) => [slot, start + slot * delta]));
      },
      { seed },
    ),
  );

  // T-T07; R129, R130
  test("TestAfterTimes: the value is the instant at which it was due, however late it is read", async () => {
    const before = time.now();
    const c = time.after(10);
    const after = time.now();
    await time.sleep(50);
    const { value } = await c.receive();
    expect(value).toBeGreaterThanOrEqual(before + 10);
    // The instant is rounded.
    expect(value).toBeLessThanOrEqual(after + 11);
    await inBubble(async () => {
      const start = time.now();
      const c = time.after(10);
      await time.sleep(500);
      expect(await c.receive()).toEqual({ value: start + 10, ok: true });
      expect(time.since(start)).toBe(500);
    });
  });
});

describe("afterFunc", () => {
  // T-T10; R134, R136
  test.each(seeds)("TestAfterFunc: a function that schedules itself again is called again (seed %i)", (seed) =>
    inBubble(
      async () => {
        let i = 10;
        const c = new Channel<boolean>();
        const f = async (): Promise<void> => {
          if (--i >= 0) {
            time.afterFunc(0, f);
            await time.sleep(second);
          } else {
            await c.send(true);
          }
        };
        const start = time.now();
        time.afterFunc(0, f);
        await c.receive();
        // The pending timers have delayed nothing.
        expect([i, time.since(start)]).toEqual([-1, 0]);
        await time.sleep(second);
      },
      { seed },
    ),
  );

  // R73, R134
  test("TestAfterFuncStarvation: two goroutines that keep running do not starve the call", async () => {
    for (let run = 0; run < 10; run++) {
      let stop = false;
      const wg = new WaitGroup();
      const c = new Channel<boolean>(1);
      let received = 0;
      wg.go(async () => {
        while (!stop) await c.send(true);
        c.close();
      });
      wg.go(async () => {
        for await (const _ of c) received++;
      });
      time.afterFunc(microsecond, () => {
        stop = true;
      });
      await wg.wait();
      expect(received).toBeGreaterThan(0);
    }
  });
});

describe("stop and reset", () => {
  // T-T13; R131, R132, R134
  test.each(orders)(
    "TestAfterStop: a stopped timer never fires, and stop returns true once (%s, seed %i)",
    (_, seed, newTimer) =>
      inBubble(
        async () => {
          for (let i = 0; i < 5; i++) {
            let others = 0;
            time.afterFunc(100, () => others++);
            const t0 = newTimer(50);
            const c1 = new Channel<boolean>(1);
            const t1 = time.afterFunc(150, () => c1.send(true));
            const c2 = time.after(200);
            expect([t0.stop(), t1.stop()]).toEqual([true, true]);
            await c2.receive();
            expect((await select({ t0: receive(t0.c), c1: receive(c1), default: true })).case).toBe("default");
            expect([t0.stop(), t1.stop()]).toEqual([false, false]);
            expect(others).toBe(1);
          }
        },
        { seed },
      ),
  );

  // T-T13; R132, R134, R142
  test.each(seeds)("TestTimerStopStress: of a hundred stopped in time none is called (seed %i)", (seed) =>
    inBubble(
      async () => {
        let called = 0;
        const stopped: boolean[] = [];
        for (let i = 0; i < 100; i++) {
          go(async () => {
            const timer = time.afterFunc(2 * second, () => called++);
            await time.sleep(second);
            stopped.push(timer.stop());
          });
        }
        await time.sleep(3 * second);
        expect(stopped).toEqual(new Array<boolean>(100).fill(true));
        expect(called).toBe(0);
      },
      { seed },
    ),
  );

  // T-T15; R133
  test.each([nanosecond, 1, second])("TestReset: it counts from then and returns whether it ran (%d ms)", (d) =>
    inBubble(async () => {
      const t0 = new time.Timer(2 * d);
      await time.sleep(d);
      expect(t0.reset(3 * d)).toBe(true);
      await time.sleep(2 * d);
      expect((await select({ early: receive(t0.c), default: true })).case).toBe("default");
      await time.sleep(2 * d);
      expect((await select({ due: receive(t0.c), default: true })).case).toBe("due");
      expect(t0.reset(50)).toBe(false);
    }),
  );

  /**
   * Many goroutines that each wait for two timers that are due together, and then stop or reset the one that was not
   * received. The result of that call must be correct: otherwise a value that was prevented is received, or a receive
   * waits for a value that never arrives.
   */
  async function testResult(newTimer: (ms: number) => Timed, end: (timer: Timed) => boolean): Promise<number> {
    const start = new Channel<never>();
    const wg = new WaitGroup();
    let prevented = 0;
    let wrongResults = 0;
    for (let i = 0; i < 100; i++) {
      wg.go(async () => {
        await start.receive();
        for (let j = 0; j < 10; j++) {
          const timer1 = newTimer(1);
          const timer2 = newTimer(1);
          // In Go a goroutine may reach the select late by chance. The select then chooses one of two ready cases.
          if (j % 2 === 1) await time.sleep(2);
          const s = await select({ timer1: receive(timer1.c), timer2: receive(timer2.c) });
          const other = s.case === "timer1" ? timer2 : timer1;
          if (end(other)) {
            prevented++;
            if (other.c.tryReceive() !== undefined) wrongResults++;
          } else {
            await other.c.receive();
          }
          other.stop();
        }
      });
    }
    start.close();
    await wg.wait();
    expect(wrongResults).toBe(0);
    return prevented;
  }

  const ends: readonly (readonly [string, string, (timer: Timed) => boolean])[] = [
    ["TestStopResult", "stop", (timer) => timer.stop()],
    ["TestResetResult", "reset", (timer) => timer.reset(hour)],
  ];

  // R131, R132, R133
  describe.each(ends)("%s", (name, method, end) => {
    test.each(orders)(`${name}: ${method} returns whether it prevented a value (%s, seed %i)`, (kind, seed, newTimer) =>
      inBubble(
        async () => {
          const prevented = await testResult(newTimer, end);
          // A value that was not received is removed from the channel.
          if (kind === "Timer") expect(prevented).toBe(1000);
        },
        { seed },
      ),
    );

    test.each(kinds)(`${name}: ${method} returns if it prevented a value (%s, real time)`, async (kind, newTimer) => {
      const prevented = await testResult(newTimer, end);
      if (kind === "Timer") expect(prevented).toBe(1000);
    });
  });

  // R133, R142
  test.each(orders)(
    "TestTimerModifiedEarlier: a timer that is moved into the past fires (%s, seed %i)",
    (_, seed, newTimer) =>
      inBubble(
        async () => {
          const past = time.until(0);
          for (let i = 0; i < 100; i++) {
            const timer = newTimer(hour);
            for (let j = 0; j < 10; j++) {
              if (!timer.stop()) await timer.c.receive();
              timer.reset(past);
            }
            const deadline = new time.Timer(10 * second);
            const start = time.now();
            const s = await select({ timer: receive(timer.c), deadline: receive(deadline.c) });
            expect([s.case, time.since(start)]).toEqual(["timer", 0]);
            deadline.stop();
          }
        },
        { seed },
      ),
  );

  // R133, R142
  test.each(kinds)(
    "TestTimerModifiedEarlier: a timer that is moved into the past fires (%s, in real time)",
    async (_, newTimer) => {
      for (let i = 0; i < 200; i++) {
        const timer = newTimer(hour);
        for (let j = 0; j < 10; j++) {
          if (!timer.stop()) await timer.c.receive();
          timer.reset(time.until(0));
          // Some resets come before the timer fires, some after.
          if (j % 3 === i % 3) await gosched();
        }
        expect((await timer.c.receive()).ok).toBe(true);
      }
    },
  );

  // T-T19; R132, R133, R136, R142
  test.each(orders)("TestAdjustTimers: a hundred timers pass through all states (%s, seed %i)", (_, seed, newTimer) =>
    inBubble(
      async () => {
        const below = randomInts(seed);
        const timers: Timed[] = [];
        const states = new Array<number>(100).fill(0);
        const left = Array.from({ length: 100 }, (_, i) => i);
        let steps = 0;
        while (left.length > 0) {
          steps++;
          const at = below(left.length);
          const i = left[at] as number;
          const state = states[i] as number;
          states[i] = state + 1;
          const timer = timers[i] as Timed;
          switch (state) {
            case 0:
              timers[i] = newTimer(0);
              break;
            case 1:
              await timer.c.receive();
              break;
            case 2:
            case 4:
            case 6:
              // A long delay, which is canceled each time.
              expect(timer.reset([0, minute, 3 * minute, 2 * minute][state / 2] as number)).toBe(false);
              break;
            case 3:
            case 5:
            case 7:
              expect(timer.stop()).toBe(true);
              break;
            case 8:
              expect(timer.reset(0)).toBe(false);
              break;
            case 9: {
              const start = time.now();
              await timer.c.receive();
              expect(time.since(start)).toBe(0);
              break;
            }
            default:
              left[at] = left[left.length - 1] as number;
              left.pop();
          }
        }
        expect(steps).toBe(1100);
      },
      { seed },
    ),
  );

  // T-T17; R136
  test.each(kinds)("TestZeroTimer: a timer without a delay fires at once (%s)", async (_, newTimer) => {
    await inBubble(async () => {
      const start = time.now();
      for (let i = 0; i < 1000; i++) await newTimer(0).c.receive();
      expect(time.since(start)).toBe(0);
    });
    for (let i = 0; i < 200; i++) expect((await newTimer(0).c.receive()).ok).toBe(true);
  });

  // T-T17; R133, R136
  test.each(kinds)(
    "TestZeroTimer: a timer that is reset to a delay of 0 fires at once (%s, one for all)",
    async (_, newTimer) => {
      const run = async (times: number): Promise<void> => {
        const timer = newTimer(hour);
        for (let i = 0; i < times; i++) {
          expect(timer.reset(0)).toBe(i === 0);
          expect((await timer.c.receive()).ok).toBe(true);
        }
      };
      await inBubble(async () => {
        const start = time.now();
        await run(1000);
        expect(time.since(start)).toBe(0);
      });
      await run(200);
    },
  );

  // T-T21; R131, R133, R142
  test.each(seeds)(
    "TestMultiWakeupTimer: many goroutines that read and reset one timer do not break it (seed %i)",
    async (seed) => {
      const run = async (): Promise<void> => {
        const timer = new time.Timer(nanosecond);
        const wg = new WaitGroup();
        let rounds = 0;
        for (let i = 0; i < 8; i++) {
          wg.go(async () => {
            for (let j = 0; j < 100; j++) {
              await select({ timer: receive(timer.c), default: true });
              timer.reset(nanosecond);
              rounds++;
            }
          });
        }
        await wg.wait();
        expect(rounds).toBe(800);
        expect((await timer.c.receive()).ok).toBe(true);
        expect(timer.stop()).toBe(false);
      };
      await inBubble(run, { seed });
      await run();
    },
  );

  // Go's test panics by using a nil timer.
  test("TestIssue5745: a ticker can be stopped by a deferred call in a panic", () =>
    inBubble(async () => {
      const ticker = new time.Ticker(hour);
      const f = async (): Promise<void> => {
        using _ = defer(() => {
          ticker.stop();
        });
        const timer = null as unknown as time.Timer;
        timer.stop();
      };
      await expect(f()).rejects.toThrow(TypeError);
      await time.sleep(2 * hour);
      expect(ticker.c.tryReceive()).toBeUndefined();
    }));
});

describe("a ticker", () => {
  // R139, R140
  test.each([
    [10, 20],
    [8, second],
  ])("TestTicker: %i ticks of %d ms, half of them with twice the period, take their full time", (count, delta) =>
    inBubble(async () => {
      const ticker = new time.Ticker(delta);
      const start = time.now();
      for (let i = 0; i < count / 2; i++) await ticker.c.receive();
      ticker.reset(2 * delta);
      for (let i = 0; i < count / 2; i++) await ticker.c.receive();
      ticker.stop();
      expect(time.since(start)).toBe((3 * delta * count) / 2);
      await time.sleep(2 * delta);
      expect((await select({ tick: receive(ticker.c), default: true })).case).toBe("default");
    }),
  );

  // T-T02; R140
  test("TestTeardown: stop returns, and the channel stays open", async () => {
    for (let i = 0; i < 3; i++) {
      const ticker = new time.Ticker(20);
      expect((await ticker.c.receive()).ok).toBe(true);
      ticker.stop();
      expect(ticker.c.tryReceive()).toBeUndefined();
    }
  });

  // T-T02; R138
  test.each([0, -1, -Infinity])("TestTick: tick(%d) is null", (ms) => {
    expect(time.tick(ms)).toBeNull();
  });

  // T-T02; R138
  test.each([0, -1, -Infinity])("TestNewTickerLtZeroDuration: a period of %d ms panics", (ms) => {
    expect(() => new time.Ticker(ms)).toThrow(new PanicError("non-positive interval for NewTicker"));
  });

  // T-T02; R138
  test.each([0, -1, -Infinity])("TestTickerResetLtZeroDuration: a new period of %d ms panics", (ms) =>
    inBubble(async () => {
      const ticker = new time.Ticker(second);
      expect(() => ticker.reset(ms)).toThrow(new PanicError("non-positive interval for Ticker.Reset"));
      await time.sleep(second);
      expect(ticker.c.tryReceive()).toEqual({ value: time.now(), ok: true });
    }),
  );

  // T-T08; R130, R139
  test("TestTickTimes: the value is the instant of the first tick, however late it is read", async () => {
    const before = time.now();
    const c = time.tick(10) as ReceiveChannel<number>;
    const after = time.now();
    await time.sleep(50);
    const { value } = await c.receive();
    expect(value).toBeGreaterThanOrEqual(before + 10);
    // The instant is rounded.
    expect(value).toBeLessThanOrEqual(after + 11);
    await inBubble(async () => {
      const start = time.now();
      const c = time.tick(10) as ReceiveChannel<number>;
      await time.sleep(505);
      expect(await c.receive()).toEqual({ value: start + 10, ok: true });
      expect(time.since(start)).toBe(505);
      // The ticks between are dropped, and the others keep their period.
      expect(await c.receive()).toEqual({ value: start + 510, ok: true });
      expect(time.since(start)).toBe(510);
    });
  });

  // T-T11; R129, R142
  test("TestTickerStress: a hundred ticks arrive while there is much garbage", async () => {
    const stop = produceGarbage();
    const ticker = new time.Ticker(nanosecond);
    let last = 0;
    for (let i = 0; i < 100; i++) {
      const { value } = await ticker.c.receive();
      expect(value).toBeGreaterThanOrEqual(last);
      last = value as number;
    }
    ticker.stop();
    await stop();
  });

  // T-T12; R139, R141
  test.each(seeds)("TestTickerConcurrentStress: ten goroutines share one, with 100 ticks each (seed %i)", (seed) =>
    inBubble(
      async () => {
        const start = time.now();
        const ticker = new time.Ticker(1);
        const ticks: number[] = [];
        const wg = new WaitGroup();
        for (let i = 0; i < 10; i++) {
          wg.go(async () => {
            for (let j = 0; j < 100; j++) ticks.push((await ticker.c.receive()).value as number);
          });
        }
        await wg.wait();
        ticker.stop();
        // No tick was received twice, and none was lost while a goroutine waited.
        expect(ticks).toEqual(Array.from({ length: 1000 }, (_, i) => start + i + 1));
      },
      { seed },
    ),
  );

  // T-T12; R141
  test("TestTickerConcurrentStress: the same in real time, while there is much garbage", async () => {
    const stop = produceGarbage();
    const ticker = new time.Ticker(nanosecond);
    const got = new Array<number>(10).fill(0);
    const wg = new WaitGroup();
    for (let i = 0; i < 10; i++) {
      wg.go(async () => {
        for (let j = 0; j < 20; j++) if ((await ticker.c.receive()).ok) got[i] = (got[i] as number) + 1;
      });
    }
    await wg.wait();
    ticker.stop();
    await stop();
    expect(got).toEqual(new Array<number>(10).fill(20));
  });

  // T-T21; R141, R142
  test.each([1, 2, 3, null])(
    "TestMultiWakeupTicker: many goroutines that wait for a tick and a timeout lose no tick (seed %p)",
    async (seed) => {
      const run = async (): Promise<void> => {
        const ticker = new time.Ticker(microsecond);
        const wg = new WaitGroup();
        let ended = 0;
        for (let i = 0; i < 8; i++) {
          wg.go(async () => {
            for (let j = 0; j < 100; j++) {
              await select({ tick: receive(ticker.c), late: receive(time.after(1)) });
              ended++;
            }
          });
        }
        await wg.wait();
        ticker.stop();
        expect(ended).toBe(800);
        expect(ticker.c.tryReceive()).toBeUndefined();
      };
      // Without a seed, in real time.
      if (seed === null) await run();
      else await inBubble(run, { seed });
    },
  );

  // R137
  test.each([Number.MAX_VALUE, 2 ** 63 * nanosecond])(
    "TestOverflowPeriodRuntimeTimer: a ticker with a period of %d ms disturbs no other timer",
    async (period) => {
      const ticker = new time.Ticker(1);
      await ticker.c.receive();
      ticker.reset(period);
      const s = await select({ tick: receive(ticker.c), soon: receive(time.after(25)) });
      expect(s.case).toBe("soon");
      ticker.stop();
    },
  );
});

describe("many timers", () => {
  // R73, R142
  test("TestLongAdjustTimers: canceled waits for timers slow nothing down", async () => {
    const wg = new WaitGroup();
    for (let i = 0; i < 5000; i++) wg.go(() => time.sleep(10 * microsecond));
    for (let i = 0; i < 200; i++) await time.sleep(microsecond);

    const done = new Channel<never>();
    const deadline = time.afterFunc(minute, () => {
      done.close();
    });
    const inQ = new Channel<number>();
    const outQ = new Channel<number>();
    wg.go(async () => {
      using _ = defer(() => {
        outQ.close();
      });
      const q: number[] = [];
      for (;;) {
        const out = q.length > 0 ? outQ : null;
        const s = await select({ out: send(out, q[0] ?? NaN), in: receive(inQ), done: receive(done) });
        switch (s.case) {
          case "out":
            q.shift();
            break;
          case "in":
            if (!s.ok) return;
            q.push(s.value);
            break;
          case "done":
            return;
        }
      }
    });

    let next = 0;
    for (let i = 0; i < 500; i++) {
      for (let j = 0; j < 20; j++) await inQ.send(20 * i + j);
      for (let j = 0; j < 20; j++) {
        const s = await select({ out: receive(outQ), late: receive(time.after(5 * second)), done: receive(done) });
        expect([s.case, s.value]).toEqual(["out", next++]);
      }
    }
    inQ.close();
    await wg.wait();
    expect(await outQ.receive()).toEqual({ value: undefined, ok: false });
    expect(deadline.stop()).toBe(true);
  });
});

/** A ticker whose methods return the same results as a timer's. */
class TickerTimer implements Timed {
  readonly #ticker: time.Ticker;
  readonly c: ReceiveChannel<number>;
  #stopped = false;

  constructor(ms: number) {
    this.#ticker = new time.Ticker(ms);
    this.c = this.#ticker.c;
  }

  stop(): boolean {
    const pending = !this.#stopped;
    this.#stopped = true;
    this.#ticker.stop();
    return pending;
  }

  reset(ms: number): boolean {
    const pending = !this.#stopped;
    this.#stopped = false;
    this.#ticker.reset(ms);
    return pending;
  }
}

describe("TestChan", () => {
  const sched = 10;
  const far = 10_000 * second;

  const all = (["Timer", "Ticker"] as const).flatMap((kind) => seeds.map((seed) => [kind, seed] as const));

  /** Runs `f` with a timer or a ticker that is far from due, and checks of its channel. */
  function testEach(title: string, f: (tim: Timed, isTicker: boolean, check: ChannelCheck) => Promise<void>): void {
    test.each(all)(`TestChan: ${title} (%s, seed %i)`, (kind, seed) =>
      inBubble(
        async () => {
          const isTicker = kind === "Ticker";
          const tim = isTicker ? new TickerTimer(far) : new time.Timer(far);
          await f(tim, isTicker, new ChannelCheck(tim.c));
          tim.stop();
        },
        { seed },
      ),
    );
  }

  class ChannelCheck {
    readonly #c: ReceiveChannel<number>;

    constructor(c: ReceiveChannel<number>) {
      this.#c = c;
    }

    async noTick(): Promise<void> {
      expect((await select({ tick: receive(this.#c), default: true })).case).toBe("default");
    }

    async tick(): Promise<void> {
      expect((await select({ tick: receive(this.#c), default: true })).case).toBe("tick");
    }
  }

  /** Whether `done` has a value, or is closed, after `sched` milliseconds. */
  async function isDone(done: Channel<boolean>): Promise<boolean> {
    await time.sleep(sched);
    return done.tryReceive() !== undefined;
  }

  // R131, R133, R139, R140
  testEach("stop and reset work without waiting goroutines", async (tim, _isTicker, check) => {
    tim.stop();
    await check.noTick();
    tim.reset(far);
    await check.noTick();

    tim.reset(nanosecond);
    await time.sleep(sched);
    expect([tim.c.length, tim.c.capacity]).toEqual([0, 0]);
    await check.tick();

    // By then a ticker has ticked a second time.
    await time.sleep(sched);
    tim.reset(far);
    await check.noTick();
  });

  // R131, R133
  testEach("reset moves the due time of a waiting goroutine, later and earlier", async (tim, isTicker, check) => {
    const done = new Channel<boolean>();
    go(async () => {
      await tim.c.receive();
      done.close();
    });
    expect(await isDone(done)).toBe(false);
    tim.reset(2 * far);
    expect(await isDone(done)).toBe(false);
    tim.reset(nanosecond);
    expect(await isDone(done)).toBe(true);
    if (isTicker) await check.tick();
    else await check.noTick();
    tim.stop();
    await check.noTick();
  });

  // R133, R141
  testEach("of two selects that wait, one is woken, and stop wakes none", async (tim, isTicker, check) => {
    const done = new Channel<boolean>(2);
    const stop = new Channel<never>();
    const ends = [new Channel<boolean>(), new Channel<boolean>()];
    for (const end of ends) {
      go(async () => {
        const s = await select({ c: receive(tim.c), stop: receive(stop) });
        if (s.case === "c") await done.send(true);
        end.close();
      });
    }
    expect(await isDone(done)).toBe(false);
    tim.reset(sched / 2);
    expect(await isDone(done)).toBe(true);
    if (!isTicker) expect(await isDone(done)).toBe(false);
    tim.stop();
    stop.close();
    for (const end of ends) expect(await isDone(end)).toBe(true);
    if (isTicker) done.tryReceive();
    expect(await isDone(done)).toBe(false);
    await check.noTick();
  });

  // R131, R132
  testEach("a wait for a stopped timer or ticker receives nothing", async (tim) => {
    tim.stop();
    const stop = new Channel<never>();
    const done = new Channel<boolean>(2);
    for (let i = 0; i < 2; i++) {
      go(async () => {
        const s = await select({ c: receive(tim.c), stop: receive(stop) });
        await done.send(s.case === "stop");
      });
    }
    await time.sleep(sched);
    expect(done.length).toBe(0);
    stop.close();
    for (let i = 0; i < 2; i++) expect(await done.receive()).toEqual({ value: true, ok: true });
  });

  // R131, R132, R133
  testEach("no old value is received after stop or reset", async (tim, isTicker, check) => {
    tim.reset(nanosecond);
    await time.sleep(sched);
    expect(tim.stop()).toBe(true);
    await check.noTick();

    tim.reset(hour);
    await check.noTick();
    expect(tim.reset(nanosecond)).toBe(true);
    await time.sleep(sched);
    await check.tick();
    await time.sleep(sched);
    if (isTicker) await check.tick();
    else await check.noTick();
    expect(tim.reset(hour)).toBe(isTicker);
    await check.noTick();
  });
});
