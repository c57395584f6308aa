import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  go,
  numGoroutine,
  PanicError,
  receive,
  type ReceiveChannel,
  select,
  time,
  WaitGroup,
} from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { channelStateOf } from "../../src/channel/channel.ts";
import type { ChannelState } from "../../src/channel/channel-state.ts";
import { currentClock, realClock } from "../../src/runtime/timer.ts";
import { below } from "../../src/runtime/realm.ts";
import { runSource } from "../support/programs.ts";
import { inBubble, listeners } from "../support/contexts.ts";
import { quiet } from "../support/promises.ts";
import { replace } from "../support/replace.ts";
import { shown } from "../support/shown.ts";

/** The time at which a bubble starts. */
const start = Date.UTC(2000, 0, 1);

/** Returns the values that `waiting` receivers of `c` get within `ms`. Each value must be the time of its arrival. */
async function received(c: ReceiveChannel<number>, ms: number, waiting = 1): Promise<number[]> {
  const values: number[] = [];
  const instants: number[] = [];
  const late = new Channel<never>();
  for (let i = 0; i < waiting; i++) {
    void select({ c: receive(c), late: receive(late) }).then((s) => {
      if (s.case === "late") return;
      values.push(s.value as number);
      instants.push(now());
    });
  }
  await time.sleep(ms);
  late.close();
  await waitUntilBlocked();
  expect(values).toEqual(instants);
  return values;
}

/** Checks whether `c` has a value, as a select does before it chooses a case. */
function hasValue(c: ReceiveChannel<number>): boolean {
  return (channelStateOf(c) as ChannelState<number>).canReceive;
}

test("durations are milliseconds", () => {
  expect(time.millisecond).toBe(1);
  expect(1e6 * time.nanosecond).toBeCloseTo(1, 12);
  expect(1000 * time.microsecond).toBe(time.millisecond);
  expect(time.second).toBe(1000 * time.millisecond);
  expect(time.minute).toBe(60 * time.second);
  expect(time.hour).toBe(60 * time.minute);
});

describe("now, since and until", () => {
  test("use the clock of the machine", () => {
    const before = Date.now();
    const instant = time.now();
    const since = time.since(before - 1000);
    const until = time.until(before + 1000);
    const after = Date.now();
    expect(instant).toBeGreaterThanOrEqual(before);
    expect(instant).toBeLessThanOrEqual(after);
    expect(since).toBeGreaterThanOrEqual(1000);
    expect(since).toBeLessThanOrEqual(after - before + 1000);
    expect(until).toBeLessThanOrEqual(1000);
    expect(until).toBeGreaterThanOrEqual(before - after + 1000);
  });

  test("use the clock of the bubble in its goroutines, and the clock of the machine outside", async () => {
    const [, outside] = await Promise.all([
      bubble(async () => {
        expect(time.now()).toBe(start);
        expect([time.since(start - 5), time.until(start + 5)]).toEqual([5, 5]);
        const seen = new Channel<number[]>();
        go(async () => {
          await time.sleep(10 * time.hour);
          await seen.send([time.now() - start, time.since(start), time.until(start), now() - time.now()]);
        });
        const { value } = await seen.receive();
        expect(value).toEqual([10 * time.hour, 10 * time.hour, -10 * time.hour, 0]);
        await time.sleep(0.25);
        expect(time.since(start)).toBe(10 * time.hour + 0.25);
      }),
      Promise.resolve().then(() => time.now()),
    ]);
    expect(outside - Date.UTC(2020, 0, 1)).toBeGreaterThan(0);
  });

  test("return times on the same clock as timers and deadlines", () =>
    bubble(async () => {
      const before = time.now();
      expect((await time.after(30).receive()).value).toBe(time.now());
      expect(time.since(before)).toBe(30);
      const [ctx, cancel] = context.withTimeout(context.background(), 20);
      expect(time.until(ctx.deadline() as number)).toBe(20);
      await ctx.done().receive();
      expect(time.until(ctx.deadline() as number)).toBe(0);
      cancel();
    }));
});

