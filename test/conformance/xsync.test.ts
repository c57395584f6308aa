// Go's own tests of golang.org/x/sync: the semaphore, and singleflight, which shares a call in progress.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  context,
  defer,
  ErrGroup,
  type SingleFlightValue,
  type SingleFlightResult,
  go,
  gosched,
  PanicError,
  receive,
  select,
  Semaphore,
  SingleFlight,
  time,
  WaitGroup,
} from "goro";
import { waitUntilBlocked } from "goro/testing";
import { inBubble } from "../support/contexts.ts";
import { quiet } from "../support/promises.ts";

const { background, withCancel, withTimeout } = context;
const seeds = [1, 2, 3, 4, 5];

// T-F01; R153
test.each(seeds.slice(0, 2))(
  "TestWeighted: four goroutines acquire weights 0 to 3, never beyond the size (seed %i)",
  (seed) =>
    inBubble(
      async () => {
        const n = 4;
        const sem = new Semaphore(n);
        const wg = new WaitGroup();
        let state = seed;
        let held = 0;
        let most = 0;
        let loops = 0;
        for (let weight = 0; weight < n; weight++) {
          wg.go(async () => {
            for (let loop = 0; loop < 10_000 / n; loop++) {
              await sem.acquire(weight);
              held += weight;
              most = Math.max(most, held);
              state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
              await time.sleep((state / 2 ** 32) * time.millisecond);
              held -= weight;
              loops++;
              sem.release(weight);
            }
          });
        }
        await wg.wait();
        expect([held, most, loops]).toEqual([0, n, 10_000]);
        expect(sem.tryAcquire(n)).toBe(true);
      },
      { seed },
    ),
);

// R83, R153
test.each(seeds.slice(0, 2))(
  "TestSemaphore: with size 1, at most one of ten goroutines is inside, 1,000 times each (seed %i)",
  (seed) =>
    inBubble(
      async () => {
        const s = new Semaphore(1);
        const done = new Channel<boolean>();
        let inside = 0;
        let most = 0;
        for (let i = 0; i < 10; i++) {
          go(async () => {
            for (let loop = 0; loop < 1_000; loop++) {
              await s.acquire();
              most = Math.max(most, ++inside);
              await gosched();
              inside--;
              s.release();
            }
            await done.send(true);
          });
        }
        for (let i = 0; i < 10; i++) await done.receive();
        expect([inside, most, s.tryAcquire()]).toEqual([0, 1, true]);
      },
      { seed },
    ),
);

// T-F02; R153
test("TestWeightedPanic: a release of more than is held panics, and releases nothing", () => {
  const sem = new Semaphore(1);
  expect(() => sem.release(1)).toThrow(new PanicError("semaphore: released more than held"));
  expect(() => sem.release(1)).toThrow(PanicError);
  expect([sem.tryAcquire(1), sem.tryAcquire(1)]).toEqual([true, false]);
});

// R153
test("TestWeightedNegativeSizePanic: a size below 0 throws", () => {
  expect(() => new Semaphore(-1)).toThrow(RangeError);
});

// R153
test("TestWeightedZeroSize: a size of 0 has no permits", async () => {
  const sem = new Semaphore(0);
  expect([sem.tryAcquire(0), sem.tryAcquire(1)]).toEqual([true, false]);
  await sem.acquire(0);
  sem.release(0);
});

// R153
test("TestWeightedNegativeWeightPanic: a negative weight cannot be acquired or released", async () => {
  const sem = new Semaphore(1);
  await expect(sem.acquire(-1, { ctx: background() })).rejects.toThrow(RangeError);
  expect(() => sem.tryAcquire(-1)).toThrow(RangeError);
  expect(() => sem.release(-1)).toThrow(RangeError);
  expect([sem.tryAcquire(1), sem.tryAcquire(1)]).toEqual([true, false]);
});

