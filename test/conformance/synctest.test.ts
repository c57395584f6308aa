// Go's own tests of bubbles, under their names in Go: those of src/internal/synctest by their bare names, those of
// src/testing/synctest with "testing/" before. What is about package testing alone is not here. Where Go refuses that a
// thing leaves its bubble, here it is what it would be anywhere, and each test says so.

import { describe, expect, test } from "@jest/globals";
import { Channel, Cond, context, defer, go, gosched, Mutex, receive, select, time, WaitGroup } from "goro";
import { ignoreLeaks, bubble, now, waitUntilBlocked } from "goro/testing";
import { quiet } from "../support/promises.ts";

const { millisecond, nanosecond, second } = time;

const epoch = Date.UTC(2000, 0, 1);

const seeds = [1, 2, 3, 4, 5];

/** The first line of what the bubble fails with. What deadlocks leaves somebody behind. */
async function failure(f: () => unknown, seed = 1): Promise<string> {
  ignoreLeaks();
  const error: unknown = await bubble(f, { seed }).catch((error: unknown) => error);
  return error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : `no error: ${String(error)}`;
}

// T-T25; R144
describe("the clock", () => {
  test("TestNow: it starts at 2000-01-01, is the same in all goroutines, and advances after a sleep", async () => {
    const seen: number[] = [];
    await bubble(async () => {
      seen.push(time.now());
      go(() => seen.push(time.now()));
      await time.sleep(second);
      seen.push(time.now());
    });
    expect(seen).toEqual([epoch, epoch, epoch + 1000]);
  });

  test("testing/synctest TestNow: it starts at 2000-01-01 in every bubble", async () => {
    for (let i = 0; i < 3; i++) {
      await bubble(async () => {
        expect([now(), time.now()]).toEqual([epoch, epoch]);
        await time.sleep(second);
      });
    }
    expect(time.now()).toBeGreaterThan(Date.UTC(2020, 0, 1));
  });

  // A number is all that an instant is here, so one from outside can be compared with one from inside.
  test("TestMonotonicClock: it can be brought to the time of the world outside", async () => {
    const outside = time.now();
    await bubble(async () => {
      await time.sleep(time.until(outside));
      expect(time.now()).toBe(outside);
      await time.sleep(second);
      expect(time.since(outside)).toBe(1000);
    });
  });

  test.each(seeds)("testing/synctest TestTime: who sleeps less goes on first (seed %i)", async (seed) => {
    const log: number[] = [];
    await bubble(
      async () => {
        const start = time.now();
        go(async () => {
          await time.sleep(1);
          log.push(time.since(start));
        });
        await time.sleep(2);
        log.push(time.since(start));
      },
      { seed },
    );
    expect(log).toEqual([1, 2]);
  });

  /** An instant each second. */
  async function* instants(): AsyncGenerator<number> {
    for (;;) {
      yield time.now();
      await time.sleep(second);
    }
  }

  const three = [epoch, epoch + 1000, epoch + 2000];

  test("TestIteratorPush: a loop over what sleeps sees it advance", () =>
    bubble(async () => {
      const got: number[] = [];
      go(async () => {
        for await (const instant of instants()) {
          got.push(instant);
          if (got.length >= 3) break;
        }
      });
      await time.sleep(5 * second);
      await waitUntilBlocked();
      expect(got).toEqual(three);
    }));

  test("TestIteratorPull: who pulls from what sleeps sees it advance", () =>
    bubble(async () => {
      const got: number[] = [];
      go(async () => {
        const sequence = instants();
        while (got.length < 3) got.push((await sequence.next()).value as number);
        await sequence.return(undefined);
      });
      await time.sleep(5 * second);
      await waitUntilBlocked();
      expect(got).toEqual(three);
    }));
});

