import { describe, expect, test } from "@jest/globals";
import { Cond, type Context, context, go, gosched, type Locker, Mutex, PanicError, RWMutex, time } from "goro";
import { bubble, now } from "goro/testing";
import { condWait, mutexLock } from "../../src/runtime/wait-reasons.ts";
import { Prng } from "../../src/util/prng.ts";
import { inBubble, listeners } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";
import { quiet, stateOf } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

interface UsableLocker extends Locker {
  lock(): Promise<Disposable>;
}

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

describe("wait", () => {
  // R96
  test("unlocks, and resumes only when it holds the lock again", async () => {
    const mu = new Mutex();
    const c = new Cond(mu);
    expect(c.l).toBe(mu);
    await mu.lock();
    const wait = c.wait();
    // The lock is already released, and no goroutine can acquire it between the unlock and the wait.
    expect([mu.tryLock(), condWait.waiting]).toEqual([true, 1]);
    c.signal();
    expect(condWait.waiting).toBe(0);
    expect(await stateOf(wait)).toBe("pending");
    expect(mutexLock.waiting).toBe(1);
    mu.unlock();
    await wait;
    expect(mu.tryLock()).toBe(false);
    mu.unlock();
  });

  // R96
  test.each([
    ["a Mutex", () => new Mutex()],
    ["an RWMutex", () => new RWMutex()],
    ["a read side", () => new RWMutex().rLocker()],
  ])("the guard of the lock of %s releases the lock after any number of waits", async (_, make) => {
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

  test("an old guard releases nothing after a wait of another holder", async () => {
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

  // Any goroutine may unlock, also at the moment when the lock is handed over.
  test("does not release a lock that was handed to another goroutine during the wait", async () => {
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
    expect(condWait.waiting).toBe(0);
    await mu.lock();
    const wait = c.wait();
    c.signal();
    await wait;
    expect(mu.tryLock()).toBe(false);
  });

  test("accepts any lock, also one that signals while it unlocks, and one whose unlock throws", async () => {
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
    expect([locked, condWait.waiting]).toEqual([1, 0]);
    fails = true;
    await expect(c.wait()).rejects.toThrow("broken");
    expect(condWait.waiting).toBe(0);
  });

  // R96-R98
  test("wakes no waiter without a signal, and a signal without waiters is lost", async () => {
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
  test("a broadcast does not wake a goroutine that begins to wait later", async () => {
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
test.each(seeds)("wakes waiters in the order of a reference queue (seed %i)", async (seed) => {
  const chance = new Prng(seed);
  const mu = new Mutex();
  const c = new Cond(mu);
  const queue: number[] = [];
  const expected: number[] = [];
  const woken: number[] = [];
  for (let step = 0; step < 120; step++) {
    const action = chance.randomInt(6);
    if (action < 3) {
      await mu.lock();
      queue.push(step);
      void c.wait().then(() => {
        woken.push(step);
        mu.unlock();
      });
    } else if (action < 5) {
      c.signal();
      expected.push(...queue.splice(0, 1));
    } else {
      c.broadcast();
      expected.push(...queue.splice(0));
    }
    expect(condWait.waiting).toBe(queue.length);
    if (chance.randomInt(2) === 0) await quiet();
  }
  c.broadcast();
  await quiet();
  expect(woken).toEqual([...expected, ...queue]);
  expect(mu.tryLock()).toBe(true);
});

test.each([undefined, null, "l", {}, { lock: () => undefined }, { unlock: () => undefined }])(
  "a Cond of %p is a TypeError",
  (l) => {
    expect(() => new Cond(l as never)).toThrow(new TypeError(`Cond: l must be a lock, got ${shown(l)}`));
  },
);

describe("in a bubble", () => {
  test("a goroutine that waits for a cond of the bubble is durably blocked", () =>
    inBubble(async () => {
      const c = new Cond(new Mutex());
      const start = now();
      time.afterFunc(time.hour, () => c.signal());
      await c.l.lock();
      await c.wait();
      expect(now() - start).toBe(time.hour);
    }));

  test("a goroutine that waits for a cond from outside the bubble is not durably blocked, and its lock is not handed to a goroutine of an ended bubble", async () => {
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
test("a program whose cond is never signaled ends as in Go", async () => {
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

describe("Cond.wait with a context or a signal", () => {
  test("that is canceled rejects, and holds the lock again", async () => {
    const mu = new Mutex();
    const cond = new Cond(mu);
    const [ctx, cancel] = context.withCancel(context.background());
    {
      using _ = await mu.lock();
      const waiting = cond.wait({ ctx });
      expect(listeners(ctx)).toBe(1);
      expect(mu.tryLock()).toBe(true);
      cancel();
      expect([String(cond), condWait.waiting, listeners(ctx)]).toEqual(["Cond 0 waiting", 0, 0]);
      await gosched();
      mu.unlock();
      await expect(waiting).rejects.toBe(ctx.err());
      expect(mu.tryLock()).toBe(false);
    }
    // The guard from before the wait has released it.
    expect(mu.tryLock()).toBe(true);
  });

  test("that is canceled before the call rejects, and the lock is held throughout", async () => {
    const mu = new Mutex();
    const cond = new Cond(mu);
    using _ = await mu.lock();
    const waiting = cond.wait({ signal: AbortSignal.abort(new Error("why")) });
    expect(mu.tryLock()).toBe(false);
    await expect(waiting).rejects.toThrow("why");
    await expect(cond.wait({ ctx: 7 } as never)).rejects.toThrow("Cond.wait: ctx must be a context, got 7");
    expect([mu.tryLock(), String(cond)]).toEqual([false, "Cond 0 waiting"]);
  });

  test("a signal and a cancellation in one step: the first is the outcome, and a canceled wait takes no signal", async () => {
    const mu = new Mutex();
    const cond = new Cond(mu);
    for (const isCanceledFirst of [true, false]) {
      const [ctx, cancel] = context.withCancel(context.background());
      const outcomes: string[] = [];
      const wait = async (name: string, options?: { readonly ctx: Context }): Promise<void> => {
        using _ = await mu.lock();
        await cond.wait(options).then(
          () => outcomes.push(`${name} signaled`),
          () => outcomes.push(`${name} canceled`),
        );
      };
      const waits = [wait("first", { ctx }), wait("second")];
      await quiet();
      if (isCanceledFirst) cancel();
      cond.signal();
      cancel();
      await quiet();
      expect(outcomes.sort()).toEqual(isCanceledFirst ? ["first canceled", "second signaled"] : ["first signaled"]);
      cond.broadcast();
      await Promise.all(waits);
      expect([listeners(ctx), condWait.waiting]).toEqual([0, 0]);
    }
  });
});
