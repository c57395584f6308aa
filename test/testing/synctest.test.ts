// Go's own tests of synctest, as far as there is such a thing here. The comment above each names it: those with a slash
// are of src/testing/synctest, the others of src/internal/synctest.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, defer, go, gosched, receive, select, time, WaitGroup } from "goro";
import { allowLeaks, bubble, now, settled } from "goro/testing";

const epoch = Date.UTC(2000, 0, 1);

/** The first line of what the bubble fails with. */
async function failure(f: () => unknown): Promise<string> {
  allowLeaks();
  const error: unknown = await bubble(f).catch((error: unknown) => error);
  return error instanceof Error ? `${error.name}: ${error.message.split("\n")[0]}` : `no error: ${String(error)}`;
}

// R144
describe("the clock", () => {
  // TestNow, synctest/TestNow
  test("starts at 2000-01-01, is the same in all goroutines, and advances after a sleep", async () => {
    const seen: number[] = [];
    await bubble(async () => {
      seen.push(now());
      go(() => seen.push(now()));
      await time.sleep(time.second);
      seen.push(now());
    });
    expect(seen).toEqual([epoch, epoch, epoch + 1000]);
  });

  // TestMonotonicClock
  test("can be brought to the time of the world outside", async () => {
    const outside = Date.now();
    await bubble(async () => {
      await time.sleep(outside - now());
      expect(now()).toBe(outside);
      await time.sleep(time.second);
      expect(now() - outside).toBe(1000);
    });
  });

  // synctest/TestTime
  test("a goroutine that sleeps less goes on first", async () => {
    const log: number[] = [];
    await bubble(async () => {
      const start = now();
      go(async () => {
        await time.sleep(time.second);
        log.push(now() - start);
      });
      await time.sleep(2 * time.second);
      log.push(now() - start);
    });
    expect(log).toEqual([1000, 2000]);
  });

  // TestIteratorPush, TestIteratorPull
  test("an iterator that sleeps sees it advance", async () => {
    async function* instants(): AsyncGenerator<number> {
      for (;;) {
        yield now();
        await time.sleep(time.second);
      }
    }
    const got: number[] = [];
    await bubble(async () => {
      go(async () => {
        for await (const instant of instants()) {
          got.push(instant);
          if (got.length >= 3) break;
        }
      });
      await time.sleep(5 * time.second);
      await settled();
      expect(got).toEqual([epoch, epoch + 1000, epoch + 2000]);
    });
  });
});

// R144
describe("settled", () => {
  // TestRunEmpty
  test("an empty bubble ends", async () => {
    await bubble(() => undefined);
  });

  // TestSimpleWait
  test("answers where there is nobody else", async () => {
    await bubble(() => settled());
  });

  // TestGoroutineWait, synctest/TestWait
  test("waits for a goroutine to end", async () => {
    await bubble(async () => {
      let done = false;
      go(() => {
        done = true;
      });
      await settled();
      expect(done).toBe(true);
    });
  });

  // TestWait
  test("waits for goroutines that start each other", async () => {
    await bubble(async () => {
      let done = false;
      const ch = new Channel<number>();
      const f = async (): Promise<void> => {
        const { value: count = 0 } = await ch.receive();
        if (count === 0) {
          done = true;
        } else {
          go(f);
          await ch.send(count - 1);
        }
      };
      go(f);
      await ch.send(100);
      await settled();
      expect(done).toBe(true);
    });
  });

  // TestHappensBefore
  test("waits for all that has been begun: goroutines, timers that are due, and what these do", async () => {
    const v = [0, 0];
    const both = (f: (i: number) => void): void => [0, 1].forEach(f);
    const add = (i: number): number => (v[i] = (v[i] as number) + 1);
    await bubble(async () => {
      both(add);
      both((i) => go(() => add(i)));
      await settled();
      expect(v).toEqual([2, 2]);

      const ch1 = new Channel<never>();
      both((i) =>
        go(async () => {
          add(i);
          await ch1.receive();
        }),
      );
      await settled();
      expect(v).toEqual([3, 3]);
      ch1.close();

      both((i) => void time.afterFunc(0, () => add(i)));
      await settled();
      expect(v).toEqual([4, 4]);

      const ch2 = new Channel<never>();
      both(
        (i) =>
          void time.afterFunc(0, async () => {
            add(i);
            await ch2.receive();
          }),
      );
      await settled();
      expect(v).toEqual([5, 5]);
      ch2.close();
    });
    await bubble(() => both((i) => go(() => go(() => add(i)))));
    expect(v).toEqual([6, 6]);
  });
});