// T-F02; R153, R154, R155
describe.each<[string, (sem: Semaphore) => Promise<boolean>]>([
  ["TestWeightedTryAcquire", (sem) => Promise.resolve(sem.tryAcquire(1))],
  [
    "TestWeightedAcquire",
    async (sem) => {
      const [ctx, cancel] = withTimeout(background(), 10 * time.millisecond);
      using _ = defer(cancel);
      try {
        await sem.acquire(1, { ctx });
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(context.DeadlineExceeded);
        return false;
      }
    },
  ],
])("%s", (_, attempt) => {
  test.each(seeds)("a permit is acquired if and only if one is free (seed %i)", (seed) =>
    inBubble(
      async () => {
        const sem = new Semaphore(2);
        const tries: boolean[] = [];
        await sem.acquire(1);
        tries.push(await attempt(sem));
        tries.push(await attempt(sem));
        sem.release(2);
        tries.push(await attempt(sem));
        await sem.acquire(1);
        tries.push(await attempt(sem));
        expect(tries).toEqual([true, false, true, false]);
        // A canceled acquire has taken no permits.
        sem.release(2);
        expect(sem.tryAcquire(2)).toBe(true);
      },
      { seed },
    ),
  );
});

// R158
test.each(seeds)("TestWeightedDoesntBlockIfTooBig: a request above the size blocks no other (seed %i)", (seed) =>
  inBubble(
    async () => {
      const n = 2;
      const sem = new Semaphore(n);
      const [big, giveUp] = withCancel(background());
      let refusal: unknown;
      go(async () => {
        refusal = await sem.acquire(n + 1, { ctx: big }).catch((error: unknown) => error);
      });
      const [g, ctx] = ErrGroup.withContext(background());
      let had = 0;
      for (let i = n * 3; i > 0; i--) {
        await g.go(async () => {
          await sem.acquire(1, { ctx });
          had++;
          await time.sleep(time.millisecond);
          sem.release(1);
        });
      }
      await g.wait();
      expect([had, sem.tryAcquire(n), refusal]).toEqual([n * 3, true, undefined]);
      giveUp();
      await waitUntilBlocked();
      expect(refusal).toBe(big.err());
    },
    { seed },
  ),
);

// R157
test.each(seeds)("TestLargeAcquireDoesntStarve: a request for all permits is not overtaken (seed %i)", (seed) =>
  inBubble(
    async () => {
      const n = 4;
      const sem = new Semaphore(n);
      const wg = new WaitGroup();
      let running = true;
      for (let i = 0; i < n; i++) {
        await sem.acquire(1);
        wg.go(async () => {
          while (running) {
            await time.sleep(time.millisecond);
            sem.release(1);
            await sem.acquire(1);
          }
          sem.release(1);
        });
      }
      await sem.acquire(n);
      running = false;
      sem.release(n);
      await wg.wait();
      expect(sem.tryAcquire(n)).toBe(true);
    },
    { seed },
  ),
);

// R155, R159
test.each(seeds)("TestAllocCancelDoesntStarve: the waiters behind a canceled one resume (seed %i)", (seed) =>
  inBubble(
    async () => {
      const sem = new Semaphore(10);
      await sem.acquire(1);
      const [ctx, cancel] = withCancel(background());
      let refusal: unknown;
      go(async () => {
        refusal = await sem.acquire(10, { ctx }).catch((error: unknown) => error);
      });
      // Wait until the acquire is queued.
      while (sem.tryAcquire(1)) {
        sem.release(1);
        await gosched();
      }
      go(cancel);
      await sem.acquire(1);
      sem.release(1);
      await waitUntilBlocked();
      expect(refusal).toBe(ctx.err());
      sem.release(1);
      expect(sem.tryAcquire(10)).toBe(true);
    },
    { seed },
  ),
);

// R155, R156, R160
test.each(seeds)("TestWeightedAcquireCanceled: a cancel before the permits are free rejects (seed %i)", (seed) =>
  inBubble(
    async () => {
      const sem = new Semaphore(2);
      const [ctx, cancel] = withCancel(background());
      await sem.acquire(1);
      const ch = new Channel<void>();
      go(async () => {
        // Until the other goroutine waits for two permits.
        while (sem.tryAcquire(1)) {
          sem.release(1);
          await gosched();
        }
        cancel();
        sem.release(1);
        ch.close();
      });
      await expect(sem.acquire(2, { ctx })).rejects.toBeInstanceOf(context.Canceled);
      await ch.receive();
      expect(sem.tryAcquire(2)).toBe(true);
      // An acquire with a canceled context rejects, even if permits are free.
      sem.release(2);
      await expect(sem.acquire(1, { ctx })).rejects.toBeInstanceOf(context.Canceled);
      expect(sem.tryAcquire(2)).toBe(true);
    },
    { seed },
  ),
);

