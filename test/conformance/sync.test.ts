// Go's own tests of the locks, of Once and of Cond.

import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  Cond,
  type Context,
  context,
  defer,
  go,
  gosched,
  type Locker,
  Mutex,
  Once,
  onceFunc,
  onceValue,
  PanicError,
  RWMutex,
  receive,
  select,
  time,
  WaitGroup,
} from "goro";
import { now, waitUntilBlocked } from "goro/testing";
import { inBubble } from "../support/contexts.ts";

const seeds = [1, 2, 3, 4, 5];

// T-M01; R83, R84
describe("TestMutex", () => {
  test("tryLock fails while locked and succeeds while unlocked", async () => {
    const m = new Mutex();
    await m.lock();
    expect(m.tryLock()).toBe(false);
    m.unlock();
    expect(m.tryLock()).toBe(true);
    expect(m.tryLock()).toBe(false);
    m.unlock();
  });

  test.each(seeds.slice(0, 2))("one at a time is inside, however ten hammer at it 1,000 times (seed %i)", (seed) =>
    inBubble(
      async () => {
        const m = new Mutex();
        const done = new Channel<boolean>();
        let inside = 0;
        let most = 0;
        let locked = 0;
        let tried = 0;
        // In Go somebody can come in at any moment; here, where there is an await.
        const section = async (): Promise<void> => {
          most = Math.max(most, ++inside);
          await gosched();
          inside--;
          m.unlock();
        };
        for (let i = 0; i < 10; i++) {
          go(async () => {
            for (let loop = 0; loop < 1_000; loop++) {
              if (loop % 3 !== 0) {
                await m.lock();
                locked++;
              } else if (m.tryLock()) {
                tried++;
              } else {
                await gosched();
                continue;
              }
              await section();
            }
            await done.send(true);
          });
        }
        for (let i = 0; i < 10; i++) await done.receive();
        expect([most, inside, locked]).toEqual([1, 0, 10 * 666]);
        expect(tried).toBeGreaterThan(0);
        expect(m.tryLock()).toBe(true);
      },
      { seed },
    ),
  );
});

// T-M02; R85
describe("TestMutexMisuse", () => {
  const mutex = "sync: unlock of unlocked mutex";
  const write = "sync: Unlock of unlocked RWMutex";
  const read = "sync: RUnlock of unlocked RWMutex";
  type Steps = readonly ("lock" | "rLock" | "unlock" | "rUnlock")[];

  test.each<[string, string, Steps]>([
    ["Mutex.Unlock", mutex, ["unlock"]],
    ["Mutex.Unlock2", mutex, ["lock", "unlock", "unlock"]],
    ["RWMutex.Unlock", write, ["unlock"]],
    ["RWMutex.Unlock2", write, ["rLock", "unlock"]],
    ["RWMutex.Unlock3", write, ["lock", "unlock", "unlock"]],
    ["RWMutex.RUnlock", read, ["rUnlock"]],
    ["RWMutex.RUnlock2", read, ["lock", "rUnlock"]],
    ["RWMutex.RUnlock3", read, ["rLock", "rUnlock", "rUnlock"]],
  ])("%s panics, and changes nothing", async (name, sentence, steps) => {
    const made = name.startsWith("RW") ? new RWMutex() : new Mutex();
    const mu = made as RWMutex;
    for (const step of steps.slice(0, -1)) await mu[step]();
    const free = mu.tryLock();
    if (free) mu.unlock();
    const last = steps.at(-1) as "unlock" | "rUnlock";
    expect(() => mu[last]()).toThrow(new PanicError(sentence));
    expect(() => mu[last]()).toThrow(PanicError);
    expect(mu.tryLock()).toBe(free);
  });
});

