import { describe, expect, test } from "@jest/globals";
import { go, gosched, PanicError, RWMutex, time } from "goro";
import { bubble, now } from "goro/testing";
import { rwMutexLock, rwMutexRLock } from "../../src/runtime/wait-reasons.ts";
import { Prng } from "../../src/util/prng.ts";
import { runSource } from "../support/programs.ts";
import { quiet, stateOf } from "../support/promises.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

describe("a waiting writer", () => {
  // R88
  test("blocks later readers, both tryRLock and rLock", async () => {
    const rw = new RWMutex();
    await rw.rLock();
    const writer = rw.lock();
    const reader = rw.rLock();
    expect(rw.tryRLock()).toBe(false);
    expect(await stateOf(writer)).toBe("pending");
    expect(await stateOf(reader)).toBe("pending");
    expect([rwMutexLock.waiting, rwMutexRLock.waiting]).toEqual([1, 1]);
    rw.rUnlock();
    await writer;
    expect(await stateOf(reader)).toBe("pending");
    rw.unlock();
    await reader;
    expect(rw.tryRLock()).toBe(true);
    rw.rUnlock();
    rw.rUnlock();
    expect([rwMutexLock.waiting, rwMutexRLock.waiting]).toEqual([0, 0]);
  });

  // R88
  test("waits for all readers that hold the lock, and not only for the last", async () => {
    const rw = new RWMutex();
    for (let i = 0; i < 3; i++) await rw.rLock();
    const writer = rw.lock();
    rw.rUnlock();
    rw.rUnlock();
    expect(await stateOf(writer)).toBe("pending");
    rw.rUnlock();
    await writer;
    // The writer holds the lock, and no reader does.
    expect(() => rw.rUnlock()).toThrow(PanicError);
    rw.unlock();
  });
});

describe("after the unlock of a writer", () => {
  // R87: as Go's RWMutex.Unlock
  test("all waiting readers go first, even if another writer has waited longer", async () => {
    const rw = new RWMutex();
    await rw.lock();
    const order: string[] = [];
    const enter = async (name: string, lock: Promise<unknown>, unlock: () => void): Promise<void> => {
      await lock;
      order.push(name);
      await gosched();
      order.push(`${name} ends`);
      unlock();
    };
    const write = (name: string): Promise<void> => enter(name, rw.lock(), () => rw.unlock());
    const read = (name: string): Promise<void> => enter(name, rw.rLock(), () => rw.rUnlock());
    const all = [write("w1"), read("r1"), write("w2"), read("r2")];
    rw.unlock();
    // The lock already belongs to the readers.
    expect([rw.tryLock(), rw.tryRLock()]).toEqual([false, false]);
    all.push(read("r3"));
    await Promise.all(all);
    expect(order).toEqual(["r1", "r2", "r1 ends", "r2 ends", "w1", "w1 ends", "r3", "r3 ends", "w2", "w2 ends"]);
  });

  // R86
  test("waiting writers get the lock separately, in the order of their calls", async () => {
    const rw = new RWMutex();
    await rw.lock();
    const order: number[] = [];
    const writers = Array.from({ length: 10 }, async (_, i) => {
      await rw.lock();
      order.push(i);
      await gosched();
      rw.unlock();
    });
    rw.unlock();
    expect(rw.tryLock()).toBe(false);
    await Promise.all(writers);
    expect(order).toEqual([...writers.keys()]);
  });
});

describe("the guards of lock and rLock", () => {
  test("end writing or reading at the end of the scope, with or without a wait", async () => {
    const rw = new RWMutex();
    const log: string[] = [];
    const write = async (): Promise<void> => {
      using _ = await rw.lock();
      await gosched();
      log.push("write");
    };
    const read = async (): Promise<void> => {
      using _ = await rw.rLock();
      await gosched();
      log.push("read");
    };
    await Promise.all([read(), write(), read(), read(), write()]);
    expect(log).toEqual(["read", "write", "read", "read", "write"]);
    expect(rw.tryLock()).toBe(true);
  });

  test("unlock once, and never the lock of a later writer", async () => {
    const rw = new RWMutex();
    const first = await rw.lock();
    rw.unlock();
    first[Symbol.dispose]();
    const second = await rw.lock();
    const waiting = rw.lock();
    second[Symbol.dispose]();
    second[Symbol.dispose]();
    const third = await waiting;
    expect(rw.tryLock()).toBe(false);
    third[Symbol.dispose]();
    const reads = [await rw.rLock(), await rw.rLock()] as const;
    reads[0][Symbol.dispose]();
    reads[0][Symbol.dispose]();
    expect(rw.tryLock()).toBe(false);
    reads[1][Symbol.dispose]();
    expect(rw.tryLock()).toBe(true);
  });
});