// R144
describe("timers", () => {
  // TestTimerReadBeforeDeadline
  test("one that is waited for comes at its instant", async () => {
    await bubble(async () => {
      const timer = new time.Timer(5 * time.second);
      await timer.c.receive();
      expect(now()).toBe(epoch + 5000);
    });
  });

  // TestTimerReadAfterDeadline, TestTimerRanInPast
  test("one that is read late tells the instant in which it was due", async () => {
    await bubble(async () => {
      const timers = [new time.Timer(1000), new time.Timer(1000)] as const;
      await time.sleep(2000);
      expect((await timers[0].c.receive()).value).toBe(epoch + 1000);
      expect(timers[1].c.tryReceive()).toEqual({ value: epoch + 1000, ok: true });
    });
  });

  // TestTimerReset
  test("one that is reset counts from then", async () => {
    await bubble(async () => {
      const timer = new time.Timer(1000);
      expect((await timer.c.receive()).value).toBe(epoch + 1000);
      timer.reset(2000);
      expect((await timer.c.receive()).value).toBe(epoch + 3000);
      timer.reset(3000);
      await time.sleep(1000);
      timer.reset(3000);
      expect((await timer.c.receive()).value).toBe(epoch + 7000);
    });
  });

  // TestTimeAfter
  test("what afterFunc starts belongs to the bubble, and what that starts", async () => {
    await bubble(async () => {
      let i = 0;
      time.afterFunc(1000, () => {
        i++;
        go(async () => {
          await time.sleep(1000);
          i++;
        });
      });
      await time.sleep(3000);
      await settled();
      expect(i).toBe(2);
    });
  });

  // TestTimerAfterBubbleExit
  test("one that is not due when the bubble ends never is", async () => {
    let ran = false;
    await bubble(() => {
      time.afterFunc(1000, () => {
        ran = true;
      });
    });
    await gosched();
    expect(ran).toBe(false);
  });

  // TestTimerRunsImmediately
  test("one of no delay is due at once", async () => {
    await bubble(async () => {
      const s = await select({ timer: receive(new time.Timer(0).c), default: true });
      expect(s).toEqual({ case: "timer", value: epoch, ok: true });
    });
  });

  // TestAfterFuncRunsImmediately. Go's loop has no bound.
  test("afterFunc of no delay is started although others do not cease to run", async () => {
    await bubble(async () => {
      let ran = false;
      time.afterFunc(0, () => {
        ran = true;
      });
      for (let i = 0; !ran && i < 1000; i++) await gosched();
      expect(ran).toBe(true);
    });
  });

  // TestTimerResetZeroDoNotHang
  test("one that is reset to no delay does not keep settled waiting", async () => {
    await bubble(async () => {
      let ticks = 0;
      const timer = new time.Timer(0);
      const [ctx, cancel] = context.withCancel(context.background());
      go(async () => {
        while ((await select({ done: receive(ctx.done()), timer: receive(timer.c) })).case === "timer") ticks++;
      });
      await settled();
      expect(ticks).toBe(1);
      timer.reset(0);
      await settled();
      expect(ticks).toBe(2);
      cancel();
      await settled();
    });
  });

  // TestTimerNondeterminism
  test("of two that are due in the same instant, either may be first", async () => {
    const seen = new Set<number>();
    await bubble(async () => {
      for (let i = 0; i < 200; i++) {
        const s = await select([receive(new time.Timer(1).c), receive(new time.Timer(1).c)]);
        seen.add(s.case);
      }
    });
    expect([...seen].sort()).toEqual([0, 1]);
  });

  // TestSleepNondeterminism
  test("of two that sleep to the same instant, either may be first", async () => {
    const seen = new Set<number>();
    await bubble(async () => {
      for (let i = 0; i < 100; i++) {
        let first = 0;
        for (const id of [1, 2]) {
          go(async () => {
            await time.sleep(1);
            first ||= id;
          });
        }
        await time.sleep(1);
        await settled();
        seen.add(first);
      }
    });
    expect([...seen].sort()).toEqual([1, 2]);
  });

  // TestTimerFromInsideBubble. Go refuses such uses.
  test("one of a bubble that is over is never due", async () => {
    let timer = new time.Timer(0);
    await bubble(() => {
      timer = new time.Timer(1);
    });
    await new Promise((resolve) => setTimeout(resolve, 3));
    expect(timer.c.tryReceive()).toBeUndefined();
    expect(timer.stop()).toBe(true);
  });
});

