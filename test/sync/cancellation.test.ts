// Cancels a wait for a lock by a context or by a signal: before the call, during the wait, and when the lock becomes free.

import { describe, expect, test } from "@jest/globals";
import { getEventListeners } from "node:events";
import { context, Mutex, RateLimiter, RWMutex, Semaphore, time } from "goro";
import { bubble } from "goro/testing";
import { type Canceler, cancelers } from "../support/cancelers.ts";

type Options = { readonly ctx?: context.Context; readonly signal?: AbortSignal };

interface Lock {
  lock(options?: Options): Promise<Disposable>;
  unlock(): void;
  with(fn: () => unknown, options?: Options): Promise<unknown>;
  tryLock(): boolean;
}

const locks: Record<string, () => Lock> = {
  "Mutex.lock": () => {
    const mu = new Mutex();
    return {
      lock: (o) => mu.lock(o),
      unlock: () => mu.unlock(),
      with: (fn, o) => mu.withLock(fn, o),
      tryLock: () => mu.tryLock(),
    };
  },
  "RWMutex.lock": () => {
    const rw = new RWMutex();
    return {
      lock: (o) => rw.lock(o),
      unlock: () => rw.unlock(),
      with: (fn, o) => rw.withLock(fn, o),
      tryLock: () => rw.tryLock(),
    };
  },
  "RWMutex.rLock": () => {
    // A writer holds the lock; readers wait.
    const rw = new RWMutex();
    let writes = false;
    return {
      lock: (o) => (writes || rw.tryLock() ? ((writes = true), rw.rLock(o)) : rw.rLock(o)),
      unlock: () => {
        if (writes) rw.unlock();
        else rw.rUnlock();
        writes = false;
      },
      with: (fn, o) => rw.withRLock(fn, o),
      tryLock: () => (writes = rw.tryLock()),
    };
  },
  "Semaphore.acquire": () => {
    const sem = new Semaphore(1);
    return {
      lock: (o) => sem.acquire(1, o),
      unlock: () => sem.release(),
      with: (fn, o) => sem.withPermits(fn, o),
      tryLock: () => sem.tryAcquire(),
    };
  },
  "Semaphore.acquire without its number": () => {
    const sem = new Semaphore(1);
    return {
      lock: (o) => (o === undefined ? sem.acquire() : sem.acquire(o)),
      unlock: () => sem.release(),
      with: (fn, o) => sem.withPermits(fn, o),
      tryLock: () => sem.tryAcquire(),
    };
  },
};

const why = new Error("why");

const pairs = Object.keys(locks).flatMap((lock) => Object.keys(cancelers).map((by) => [lock, by] as const));

describe.each(pairs)("%s with %s", (name, by) => {
  const newLock = locks[name] as () => Lock;
  const newCanceler = cancelers[by] as () => Canceler;

  test("that is canceled before the call rejects and does not acquire the lock, although the lock is free", async () => {
    const lock = newLock();
    const { options, reason, cancel } = newCanceler();
    cancel();
    await expect(lock.with(() => undefined, options)).rejects.toBe(reason());
    expect(lock.tryLock()).toBe(true);
    await expect(lock.lock(options)).rejects.toBe(reason());
  });

  test("that is canceled during the wait rejects, leaves no listener, and the lock is free after the unlock", async () => {
    const lock = newLock();
    lock.tryLock();
    const { options, reason, listeners, cancel } = newCanceler();
    const waiting = lock.lock(options);
    expect(listeners()).toBe(1);
    cancel();
    await expect(waiting).rejects.toBe(reason());
    lock.unlock();
    expect(lock.tryLock()).toBe(true);
  });

  test("that gets the lock leaves no listener, and a later cancellation changes nothing", async () => {
    const lock = newLock();
    lock.tryLock();
    const { options, listeners, cancel } = newCanceler();
    const waiting = lock.lock(options);
    lock.unlock();
    expect(listeners()).toBe(0);
    cancel();
    using _ = await waiting;
    expect(lock.tryLock()).toBe(false);
  });

  test("that is canceled just before the unlock rejects, and the next waiter gets the lock", async () => {
    const lock = newLock();
    lock.tryLock();
    const { options, reason, cancel } = newCanceler();
    const waiting = lock.lock(options);
    const next = lock.lock();
    cancel();
    lock.unlock();
    await expect(waiting).rejects.toBe(reason());
    using _ = await next;
    expect(lock.tryLock()).toBe(false);
  });

  test("is not granted by an unlock between the cancellation and its listener", async () => {
    const lock = newLock();
    lock.tryLock();
    const { options, reason, cancel } = newCanceler();
    const { ctx, signal } = options;
    // Listeners are called in the order in which they were added.
    if (ctx !== undefined) lock.lock({ ctx: context.withValue(ctx, "k", 1) }).catch(() => undefined);
    (signal ?? ctx?.signal)?.addEventListener("abort", () => lock.unlock());
    const waiting = lock.lock(options);
    const next = lock.lock();
    cancel();
    await expect(waiting).rejects.toBe(reason());
    using _ = await next;
  });

  test("that is called with options without a ctx or signal waits like a call without options", async () => {
    const lock = newLock();
    lock.tryLock();
    const waiting = lock.lock({ ctx: context.background() });
    lock.unlock();
    using _ = await waiting;
  });
});

