// Locks with a timeout.

import { describe, expect, test } from "@jest/globals";
import { context, type LockOptions, Mutex, RWMutex, Semaphore, time } from "goro";
import { listeners, inBubble } from "../support/contexts.ts";

const locks: Record<string, () => { lock(options?: LockOptions): Promise<Disposable>; toString(): string }> = {
  "Mutex.lock": () => new Mutex(),
  "RWMutex.lock": () => new RWMutex(),
  "RWMutex.rLock": () => {
    const rw = new RWMutex();
    rw.tryLock();
    return { lock: (options) => rw.rLock(options), toString: () => String(rw) };
  },
  "Semaphore.acquire": () => {
    const sem = new Semaphore(1);
    return { lock: (options) => sem.acquire(1, options), toString: () => String(sem) };
  },
};

describe.each(Object.keys(locks))("%s with a timeout", (name) => {
  const heldLock = async (): Promise<ReturnType<(typeof locks)[string]>> => {
    const lock = (locks[name] as (typeof locks)[string])();
    if (name !== "RWMutex.rLock") await lock.lock();
    return lock;
  };

  test("rejects with a DeadlineExceeded after that time, and leaves the queue", () =>
    inBubble(async () => {
      const lock = await heldLock();
      const before = String(lock);
      const start = time.now();
      await expect(lock.lock({ timeout: 100 })).rejects.toEqual(
        new context.DeadlineExceeded("the lock was not free within 100 ms"),
      );
      expect([time.since(start), String(lock)]).toEqual([100, before]);
    }));

  test("of 0 rejects at once if the lock is held", () =>
    inBubble(async () => {
      const lock = await heldLock();
      const before = String(lock);
      const waiting = lock.lock({ timeout: 0 });
      expect(String(lock)).toBe(before);
      await expect(waiting).rejects.toBeInstanceOf(context.DeadlineExceeded);
    }));

  test("rejects with the error of the context if that is first, and with the timeout if that is", () =>
    inBubble(async () => {
      const lock = await heldLock();
      const [ctx, cancel] = context.withTimeout(context.background(), 50);
      using _ = { [Symbol.dispose]: cancel };
      await expect(lock.lock({ ctx, timeout: 10 })).rejects.toThrow("within 10 ms");
      expect(listeners(ctx)).toBe(0);
      await expect(lock.lock({ ctx, timeout: 100 })).rejects.toThrow("context deadline exceeded");
      await expect(lock.lock({ ctx, timeout: 0 })).rejects.toBe(ctx.err());
      await expect(lock.lock({ timeout: Infinity, signal: AbortSignal.abort(new Error("why")) })).rejects.toThrow(
        "why",
      );
    }));

  test("refuses a timeout that is not a number from 0", async () => {
    const lock = (locks[name] as (typeof locks)[string])();
    await expect(lock.lock({ timeout: -1 })).rejects.toThrow(RangeError);
    await expect(lock.lock({ timeout: "1" as never })).rejects.toThrow(`${name}: timeout must be a number, 0 or more`);
  });
});

test("a lock that is free in time is taken, and leaves no timer", () =>
  inBubble(async () => {
    const mu = new Mutex();
    using held = await mu.lock({ timeout: 0 });
    time.afterFunc(50, () => held[Symbol.dispose]());
    using _ = await mu.lock({ timeout: 100 });
    await expect(mu.withLock(() => 1, { timeout: 5 })).rejects.toMatchObject({ name: "TimeoutError" });
  }));

test("a writer whose time is over admits the readers behind it", () =>
  inBubble(async () => {
    const rw = new RWMutex();
    using _1 = await rw.rLock();
    const writer = rw.lock({ timeout: 10 });
    const reader = rw.rLock();
    await expect(writer).rejects.toBeInstanceOf(context.DeadlineExceeded);
    using _2 = await reader;
    expect(String(rw)).toBe("RWMutex locked by 2 readers");
    await expect(rw.lock({ timeout: 0 })).rejects.toBeInstanceOf(context.DeadlineExceeded);
    using _3 = await rw.rLock();
  }));

test("a request for more permits than the size ends with its timeout", () =>
  inBubble(async () => {
    const sem = new Semaphore(1);
    await expect(sem.acquire(2, { timeout: 10 })).rejects.toBeInstanceOf(context.DeadlineExceeded);
    expect(sem.tryAcquire()).toBe(true);
  }));