// T-T25; R144
describe("settled", () => {
  test("TestRunEmpty: a bubble of nothing ends", () => bubble(() => undefined));

  test("TestSimpleWait: it answers where there is nobody else", () => bubble(() => waitUntilBlocked()));

  test.each(seeds)("TestGoroutineWait: it waits for a goroutine to end (seed %i)", (seed) =>
    bubble(
      async () => {
        let ended = false;
        go(() => {
          ended = true;
        });
        expect(ended).toBe(false);
        await waitUntilBlocked();
        expect(ended).toBe(true);
      },
      { seed },
    ),
  );

  test.each(seeds)("testing/synctest TestWait: it waits for a goroutine that has to wait itself (seed %i)", (seed) =>
    bubble(
      async () => {
        let done = false;
        go(async () => {
          for (let i = 0; i < 10; i++) await gosched();
          done = true;
        });
        await waitUntilBlocked();
        expect(done).toBe(true);
      },
      { seed },
    ),
  );

  /** Sends what gets smaller through goroutines that start each other, and answers whether the last has ended. */
  async function chain<T>(first: T, smaller: (value: T) => T | null): Promise<boolean> {
    let done = false;
    const ch = new Channel<T>();
    const f = async (): Promise<void> => {
      const { value } = await ch.receive();
      const next = smaller(value as T);
      if (next === null) {
        done = true;
        return;
      }
      go(f);
      await ch.send(next);
    };
    go(f);
    await ch.send(first);
    await waitUntilBlocked();
    return done;
  }

  test.each(seeds)("TestWait: it waits for a hundred goroutines that start each other (seed %i)", (seed) =>
    bubble(
      async () => {
        expect(await chain(100, (count) => (count === 0 ? null : count - 1))).toBe(true);
      },
      { seed },
    ),
  );

  test("TestMallocs: it does so in a hundred bubbles, one after the other, while there is much garbage", async () => {
    for (let seed = 0; seed < 100; seed++) {
      await bubble(
        async () => {
          const smaller = (bytes: Uint8Array): Uint8Array | null =>
            bytes.length === 0 ? null : new Uint8Array(bytes.length - 1);
          expect(await chain(new Uint8Array(100), smaller)).toBe(true);
        },
        { seed },
      );
    }
  });

  test.each(seeds)("TestHappensBefore: all that has begun before it comes before it (seed %i)", async (seed) => {
    const v = [0, 0];
    const both = (f: (i: number) => unknown): void => [0, 1].forEach(f);
    const add = (i: number): number => (v[i] = (v[i] as number) + 1);
    const expectBoth = (count: number): void => expect(v).toEqual([count, count]);
    const first = async (): Promise<void> => {
      both(add);

      // Goroutines that end.
      both((i) => go(() => add(i)));
      await waitUntilBlocked();
      expectBoth(2);
      both(add);

      // Goroutines that are blocked.
      const ch1 = new Channel<never>();
      both((i) =>
        go(async () => {
          add(i);
          await ch1.receive();
        }),
      );
      await waitUntilBlocked();
      expectBoth(4);
      both(add);
      ch1.close();

      // Timers that are due.
      both((i) => time.afterFunc(0, () => add(i)));
      await waitUntilBlocked();
      expectBoth(6);
      both(add);

      // Those whose goroutines are blocked.
      const ch2 = new Channel<never>();
      both((i) =>
        time.afterFunc(0, async () => {
          add(i);
          await ch2.receive();
        }),
      );
      await waitUntilBlocked();
      expectBoth(8);
      both(add);
      ch2.close();
    };
    await bubble(first, { seed });
    await bubble(
      () =>
        both((i) =>
          go(() => {
            go(() => add(i));
          }),
        ),
      { seed },
    );
    expectBoth(10);
  });
});