// T-F07; R153
test.each(seeds)("Example_workerPool: the steps of Collatz, with three workers at a time (seed %i)", (seed) =>
  inBubble(
    async () => {
      const maxWorkers = 3;
      const sem = new Semaphore(maxWorkers);
      const out: number[] = [];
      const collatzSteps = (n: number): number => {
        let steps = 0;
        for (; n > 1; steps++) n = n % 2 === 0 ? n / 2 : 3 * n + 1;
        return steps;
      };
      let working = 0;
      let most = 0;
      for (let i = 0; i < 32; i++) {
        await sem.acquire(1);
        go(async (i: number) => {
          using _ = defer(() => sem.release(1));
          most = Math.max(most, ++working);
          await time.sleep(time.millisecond);
          out[i] = collatzSteps(i + 1);
          working--;
        }, i);
      }
      await sem.acquire(maxWorkers);
      expect(most).toBe(maxWorkers);
      expect(`[${out.join(" ")}]`).toBe(
        "[0 1 7 2 5 8 16 3 19 6 14 9 9 17 17 4 12 20 20 7 7 15 15 10 23 10 111 18 18 18 106 5]",
      );
    },
    { seed },
  ),
);

// T-V01; R161
test("TestDo: it returns the result of the function", async () => {
  const g = new SingleFlight<string, string>();
  expect(await g.do("key", () => "bar")).toEqual({ value: "bar", shared: false });
});

// T-V01; R161
test("TestDoErr: it rejects with the error of the function, and the next call calls it again", async () => {
  const g = new SingleFlight<string, number>();
  const someErr = new Error("Some error");
  const failing = g.do("key", () => {
    throw someErr;
  });
  await expect(failing).rejects.toBe(someErr);
  expect(await g.do("key", () => 1)).toEqual({ value: 1, shared: false });
});

// T-V01; R161
test.each(seeds)("TestDoDupSuppress: calls that arrive meanwhile share the value (seed %i)", (seed) =>
  inBubble(
    async () => {
      const g = new SingleFlight<string, string>();
      const wg1 = new WaitGroup();
      const wg2 = new WaitGroup();
      const c = new Channel<string>(1);
      let calls = 0;
      const f = async (): Promise<string> => {
        if (++calls === 1) wg1.done();
        const { value } = await c.receive();
        // For other calls to arrive.
        await c.send(value as string);
        await time.sleep(10 * time.millisecond);
        return value as string;
      };
      const flights: SingleFlightValue<string>[] = [];
      const n = 10;
      wg1.add(1);
      for (let i = 0; i < n; i++) {
        wg1.add(1);
        wg2.go(async () => {
          wg1.done();
          flights.push(await g.do("key", f));
        });
      }
      await wg1.wait();
      await c.send("bar");
      await wg2.wait();
      // In a bubble all calls arrive before the 10 ms have passed.
      expect(calls).toBe(1);
      expect(flights).toEqual(Array.from({ length: n }, () => ({ value: "bar", shared: true })));
    },
    { seed },
  ),
);

// R163
test.each(seeds)("TestForget: the next call is new, and the old one does not remove it (seed %i)", (seed) =>
  inBubble(
    async () => {
      const g = new SingleFlight<string, number>();
      const firstStarted = new Channel<void>();
      const unblockFirst = new Channel<void>();
      const firstFinished = new Channel<SingleFlightValue<number>>(1);
      go(async () => {
        const flight = await g.do("key", async () => {
          firstStarted.close();
          await unblockFirst.receive();
          return 1;
        });
        await firstFinished.send(flight);
      });
      await firstStarted.receive();
      g.forget("key");

      const unblockSecond = new Channel<void>();
      const second = g.doChan("key", async () => {
        await unblockSecond.receive();
        return 2;
      });
      unblockFirst.close();
      expect((await firstFinished.receive()).value).toEqual({ value: 1, shared: false });

      const third = g.doChan("key", () => 3);
      unblockSecond.close();
      expect((await second.receive()).value).toEqual({ ok: true, value: 2, shared: true });
      expect((await third.receive()).value).toEqual({ ok: true, value: 2, shared: true });
    },
    { seed },
  ),
);

