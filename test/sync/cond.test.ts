import { describe, expect, test } from "@jest/globals";
import { Channel, Cond, go, gosched, type Locker, Mutex, PanicError, RWMutex, time } from "goro";
import { bubble, now, settled } from "goro/testing";
import { condWait, mutexLock } from "../../src/goroutine/operations.ts";
import { Chance } from "../../src/internal/random.ts";
import { inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";
import { quiet, stateOf } from "../support/promises.ts";

interface UsableLocker extends Locker {
  lock(): Promise<Disposable>;
}

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

// R97
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
        await settled();
        expect(awake.tryReceive()).toBeUndefined();
      }
      c.signal();
    },
    { seed },
  ),
);

// R97
test.each(seeds)("TestCondSignalGenerations: it wakes the one who has waited longest (seed %i)", (seed) =>
  inBubble(
    async () => {
      const m = new Mutex();
      const c = new Cond(m);
      const n = 30;
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

// R98
test.each(seeds.slice(0, 3))("TestCondBroadcast: everybody wakes once in each round (seed %i)", (seed) =>
  inBubble(
    async () => {
      const m = new Mutex();
      const c = new Cond(m);
      const n = 20;
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
        expect(awake.tryReceive()).toBeUndefined();
        await m.lock();
        if (i === n - 1) exit = true;
        c.broadcast();
        m.unlock();
        const seen = new Set<number>();
        for (let j = 0; j < n; j++) seen.add((await awake.receive()).value as number);
        expect(seen.size).toBe(n);
      }
      await settled();
      expect(running.tryReceive()).toBeUndefined();
      c.broadcast();
    },
    { seed },
  ),
);

// R96
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
    },
    { seed },
  ),
);

// R98
test.each(seeds)("TestCondSignalStealing: who comes later takes no wake-up from an earlier one (seed %i)", (seed) =>
  inBubble(
    async () => {
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
    },
    { seed },
  ),
);

describe("wait", () => {
  // R96
  test("unlocks, and comes back only with the lock in its hands", async () => {
    const mu = new Mutex();
    const c = new Cond(mu);
    expect(c.l).toBe(mu);
    await mu.lock();
    const wait = c.wait();
    // It has let go by now: nobody can slip in between.
    expect([mu.tryLock(), condWait.parked]).toEqual([true, 1]);
    c.signal();
    expect(condWait.parked).toBe(0);
    expect(await stateOf(wait)).toBe("pending");
    expect(mutexLock.parked).toBe(1);
    mu.unlock();
    await wait;
    expect(mu.tryLock()).toBe(false);
    mu.unlock();
  });

  // R96
  test.each([
    ["a Mutex", () => new Mutex()],
    ["an RWMutex", () => new RWMutex()],
    ["a reading side", () => new RWMutex().rLocker()],
  ])("what the lock of %s had answered gives it back after any number of waits", async (_, make) => {
    const l = make() as UsableLocker;
    const c = new Cond(l);
    const user = async (): Promise<void> => {
      using _ = await l.lock();
      await c.wait();
      await c.wait();
    };
    const all = [user(), user()];
    for (let i = 0; i < 2; i++) {
      await quiet();
      c.broadcast();
    }
    await Promise.all(all);
    expect(() => l.unlock()).toThrow(PanicError);
  });

  test("a stale answer gives nothing back after a wait of somebody else", async () => {
    const mu = new Mutex();
    const c = new Cond(mu);
    const stale = await mu.lock();
    mu.unlock();
    await mu.lock();
    const wait = c.wait();
    c.signal();
    await wait;
    stale[Symbol.dispose]();
    expect(mu.tryLock()).toBe(false);
    mu.unlock();
  });

  // Any goroutine may unlock, also in the very moment when the lock has been handed over.
  test("does not take the lock from who got it meanwhile", async () => {
    const mu = new Mutex();
    const c = new Cond(mu);
    const first = await mu.lock();
    const wait = c.wait();
    const second = await mu.lock();
    c.signal();
    await quiet();
    second[Symbol.dispose]();
    mu.unlock();
    expect(mu.tryLock()).toBe(true);
    await wait;
    first[Symbol.dispose]();
    expect(mu.tryLock()).toBe(false);
  });

  // R85, R96
  test("rejects if the lock is not held, and waits for nothing", async () => {
    const mu = new Mutex();
    const c = new Cond(mu);
    await expect(c.wait()).rejects.toThrow(new PanicError("sync: unlock of unlocked mutex"));
    expect(condWait.parked).toBe(0);
    await mu.lock();
    const wait = c.wait();
    c.signal();
    await wait;
    expect(mu.tryLock()).toBe(false);
  });

  test("any lock will do, also one that signals while it unlocks, and one that then fails", async () => {
    let fails = false;
    let locked = 0;
    const c: Cond = new Cond({
      lock: () => Promise.resolve(locked++),
      unlock: () => {
        c.broadcast();
        locked--;
        if (fails) throw new Error("broken");
      },
    });
    await c.l.lock();
    await c.wait();
    expect([locked, condWait.parked]).toEqual([1, 0]);
    fails = true;
    await expect(c.wait()).rejects.toThrow("broken");
    expect(condWait.parked).toBe(0);
  });

  // R96-R98
  test("nobody wakes without a signal, and a signal for nobody is lost", async () => {
    const mu = new Mutex();
    const c = new Cond(mu);
    c.signal();
    c.broadcast();
    await mu.lock();
    const wait = c.wait();
    for (let i = 0; i < 3; i++) {
      await mu.lock();
      mu.unlock();
    }
    expect(await stateOf(wait)).toBe("pending");
    c.signal();
    await wait;
    mu.unlock();
  });

  // R98
  test("who begins to wait after a broadcast is not woken by it", async () => {
    const mu = new Mutex();
    const c = new Cond(mu);
    await mu.lock();
    const early = c.wait();
    await mu.lock();
    c.broadcast();
    const late = c.wait();
    await early;
    mu.unlock();
    expect(await stateOf(late)).toBe("pending");
    c.signal();
    await late;
    mu.unlock();
  });
});