describe("sleep with a context or a signal", () => {
  test.each(["ctx", "signal"] as const)("with a %s, rejects at the cancellation and stops its timer", (kind) =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      const options = kind === "ctx" ? { ctx } : { signal: ctx.signal };
      const start = now();
      const sleep = time.sleep(time.hour, options);
      expect(currentClock().labels).toEqual(["time.sleep"]);
      cancel();
      expect(currentClock().labels).toEqual([]);
      await expect(sleep).rejects.toBe(ctx.err());
      for (const ms of [0, 10]) await expect(time.sleep(ms, options)).rejects.toBe(ctx.err());
      expect(now() - start).toBe(0);
    }),
  );

  test("leaves no listener after its time", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      const sleep = time.sleep(10, { ctx });
      expect(listeners(ctx)).toBe(1);
      await sleep;
      expect(listeners(ctx)).toBe(0);
      cancel();
    }));

  test.each([
    [9, "canceled"],
    [11, "slept"],
  ])("a cancellation after %s of 10 ms: %s", (ms, expected) =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      const outcome = time.sleep(10, { ctx }).then(
        () => "slept",
        () => "canceled",
      );
      await time.sleep(ms);
      cancel();
      expect(await outcome).toBe(expected);
    }),
  );

  test("rejects bad options", () =>
    inBubble(async () => {
      await expect(time.sleep(1, { context: 1 } as never)).rejects.toThrow("time.sleep: ");
      await expect(time.sleep(1, { ctx: 1 } as never)).rejects.toThrow("time.sleep: ctx must be a context, got 1");
    }));
});

describe("sleep", () => {
  // R128
  test("waits for the given duration", () =>
    bubble(async () => {
      await time.sleep(10);
      expect(now()).toBe(start + 10);
    }));

  // R135
  test("ends in the order of the durations", () =>
    bubble(async () => {
      const ended: number[][] = [];
      for (const ms of [30, 10, 20, 15]) void time.sleep(ms).then(() => ended.push([ms, now() - start]));
      await time.sleep(30);
      await waitUntilBlocked();
      expect(ended).toEqual([10, 15, 20, 30].map((ms) => [ms, ms]));
      expect(currentClock().size).toBe(0);
    }));
});

test("the clock has a label for the purpose of each alarm", () =>
  bubble(async () => {
    const waits = [time.sleep(10), time.after(10).receive()];
    const call = time.afterFunc(10, () => undefined);
    expect(currentClock().labels.sort()).toEqual(["time.Timer", "time.afterFunc", "time.sleep"]);
    call.stop();
    await Promise.all(waits);
  }));

