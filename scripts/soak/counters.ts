// Counters that many goroutines change, each with its lock.

import { context, type Context, gosched, Mutex, Semaphore, time, WaitGroup } from "goro";
import type { Prng } from "../../src/util/prng.ts";
import type { Load } from "./round.ts";

/** Each goroutine reads, waits and writes the counter: without the lock, increments would be lost. */
export const mutex: Load = (round, random) => {
  const lock = new Mutex();
  let count = 0;
  let expected = 0;
  for (let users = 1 + random.randomInt(8); users > 0; users--) {
    round.go(async (random) => {
      for (let times = random.randomInt(20); times > 0; times--) {
        if (random.randomInt(4) > 0) await lock.lock();
        else if (!lock.tryLock()) continue;
        const before = count;
        if (random.randomInt(3) === 0) await gosched();
        count = before + 1;
        expected++;
        lock.unlock();
      }
    });
  }
  return () => {
    round.equal("the count under the mutex", count, expected);
    round.equal("the mutex is free", lock.tryLock(), true);
    round.tally.locks += expected;
  };
};

/** The units in use never exceed the size, and at the end all units are released, also after canceled acquires. */
export const semaphore: Load = (round, random) => {
  const size = 1 + random.randomInt(4);
  const units = new Semaphore(size);
  let inside = 0;
  let max = 0;

  // A separate function, because esbuild keeps the error of a `using` in a loop and throws it again in the next iteration.
  async function use(random: Prng, ctx: Context): Promise<void> {
    const weight = 1 + random.randomInt(size);
    using _ = await units.acquire(weight, ctx);
    inside += weight;
    max = Math.max(max, inside);
    if (random.randomInt(2) === 0) await gosched();
    else if (random.randomInt(4) === 0) await time.sleep(1);
    inside -= weight;
    round.tally.permits++;
  }

  for (let users = 1 + random.randomInt(8); users > 0; users--) {
    round.go(async (random) => {
      for (let times = random.randomInt(5); times > 0; times--) {
        const [ctx, cancel] = context.withTimeout(round.ctx, random.randomInt(6));
        try {
          await use(random, ctx);
        } catch (error) {
          if (error !== ctx.err()) throw error;
          round.tally.missed++;
        } finally {
          cancel();
        }
      }
    });
  }
  return () => {
    if (max > size) round.faults.push(`${max} units were held of a semaphore of ${size}`);
    round.equal("units still held", inside, 0);
    round.equal("the semaphore is free", units.tryAcquire(size), true);
  };
};

/** No waiter resumes before all workers are done. */
export const waitGroup: Load = (round, random) => {
  const group = new WaitGroup();
  const workers = 1 + random.randomInt(8);
  let done = 0;
  for (let id = 0; id < workers; id++) {
    group.go(async (pause) => {
      if (pause === 0) await gosched();
      else await time.sleep(pause - 1);
      done++;
    }, random.randomInt(4));
  }
  for (let waiters = 1 + random.randomInt(4); waiters > 0; waiters--) {
    round.go(async () => {
      await group.wait();
      round.equal("done after the wait for the group", done, workers);
      round.tally.waits++;
    });
  }
  return () => undefined;
};
