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
  test("goes from hand to hand in the order of coming, and nobody overtakes", async () => {
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
    // It is the next one's already, though they have not gone on yet.
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
    // @ts-expect-error -- nobody can hold a lock without having waited for it.
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

describe("what lock answers", () => {
  test("unlocks at the end of the scope, also after an error, whether it had to wait or not", async () => {
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

  test("gives back once, and never what is another's by now", async () => {
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
test.each(seeds)("does what a list of those who wait does, whatever happens (seed %i)", async (seed) => {
  const chance = new Prng(seed);
  const mu = new Mutex();
  const line: number[] = [];
  const answers = new Map<number, Disposable>();
  let holder: number | null = null;
  let last = 0;
  const free = (): void => {
    holder = line.shift() ?? null;
  };
  const got: number[] = [];
  const expected: number[] = [];
  for (let step = 0; step < 150 || holder !== null; step++) {
    const what = step < 150 ? chance.randomInt(5) : 2;
    if (what < 2) {
      const id = ++last;
      if (holder === null) holder = id;
      else line.push(id);
      void mu.lock().then((held) => {
        got.push(id);
        answers.set(id, held);
      });
    } else if (what === 2) {
      if (holder === null) expect(() => mu.unlock()).toThrow(PanicError);
      else {
        mu.unlock();
        free();
      }
    } else if (what === 3) {
      expect(mu.tryLock()).toBe(holder === null);
      // Of whom nobody knows.
      holder ??= 0;
    } else if (answers.size > 0) {
      const id = [...answers.keys()][chance.randomInt(answers.size)] as number;
      answers.get(id)?.[Symbol.dispose]();
      answers.delete(id);
      if (holder === id) free();
    }
    if (holder !== null && holder > 0 && !expected.includes(holder)) expected.push(holder);
    if (chance.randomInt(2) === 0) await quiet();
    expect(mutexLock.waiting).toBe(line.length);
  }
  await quiet();
  expect(got).toEqual(expected);
  expect(got).toHaveLength(last);
});

describe("in a bubble", () => {
  test("who waits for a lock of the bubble is durably blocked", async () => {
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

  test("who waits for a lock of the world outside is not", async () => {
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

  test("a lock is never handed to who cannot go on because the bubble has ended", async () => {
    const mu = new Mutex();
    const rw = new RWMutex();
    let comeBack = (): void => undefined;
    const foreign = new Promise<void>((resolve) => (comeBack = resolve));
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
    comeBack();
    await quiet();
    mu.unlock();
    rw.unlock();
    expect(mu.tryLock()).toBe(true);
    expect(rw.tryLock()).toBe(true);
    expect(mutexLock.waiting).toBe(0);
  });

  test("a deadlock is told with Go's word", async () => {
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
test("a program that waits for its own lock ends as Go's does", async () => {
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