describe("a timer", () => {
  // R131
  test("has a channel whose length and capacity are 0 even if it has a value", () =>
    bubble(async () => {
      const { c } = new time.Timer(10);
      expect([c.length, c.capacity]).toEqual([0, 0]);
      await time.sleep(10);
      expect([c.length, c.capacity]).toEqual([0, 0]);
      expect(c.tryReceive()?.ok).toBe(true);
      expect([c.length, c.capacity]).toEqual([0, 0]);
    }));

  test("has a channel whose length is 0 even if it has expired during a select that chose another case", () =>
    bubble(async () => {
      const [first, second] = [new time.Timer(10), new time.Timer(10)];
      await time.sleep(10);
      const s = await select({ first: receive(first.c), second: receive(second.c) });
      const loser = s.case === "first" ? second : first;
      expect([loser.c.length, loser.c.capacity]).toEqual([0, 0]);
      expect(loser.c.tryReceive()?.ok).toBe(true);
    }));

  // R136
  test.each([-1, -Infinity])("of %d ms can be received from immediately", (ms) =>
    bubble(async () => {
      for (let i = 0; i < 300; i++) {
        expect(time.after(ms).tryReceive()).toEqual({ value: start, ok: true });
        expect(await time.after(ms).receive()).toEqual({ value: start, ok: true });
        expect((await select({ timer: receive(time.after(ms)), default: true })).case).toBe("timer");
      }
      expect(currentClock().size).toBe(0);
    }),
  );

  // R141
  test("wakes one of a hundred waiting receivers", () =>
    bubble(async () => {
      expect(await received(time.after(5), 50, 100)).toEqual([start + 5]);
      expect(currentClock().size).toBe(0);
    }));

  // R131, R132, R133
  describe.each<{ state: string; pending: boolean; reach(timer: time.Timer, canceled: Channel<never>): unknown }>([
    { state: "that runs", pending: true, reach: () => undefined },
    {
      state: "that a select waits for",
      pending: true,
      reach: ({ c }, canceled) => void select({ timer: receive(c), canceled: receive(canceled) }),
    },
    { state: "that has expired and has not been received from", pending: true, reach: () => time.sleep(20) },
    {
      state: "that has expired and has been checked by a select that chose another case",
      pending: true,
      reach: async ({ c }) => {
        await time.sleep(20);
        hasValue(c);
      },
    },
    {
      state: "whose value was received after the expiry",
      pending: false,
      reach: async ({ c }) => {
        await time.sleep(20);
        c.tryReceive();
      },
    },
    { state: "whose value was received by a waiting receiver", pending: false, reach: ({ c }) => c.receive() },
    { state: "that was stopped", pending: false, reach: (timer) => timer.stop() },
  ])("$state", ({ pending, reach }) => {
    function reached(f: (timer: time.Timer) => unknown): Promise<void> {
      return bubble(async () => {
        const timer = new time.Timer(10);
        const canceled = new Channel<never>();
        await reach(timer, canceled);
        await f(timer);
        canceled.close();
      });
    }

    test(`returns ${pending} from stop, and false from a second stop`, () =>
      reached((timer) => {
        expect(timer.stop()).toBe(pending);
        expect(timer.stop()).toBe(false);
        expect(currentClock().size).toBe(0);
      }));

    test(`returns ${pending} from reset, and true from a second reset`, () =>
      reached((timer) => {
        expect(timer.reset(10)).toBe(pending);
        expect(timer.reset(10)).toBe(true);
        timer.stop();
      }));

    test("sends nothing after it has been stopped, and its channel stays open", () =>
      reached(async (timer) => {
        timer.stop();
        expect(timer.c.tryReceive()).toBeUndefined();
        expect(await received(timer.c, 50)).toEqual([]);
      }));
  });

  // R131, R133
  test.each([3, 10, 25])("is due %d ms after a reset, and its earlier value is discarded", (ms) =>
    bubble(async () => {
      const running = new time.Timer(10);
      const waited = new time.Timer(10);
      const expired = new time.Timer(1);
      const stopped = new time.Timer(10);
      const values = received(waited.c, 5 + ms);
      await time.sleep(5);
      stopped.stop();
      for (const timer of [running, waited, expired, stopped]) timer.reset(ms);
      await time.sleep(ms - 1);
      for (const timer of [running, expired, stopped]) expect(timer.c.tryReceive()).toBeUndefined();
      await time.sleep(1);
      for (const timer of [running, expired, stopped]) expect(timer.c.tryReceive()?.value).toBe(start + 5 + ms);
      expect(await values).toEqual([start + 5 + ms]);
    }),
  );

  // R133
  test("wakes a receiver that has waited since before a stop when it is started again", () =>
    bubble(async () => {
      const timer = new time.Timer(10);
      const values = received(timer.c, 50);
      timer.stop();
      await time.sleep(30);
      timer.reset(0);
      expect(await values).toEqual([start + 30]);
    }));

  // R48, R143
  test("is not on the clock while no receiver waits", () =>
    bubble(async () => {
      const timer = new time.Timer(10);
      expect(currentClock().size).toBe(0);
      const other = new Channel<string>();
      const selected = select({ timer: receive(timer.c), other: receive(other) });
      expect(currentClock().size).toBe(1);
      other.trySend("won");
      expect(currentClock().size).toBe(0);
      expect((await selected).case).toBe("other");
      await time.sleep(20);
      expect(timer.c.tryReceive()?.value).toBe(start + 10);
    }));

  // R48, R55
  test("still wakes the other receivers after one of them has left", () =>
    bubble(async () => {
      const timer = new time.Timer(10);
      const other = new Channel<string>();
      const selected = select({ timer: receive(timer.c), other: receive(other) });
      const timed = timer.c.receive();
      other.trySend("won");
      expect((await timed).value).toBe(start + 10);
      expect(now()).toBe(start + 10);
      expect((await selected).case).toBe("other");
    }));

  // R52
  test("that is in two cases of a select is received by one of them", () =>
    bubble(async () => {
      const { c } = new time.Timer(10);
      expect(await select([receive(c), receive(c)])).toMatchObject({ value: start + 10, ok: true });
      expect(now()).toBe(start + 10);
      expect(c.tryReceive()).toBeUndefined();
      expect(currentClock().size).toBe(0);
    }));

  // R135
  test("expires before timers that are due later, regardless of the order in which they were started", () =>
    bubble(
      async () => {
        const delays = Array.from({ length: 50 }, () => 1 + below(30));
        const received: number[][] = [];
        const wg = new WaitGroup();
        for (const ms of delays) {
          wg.go(async () => {
            await time.after(ms).receive();
            received.push([ms, now() - start]);
          });
        }
        await wg.wait();
        expect(received).toEqual(delays.sort((a, b) => a - b).map((ms) => [ms, ms]));
      },
      { seed: 3 },
    ));
});