// R86
test.each(seeds)("TestMutexFairness: who locks in a loop keeps nobody else out (seed %i)", (seed) =>
  inBubble(
    async () => {
      const mu = new Mutex();
      const stop = new Channel<void>();
      go(async () => {
        for (;;) {
          await mu.lock();
          await time.sleep(0.1);
          mu.unlock();
          const s = await select({ stop: receive(stop), default: true });
          if (s.case === "stop") return;
        }
      });
      const start = now();
      const done = new Channel<boolean>(1);
      go(async () => {
        for (let i = 0; i < 10; i++) {
          await time.sleep(0.1);
          await mu.lock();
          mu.unlock();
        }
        await done.send(true);
      });
      const s = await select({ done: receive(done), timeout: receive(time.after(10 * time.second)) });
      expect(s.case).toBe("done");
      // Each time it waits for the one who holds the lock, and for nobody else.
      expect(now() - start).toBeLessThanOrEqual(4);
      stop.close();
      await time.sleep(1);
    },
    { seed },
  ),
);

// T-M05; R87
describe("TestParallelReaders", () => {
  test.each([1, 3, 4].flatMap((readers) => seeds.map((seed) => [readers, seed] as const)))(
    "%i readers hold the lock at once (seed %i)",
    (readers, seed) =>
      inBubble(
        async () => {
          const m = new RWMutex();
          const locked = new Channel<boolean>();
          const unlock = new Channel<boolean>();
          const done = new Channel<boolean>();
          for (let i = 0; i < readers; i++) {
            go(async () => {
              await m.rLock();
              await locked.send(true);
              await unlock.receive();
              m.rUnlock();
              await done.send(true);
            });
          }
          for (let i = 0; i < readers; i++) await locked.receive();
          expect(m.tryLock()).toBe(false);
          for (let i = 0; i < readers; i++) await unlock.send(true);
          for (let i = 0; i < readers; i++) await done.receive();
          expect(m.tryLock()).toBe(true);
        },
        { seed },
      ),
  );
});

describe("TestRWMutex", () => {
  // T-M07; R89
  test("tryLock and tryRLock, in every state", async () => {
    const m = new RWMutex();
    await m.lock();
    expect([m.tryLock(), m.tryRLock()]).toEqual([false, false]);
    m.unlock();
    expect(m.tryLock()).toBe(true);
    expect([m.tryLock(), m.tryRLock()]).toEqual([false, false]);
    m.unlock();
    expect([m.tryRLock(), m.tryRLock(), m.tryLock()]).toEqual([true, true, false]);
    m.rUnlock();
    expect(m.tryLock()).toBe(false);
    m.rUnlock();
    expect(m.tryLock()).toBe(true);
  });

  // What Go varies besides the readers is the number of processors: here, the seed.
  const configurations: (readonly [readers: number, seed: number])[] = [1, 4, 10].flatMap((seed) =>
    [1, 3, 10].map((readers) => [readers, seed] as const),
  );
  configurations.push([5, 10]);

  // T-M06; R86, R87
  test.each(configurations)(
    "HammerRWMutex: many readers or one writer are inside, with two writers and %i readers (seed %i)",
    (readers, seed) =>
      inBubble(
        async () => {
          const n = 1_000;
          const rw = new RWMutex();
          const done = new Channel<boolean>();
          // Readers count 1, writers 10,000.
          let activity = 0;
          let most = 0;
          let broken = 0;
          const reader = async (): Promise<void> => {
            for (let i = 0; i < n; i++) {
              await rw.rLock();
              most = Math.max(most, ++activity);
              if (activity < 1 || activity >= 10_000) broken++;
              await gosched();
              activity--;
              rw.rUnlock();
            }
            await done.send(true);
          };
          const writer = async (): Promise<void> => {
            for (let i = 0; i < n; i++) {
              await rw.lock();
              activity += 10_000;
              if (activity !== 10_000) broken++;
              await gosched();
              if (activity !== 10_000) broken++;
              activity -= 10_000;
              rw.unlock();
            }
            await done.send(true);
          };
          go(writer);
          for (let i = 0; i < readers; i++) {
            if (i === Math.floor(readers / 2)) go(writer);
            go(reader);
          }
          for (let i = 0; i < readers + 2; i++) await done.receive();
          expect([activity, broken]).toEqual([0, 0]);
          if (readers > 1) expect(most).toBeGreaterThan(1);
          expect(rw.tryLock()).toBe(true);
        },
        { seed },
      ),
  );
});