// R144
describe("what is of the world outside is waited for as the real thing", () => {
  const never = new Channel();

  // TestTimerFromOutsideBubble
  test("a timer", async () => {
    const timer = new time.Timer(10);
    await bubble(async () => {
      await timer.c.receive();
      expect(now()).toBe(epoch);
    });
    expect(timer.stop()).toBe(false);
  });

  // TestChannelFromOutsideBubble
  test.each<[string, (ch: Channel<number>) => unknown, (ch: Channel<number>) => Promise<unknown>]>([
    ["a channel that is closed", (ch) => ch.close(), (ch) => ch.receive()],
    ["a channel that is sent to", (ch) => ch.send(0), (ch) => ch.receive()],
    ["a channel that is received from", (ch) => ch.receive(), (ch) => ch.send(0)],
    ["a select of such channels", (ch) => ch.close(), (ch) => select([receive(ch), receive(never)])],
    ["a select of channels of both worlds", (ch) => ch.close(), (ch) => select([receive(ch), receive(new Channel())])],
  ])("%s", async (_, outside, inside) => {
    const ch = new Channel<number>();
    time.afterFunc(1, () => outside(ch));
    await bubble(() => inside(ch));
  });

  // TestWaitGroupOutOfBubble
  test("a WaitGroup that was counted up there", async () => {
    const wg = new WaitGroup();
    wg.add(1);
    let over = false;
    const running = bubble(() => wg.wait()).finally(() => (over = true));
    running.catch(() => undefined);
    await time.sleep(1);
    expect(over).toBe(false);
    wg.done();
    await running;
  });
});

// R144
describe("deadlocks", () => {
  // TestDeadlockRoot
  test("of the first goroutine", async () => {
    expect(await failure(() => select({}))).toBe("PanicError: deadlock: all goroutines in bubble are blocked");
  });

  // TestDeadlockChild
  test("of another, when the first has ended", async () => {
    expect(await failure(() => go(() => select({})))).toBe(
      "PanicError: deadlock: main bubble goroutine has exited but blocked goroutines remain",
    );
  });

  // TestDeadlockTicker
  test("of one that waits for a ticker when the first has ended: time has stopped then", async () => {
    let ticks = 0;
    const failed = await failure(() =>
      go(async () => {
        for await (const _ of new time.Ticker(1000).c) {
          ticks++;
          return;
        }
      }),
    );
    expect([failed, ticks]).toEqual([
      "PanicError: deadlock: main bubble goroutine has exited but blocked goroutines remain",
      0,
    ]);
  });
});

// R144
describe("WaitGroup", () => {
  // TestWaitGroupInBubble
  test("is waited for as long as the goroutine that it counts sleeps", async () => {
    await bubble(async () => {
      const wg = new WaitGroup();
      wg.add(1);
      go(async () => {
        await time.sleep(1000);
        wg.done();
      });
      await wg.wait();
      expect(now()).toBe(epoch + 1000);
    });
  });

  // TestWaitGroupRacingAdds
  test("can count many", async () => {
    await bubble(async () => {
      const wg = new WaitGroup();
      for (let i = 0; i < 100; i++) wg.go(() => undefined);
      await wg.wait();
    });
  });

  // TestWaitGroupDisassociateInWait, TestWaitGroupDisassociateInAdd
  test("can be used in one bubble after the other", async () => {
    const wg = new WaitGroup();
    for (let i = 0; i < 2; i++) {
      await bubble(async () => {
        wg.add(1);
        go(() => wg.wait());
        await settled();
        wg.done();
        await wg.wait();
      });
    }
  });

  // TestWaitGroupManyBubbles
  test("counts many bubbles, each with many goroutines", async () => {
    const wg = new WaitGroup();
    let ended = 0;
    for (let i = 0; i < 20; i++) {
      wg.go(() =>
        bubble(async () => {
          const cancel = new Channel<never>();
          const inner = new WaitGroup();
          for (let j = 0; j < 50; j++) inner.go(() => cancel.receive().then(() => ended++));
          await settled();
          cancel.close();
          await inner.wait();
        }),
      );
    }
    await wg.wait();
    expect(ended).toBe(1000);
  });
});

// R144, R111, R121
describe("context", () => {
  // synctest/TestContextAfterFunc
  test("afterFunc is called when the context has ended, and not before", async () => {
    await bubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      let called = false;
      context.afterFunc(ctx, () => {
        called = true;
      });
      await settled();
      expect(called).toBe(false);
      cancel();
      await settled();
      expect(called).toBe(true);
    });
  });

  // synctest/TestContextWithTimeout
  test("a timeout comes at its instant, and not before", async () => {
    await bubble(async () => {
      const [ctx, cancel] = context.withTimeout(context.background(), 5 * time.second);
      using _ = defer(cancel);
      await time.sleep(5 * time.second - time.millisecond);
      await settled();
      expect(ctx.err()).toBeUndefined();
      await time.sleep(time.millisecond);
      await settled();
      expect(ctx.err()).toBeInstanceOf(context.DeadlineExceeded);
    });
  });

  // synctest/TestContext
  test("a goroutine that waits for its end is woken in the bubble", async () => {
    let state = "not started";
    await bubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      using _ = defer(cancel);
      go(async () => {
        state = "waiting";
        await ctx.done().receive();
        state = "done";
      });
      await settled();
      expect(state).toBe("waiting");
    });
    expect(state).toBe("done");
  });
});