describe("a ticker", () => {
  // R139
  test("ticks exactly once in each period", () =>
    bubble(async () => {
      const values: number[] = [];
      for await (const tick of new time.Ticker(7).c) {
        expect(tick).toBe(now());
        if (values.push(tick) === 5) break;
      }
      expect(values).toEqual([7, 14, 21, 28, 35].map((ms) => start + ms));
      expect(currentClock().size).toBe(0);
    }));

  // R130, R139
  test("keeps the oldest tick for a slow receiver, drops the others, and stays in step", () =>
    bubble(async () => {
      const { c } = new time.Ticker(10);
      await time.sleep(55);
      expect(c.tryReceive()).toEqual({ value: start + 10, ok: true });
      expect(c.tryReceive()).toBeUndefined();
      expect(await received(c, 50)).toEqual([start + 60]);
    }));

  // R139
  test("keeps a tick that was checked but not received, and drops the later ones", () =>
    bubble(async () => {
      const { c } = new time.Ticker(10);
      for (let i = 0; i < 3; i++) {
        await time.sleep(10);
        expect(hasValue(c)).toBe(true);
      }
      expect(c.tryReceive()?.value).toBe(start + 10);
      expect(hasValue(c)).toBe(false);
    }));

  // R131
  test("has a channel whose length and capacity are 0 even if it has a tick", () =>
    bubble(async () => {
      const { c } = new time.Ticker(10);
      await time.sleep(10);
      expect([c.length, c.capacity]).toEqual([0, 0]);
      expect(c.tryReceive()?.ok).toBe(true);
    }));

  // R140
  test("that is stopped drops a tick that was not received, and its channel stays open", () =>
    bubble(async () => {
      const ticker = new time.Ticker(10);
      await time.sleep(15);
      ticker.stop();
      expect(ticker.c.tryReceive()).toBeUndefined();
      expect(await received(ticker.c, 50)).toEqual([]);
      expect(currentClock().size).toBe(0);
    }));

  // R140
  test.each([
    { state: "that runs", before: 5, wasStopped: false },
    { state: "that has a tick for a slow receiver", before: 15, wasStopped: false },
    { state: "that was stopped", before: 5, wasStopped: true },
  ])("$state ticks in the new period from its reset on", ({ before, wasStopped }) =>
    bubble(async () => {
      const ticker = new time.Ticker(10);
      await time.sleep(before);
      if (wasStopped) ticker.stop();
      ticker.reset(7);
      expect(ticker.c.tryReceive()).toBeUndefined();
      expect(await received(ticker.c, 30, 2)).toEqual([start + before + 7, start + before + 14]);
      expect(currentClock().size).toBe(0);
    }),
  );

  // R140
  test.each([7, 25])("with a waiting receiver ticks in the new period of %d ms from its reset on", (ms) =>
    bubble(async () => {
      const ticker = new time.Ticker(10);
      const values = received(ticker.c, 100, 2);
      await time.sleep(5);
      ticker.reset(ms);
      expect(await values).toEqual([start + 5 + ms, start + 5 + 2 * ms]);
      expect(currentClock().size).toBe(0);
    }),
  );

  // R39, R143
  test("is not on the clock after the loop over it has exited", () =>
    bubble(async () => {
      const ticker = new time.Ticker(5);
      const steps = ticker.c[Symbol.asyncIterator]();
      const step = steps.next();
      expect(currentClock().size).toBe(1);
      await steps.return?.();
      expect(await step).toEqual({ value: undefined, done: true });
      expect(currentClock().size).toBe(0);
      await time.sleep(5);
      expect(ticker.c.tryReceive()?.value).toBe(start + 5);
    }));
});

// R129
test("using stops a timer, a ticker and a scheduled call at the end of the scope", () =>
  bubble(async () => {
    const channels: ReceiveChannel<number>[] = [];
    let calls = 0;
    {
      using timer = new time.Timer(10);
      using ticker = new time.Ticker(10);
      using _ = time.afterFunc(10, () => calls++);
      channels.push(timer.c, ticker.c);
    }
    await time.sleep(50);
    expect(channels.map((c) => c.tryReceive())).toEqual([undefined, undefined]);
    expect(calls).toBe(0);
  }));

test("tick ticks without end", () =>
  bubble(async () => {
    const values = await received(time.tick(10) as ReceiveChannel<number>, 100, 10);
    expect(values).toEqual(Array.from({ length: 10 }, (_, i) => start + 10 * (i + 1)));
  }));