// T-V01; R162
test("TestDoChan: the result is sent once, and the channel stays open", async () => {
  const g = new SingleFlight<string, string>();
  const ch = g.doChan("key", () => "bar");
  expect(await ch.receive()).toEqual({ value: { ok: true, value: "bar", shared: false }, ok: true });
  await quiet();
  expect(ch.tryReceive()).toBeUndefined();
});

// T-V01; R164. Go wraps the value of a panic and unwraps it; here the value stays unchanged.
test.each(["string value", new TypeError("error value"), undefined])(
  "TestPanicErrorUnwrap: a panic with %p rejects with the same value",
  async (thrown) => {
    const g = new SingleFlight<string, number>();
    const recovered = await g
      .do("key", () => {
        // eslint-disable-next-line @typescript-eslint/only-throw-error -- the test throws values of all kinds
        throw thrown;
      })
      .then(
        () => "nothing",
        (error: unknown) => error,
      );
    expect(recovered).toBe(thrown);
  },
);

// T-V03; R164
test.each(seeds)("TestPanicDo: a panic reaches all callers, and none of them hangs (seed %i)", (seed) =>
  inBubble(
    async () => {
      const g = new SingleFlight<string, number>();
      const error = new Error("invalid memory address or nil pointer dereference");
      let calls = 0;
      const f = async (): Promise<never> => {
        calls++;
        await time.sleep(1);
        throw error;
      };
      const n = 5;
      let waited = n;
      const panics: unknown[] = [];
      const done = new Channel<void>();
      for (let i = 0; i < n; i++) {
        go(async () => {
          try {
            await g.do("key", f);
          } catch (reason) {
            panics.push(reason);
          }
          if (--waited === 0) done.close();
        });
      }
      const s = await select({ done: receive(done), timeout: receive(time.after(time.second)) });
      expect(s.case).toBe("done");
      expect([calls, panics]).toEqual([1, Array.from({ length: n }, () => error)]);
    },
    { seed },
  ),
);

// T-V03; R162, R164. In Go the panic ends the program; here it is a result.
test("TestPanicDoChan: a panic is sent on the channel", async () => {
  const g = new SingleFlight<string, number>();
  const error = new Error("Panicking in DoChan");
  const ch = g.doChan("", () => {
    throw error;
  });
  expect((await ch.receive()).value).toEqual({ ok: false, error, shared: false });
  expect(await g.do("", () => 1)).toEqual({ value: 1, shared: false });
});

// T-V03; R161, R162, R164
test.each(seeds)("TestPanicDoSharedByDoChan: a panic reaches the caller and all that share it (seed %i)", (seed) =>
  inBubble(
    async () => {
      const g = new SingleFlight<string, number>();
      const blocked = new Channel<void>();
      const unblock = new Channel<void>();
      const error = new Error("Panicking in Do");
      const caught = new Channel<unknown>(1);
      go(async () => {
        try {
          await g.do("", async () => {
            blocked.close();
            await unblock.receive();
            throw error;
          });
        } catch (reason) {
          await caught.send(reason);
        }
      });
      await blocked.receive();
      let executed = false;
      const ch = g.doChan("", () => {
        executed = true;
        return 1;
      });
      unblock.close();
      expect((await ch.receive()).value).toEqual({ ok: false, error, shared: true });
      expect((await caught.receive()).value).toBe(error);
      expect(executed).toBe(false);
    },
    { seed },
  ),
);

// T-V01; R161, R162
test.each(seeds)("ExampleGroup: the second function is not called, and the result is shared (seed %i)", (seed) =>
  inBubble(
    async () => {
      const g = new SingleFlight<string, string>();
      const block = new Channel<void>();
      const work = (name: string) => async (): Promise<string> => {
        await block.receive();
        return name;
      };
      const res1c = g.doChan("key", work("func 1"));
      const res2c = g.doChan("key", work("func 2"));
      block.close();
      const res1 = (await res1c.receive()).value as SingleFlightResult<string>;
      const res2 = (await res2c.receive()).value as SingleFlightResult<string>;
      expect([
        `Shared: ${res2.shared}`,
        `Equal results: ${res1.value === res2.value}`,
        `Result: ${res1.value}`,
      ]).toEqual(["Shared: true", "Equal results: true", "Result: func 1"]);
    },
    { seed },
  ),
);