// T-M08; R90
test.each(seeds)("TestRLocker: the reading side is a lock, and a writer waits for all of it (seed %i)", (seed) =>
  inBubble(
    async () => {
      const wl = new RWMutex();
      const rl: Locker = wl.rLocker();
      const writes = new Channel<boolean>(1);
      const reads = new Channel<boolean>(1);
      const n = 10;
      go(async () => {
        for (let i = 0; i < n; i++) {
          await rl.lock();
          await rl.lock();
          await reads.send(true);
          await wl.lock();
          await writes.send(true);
        }
      });
      for (let i = 0; i < n; i++) {
        await reads.receive();
        rl.unlock();
        await waitUntilBlocked();
        expect(writes.tryReceive()).toBeUndefined();
        rl.unlock();
        await writes.receive();
        await waitUntilBlocked();
        expect(reads.tryReceive()).toBeUndefined();
        wl.unlock();
      }
      expect(() => rl.unlock()).toThrow(new PanicError("sync: RUnlock of unlocked RWMutex"));
    },
    { seed },
  ),
);

// T-M09; R91
test.each(seeds)("TestOnce: of ten who call do one runs, and nobody comes back before it has (seed %i)", (seed) =>
  inBubble(
    async () => {
      const once = new Once();
      const done = new Channel<boolean>();
      let one = 0;
      for (let i = 0; i < 10; i++) {
        go(async () => {
          await once.do(async () => {
            await time.sleep(1);
            one++;
          });
          expect(one).toBe(1);
          await done.send(true);
        });
      }
      for (let i = 0; i < 10; i++) await done.receive();
      expect(one).toBe(1);
    },
    { seed },
  ),
);

// R92
test("TestOncePanic: a function that panics is done, and no other is called", async () => {
  const once = new Once();
  const failed = new Error("failed");
  const first = once.do(() => {
    throw failed;
  });
  await expect(first).rejects.toBe(failed);
  let called = false;
  await once.do(() => (called = true));
  expect(called).toBe(false);
});

// R91
test("ExampleOnce: ten ask for it, and it is said once", async () => {
  const once = new Once();
  const said: string[] = [];
  const done = new Channel<boolean>();
  for (let i = 0; i < 10; i++) {
    go(async () => {
      await once.do(() => said.push("Only once"));
      await done.send(true);
    });
  }
  for (let i = 0; i < 10; i++) await done.receive();
  expect(said).toEqual(["Only once"]);
});

// T-M11; R93
test("TestOnceFunc: the function is called the first time, and not before", () => {
  let calls = 0;
  const f = onceFunc(() => {
    calls++;
  });
  expect(calls).toBe(0);
  for (let i = 0; i < 10; i++) f();
  expect(calls).toBe(1);
});

// T-M11; R93
test("TestOnceValue: every call answers what the first did", () => {
  let calls = 0;
  const f = onceValue(() => ++calls);
  const values = Array.from({ length: 10 }, f);
  expect(new Set(values)).toEqual(new Set([1]));
  expect(calls).toBe(1);
});

// T-M11; R93
test("TestOnceValues: two values are answered as they are", () => {
  let calls = 0;
  const f = onceValue((): [number, number] => [++calls, calls + 1]);
  for (let i = 0; i < 10; i++) f();
  const [v1, v2] = f();
  expect([v1, v2, calls]).toEqual([1, 2, 1]);
});

// R94
describe.each<[string, (f: () => never) => () => unknown]>([
  ["TestOnceFuncPanic", onceFunc],
  ["TestOnceValuePanic", (f) => onceValue((): number => f())],
  ["TestOnceValuesPanic", (f) => onceValue((): [number, number] => f())],
])("%s", (_, once) => {
  // With undefined it is TestOnceFuncPanicNil.
  test.each([new Error("x"), "x", undefined, null])("every call panics with %p, the very same", (thrown) => {
    let calls = 0;
    const f = once(() => {
      calls++;
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever it is
      throw thrown;
    });
    for (const time of ["first", "second"]) {
      let caught: unknown = "nothing";
      try {
        f();
      } catch (error) {
        caught = error;
      }
      expect([time, caught === thrown]).toEqual([time, true]);
    }
    expect(calls).toBe(1);
  });
});