describe("afterFunc", () => {
  // R134
  test("calls the function once, when the duration has passed, and has no channel", () =>
    bubble(async () => {
      const calls: unknown[][] = [];
      const timer = time.afterFunc(10, (...args: unknown[]) => calls.push([now(), ...args]));
      expect(timer.c).toBeNull();
      await time.sleep(100);
      expect(calls).toEqual([[start + 10]]);
      expect(currentClock().size).toBe(0);
    }));

  // R134, R136
  test.each([0, -1, -Infinity])("with %d ms calls it asynchronously, after the caller has continued", (ms) =>
    bubble(async () => {
      const calls: number[] = [];
      time.afterFunc(ms, () => calls.push(now()));
      expect(calls).toEqual([]);
      await waitUntilBlocked();
      expect(calls).toEqual([start]);
    }),
  );

  // R134
  test("calls it in a separate goroutine, which may wait", () =>
    bubble(async () => {
      const ch = new Channel<string>();
      const before = numGoroutine();
      const received: string[] = [];
      for (let i = 0; i < 3; i++) time.afterFunc(5, async () => received.push((await ch.receive()).value as string));
      await time.sleep(5);
      await waitUntilBlocked();
      expect(numGoroutine()).toBe(before + 3);
      ch.close();
      await waitUntilBlocked();
      expect(received.length).toBe(3);
      expect(numGoroutine()).toBe(before);
    }));

  // R132, R134
  test("is canceled by stop, which returns whether the call was still pending", () =>
    bubble(async () => {
      const calls: number[] = [];
      const call = (): unknown => calls.push(now());
      const timer = time.afterFunc(10, call);
      await time.sleep(9);
      expect(timer.stop()).toBe(true);
      expect(timer.stop()).toBe(false);
      await time.sleep(50);
      expect(calls).toEqual([]);

      const late = time.afterFunc(10, call);
      await time.sleep(10);
      await waitUntilBlocked();
      expect(late.stop()).toBe(false);
      expect(calls).toEqual([start + 69]);
    }));

  // R133, R134
  test("is postponed or scheduled again by reset, which returns whether the call was still pending", () =>
    bubble(async () => {
      const calls: number[] = [];
      const timer = time.afterFunc(10, () => calls.push(now() - start));
      await time.sleep(5);
      expect(timer.reset(10)).toBe(true);
      await time.sleep(11);
      expect(calls).toEqual([15]);
      expect(timer.reset(0)).toBe(false);
      await time.sleep(1);
      timer.reset(5);
      timer.stop();
      expect(timer.reset(4)).toBe(false);
      await time.sleep(10);
      expect(calls).toEqual([15, 16, 21]);
    }));

  // R134
  test("can be reset by the function itself", () =>
    bubble(async () => {
      const calls: number[] = [];
      const timer = time.afterFunc(3, () => {
        if (calls.push(now() - start) <= 10) expect(timer.reset(3)).toBe(false);
      });
      await time.sleep(100);
      expect(calls).toEqual(Array.from({ length: 11 }, (_, i) => 3 * (i + 1)));
    }));
});

describe("an invalid duration", () => {
  const notNumbers = [NaN, "5", undefined, null, {}, 5n] as unknown as number[];

  // R2
  test.each([
    ["time.Timer", (ms: number) => new time.Timer(ms)],
    ["time.Timer.reset", (ms: number) => new time.Timer(1).reset(ms)],
    ["time.after", (ms: number) => time.after(ms)],
    ["time.tick", (ms: number) => time.tick(ms)],
    ["time.Ticker", (ms: number) => new time.Ticker(ms)],
    ["time.Ticker.reset", (ms: number) => new time.Ticker(1).reset(ms)],
    ["time.afterFunc", (ms: number) => time.afterFunc(ms, () => {})],
    ["time.FuncTimer.reset", (ms: number) => stopped().reset(ms)],
  ])("is refused by %s, whose error names it", (caller, call) =>
    bubble(() => {
      for (const ms of notNumbers) {
        expect(() => call(ms)).toThrow(
          new RangeError(`${caller}: ms must be a number of milliseconds, got ${shown(ms)}`),
        );
      }
    }),
  );

  function stopped(): time.FuncTimer {
    const timer = time.afterFunc(1, () => {});
    timer.stop();
    return timer;
  }

  test("is refused by sleep with a rejection that names it", () =>
    bubble(async () => {
      for (const ms of notNumbers) {
        await expect(time.sleep(ms)).rejects.toThrow(
          new RangeError(`time.sleep: ms must be a number of milliseconds, got ${shown(ms)}`),
        );
      }
    }));

  test("does not change the timer, ticker or call that it was to reset", () =>
    bubble(async () => {
      const calls: number[] = [];
      const timer = new time.Timer(5);
      const ticker = new time.Ticker(5);
      const call = time.afterFunc(5, () => calls.push(now()));
      for (const started of [timer, ticker, call]) expect(() => started.reset(NaN)).toThrow(RangeError);
      expect(() => ticker.reset(0)).toThrow(PanicError);
      await time.sleep(5);
      await waitUntilBlocked();
      expect(timer.c.tryReceive()?.value).toBe(start + 5);
      expect(ticker.c.tryReceive()?.value).toBe(start + 5);
      expect(calls).toEqual([start + 5]);
    }));
});