describe.each(Object.keys(locks))("the function of %s that runs while the lock is held", (name) => {
  const newLock = locks[name] as () => Lock;

  test("returns its result, and the lock is free again", async () => {
    const lock = newLock();
    await expect(lock.with(async () => Promise.resolve(7))).resolves.toBe(7);
    await expect(lock.with(() => 8)).resolves.toBe(8);
    expect(lock.tryLock()).toBe(true);
  });

  test("may throw or reject: the lock is released first", async () => {
    const lock = newLock();
    await expect(
      lock.with(() => {
        throw why;
      }),
    ).rejects.toBe(why);
    await expect(lock.with(() => Promise.reject(why))).rejects.toBe(why);
    expect(lock.tryLock()).toBe(true);
  });

  test("is called while the lock is held, and not before", async () => {
    const lock = newLock();
    lock.tryLock();
    let calls = 0;
    const running = lock.with(() => {
      calls++;
    });
    await time.sleep(0);
    expect(calls).toBe(0);
    lock.unlock();
    await running;
    expect(calls).toBe(1);
  });

  test("is not called if the wait is canceled", async () => {
    const lock = newLock();
    lock.tryLock();
    const controller = new AbortController();
    const waiting = lock.with(
      () => {
        throw new Error("called");
      },
      { signal: controller.signal },
    );
    await time.sleep(0);
    controller.abort(why);
    await expect(waiting).rejects.toBe(why);
    lock.unlock();
    expect(lock.tryLock()).toBe(true);
  });

  test("must be a function: otherwise the lock is not acquired", async () => {
    const lock = newLock();
    await expect(lock.with(7 as never)).rejects.toThrow(TypeError);
    expect(lock.tryLock()).toBe(true);
  });
});

test("withPermits holds as many permits as it is given", async () => {
  const sem = new Semaphore(3);
  await sem.withPermits(2, () => {
    expect(sem.tryAcquire(2)).toBe(false);
    expect(String(sem)).toBe("Semaphore 2/3 acquired");
  });
  await expect(sem.withPermits(-1, () => undefined)).rejects.toThrow(RangeError);
  expect(sem.tryAcquire(3)).toBe(true);
});

test("withPermits rejects a number of permits after the function", async () => {
  const sem = new Semaphore(3);
  const error = new TypeError(
    "Semaphore.withPermits: options must be an object, got 2; the arguments are withPermits(n, fn, options)",
  );
  await expect(sem.withPermits(() => undefined, 2 as never)).rejects.toThrow(error);
  await expect(sem.withPermits(1, () => undefined, 2 as never)).rejects.toThrow(error);
  expect(sem.tryAcquire(3)).toBe(true);
});

describe("a canceled writer", () => {
  test("admits the readers that are queued behind it", async () => {
    const rw = new RWMutex();
    using _1 = await rw.rLock();
    const [ctx, cancel] = context.withCancel(context.background());
    const writer = rw.lock({ ctx });
    const later = rw.rLock();
    cancel();
    await expect(writer).rejects.toBe(ctx.err());
    using _2 = await later;
    expect(String(rw)).toBe("RWMutex locked by 2 readers");
  });

  test("does not admit them before another waiting writer", async () => {
    const rw = new RWMutex();
    const reader = await rw.rLock();
    const [ctx, cancel] = context.withCancel(context.background());
    const writer = rw.lock({ ctx });
    const other = rw.lock();
    const later = rw.rLock();
    cancel();
    await expect(writer).rejects.toBe(ctx.err());
    expect(String(rw)).toBe("RWMutex locked by 1 reader, 2 waiting");
    reader[Symbol.dispose]();
    (await other)[Symbol.dispose]();
    using _2 = await later;
  });
});

describe("RateLimiter.wait", () => {
  test("takes options in place of the number of events, which then is 1", () =>
    bubble(async () => {
      const limiter = new RateLimiter(1, 2);
      await limiter.wait({});
      expect(limiter.tokens).toBe(1);
      await limiter.wait({ ctx: context.background() });
      expect(limiter.tokens).toBe(0);
      const [ctx, cancel] = context.withCancel(context.background());
      const waiting = limiter.wait({ ctx });
      cancel();
      await expect(waiting).rejects.toBe(ctx.err());
      await expect(limiter.wait({ ctx } as never, { ctx })).rejects.toThrow(RangeError);
    }));

  test("with a signal rejects with its reason, and returns the tokens", async () => {
    await bubble(async () => {
      const limiter = new RateLimiter(1, 1);
      await limiter.wait();
      const controller = new AbortController();
      const waiting = limiter.wait(1, { signal: controller.signal });
      await time.sleep(100);
      controller.abort(why);
      await expect(waiting).rejects.toBe(why);
      expect(limiter.tokens).toBeCloseTo(0.1);
      await expect(limiter.wait({ signal: controller.signal })).rejects.toBe(why);
      expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    });
  });
});