// R94
test("TestOnceFuncPanicTraceback: the stack goes all the way to the origin of the panic", () => {
  const f = onceFunc(function onceFuncPanic(): void {
    throw new Error("x");
  });
  for (let i = 0; i < 2; i++) {
    let stack: string | undefined;
    try {
      f();
    } catch (error) {
      ({ stack } = error as Error);
    }
    expect(stack).toContain("onceFuncPanic");
  }
});

// R93
test("ExampleOnceValue: ten goroutines have what one has computed", async () => {
  const said: string[] = [];
  const once = onceValue(() => {
    let sum = 0;
    for (let i = 0; i < 1_000; i++) sum += i;
    said.push(`Computed once: ${sum}`);
    return sum;
  });
  const done = new Channel<boolean>();
  for (let i = 0; i < 10; i++) {
    go(async () => {
      expect(once()).toBe(499_500);
      await done.send(true);
    });
  }
  for (let i = 0; i < 10; i++) await done.receive();
  expect(said).toEqual(["Computed once: 499500"]);
});

// R93
test.each(seeds)("ExampleOnceValues: ten goroutines read a file once (seed %i)", (seed) =>
  inBubble(
    async () => {
      const said: string[] = [];
      const once = onceValue(async (): Promise<[data: string, err: Error | undefined]> => {
        said.push("Reading file once");
        await time.sleep(1);
        return ["data", undefined];
      });
      const done = new Channel<boolean>();
      for (let i = 0; i < 10; i++) {
        go(async () => {
          expect(await once()).toEqual(["data", undefined]);
          await done.send(true);
        });
      }
      for (let i = 0; i < 10; i++) await done.receive();
      expect(said).toEqual(["Reading file once"]);
    },
    { seed },
  ),
);

// T-M13; R96, R97
test.each(seeds)("TestCondSignal: a signal wakes one (seed %i)", (seed) =>
  inBubble(
    async () => {
      const m = new Mutex();
      const c = new Cond(m);
      const n = 2;
      const running = new Channel<boolean>(n);
      const awake = new Channel<boolean>(n);
      for (let i = 0; i < n; i++) {
        go(async () => {
          await m.lock();
          await running.send(true);
          await c.wait();
          await awake.send(true);
          m.unlock();
        });
      }
      for (let i = 0; i < n; i++) await running.receive();
      for (let left = n; left > 0; left--) {
        expect(awake.tryReceive()).toBeUndefined();
        await m.lock();
        c.signal();
        m.unlock();
        await awake.receive();
        await waitUntilBlocked();
        expect(awake.tryReceive()).toBeUndefined();
      }
      c.signal();
    },
    { seed },
  ),
);

// R97
test.each(seeds)("TestCondSignalGenerations: a signal wakes the one who has waited longest (seed %i)", (seed) =>
  inBubble(
    async () => {
      const m = new Mutex();
      const c = new Cond(m);
      const n = 100;
      const running = new Channel<boolean>(n);
      const awake = new Channel<number>(n);
      for (let i = 0; i < n; i++) {
        go(async () => {
          await m.lock();
          await running.send(true);
          await c.wait();
          await awake.send(i);
          m.unlock();
        });
        if (i > 0) expect((await awake.receive()).value).toBe(i - 1);
        await running.receive();
        await m.lock();
        c.signal();
        m.unlock();
      }
      expect((await awake.receive()).value).toBe(n - 1);
    },
    { seed },
  ),
);

