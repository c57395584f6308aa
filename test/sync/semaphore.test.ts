import { describe, expect, test } from "@jest/globals";
import { Channel, type Context, context, go, gosched, PanicError, Semaphore, time } from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { semAcquire } from "../../src/runtime/wait-reasons.ts";
import { Prng } from "../../src/util/prng.ts";
import { listeners, inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";
import { quiet, stateOf } from "../support/promises.ts";
import { shown } from "../support/shown.ts";

const { background, withCancel } = context;
const canceled = new context.Canceled();
const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

// R153
describe("invalid numbers", () => {
  test.each([-1, 0.5, NaN, Infinity, 2 ** 53, "1", 1n])("%p is neither a size nor a number of permits", async (n) => {
    const wrong = n as number;
    const sentence = (caller: string): RangeError =>
      new RangeError(`${caller} must be a whole number, 0 or more, got ${shown(n)}`);
    expect(() => new Semaphore(wrong)).toThrow(sentence("Semaphore: size"));
    const sem = new Semaphore(1);
    await expect(sem.acquire(wrong)).rejects.toThrow(sentence("Semaphore.acquire: n"));
    await expect(sem.acquire(wrong)).rejects.toThrow(RangeError);
    expect(() => sem.tryAcquire(wrong)).toThrow(sentence("Semaphore.tryAcquire: n"));
    expect(() => sem.release(wrong)).toThrow(sentence("Semaphore.release: n"));
    expect(sem.tryAcquire()).toBe(true);
  });
});

test("rejects an AbortSignal as a context, and the error names the right option", async () => {
  const sem = new Semaphore(1);
  const { signal } = new AbortController();
  await expect(sem.acquire(1, { ctx: signal as never })).rejects.toThrow(
    new TypeError("Semaphore.acquire: ctx must be a context, got an AbortSignal; write signal: for an AbortSignal"),
  );
  expect(sem.tryAcquire()).toBe(true);
});

// R158
test("a request for more permits than the size waits only for the end of its context", async () => {
  const sem = new Semaphore(2);
  const [big, cancelBig] = withCancel(background());
  const tooBig = sem.acquire(3, { ctx: big });
  expect([sem.tryAcquire(2), semAcquire.waiting, listeners(big)]).toEqual([true, 1, 1]);
  sem.release(2);
  expect(await stateOf(tooBig)).toBe("pending");
  cancelBig();
  await expect(tooBig).rejects.toBe(big.err());
  expect(semAcquire.waiting).toBe(0);
});

// R159
test("when the first waiter is canceled, waiters behind it that fit are served", () =>
  inBubble(async () => {
    const sem = new Semaphore(10);
    await sem.acquire(1);
    const [ctx, cancel] = withCancel(background());
    const big = sem.acquire(10, { ctx });
    const order: number[] = [];
    const small = [4, 5, 1].map((n) => sem.acquire(n).then(() => order.push(n)));
    expect(sem.tryAcquire(1)).toBe(false);
    go(cancel);
    await expect(big).rejects.toEqual(canceled);
    await Promise.all(small.slice(0, 2));
    await waitUntilBlocked();
    expect(order.sort()).toEqual([4, 5]);
    expect(semAcquire.waiting).toBe(1);
    sem.release(1);
    await small[2];
  }));

describe("when permits are released and the context is canceled", () => {
  // R156
  test("a call with a canceled context acquires nothing, even if permits are free", async () => {
    const sem = new Semaphore(2);
    const [ctx, cancel] = withCancel(background());
    cancel();
    await expect(sem.acquire(1, { ctx })).rejects.toBe(ctx.err());
    await expect(sem.acquire(3, { ctx })).rejects.toBe(ctx.err());
    expect(sem.tryAcquire(2)).toBe(true);
    expect(ctx.err()).toEqual(canceled);
  });

  // R160
  test("permits that were granted before the cancellation are kept, and the cancellation leaves no listener", async () => {
    const sem = new Semaphore(1);
    const [ctx, cancel] = withCancel(background());
    await sem.acquire(1);
    const waiting = sem.acquire(1, { ctx });
    expect(listeners(ctx)).toBe(1);
    sem.release();
    expect(listeners(ctx)).toBe(0);
    cancel();
    using _ = await waiting;
    expect(sem.tryAcquire()).toBe(false);
  });

  // R155, R159
  test("all waiters of a canceled context are rejected, and the waiter behind them is served", async () => {
    const sem = new Semaphore(3);
    const [ctx, cancel] = withCancel(background());
    await sem.acquire(2);
    const ended = [2, 1, 3, 4].map((n) => sem.acquire(n, { ctx }));
    const behind = sem.acquire(1);
    expect(semAcquire.waiting).toBe(5);
    cancel();
    for (const each of ended) await expect(each).rejects.toBe(ctx.err());
    await behind;
    expect([semAcquire.waiting, listeners(ctx)]).toEqual([0, 0]);
    sem.release(3);
    expect(sem.tryAcquire(3)).toBe(true);
  });
});

// R157, R154
test("waiters are served in the order of their calls, even if later requests are smaller", async () => {
  const sem = new Semaphore(5);
  await sem.acquire(4);
  const order: number[] = [];
  const take = (n: number): Promise<number> => sem.acquire(n).then(() => order.push(n));
  const all = [take(3), take(1), take(0), take(2), take(5)];
  expect([sem.tryAcquire(1), sem.tryAcquire(0)]).toEqual([false, false]);
  await quiet();
  expect(order).toEqual([]);
  sem.release(1);
  await quiet();
  expect(order).toEqual([]);
  sem.release(1);
  await quiet();
  expect(order).toEqual([3]);
  sem.release(2);
  await quiet();
  expect(order).toEqual([3, 1, 0]);
  sem.release(3);
  await quiet();
  expect(order).toEqual([3, 1, 0, 2]);
  sem.release(3);
  await Promise.all(all);
  sem.release(5);
});

describe("the guard of acquire", () => {
  test("releases as many permits as were acquired, once, with or without a wait", async () => {
    const sem = new Semaphore(5);
    const take = async (n: number): Promise<void> => {
      using _ = await sem.acquire(n);
      await gosched();
    };
    await Promise.all([take(3), take(4), take(1)]);
    const held = await sem.acquire(2);
    await sem.acquire(1);
    held[Symbol.dispose]();
    held[Symbol.dispose]();
    expect([sem.tryAcquire(5), sem.tryAcquire(4)]).toEqual([false, true]);
  });
});

describe("a user-defined context", () => {
  test("ends the wait, and leaves neither a goroutine nor a listener", () =>
    inBubble(async () => {
      const done = new Channel<never>();
      const end: { error?: Error } = {};
      const own: Context = {
        deadline: () => undefined,
        done: () => done,
        err: () => end.error,
        value: () => undefined,
      } as unknown as Context;
      const sem = new Semaphore(1);
      await sem.acquire();
      const had = sem.acquire(1, { ctx: own });
      sem.release();
      await had;
      const refused = sem.acquire(1, { ctx: own });
      end.error = new Error("own end");
      done.close();
      await expect(refused).rejects.toBe(end.error);
      expect(semAcquire.waiting).toBe(0);
    }));

  test("that is broken makes acquire reject, and leaves no waiter", async () => {
    const done = new Channel<never>();
    done.close();
    const broken = { done: () => done, err: () => undefined, value: () => undefined, deadline: () => undefined };
    const sem = new Semaphore(1);
    await sem.acquire();
    await expect(sem.acquire(1, { ctx: broken as unknown as Context })).rejects.toThrow("missing cancel error");
    await expect(sem.acquire(1, { ctx: null as never })).rejects.toThrow(TypeError);
    expect(semAcquire.waiting).toBe(0);
    sem.release();
    expect(sem.tryAcquire()).toBe(true);
  });
});

// R153-R160
test.each(seeds)("behaves like a reference queue (seed %i)", async (seed) => {
  const chance = new Prng(seed);
  const size = 6;
  const sem = new Semaphore(size);
  const queue: { id: number; n: number }[] = [];
  const cancels = new Map<number, () => void>();
  const expected = new Map<number, string>();
  const outcomes = new Map<number, string>();
  const granted: number[] = [];
  const order: number[] = [];
  let held = 0;
  const serve = (): void => {
    for (let first = queue[0]; first !== undefined && held + first.n <= size; first = queue[0]) {
      held += first.n;
      expected.set(first.id, "acquired");
      granted.push(first.id);
      queue.shift();
    }
  };
  // The waiters behind a canceled one are served in the same step.
  const cancel = (id: number): void => {
    cancels.get(id)?.();
    cancels.delete(id);
    const at = queue.findIndex((each) => each.id === id);
    if (at >= 0) queue.splice(at, 1);
    if (!expected.has(id)) expected.set(id, "canceled");
    serve();
  };
  for (let id = 0; id < 200; id++) {
    const action = chance.randomInt(6);
    const n = chance.randomInt(size + 2);
    if (action < 2) {
      const [ctx, cancel] = withCancel(background());
      cancels.set(id, cancel);
      void sem.acquire(n, { ctx }).then(
        () => {
          outcomes.set(id, "acquired");
          order.push(id);
        },
        () => outcomes.set(id, "canceled"),
      );
      if (n <= size) queue.push({ id, n });
      if (queue.length === 1) serve();
    } else if (action === 2) {
      const free = queue.length === 0 && held + n <= size;
      expect(sem.tryAcquire(n)).toBe(free);
      if (free) held += n;
    } else if (action < 5) {
      if (n > held) expect(() => sem.release(n)).toThrow(PanicError);
      else {
        sem.release(n);
        held -= n;
        serve();
      }
    } else if (cancels.size > 0) {
      cancel([...cancels.keys()][chance.randomInt(cancels.size)] as number);
    }
    if (chance.randomInt(2) === 0) {
      await quiet();
      expect(outcomes).toEqual(expected);
      expect(order).toEqual(granted);
    }
  }
  for (const id of cancels.keys()) cancel(id);
  await quiet();
  expect(outcomes).toEqual(expected);
  expect(semAcquire.waiting).toBe(0);
  sem.release(held);
  expect(sem.tryAcquire(size)).toBe(true);
});

describe("in a bubble", () => {
  test("a goroutine that waits for a semaphore of the bubble is durably blocked", () =>
    inBubble(async () => {
      const sem = new Semaphore(1);
      const start = now();
      await sem.acquire();
      time.afterFunc(time.hour, () => sem.release());
      await sem.acquire();
      expect(now() - start).toBe(time.hour);
    }));

  test("a goroutine that waits for a semaphore from outside the bubble is not durably blocked, and an ended bubble gets no permits", async () => {
    const sem = new Semaphore(1);
    await sem.acquire();
    const inside = bubble(async () => {
      await sem.acquire();
      sem.release();
    });
    expect(await stateOf(inside)).toBe("pending");
    sem.release();
    await inside;
    await sem.acquire();
    let resolveForeign = (): void => undefined;
    const foreign = new Promise<void>((resolve) => (resolveForeign = resolve));
    const lost = bubble(async () => {
      go(() => sem.acquire());
      go(async () => {
        await foreign;
        await sem.acquire();
      });
      await gosched();
      await gosched();
      throw new Error("over");
    });
    await expect(lost).rejects.toThrow("over");
    resolveForeign();
    await quiet();
    sem.release();
    expect(sem.tryAcquire()).toBe(true);
  });
});

// R66: Go's semaphore consists of a select, and reports "select".
test("a program that waits for permits forever ends as a deadlock", async () => {
  const { code, stderr } = await runSource(`
    import { main, Semaphore } from "goro";
    main(async () => {
      const sem = new Semaphore(1);
      await sem.acquire();
      await sem.acquire();
    });
  `);
  expect(stderr).toMatch(/^fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 \[semaphore acquire\]:\n/);
  expect(code).toBe(2);
});
