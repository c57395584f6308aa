// Counters that many goroutines change, each with its own synchronization.

import { context, type Context, gosched, Mutex, Semaphore, time, WaitGroup } from "goro";
import type { Prng } from "../../src/util/prng.ts";
import type { Load } from "./round.ts";

/** One goroutine at a time reads, waits and writes; without the lock, increments would be lost. */
export const mutex: Load = (round, chance) => {
  const lock = new Mutex();
  let count = 0;
  let expected = 0;
  for (let users = 1 + chance.randomInt(8); users > 0; users--) {
    round.go(async (own) => {
      for (let times = own.randomInt(20); times > 0; times--) {
        if (own.randomInt(4) > 0) await lock.lock();
        else if (!lock.tryLock()) continue;
        const before = count;
        if (own.randomInt(3) === 0) await gosched();
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

/** The permits in use never exceed the size, and in the end all are released, also those of canceled calls. */
export const semaphore: Load = (round, chance) => {
  const size = 1 + chance.randomInt(4);
  const units = new Semaphore(size);
  let inside = 0;
  let most = 0;

  // A separate function, because esbuild keeps the error of a `using` in a loop and throws it again in the next iteration.
  async function use(own: Prng, ctx: Context): Promise<void> {
    const weight = 1 + own.randomInt(size);
    using _ = await units.acquire(weight, { ctx });
    inside += weight;
    most = Math.max(most, inside);
    if (own.randomInt(2) === 0) await gosched();
    else if (own.randomInt(4) === 0) await time.sleep(1);
    inside -= weight;
    round.tally.permits++;
  }

  for (let users = 1 + chance.randomInt(8); users > 0; users--) {
    round.go(async (own) => {
      for (let times = own.randomInt(5); times > 0; times--) {
        const [ctx, cancel] = context.withTimeout(round.ctx, own.randomInt(6));
        try {
          await use(own, ctx);
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
    if (most > size) round.faults.push(`${most} units were held of a semaphore of ${size}`);
    round.equal("units still held", inside, 0);
    round.equal("the semaphore is free", units.tryAcquire(size), true);
  };
};

/** No waiter resumes before all goroutines are done. */
export const waitGroup: Load = (round, chance) => {
  const group = new WaitGroup();
  const workers = 1 + chance.randomInt(8);
  let done = 0;
  for (let id = 0; id < workers; id++) {
    group.go(async (pause) => {
      if (pause === 0) await gosched();
      else await time.sleep(pause - 1);
      done++;
    }, chance.randomInt(4));
  }
  for (let waiters = 1 + chance.randomInt(4); waiters > 0; waiters--) {
    round.go(async () => {
      await group.wait();
      round.equal("done when the group was waited for", done, workers);
      round.tally.waits++;
    });
  }
  return () => undefined;
};