// R86-R89
test.each(seeds)("behaves like two reference queues (seed %i)", async (seed) => {
  const chance = new Prng(seed);
  const rw = new RWMutex();
  const acquired: string[] = [];
  const expected: string[] = [];
  let readers = 0;
  let writing = false;
  let waitingReaders: string[] = [];
  const waitingWriters: string[] = [];
  const letWriterIn = (): void => {
    const next = waitingWriters.shift();
    if (next === undefined) return;
    writing = true;
    expected.push(next);
  };
  const lasts = 200;
  for (let step = 0; step < lasts || readers > 0 || writing; step++) {
    const action = step < lasts ? chance.randomInt(7) : 4 + chance.randomInt(2);
    const id = String(step);
    if (action < 1) {
      void rw.lock().then(() => acquired.push(id));
      waitingWriters.push(id);
      if (!writing && readers === 0) letWriterIn();
    } else if (action < 3) {
      void rw.rLock().then(() => acquired.push(id));
      if (writing || waitingWriters.length > 0) waitingReaders.push(id);
      else {
        readers++;
        expected.push(id);
      }
    } else if (action === 3) {
      const free = !writing && readers === 0;
      expect(rw.tryLock()).toBe(free);
      if (free) writing = true;
    } else if (action === 4) {
      if (!writing) expect(() => rw.unlock()).toThrow(PanicError);
      else {
        rw.unlock();
        writing = false;
        readers = waitingReaders.length;
        expected.push(...waitingReaders);
        waitingReaders = [];
        if (readers === 0) letWriterIn();
      }
    } else if (action === 5) {
      if (readers === 0) expect(() => rw.rUnlock()).toThrow(PanicError);
      else {
        rw.rUnlock();
        if (--readers === 0) letWriterIn();
      }
    } else {
      const open = !writing && waitingWriters.length === 0;
      expect(rw.tryRLock()).toBe(open);
      if (open) readers++;
    }
    if (chance.randomInt(3) === 0) {
      await quiet();
      expect(acquired).toEqual(expected);
    }
    expect([rwMutexLock.waiting, rwMutexRLock.waiting]).toEqual([waitingWriters.length, waitingReaders.length]);
  }
  await quiet();
  expect(acquired).toEqual(expected);
});

describe("in a bubble", () => {
  test("a goroutine that waits for a lock of the bubble, to read or to write, is durably blocked", async () => {
    await bubble(async () => {
      const rw = new RWMutex();
      const start = now();
      for (const lock of [() => rw.lock(), () => rw.rLock()]) {
        await rw.lock();
        go(async () => {
          await time.sleep(time.hour);
          rw.unlock();
        });
        (await lock())[Symbol.dispose]();
      }
      expect(now() - start).toBe(2 * time.hour);
    });
  });

  test("a goroutine that waits for a lock from outside the bubble is not durably blocked", async () => {
    const rw = new RWMutex();
    await rw.lock();
    const inside = bubble(() =>
      Promise.all([rw.lock(), rw.rLock()].map(async (lock) => (await lock)[Symbol.dispose]())),
    );
    expect(await stateOf(inside)).toBe("pending");
    rw.unlock();
    await inside;
    expect(rw.tryLock()).toBe(true);
  });
});

// R66, R88: run in Go 1.26 as well, where a writer that waits for another writer is reported as "sync.Mutex.Lock".
test.concurrent.each([
  ["await rw.lock(); await rw.rLock()", "goroutine 1 [sync.RWMutex.RLock]:\n"],
  ["await rw.rLock(); await rw.lock()", "goroutine 1 [sync.RWMutex.Lock]:\n"],
  [
    "await rw.rLock(); go(() => rw.lock()); await time.sleep(1); await rw.rLock()",
    "waiting: 1 [sync.RWMutex.RLock], 1 [sync.RWMutex.Lock]\n",
  ],
])("a program that does %j ends as in Go", async (body, words) => {
  const { code, stderr } = await runSource(`
    import { go, main, RWMutex, time } from "goro";
    main(async () => {
      const rw = new RWMutex();
      ${body};
      go(() => undefined), time;
    });
  `);
  expect(stderr.startsWith(`fatal error: all goroutines are asleep - deadlock!\n\n${words}`)).toBe(true);
  expect(code).toBe(2);
});