// R144
describe("timers", () => {
  // T-T07; R129, R130, R144
  test("TestTimerReadBeforeDeadline: one that is waited for comes in its instant", () =>
    bubble(async () => {
      const start = time.now();
      const timer = new time.Timer(5 * second);
      expect(await timer.c.receive()).toEqual({ value: start + 5000, ok: true });
      expect(time.since(start)).toBe(5000);
    }));

  // T-T07; R130
  test("TestTimerReadAfterDeadline: one that is received late tells the instant in which it was due", () =>
    bubble(async () => {
      const want = time.now() + 1000;
      const timer = new time.Timer(1000);
      await time.sleep(2000);
      expect(await timer.c.receive()).toEqual({ value: want, ok: true });
      expect(timer.c.tryReceive()).toBeUndefined();
    }));

  // T-T08; R130
  test("TestTimerRanInPast: so does one for which nobody would wait", () =>
    bubble(async () => {
      const want = time.now() + 1000;
      const timer = new time.Timer(1000);
      await time.sleep(2000);
      const s = await select({ timer: receive(timer.c), default: true });
      expect(s).toEqual({ case: "timer", value: want, ok: true });
    }));

  // T-T22; R133, R144
  test("TestTimerReset: one that is reset counts from then", () =>
    bubble(async () => {
      const timer = new time.Timer(1000);
      expect((await timer.c.receive()).value).toBe(epoch + 1000);
      timer.reset(2000);
      expect((await timer.c.receive()).value).toBe(epoch + 3000);
      timer.reset(3000);
      await time.sleep(1000);
      timer.reset(3000);
      expect((await timer.c.receive()).value).toBe(epoch + 7000);
      expect(time.now()).toBe(epoch + 7000);
    }));

  // T-T15; R134, R144
  test("TestTimeAfter: what afterFunc starts belongs to the bubble, and what that starts", () =>
    bubble(async () => {
      let i = 0;
      time.afterFunc(second, () => {
        i++;
        go(async () => {
          await time.sleep(second);
          i++;
        });
      });
      await time.sleep(3 * second);
      await waitUntilBlocked();
      expect(i).toBe(2);
    }));

  // T-T25; R144
  test("TestTimerAfterBubbleExit: one that is not due when the bubble ends never is", async () => {
    let ran = false;
    await bubble(() => {
      time.afterFunc(second, () => {
        ran = true;
      });
    });
    await quiet();
    expect(ran).toBe(false);
  });

  // R136
  test("TestTimerRunsImmediately: one of no delay is due at once", () =>
    bubble(async () => {
      const s = await select({ timer: receive(new time.Timer(0).c), default: true });
      expect(s).toEqual({ case: "timer", value: epoch, ok: true });
    }));

  // T-T15; R134, R136
  test.each(seeds)("TestAfterFuncRunsImmediately: it is called although others do not cease to run (seed %i)", (seed) =>
    bubble(
      async () => {
        let ran = false;
        time.afterFunc(0, () => {
          ran = true;
        });
        // Go's loop has no bound.
        for (let i = 0; !ran && i < 1000; i++) await gosched();
        expect(ran).toBe(true);
      },
      { seed },
    ),
  );

  // R133, R136
  test.each(seeds)("TestTimerResetZeroDoNotHang: a reset to no delay keeps nobody waiting (seed %i)", (seed) =>
    bubble(
      async () => {
        let ticks = 0;
        const timer = new time.Timer(0);
        const [ctx, cancel] = context.withCancel(context.background());
        go(async () => {
          while ((await select({ done: receive(ctx.done()), timer: receive(timer.c) })).case === "timer") ticks++;
        });
        await waitUntilBlocked();
        expect(ticks).toBe(1);
        timer.reset(0);
        await waitUntilBlocked();
        expect(ticks).toBe(2);
        cancel();
        await waitUntilBlocked();
      },
      { seed },
    ),
  );

  // R44, R135
  test.each(seeds)("TestTimerNondeterminism: of two that are due together, either may be first (seed %i)", (seed) =>
    bubble(
      async () => {
        const seen = new Set<string>();
        for (let i = 0; i < 1000 && seen.size < 2; i++) {
          const tm1 = new time.Timer(1);
          const tm2 = new time.Timer(1);
          seen.add((await select({ tm1: receive(tm1.c), tm2: receive(tm2.c) })).case);
          await waitUntilBlocked();
        }
        expect([...seen].sort()).toEqual(["tm1", "tm2"]);
      },
      { seed },
    ),
  );

  // R135
  test.each(seeds)("TestSleepNondeterminism: of two that sleep as long, either may be first (seed %i)", (seed) =>
    bubble(
      async () => {
        const seen = new Set<number>();
        for (let i = 0; i < 1000 && seen.size < 2; i++) {
          let first = 0;
          for (const id of [1, 2]) {
            go(async () => {
              await time.sleep(1);
              first ||= id;
            });
          }
          await time.sleep(1);
          await waitUntilBlocked();
          expect(first).toBeGreaterThan(0);
          seen.add(first);
        }
        expect([...seen].sort()).toEqual([1, 2]);
      },
      { seed },
    ),
  );

  // Go refuses such uses.
  describe("TestTimerFromInsideBubble", () => {
    async function taken(): Promise<time.Timer> {
      const ch = new Channel<time.Timer>(1);
      await bubble(() => ch.send(new time.Timer(1)));
      return (await ch.receive()).value as time.Timer;
    }

    test("TestTimerFromInsideBubble: one of a bubble that is over is never due", async () => {
      const timer = await taken();
      expect((await select({ timer: receive(timer.c), real: receive(time.after(5)) })).case).toBe("real");
      expect([timer.stop(), timer.stop()]).toEqual([true, false]);
    });

    test("TestTimerFromInsideBubble: nor is it after a reset, for its time stands still", async () => {
      const timer = await taken();
      expect(timer.reset(2)).toBe(true);
      expect((await select({ timer: receive(timer.c), real: receive(time.after(5)) })).case).toBe("real");
      timer.reset(0);
      expect(timer.c.tryReceive()?.ok).toBe(true);
    });
  });
});