test.each([function* () {}, async function* () {}])("afterFunc refuses a generator function: %p", (f) => {
  expect(() => time.afterFunc(1, f)).toThrow(
    new TypeError(
      "time.afterFunc: f must not be a generator function, which runs nothing when it is called; pass an async function",
    ),
  );
});

test.each([undefined, null, "f", {}])("afterFunc refuses %p as the function", (f) =>
  bubble(() => {
    expect(() => time.afterFunc(1, f as never)).toThrow(
      new TypeError(`time.afterFunc: f must be a function, got ${shown(f)}`),
    );
    expect(currentClock().size).toBe(0);
  }),
);

// R131, R132, R133, R139, R140, R142
test.each([1, 2, 3, 4])("timers and tickers agree with a model for any sequence of operations (seed %i)", (seed) =>
  bubble(
    async () => {
      /** A timer or ticker and its model: its due time, its pending value, and the number of waiting receivers. */
      class Entry {
        readonly #period = below(3) === 0 ? 1 + below(15) : 0;
        readonly timer = this.#period > 0 ? new time.Ticker(this.#period) : new time.Timer(5);
        readonly received: number[] = [];
        receives = 0;
        readonly expected: number[] = [];
        period = this.#period;
        due: number | null = now() + (this.#period || 5);
        kept: number | null = null;
        waiting = 0;

        update(): void {
          if (this.due === null || this.due > now()) return;
          const due = this.due;
          this.due = this.period > 0 ? due + this.period * (1 + Math.floor((now() - due) / this.period)) : null;
          if (this.waiting > 0) {
            this.waiting--;
            this.expected.push(due);
          } else {
            this.kept ??= due;
          }
        }

        take(): number | undefined {
          if (this.waiting > 0) return undefined;
          this.update();
          const kept = this.kept ?? undefined;
          this.kept = null;
          return kept;
        }

        end(): boolean {
          const pending = this.due !== null || this.kept !== null;
          this.due = this.kept = null;
          return pending;
        }
      }

      const entries = Array.from({ length: 20 }, () => new Entry());
      for (let step = 0; step < 600; step++) {
        const entry = entries[below(20)] as Entry;
        const { timer } = entry;
        switch (below(7)) {
          case 0: {
            const pending = timer.stop();
            const expected = entry.end();
            if (timer instanceof time.Timer) expect(pending).toBe(expected);
            break;
          }
          case 1: {
            const ms = timer instanceof time.Timer ? below(20) - 2 : 1 + below(15);
            const pending = timer.reset(ms);
            const expected = entry.end();
            if (timer instanceof time.Timer) expect(pending).toBe(expected);
            else entry.period = ms;
            entry.due = now() + Math.max(ms, 0);
            break;
          }
          case 2:
            expect(timer.c.tryReceive()?.value).toBe(entry.take());
            break;
          case 3: {
            if (entry.waiting > 2) break;
            const expected = entry.take();
            if (expected === undefined) entry.waiting++;
            else entry.expected.push(expected);
            // Receivers that get a value at the same time may resume in any order.
            const number = entry.receives++;
            void timer.c.receive().then(({ value }) => (entry.received[number] = value as number));
            break;
          }
          case 4: {
            const expected = entry.waiting === 0 && (entry.update(), entry.kept !== null);
            expect(hasValue(timer.c)).toBe(expected);
            break;
          }
          default:
            for (let ms = 1 + below(4); ms > 0; ms--) {
              await time.sleep(1);
              for (const other of entries) if (other.waiting > 0) other.update();
            }
            await waitUntilBlocked();
            for (const { received, expected } of entries) expect(received).toEqual(expected);
            expect(currentClock().size).toBe(entries.filter(({ waiting, due }) => waiting > 0 && due !== null).length);
        }
      }
      expect(entries.reduce((sum, { received }) => sum + received.length, 0)).toBeGreaterThan(20);
      for (const entry of entries) {
        for (; entry.waiting > 0; entry.waiting--) {
          entry.timer.reset(1);
          await time.sleep(1);
        }
        await waitUntilBlocked();
        expect(entry.received.length).toBe(entry.receives);
        entry.timer.stop();
      }
      expect(currentClock().size).toBe(0);
    },
    { seed },
  ),
);

describe("in real time", () => {
  // R128, R129
  test.each([
    ["sleep", (ms: number) => time.sleep(ms)],
    ["after", (ms: number) => time.after(ms).receive()],
    ["a ticker", (ms: number) => new time.Ticker(ms).c.receive()],
    ["afterFunc", (ms: number) => new Promise<void>((resolve) => time.afterFunc(ms, resolve))],
  ])("%s takes at least the given duration", async (_, wait) => {
    for (const ms of [1, 2.5, 10]) {
      const start = performance.now();
      await wait(ms);
      expect(performance.now() - start).toBeGreaterThanOrEqual(ms);
    }
  });

  // R128
  test.each([0, -1, -Infinity])("a sleep of %d ms sets no timer, but lets other goroutines run", async (ms) => {
    for (let i = 0; i < 100; i++) {
      let others = 0;
      go(() => others++);
      const slept = time.sleep(ms);
      expect(realClock.size).toBe(0);
      await slept;
      expect(others).toBe(1);
    }
  });

  // R135. In a bubble, goroutines that are woken at the same time resume in any order.
  test("a call with a negative duration does not overtake earlier calls", async () => {
    const called: number[] = [];
    for (const ms of [0, -5, -100, 0]) time.afterFunc(ms, () => called.push(ms));
    await time.sleep(1);
    await quiet();
    expect(called).toEqual([0, -5, -100, 0]);
  });

  // R129, R130
  test("a value is the time at which the timer was due, even if the process handles it late", async () => {
    const before = Date.now();
    const timer = new time.Timer(5);
    const ticker = new time.Ticker(5);
    const after = Date.now();
    const values = [timer.c.receive(), ticker.c.receive()];
    while (Date.now() < after + 30);
    for (const { value } of await Promise.all(values)) {
      expect(value).toBeGreaterThanOrEqual(before + 5);
      expect(value).toBeLessThanOrEqual(after + 5);
    }
  });

  // R129, R130
  test("a value is never in the future, even if the process is interrupted or the wall clock is set", async () => {
    const original = Date.now;
    const busy = (): void => {
      const until = performance.now() + 20;
      while (performance.now() < until);
    };
    let shift = 0;
    let reads = 0;
    let interrupted = -1;
    const restore = replace(Date, "now", () => {
      const isLate = reads++ === interrupted;
      if (isLate) busy();
      const wall = original() + shift;
      if (isLate) busy();
      return wall;
    });
    try {
      for (const shiftMeanwhile of [0, -60_000, 60_000]) {
        // The first reads are made when the timer starts; the later ones when it expires.
        for (interrupted = 0; interrupted < 6; interrupted++) {
          shift = reads = 0;
          const start = original();
          const timer = new time.Timer(5);
          const started = original();
          shift = shiftMeanwhile;
          const { value } = (await timer.c.receive()) as { value: number };
          const received = original() + shift;
          expect(value).toBeLessThanOrEqual(received);
          expect(value).toBeGreaterThanOrEqual(start + 5 + shift - 2);
          if (shift === 0) expect(value).toBeLessThanOrEqual(started + 6);
        }
      }
    } finally {
      restore();
    }
  });

  test("a timer expires even if each read of the wall clock takes 2 ms", async () => {
    const original = Date.now;
    const restore = replace(Date, "now", () => {
      const until = performance.now() + 2;
      while (performance.now() < until);
      return original();
    });
    try {
      const { value } = await time.after(5).receive();
      expect(value).toBeLessThanOrEqual(original());
    } finally {
      restore();
    }
  });

  test("ticks are one period apart, and follow the wall clock when it is set", async () => {
    const original = Date.now;
    let shift = 0;
    const restore = replace(Date, "now", () => original() + shift);
    try {
      const ticker = new time.Ticker(10);
      const next = async (): Promise<number> => (await ticker.c.receive()).value as number;
      const first = await next();
      const steps = [(await next()) - first, (await next()) - first];
      for (const step of steps) expect(step % 10).toBe(0);
      shift = 3_600_000;
      const later = (await next()) - first;
      expect(later).toBeGreaterThanOrEqual(shift);
      expect(later).toBeLessThanOrEqual(time.now() - first);
      ticker.stop();
    } finally {
      restore();
    }
  });

  // R137
  test("a timer that is never due sets no timer of the host, and can be reset", async () => {
    const calls: string[] = [];
    const after = time.after(Infinity);
    const timer = new time.Timer(Infinity);
    const ticker = new time.Ticker(Infinity);
    const other = new Channel<string>();
    const waiting = select({ after: receive(after), ticker: receive(ticker.c), other: receive(other) });
    const received = timer.c.receive();
    const call = time.afterFunc(Infinity, () => calls.push("call"));
    expect(realClock.size).toBe(0);
    expect([call.stop(), call.stop(), call.reset(Infinity), call.reset(1)]).toEqual([true, false, false, true]);
    expect(timer.reset(0)).toBe(true);
    expect((await received).ok).toBe(true);
    await time.sleep(10);
    expect(calls).toEqual(["call"]);
    expect([call.stop(), timer.stop()]).toEqual([false, false]);
    other.close();
    expect((await waiting).case).toBe("other");
    expect(realClock.size).toBe(0);
  });

  // R137
  test("a timer that is due in more than 2^31 ms neither expires early nor delays other timers", async () => {
    const delays: number[] = [];
    const { setTimeout } = globalThis;
    const record = (call: () => void, ms: number): unknown => {
      delays.push(ms);
      return setTimeout(call, ms);
    };
    const restore = replace(globalThis, "setTimeout", record as typeof setTimeout);
    const expired: string[] = [];
    const other = new Channel<string>();
    const far = [2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 40, Infinity].map((ms) =>
      select({ far: receive(time.after(ms)), other: receive(other) }).then((s) => expired.push(s.case)),
    );
    const calls = [2 ** 31, Infinity].map((ms) => time.afterFunc(ms, () => expired.push("call")));
    await time.sleep(15);
    await time.sleep(5);
    expect(expired).toEqual([]);
    restore();
    expect(delays.length).toBeGreaterThan(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(2 ** 31 - 1);

    other.close();
    await Promise.all(far);
    expect(expired).toEqual(new Array<string>(5).fill("other"));
    expect(calls.map((call) => call.stop())).toEqual([true, true]);
    expect(realClock.size).toBe(0);
  });
});

describe("a program", () => {
  // R65, R143
  test("is kept alive by a sleep and an afterFunc, and not by timers without receivers", async () => {
    const { code, stdout, stderr } = await runSource(`
      import { Channel, go, receive, select, time } from "goro";
      const start = performance.now();
      const won = new Channel<string>(1);
      go(async () => {
        won.trySend("at once");
        await time.sleep(5);
        won.trySend("late");
      });
      for (let i = 0; i < 2; i++) {
        const s = await select({ won: receive(won), never: receive(time.after(90_000)) });
        console.log(s.case, s.value);
      }
      const ticker = new time.Ticker(10);
      console.log("tick", (await ticker.c.receive()).ok);
      new time.Timer(90_000);
      time.tick(10);
      time.afterFunc(90_000, () => console.log("stopped, and called")).stop();
      time.afterFunc(20, () => console.log("afterFunc", performance.now() - start >= 20));
      void time.sleep(30).then(() => console.log("sleep", performance.now() - start >= 30));
      process.on("exit", () => console.log("exit"));
      console.log("end of the module");
    `);
    const lines = stdout.split("\n");
    expect(lines.slice(0, 4)).toEqual(["won at once", "won late", "tick true", "end of the module"]);
    // If the machine was suspended, both are due at the same time, and either may be first.
    expect(lines.slice(4, 6).sort()).toEqual(["afterFunc true", "sleep true"]);
    expect(lines.slice(6)).toEqual(["exit", ""]);
    expect([code, stderr]).toEqual([0, ""]);
  });

  // R66
  test.each(["time.sleep(Infinity)", "time.after(Infinity).receive()", "new time.Ticker(Infinity).c.receive()"])(
    "that waits for %s is a deadlock",
    async (wait) => {
      const { code, stderr } = await runSource(`
      import { main, time } from "goro";
      main(async () => {
        time.afterFunc(Infinity, () => undefined);
        await ${wait};
      });
    `);
      expect(stderr).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[/);
      expect(code).toBe(2);
    },
  );

  // R66
  test("that waits for a stopped timer is a deadlock, even while a ticker without receivers runs", async () => {
    const { code, stderr } = await runSource(`
      import { main, time } from "goro";
      main(async () => {
        new time.Ticker(10);
        const timer = new time.Timer(10);
        timer.stop();
        await timer.c.receive();
      });
    `);
    expect(stderr).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[chan receive\]:\n/);
    expect(code).toBe(2);
  });
});