// R96-R98
test.each(seeds)("wakes as a list of those who wait would, whatever happens (seed %i)", async (seed) => {
  const chance = new Chance(seed);
  const mu = new Mutex();
  const c = new Cond(mu);
  const line: number[] = [];
  const expected: number[] = [];
  const got: number[] = [];
  for (let step = 0; step < 120; step++) {
    const what = chance.below(6);
    if (what < 3) {
      await mu.lock();
      line.push(step);
      void c.wait().then(() => {
        got.push(step);
        mu.unlock();
      });
    } else if (what < 5) {
      c.signal();
      expected.push(...line.splice(0, 1));
    } else {
      c.broadcast();
      expected.push(...line.splice(0));
    }
    expect(condWait.parked).toBe(line.length);
    if (chance.below(2) === 0) await quiet();
  }
  c.broadcast();
  await quiet();
  expect(got).toEqual([...expected, ...line]);
  expect(mu.tryLock()).toBe(true);
});

test.each([undefined, null, "l", {}, { lock: () => undefined }, { unlock: () => undefined }])(
  "a Cond of %p is a TypeError",
  (l) => {
    expect(() => new Cond(l as never)).toThrow(new TypeError(`Cond: l must be a lock, got ${String(l)}`));
  },
);

describe("in a bubble", () => {
  test("who waits for a cond of the bubble is durably blocked", () =>
    inBubble(async () => {
      const c = new Cond(new Mutex());
      const start = now();
      time.afterFunc(time.hour, () => c.signal());
      await c.l.lock();
      await c.wait();
      expect(now() - start).toBe(time.hour);
    }));

  test("who waits for a cond of the world outside is not, nor is its lock given to who cannot go on", async () => {
    const mu = new Mutex();
    const c = new Cond(mu);
    const inside = bubble(async () => {
      await mu.lock();
      await c.wait();
      mu.unlock();
    });
    expect(await stateOf(inside)).toBe("pending");
    c.signal();
    await inside;
    const lost = bubble(async () => {
      go(async () => {
        await mu.lock();
        await c.wait();
      });
      await gosched();
      await gosched();
      throw new Error("over");
    });
    await expect(lost).rejects.toThrow("over");
    await mu.lock();
    const wait = c.wait();
    c.signal();
    await wait;
    mu.unlock();
  });
});

// R66, R96: run in Go 1.26 as well.
test("a program whose cond nobody signals ends as Go's does", async () => {
  const { code, stderr } = await runSource(`
    import { Cond, main, Mutex } from "goro";
    main(async () => {
      const c = new Cond(new Mutex());
      await c.l.lock();
      await c.wait();
    });
  `);
  expect(stderr).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[sync\.Cond\.Wait\]:\n/);
  expect(code).toBe(2);
});