// R144
describe("what is of the world outside is waited for as the real thing", () => {
  test("TestTimerFromOutsideBubble: a timer", async () => {
    const timer = new time.Timer(10);
    await bubble(async () => {
      await timer.c.receive();
      expect(time.now()).toBe(epoch);
    });
    expect(timer.stop()).toBe(false);
  });

  const never = new Channel<number>();

  test.each<[string, (ch: Channel<number>) => unknown, (ch: Channel<number>) => Promise<unknown>]>([
    ["read closed", (ch) => ch.close(), (ch) => ch.receive()],
    ["read value", (ch) => ch.send(0), (ch) => ch.receive()],
    ["write value", (ch) => ch.receive(), (ch) => ch.send(0)],
    ["select outside only", (ch) => ch.close(), (ch) => select([receive(ch), receive(never)])],
    ["select mixed", (ch) => ch.close(), (ch) => select([receive(ch), receive(new Channel<number>())])],
  ])("TestChannelFromOutsideBubble: a channel (%s)", async (_, outside, inside) => {
    const ch = new Channel<number>();
    time.afterFunc(1, () => outside(ch));
    await bubble(() => inside(ch));
  });

  // Go refuses such uses.
  test.each<[string, (ch: Channel<string>) => unknown, (ch: Channel<string>) => unknown]>([
    ["receive", (ch) => ch.receive(), (ch) => ch.trySend("from inside")],
    ["send", (ch) => ch.send("from outside"), (ch) => ch.tryReceive()?.value === "from outside"],
    ["close", (ch) => ch.close(), (ch) => ch.tryReceive()?.ok === false],
  ])("TestChannelMovedOutOfBubble: a channel of a bubble is one like any other outside (%s)", async (_, f, meets) => {
    for (const inOther of [false, true]) {
      const ch = new Channel<Channel<string>>();
      const outside = (async () => {
        const { value } = await ch.receive();
        const use = (): unknown => f(value as Channel<string>);
        await (inOther ? bubble(use) : use());
      })();
      await bubble(async () => {
        const inner = new Channel<string>();
        await ch.send(inner);
        for (let i = 0; i < 1000; i++) {
          if (meets(inner) === true) return;
          await gosched();
        }
        throw new Error("nobody came");
      });
      await outside;
    }
  });
});