// T-M15; R98
test.each(seeds.slice(0, 3))("TestCondBroadcast: everybody wakes once in each round (seed %i)", (seed) =>
  inBubble(
    async () => {
      const m = new Mutex();
      const c = new Cond(m);
      const n = 50;
      const running = new Channel<number>(n);
      const awake = new Channel<number>(n);
      let exit = false;
      for (let g = 0; g < n; g++) {
        go(async () => {
          await m.lock();
          while (!exit) {
            await running.send(g);
            await c.wait();
            await awake.send(g);
          }
          m.unlock();
        });
      }
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) await running.receive();
        if (i === n - 1) {
          await m.lock();
          exit = true;
          m.unlock();
        }
        expect(awake.tryReceive()).toBeUndefined();
        await m.lock();
        c.broadcast();
        m.unlock();
        const seen = new Set<number | undefined>();
        for (let j = 0; j < n; j++) seen.add((await awake.receive()).value);
        expect(seen.size).toBe(n);
      }
      await waitUntilBlocked();
      expect(running.tryReceive()).toBeUndefined();
      c.broadcast();
    },
    { seed },
  ),
);

// T-M16; R96
test.each(seeds)("TestRace: wait holds the lock again when it returns (seed %i)", (seed) =>
  inBubble(
    async () => {
      const c = new Cond(new Mutex());
      const done = new Channel<boolean>();
      let x = 0;
      go(async () => {
        await c.l.lock();
        x = 1;
        await c.wait();
        expect(x).toBe(2);
        x = 3;
        c.signal();
        c.l.unlock();
        await done.send(true);
      });
      go(async () => {
        await c.l.lock();
        while (x !== 1) {
          c.l.unlock();
          await gosched();
          await c.l.lock();
        }
        x = 2;
        c.signal();
        c.l.unlock();
        await done.send(true);
      });
      go(async () => {
        await c.l.lock();
        while (x < 2) {
          c.l.unlock();
          await gosched();
          await c.l.lock();
        }
        if (x === 2) {
          await c.wait();
          expect(x).toBe(3);
        }
        c.l.unlock();
        await done.send(true);
      });
      for (let i = 0; i < 3; i++) await done.receive();
      expect(x).toBe(3);
    },
    { seed },
  ),
);

// R98
test.each(seeds)("TestCondSignalStealing: who comes later takes no wake-up from an earlier one (seed %i)", (seed) =>
  inBubble(
    async () => {
      for (let i = 0; i < 200; i++) {
        const m = new Mutex();
        const cond = new Cond(m);
        const ch = new Channel<void>();
        go(async () => {
          await m.lock();
          await ch.send();
          await cond.wait();
          m.unlock();
          await ch.send();
        });
        await ch.receive();
        await m.lock();
        m.unlock();
        // It waits by now. Of these two either may come first.
        let done = false;
        go(() => cond.broadcast());
        go(async () => {
          await m.lock();
          while (!done) await cond.wait();
          m.unlock();
        });
        await ch.receive();
        await m.lock();
        done = true;
        m.unlock();
        cond.broadcast();
      }
    },
    { seed },
  ),
);

// T-X26; R96, R98
test.each(seeds)("ExampleAfterFunc_cond: afterFunc and broadcast let those who wait give up (seed %i)", (seed) =>
  inBubble(
    async () => {
      const waitOnCond = async (ctx: Context, cond: Cond, isMet: () => boolean): Promise<Error | undefined> => {
        const stop = context.afterFunc(ctx, async () => {
          // Else the broadcast could come before the wait.
          await cond.l.lock();
          using _ = defer(() => cond.l.unlock());
          cond.broadcast();
        });
        using _ = defer(stop);
        while (!isMet()) {
          await cond.wait();
          if (ctx.err() !== undefined) return ctx.err();
        }
        return undefined;
      };

      const cond = new Cond(new Mutex());
      const wg = new WaitGroup();
      const said: (string | undefined)[] = [];
      const start = now();
      for (let i = 0; i < 4; i++) {
        wg.go(async () => {
          const [ctx, cancel] = context.withTimeout(context.background(), time.millisecond);
          using _ = defer(cancel);
          await cond.l.lock();
          using _2 = defer(() => cond.l.unlock());
          said.push((await waitOnCond(ctx, cond, () => false))?.message);
        });
      }
      await wg.wait();
      expect(said).toEqual(Array.from({ length: 4 }, () => "context deadline exceeded"));
      expect(now() - start).toBe(time.millisecond);
    },
    { seed },
  ),
);
