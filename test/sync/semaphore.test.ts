import { describe, expect, test } from "@jest/globals";
import { Channel, type Context, context, go, gosched, PanicError, Semaphore, time } from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { semAcquire } from "../../src/runtime/wait-reasons.ts";
import { Prng } from "../../src/util/prng.ts";
import { children, inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";
import { quiet, stateOf } from "../support/promises.ts";

const { background, withCancel } = context;
const canceled = new context.Canceled();
const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

// R153
describe("bad input", () => {
  test.each([-1, 0.5, NaN, Infinity, 2 ** 53, "1", 1n])("%p is neither a size nor a number of units", async (n) => {
    const wrong = n as number;
    const sentence = (what: string): RangeError =>
      new RangeError(`${what} must be a whole number, 0 or more, got ${String(n)}`);
    expect(() => new Semaphore(wrong)).toThrow(sentence("Semaphore: size"));
    const sem = new Semaphore(1);
    await expect(sem.acquire(wrong)).rejects.toThrow(sentence("Semaphore.acquire: n"));
    await expect(sem.acquire(wrong)).rejects.toThrow(RangeError);
    expect(() => sem.tryAcquire(wrong)).toThrow(sentence("Semaphore.tryAcquire: n"));
    expect(() => sem.release(wrong)).toThrow(sentence("Semaphore.release: n"));
    expect(sem.tryAcquire()).toBe(true);
  });
});

test("an AbortSignal is refused as a context, and the error says what to write", async () => {
  const sem = new Semaphore(1);
  const { signal } = new AbortController();
  await expect(sem.acquire(1, { ctx: signal as never })).rejects.toThrow(
    new TypeError("Semaphore.acquire: ctx must be a context, got an AbortSignal; write signal: for an AbortSignal"),
  );
  expect(sem.tryAcquire()).toBe(true);
});

// R158
test("who asks for more than the size waits for the end of its context alone", async () => {
  const sem = new Semaphore(2);
  const [big, giveUp] = withCancel(background());
  const tooBig = sem.acquire(3, { ctx: big });
  expect([sem.tryAcquire(2), semAcquire.waiting, children(big)]).toEqual([true, 1, 1]);
  sem.release(2);
  expect(await stateOf(tooBig)).toBe("pending");
  giveUp();
  await expect(tooBig).rejects.toBe(big.err());
  expect(semAcquire.waiting).toBe(0);
});

// R159
test("when the first gives up, those behind who fit go on", () =>
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

describe("where units and the end of a context come together", () => {
  // R156
  test("with a context that has ended nothing is had, even if it is free", async () => {
    const sem = new Semaphore(2);
    const [ctx, cancel] = withCancel(background());
    cancel();
    await expect(sem.acquire(1, { ctx })).rejects.toBe(ctx.err());
    await expect(sem.acquire(3, { ctx })).rejects.toBe(ctx.err());
    expect(sem.tryAcquire(2)).toBe(true);
    expect(ctx.err()).toEqual(canceled);
  });

  // R160
  test("units that came before the end are had, and nothing of the end is left", async () => {
    const sem = new Semaphore(1);
    const [ctx, cancel] = withCancel(background());
    await sem.acquire(1);
    const waiting = sem.acquire(1, { ctx });
    expect(children(ctx)).toBe(1);
    sem.release();
    expect(children(ctx)).toBe(0);
    cancel();
    using _ = await waiting;
    expect(sem.tryAcquire()).toBe(false);
  });

  // R155, R159
  test("all who wait with one context end with it, and who is behind them goes on", async () => {
    const sem = new Semaphore(3);
    const [ctx, cancel] = withCancel(background());
    await sem.acquire(2);
    const ended = [2, 1, 3, 4].map((n) => sem.acquire(n, { ctx }));
    const behind = sem.acquire(1);
    expect(semAcquire.waiting).toBe(5);
    cancel();
    for (const each of ended) await expect(each).rejects.toBe(ctx.err());
    await behind;
    expect([semAcquire.waiting, children(ctx)]).toEqual([0, 0]);
    sem.release(3);
    expect(sem.tryAcquire(3)).toBe(true);
  });
});

// R157, R154
test("who waits is served in the order of coming, however little others need", async () => {
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

describe("what acquire answers", () => {
  test("gives back as many as were taken, once, whether they were waited for or not", async () => {
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

describe("a context of the user's own", () => {
  test("ends the waiting, and leaves neither goroutine nor listener", () =>
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

  test("that is broken makes acquire reject, and nobody waits", async () => {
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
test.each(seeds)("does what a list of those who wait does, whatever happens (seed %i)", async (seed) => {
  const chance = new Prng(seed);
  const size = 6;
  const sem = new Semaphore(size);
  const line: { id: number; n: number }[] = [];
  const cancels = new Map<number, () => void>();
  const expected = new Map<number, string>();
  const got = new Map<number, string>();
  const granted: number[] = [];
  const order: number[] = [];
  let held = 0;
  const serve = (): void => {
    for (let first = line[0]; first !== undefined && held + first.n <= size; first = line[0]) {
      held += first.n;
      expected.set(first.id, "had");
      granted.push(first.id);
      line.shift();
    }
  };
  // The waiters behind a canceled one are served in the same step.
  const cancel = (id: number): void => {
    cancels.get(id)?.();
    cancels.delete(id);
    const at = line.findIndex((each) => each.id === id);
    if (at >= 0) line.splice(at, 1);
    if (!expected.has(id)) expected.set(id, "ended");
    serve();
  };
  for (let id = 0; id < 200; id++) {
    const what = chance.randomInt(6);
    const n = chance.randomInt(size + 2);
    if (what < 2) {
      const [ctx, cancel] = withCancel(background());
      cancels.set(id, cancel);
      void sem.acquire(n, { ctx }).then(
        () => {
          got.set(id, "had");
          order.push(id);
        },
        () => got.set(id, "ended"),
      );
      if (n <= size) line.push({ id, n });
      if (line.length === 1) serve();
    } else if (what === 2) {
      const free = line.length === 0 && held + n <= size;
      expect(sem.tryAcquire(n)).toBe(free);
      if (free) held += n;
    } else if (what < 5) {
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
      expect(got).toEqual(expected);
      expect(order).toEqual(granted);
    }
  }
  for (const id of cancels.keys()) cancel(id);
  await quiet();
  expect(got).toEqual(expected);
  expect(semAcquire.waiting).toBe(0);
  sem.release(held);
  expect(sem.tryAcquire(size)).toBe(true);
});

describe("in a bubble", () => {
  test("who waits for a semaphore of the bubble is durably blocked", () =>
    inBubble(async () => {
      const sem = new Semaphore(1);
      const start = now();
      await sem.acquire();
      time.afterFunc(time.hour, () => sem.release());
      await sem.acquire();
      expect(now() - start).toBe(time.hour);
    }));

  test("who waits for a semaphore of the world outside is not, nor are units given to who cannot go on", async () => {
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
    let comeBack = (): void => undefined;
    const foreign = new Promise<void>((resolve) => (comeBack = resolve));
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
    comeBack();
    await quiet();
    sem.release();
    expect(sem.tryAcquire()).toBe(true);
  });
});

// R66: Go's semaphore is made of a select, and says "select".
test("a program that waits for units for ever ends as a deadlock", async () => {
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