// R144
describe("a WaitGroup", () => {
  // T-W08; R75, R77, R144
  test.each(seeds)("TestWaitGroupInBubble: it is waited for as long as the goroutine sleeps (seed %i)", (seed) =>
    bubble(
      async () => {
        const wg = new WaitGroup();
        wg.add(1);
        const delay = second;
        go(async () => {
          await time.sleep(delay);
          wg.done();
        });
        const start = time.now();
        await wg.wait();
        expect(time.since(start)).toBe(delay);
      },
      { seed },
    ),
  );

  test("TestWaitGroupOutOfBubble: one that was counted up outside is waited for as the real thing", async () => {
    const wg = new WaitGroup();
    wg.add(1);
    const done = new Channel<never>();
    const running = bubble(async () => {
      await wg.wait();
      done.close();
    });
    expect((await select({ done: receive(done), time: receive(time.after(1)) })).case).toBe("time");
    wg.done();
    await Promise.all([done.receive(), running]);
  });

  // Go refuses the three uses that follow.
  test("TestWaitGroupMovedIntoBubble: it counts inside what was begun outside", async () => {
    const wg = new WaitGroup();
    wg.add(1);
    await bubble(() => {
      wg.add(1);
      wg.done();
    });
    let waited = false;
    const waiting = wg.wait().then(() => (waited = true));
    await quiet();
    expect(waited).toBe(false);
    wg.done();
    await waiting;
  });

  test("TestWaitGroupMovedOutOfBubble: it counts outside what was begun inside", async () => {
    const wg = new WaitGroup();
    await bubble(() => wg.add(1));
    wg.add(1);
    wg.add(-2);
    await wg.wait();
    expect(() => wg.done()).toThrow("sync: negative WaitGroup counter");
  });

  test("TestWaitGroupMovedBetweenBubblesWithNonZeroCount: it goes on counting in the other", async () => {
    const wg = new WaitGroup();
    await bubble(() => wg.add(1));
    await bubble(async () => {
      wg.add(1);
      wg.done();
      wg.done();
      await wg.wait();
    });
  });

  // R78
  test("TestWaitGroupDisassociateInWait: after a wait it can be used in another bubble", async () => {
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      await bubble(async () => {
        wg.add(1);
        wg.done();
        await wg.wait();
      });
    }
  });

  // R78
  test.each(seeds)("TestWaitGroupDisassociateInAdd: so it can after it has let somebody go (seed %i)", async (seed) => {
    const wg = new WaitGroup();
    let waited = 0;
    for (let i = 0; i < 2; i++) {
      await bubble(
        async () => {
          wg.add(1);
          go(async () => {
            await wg.wait();
            waited++;
          });
          await waitUntilBlocked();
          expect(waited).toBe(i);
          wg.done();
        },
        { seed },
      );
    }
    expect(waited).toBe(2);
  });

  const ofTheModule = new WaitGroup();

  test("TestWaitGroupLinkerAllocated: one that was made before all bubbles can be used in one", () =>
    bubble(async () => {
      let ran = false;
      ofTheModule.go(() => {
        ran = true;
      });
      await ofTheModule.wait();
      expect(ran).toBe(true);
    }));

  test("TestWaitGroupHeapAllocated: and waited for in one", () =>
    bubble(async () => {
      ofTheModule.add(1);
      let waited = false;
      go(async () => {
        await ofTheModule.wait();
        waited = true;
      });
      await waitUntilBlocked();
      expect(waited).toBe(false);
      ofTheModule.done();
      await waitUntilBlocked();
      expect(waited).toBe(true);
    }));

  test("TestWaitGroupManyBubbles: it counts a hundred bubbles, each with a hundred goroutines", async () => {
    const wg = new WaitGroup();
    let ended = 0;
    for (let seed = 0; seed < 100; seed++) {
      const many = async (): Promise<void> => {
        const cancel = new Channel<never>();
        const wg2 = new WaitGroup();
        for (let j = 0; j < 100; j++) {
          wg2.go(async () => {
            await cancel.receive();
            ended++;
          });
        }
        await waitUntilBlocked();
        cancel.close();
        await wg2.wait();
      };
      wg.go(() => bubble(many, { seed }));
    }
    await wg.wait();
    expect(ended).toBe(10_000);
  });
});

