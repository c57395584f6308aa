import { describe, expect, test } from "@jest/globals";
import { go, gosched, type Locker, Mutex, PanicError, RWMutex, time } from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { mutexLock } from "../../src/runtime/wait-reasons.ts";
import { Prng } from "../../src/util/prng.ts";
import { runSource } from "../support/programs.ts";
import { quiet, stateOf } from "../support/promises.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

describe("lock", () => {
  // R86
  test("is handed over in the order of the calls, and a later call does not overtake", async () => {
    const mu = new Mutex();
    await mu.lock();
    const order: number[] = [];
    const all = Array.from({ length: 20 }, async (_, i) => {
      await mu.lock();
      order.push(i);
      await gosched();
      mu.unlock();
    });
    expect(mutexLock.waiting).toBe(20);
    mu.unlock();
    // The lock already belongs to the next waiter, although that waiter has not resumed yet.
    expect(mu.tryLock()).toBe(false);
    const late = mu.lock().then(() => order.push(-1));
    await Promise.all(all);
    await late;
    expect(order).toEqual([...all.keys(), -1]);
    expect(mutexLock.waiting).toBe(0);
    mu.unlock();
  });

  // R83
  test("is not reentrant, and any goroutine may unlock", async () => {
    const mu = new Mutex();
    await mu.lock();
    const again = mu.lock();
    expect(await stateOf(again)).toBe("pending");
    go(() => mu.unlock());
    await again;
    expect(mu.tryLock()).toBe(false);
  });

  test("a mutex is a Locker", async () => {
    const l: Locker = new Mutex();
    await l.lock();
    l.unlock();
    // @ts-expect-error -- a promise is not a guard: the lock is held only after an await.
    const wrong: Disposable = l.lock();
    await (wrong as unknown as Promise<unknown>);
  });

  // Go's loops of Lock and Unlock do not stop timers either.
  test("a loop over a free lock lets timers run", async () => {
    const mu = new Mutex();
    let rung = false;
    const timer = setTimeout(() => (rung = true), 1);
    while (!rung) {
      await mu.lock();
      mu.unlock();
    }
    clearTimeout(timer);
    expect(rung).toBe(true);
  });
});

describe("the guard of lock", () => {
  test("unlocks at the end of the scope, also after an error, with or without a wait", async () => {
    const mu = new Mutex();
    const fail = async (): Promise<void> => {
      using _ = await mu.lock();
      await gosched();
      throw new Error("inside");
    };
    const ends = await Promise.allSettled([fail(), fail(), fail()]);
    expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(mu.tryLock()).toBe(true);
  });

  test("unlocks once, and never the lock of a later holder", async () => {
    const mu = new Mutex();
    const first = await mu.lock();
    first[Symbol.dispose]();
    expect(mu.tryLock()).toBe(true);
    first[Symbol.dispose]();
    expect(mu.tryLock()).toBe(false);
    mu.unlock();
    const second = await mu.lock();
    const waiting = mu.lock();
    mu.unlock();
    second[Symbol.dispose]();
    expect(mu.tryLock()).toBe(false);
    const third = await waiting;
    second[Symbol.dispose]();
    expect(mu.tryLock()).toBe(false);
    third[Symbol.dispose]();
    expect(mu.tryLock()).toBe(true);
  });
});

// R83, R84, R86
test.each(seeds)("behaves like a reference queue (seed %i)", async (seed) => {
  const chance = new Prng(seed);
  const mu = new Mutex();
  const queue: number[] = [];
  const guards = new Map<number, Disposable>();
  let holder: number | null = null;
  let last = 0;
  const free = (): void => {
    holder = queue.shift() ?? null;
  };
  const acquired: number[] = [];
  const expected: number[] = [];
  for (let step = 0; step < 150 || holder !== null; step++) {
    const action = step < 150 ? chance.randomInt(5) : 2;
    if (action < 2) {
      const id = ++last;
      if (holder === null) holder = id;
      else queue.push(id);
      void mu.lock().then((held) => {
        acquired.push(id);
        guards.set(id, held);
      });
    } else if (action === 2) {
      if (holder === null) expect(() => mu.unlock()).toThrow(PanicError);
      else {
        mu.unlock();
        free();
      }
    } else if (action === 3) {
      expect(mu.tryLock()).toBe(holder === null);
      // A holder without an id.
      holder ??= 0;
    } else if (guards.size > 0) {
      const id = [...guards.keys()][chance.randomInt(guards.size)] as number;
      guards.get(id)?.[Symbol.dispose]();
      guards.delete(id);
      if (holder === id) free();
    }
    if (holder !== null && holder > 0 && !expected.includes(holder)) expected.push(holder);
    if (chance.randomInt(2) === 0) await quiet();
    expect(mutexLock.waiting).toBe(queue.length);
  }
  await quiet();
  expect(acquired).toEqual(expected);
  expect(acquired).toHaveLength(last);
});

describe("in a bubble", () => {
  test("a goroutine that waits for a lock of the bubble is durably blocked", async () => {
    await bubble(async () => {
      const mu = new Mutex();
      await mu.lock();
      const start = now();
      go(async () => {
        await time.sleep(time.hour);
        mu.unlock();
      });
      await mu.lock();
      expect(now() - start).toBe(time.hour);
    });
  });

  test("a goroutine that waits for a lock from outside the bubble is not durably blocked", async () => {
    const mu = new Mutex();
    await mu.lock();
    const inside = bubble(async () => {
      await mu.lock();
      mu.unlock();
    });
    expect(await stateOf(inside)).toBe("pending");
    mu.unlock();
    await inside;
  });

  test("a lock is never handed to a goroutine of an ended bubble", async () => {
    const mu = new Mutex();
    const rw = new RWMutex();
    let resolveForeign = (): void => undefined;
    const foreign = new Promise<void>((resolve) => (resolveForeign = resolve));
    await mu.lock();
    await rw.lock();
    const stuck = new Error("stuck");
    const inside = bubble(async () => {
      for (const before of [true, false]) {
        for (const lock of [() => mu.lock(), () => rw.lock(), () => rw.rLock()]) {
          go(async () => {
            if (!before) await foreign;
            await lock();
          });
        }
      }
      await gosched();
      await gosched();
      throw stuck;
    });
    await expect(inside).rejects.toBe(stuck);
    resolveForeign();
    await quiet();
    mu.unlock();
    rw.unlock();
    expect(mu.tryLock()).toBe(true);
    expect(rw.tryLock()).toBe(true);
    expect(mutexLock.waiting).toBe(0);
  });

  test("the report of a deadlock has Go's wait reason", async () => {
    const inside = bubble(async () => {
      const mu = new Mutex();
      await mu.lock();
      await waitUntilBlocked();
      await mu.lock();
    });
    await expect(inside).rejects.toThrow(/all goroutines in bubble are blocked\n\ngoroutine 1 \[sync\.Mutex\.Lock\]:/);
  });
});

// R66, R85: run in Go 1.26 as well.
test("a program that waits for its own lock ends as in Go", async () => {
  const { code, stderr } = await runSource(`
    import { go, main, Mutex } from "goro";
    main(async () => {
      const mu = new Mutex();
      await mu.lock();
      go(() => mu.lock());
      await mu.lock();
    });
  `);
  expect(stderr).toMatch(
    /^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[sync\.Mutex\.Lock\]:\n\nand 1 more \[sync\.Mutex\.Lock\]\n/,
  );
  expect(code).toBe(2);
});
