// Guards: each guard ends its own hold and no other, no matter how often and by which method the lock is released.

import { describe, expect, test } from "@jest/globals";
import { Cond, defer, Mutex, RWMutex, Semaphore } from "goro";
import { quiet, stateOf } from "../support/promises.ts";

/** A lock that two goroutines can hold, and whether it is free. */
interface Shared {
  acquire(): Promise<Disposable>;
  tryAcquire(): boolean;
  release(): void;
  isFree(): boolean;
}

function readSide(): Shared {
  const rw = new RWMutex();
  return {
    acquire: () => rw.rLock(),
    tryAcquire: () => rw.tryRLock(),
    release: () => rw.rUnlock(),
    isFree: () => rw.tryLock() && (rw.unlock(), true),
  };
}

function semaphore(): Shared {
  const sem = new Semaphore(2);
  return {
    acquire: () => sem.acquire(),
    tryAcquire: () => sem.tryAcquire(),
    release: () => sem.release(),
    isFree: () => sem.tryAcquire(2) && (sem.release(2), true),
  };
}

describe.each([
  ["the read side of an RWMutex", readSide],
  ["a Semaphore", semaphore],
])("a guard of %s", (_, make) => {
  test("does nothing if its hold was released by a method call, and another hold stays", async () => {
    const lock = make();
    const other = await lock.acquire();
    {
      using _ = await lock.acquire();
      lock.release();
    }
    expect(lock.isFree()).toBe(false);
    other[Symbol.dispose]();
    expect(lock.isFree()).toBe(true);
  });

  test("does nothing if its hold was released by a method call, and another hold can be released by a method call too", async () => {
    const lock = make();
    await lock.acquire();
    {
      using _ = await lock.acquire();
      lock.release();
    }
    expect(lock.isFree()).toBe(false);
    lock.release();
    expect(lock.isFree()).toBe(true);
  });

  test("does nothing if it was the only hold and was released by a method call", async () => {
    const lock = make();
    {
      using _ = await lock.acquire();
      lock.release();
    }
    expect(lock.isFree()).toBe(true);
  });

  test("of an earlier hold does nothing to a later hold", async () => {
    const lock = make();
    const stale = await lock.acquire();
    lock.release();
    const later = await lock.acquire();
    stale[Symbol.dispose]();
    expect(lock.isFree()).toBe(false);
    later[Symbol.dispose]();
    expect(lock.isFree()).toBe(true);
  });

  // The lock does not know which of the two holds was released by a method call: the first disposed guard counts as that hold.
  test.each([
    [0, 1],
    [1, 0],
  ])(
    "ends a hold once all guards are disposed after one release by a method call (%i before %i)",
    async (first, second) => {
      const lock = make();
      const guards = [await lock.acquire(), await lock.acquire()];
      lock.release();
      guards[first]?.[Symbol.dispose]();
      expect(lock.isFree()).toBe(false);
      guards[second]?.[Symbol.dispose]();
      expect(lock.isFree()).toBe(true);
      expect(() => lock.release()).toThrow();
    },
  );

  test("still ends its own hold after a hold without a guard was released by a method call", async () => {
    const lock = make();
    const guard = await lock.acquire();
    expect(lock.tryAcquire()).toBe(true);
    lock.release();
    guard[Symbol.dispose]();
    expect(lock.isFree()).toBe(true);
  });

  test("of a hold that was handed over ends only that hold", async () => {
    const lock = make();
    const first = await lock.acquire();
    lock.release();
    const [second, third] = [await lock.acquire(), await lock.acquire()];
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    expect(lock.isFree()).toBe(false);
    third[Symbol.dispose]();
    expect(lock.isFree()).toBe(true);
  });
});

test("a guard of several permits of a Semaphore releases the permits that are left after a partial release", async () => {
  const sem = new Semaphore(5);
  const other = await sem.acquire(2);
  {
    using _ = await sem.acquire(3);
    sem.release(2);
    expect([sem.tryAcquire(3), sem.tryAcquire(2)]).toEqual([false, true]);
    sem.release(2);
  }
  expect([sem.tryAcquire(4), sem.tryAcquire(3)]).toEqual([false, true]);
  sem.release(3);
  other[Symbol.dispose]();
  expect(sem.tryAcquire(5)).toBe(true);
});

test("a waiter that gets released permits keeps them when the guard of the old hold is disposed", async () => {
  const sem = new Semaphore(1);
  const old = await sem.acquire();
  const waiting = sem.acquire();
  sem.release();
  old[Symbol.dispose]();
  const guard = await waiting;
  expect(sem.tryAcquire()).toBe(false);
  guard[Symbol.dispose]();
  expect(sem.tryAcquire()).toBe(true);
});

test("a writer does not enter beside a reader because another reader has unlocked twice", async () => {
  const rw = new RWMutex();
  const other = await rw.rLock();
  const twice = await rw.rLock();
  const writer = rw.lock();
  rw.rUnlock();
  twice[Symbol.dispose]();
  expect(await stateOf(writer)).toBe("pending");
  other[Symbol.dispose]();
  await writer;
});

test("defer of unlock unlocks at the end of the scope any lock that is held then, as in Go", async () => {
  const mu = new Mutex();
  {
    await mu.lock();
    using _ = defer(() => mu.unlock());
    mu.unlock();
    await quiet();
    await mu.lock();
  }
  expect(mu.tryLock()).toBe(true);
});

describe("Cond.wait on the read side of an RWMutex", () => {
  test("does not count as a release: the guards end the holds that they had before", async () => {
    const rw = new RWMutex();
    const l = rw.rLocker();
    const cond = new Cond(l);
    const other = await rw.rLock();
    const guard = await rw.rLock();
    const wait = cond.wait();
    other[Symbol.dispose]();
    expect(rw.tryLock()).toBe(true);
    cond.signal();
    await quiet();
    rw.unlock();
    await wait;
    expect(rw.tryLock()).toBe(false);
    guard[Symbol.dispose]();
    expect(rw.tryLock()).toBe(true);
  });

  test("admits a writer, and is released by a method call if the guard was disposed during the wait", async () => {
    const rw = new RWMutex();
    const cond = new Cond(rw.rLocker());
    const guard = await rw.rLock();
    const writer = rw.lock();
    const wait = cond.wait();
    const written = await writer;
    guard[Symbol.dispose]();
    cond.broadcast();
    written[Symbol.dispose]();
    await wait;
    expect(rw.tryLock()).toBe(false);
    rw.rUnlock();
    expect(rw.tryLock()).toBe(true);
  });

  test("rejects if no reader holds the lock", async () => {
    const rw = new RWMutex();
    await expect(new Cond(rw.rLocker()).wait()).rejects.toThrow("sync: RUnlock of unlocked RWMutex");
  });
});

describe("a Cond on the read side of a lock", () => {
  test("ends the hold with the guard from before the wait, and does not affect later holds", async () => {
    const rw = new RWMutex();
    const cond = new Cond(rw.rLocker());
    const guard = await rw.rLock();
    const waiting = cond.wait();
    await quiet();
    expect(rw.tryLock()).toBe(true);
    rw.unlock();
    cond.signal();
    await waiting;
    expect(rw.tryLock()).toBe(false);
    guard[Symbol.dispose]();
    expect(rw.tryLock()).toBe(true);
    rw.unlock();

    await rw.rLock();
    rw.rUnlock();
    const later = await rw.rLock();
    later[Symbol.dispose]();
    expect(rw.tryLock()).toBe(true);
    rw.unlock();
  });
});