// R96, R97, R98, R144
test.each(seeds)("TestCond: who waits for a condition is durably blocked (seed %i)", (seed) =>
  bubble(
    async () => {
      const mu = new Mutex();
      const cond = new Cond(mu);
      const start = time.now();
      go(async () => {
        await time.sleep(millisecond);
        {
          using _ = await mu.lock();
          cond.signal();
        }
        await time.sleep(millisecond);
        {
          using _ = await mu.lock();
          cond.broadcast();
        }
      });
      const wait = async (): Promise<void> => {
        using _ = await mu.lock();
        await cond.wait();
      };

      await wait();
      expect(time.since(start)).toBe(1);

      let waiterDone = false;
      go(async () => {
        await wait();
        waiterDone = true;
      });
      await wait();
      await waitUntilBlocked();
      expect(waiterDone).toBe(true);
      expect(time.since(start)).toBe(2);
    },
    { seed },
  ),
);

// T-T24; R66, R144
describe("a deadlock", () => {
  test.each(seeds)("TestDeadlockRoot: of the first goroutine (seed %i)", async (seed) => {
    expect(await failure(() => select({}), seed)).toBe("PanicError: deadlock: all goroutines in bubble are blocked");
  });

  const left = "PanicError: deadlock: main bubble goroutine has exited but blocked goroutines remain";

  test.each(seeds)("TestDeadlockChild: of another, when the first has ended (seed %i)", async (seed) => {
    expect(await failure(() => go(() => select({})), seed)).toBe(left);
  });

  test.each(seeds)(
    "TestDeadlockTicker: of one that waits for a ticker then, for time has ended (seed %i)",
    async (seed) => {
      let ticks = 0;
      const failed = await failure(
        () =>
          go(async () => {
            for await (const _ of time.tick(second) ?? []) {
              ticks++;
              return;
            }
          }),
        seed,
      );
      expect([failed, ticks]).toEqual([left, 0]);
    },
  );
});

// R144
describe("how a bubble ends", () => {
  test("testing/synctest TestSuccess: well, if nothing has failed", () => bubble(() => undefined));

  test.each<[string, (error: Error) => unknown]>([
    [
      "at once",
      (error) => {
        throw error;
      },
    ],
    ["after a sleep", (error) => time.sleep(second).then(() => Promise.reject(error))],
  ])("testing/synctest TestFatal: with the error that the first goroutine fails with, %s", async (_, f) => {
    const fatal = new Error("fatal");
    await expect(bubble(() => f(fatal))).rejects.toBe(fatal);
  });

  test("testing/synctest TestCleanup: what is deferred is done inside, and is waited for", async () => {
    let done = false;
    await bubble(async () => {
      const ch = new Channel<never>();
      using _ = defer(() => {
        expect(time.now()).toBe(epoch + 1000);
        ch.close();
      });
      go(async () => {
        await ch.receive();
        done = true;
      });
      await time.sleep(second);
    });
    expect(done).toBe(true);
  });

  // Go's test has a context that its end cancels.
  test.each(seeds)(
    "testing/synctest TestContext: who waits for a context is woken, and waited for (seed %i)",
    async (seed) => {
      let state = "not started";
      await bubble(
        async () => {
          const [ctx, cancel] = context.withCancel(context.background());
          using _ = defer(cancel);
          go(async () => {
            state = "waiting on context";
            await ctx.done().receive();
            state = "done";
          });
          await waitUntilBlocked();
          expect(state).toBe("waiting on context");
        },
        { seed },
      );
      expect(state).toBe("done");
    },
  );
});

// T-X25; R144
describe("what the package documentation shows", () => {
  // R121
  test.each(seeds)(
    "testing/synctest TestContextAfterFunc: it is called after the end, and not before (seed %i)",
    (seed) =>
      bubble(
        async () => {
          const [ctx, cancel] = context.withCancel(context.background());
          let called = false;
          context.afterFunc(ctx, () => {
            called = true;
          });
          await waitUntilBlocked();
          expect(called).toBe(false);
          cancel();
          await waitUntilBlocked();
          expect(called).toBe(true);
        },
        { seed },
      ),
  );

  // R109
  test.each(seeds)("testing/synctest TestContextWithTimeout: the end comes then, and not before (seed %i)", (seed) =>
    bubble(
      async () => {
        const timeout = 5 * second;
        const [ctx, cancel] = context.withTimeout(context.background(), timeout);
        using _ = defer(cancel);
        await time.sleep(timeout - nanosecond);
        await waitUntilBlocked();
        expect(ctx.err()).toBeUndefined();
        await time.sleep(nanosecond);
        await waitUntilBlocked();
        expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
      },
      { seed },
    ),
  );

  describe("TestHTTPTransport100Continue", () => {
    /** One end of a connection in memory. */
    class Conn {
      readonly #in: Channel<string>;
      readonly #out: Channel<string>;

      constructor(incoming: Channel<string>, outgoing: Channel<string>) {
        this.#in = incoming;
        this.#out = outgoing;
      }

      static pipe(): [Conn, Conn] {
        const [there, back] = [new Channel<string>(), new Channel<string>()];
        return [new Conn(there, back), new Conn(back, there)];
      }

      get incoming(): Channel<string> {
        return this.#in;
      }

      async read(): Promise<string> {
        return (await this.#in.receive()).value as string;
      }

      write(text: string): Promise<void> {
        return this.#out.send(text);
      }
    }

    /** A client that sends its body when it is told to go on, or after `patience`. Answers the final status. */
    async function put(conn: Conn, body: string, patience: number): Promise<string> {
      await conn.write("PUT / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n");
      const s = await select({ early: receive(conn.incoming), patience: receive(time.after(patience)) });
      if (s.case === "early" && s.value !== "HTTP/1.1 100 Continue\r\n\r\n") return s.value as string;
      await conn.write(body);
      return conn.read();
    }

    test.each(seeds)(
      "testing/synctest TestHTTPTransport100Continue: no body before the server wants it (seed %i)",
      (seed) =>
        bubble(
          async () => {
            const [server, client] = Conn.pipe();
            let status = "";
            go(async () => {
              status = await put(client, "request body", 5 * second);
            });
            expect(await server.read()).toContain("Expect: 100-continue");
            let got = "";
            go(async () => {
              got = await server.read();
            });
            await waitUntilBlocked();
            expect(got).toBe("");
            await server.write("HTTP/1.1 100 Continue\r\n\r\n");
            await waitUntilBlocked();
            expect(got).toBe("request body");
            await server.write("HTTP/1.1 200 OK\r\n\r\n");
            await waitUntilBlocked();
            expect([status, time.now()]).toEqual(["HTTP/1.1 200 OK\r\n\r\n", epoch]);
          },
          { seed },
        ),
    );

    test("testing/synctest TestHTTPTransport100Continue: nor before the timeout, if the server says nothing", () =>
      bubble(async () => {
        const [server, client] = Conn.pipe();
        go(put, client, "request body", 5 * second);
        await server.read();
        expect(await server.read()).toBe("request body");
        expect(time.since(epoch)).toBe(5000);
        await server.write("HTTP/1.1 200 OK\r\n\r\n");
      }));
  });
});
