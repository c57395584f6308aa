import { describe, expect, test } from "@jest/globals";
import { Channel, type Context, type PoolOptions, time, WorkerPool } from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import { currentClock } from "../../src/runtime/timer.ts";
import { Prng } from "../../src/util/prng.ts";
import { inBubble } from "../support/contexts.ts";
import { shown } from "../support/shown.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

/** A pool whose jobs are durations in milliseconds, and the state of its workers. */
function watched(options: PoolOptions<number, number>): {
  readonly pool: WorkerPool<number, number>;
  /** The numbers of the present workers. */
  readonly here: Set<number>;
  /** The starts and stops: the number of a worker that started, and the negated number of one that stopped. */
  readonly log: number[];
  /** The busy workers, each with its job. */
  readonly busy: Map<number, number>;
} {
  const here = new Set<number>();
  const log: number[] = [];
  const busy = new Map<number, number>();
  const f = async (_ctx: Context, ms: number, worker: number): Promise<number> => {
    expect([here.has(worker), busy.has(worker)]).toEqual([true, false]);
    busy.set(worker, ms);
    await time.sleep(ms);
    busy.delete(worker);
    return ms;
  };
  const pool = new WorkerPool(f, {
    ...options,
    onWorkerStart: (worker) => {
      expect(here.has(worker)).toBe(false);
      here.add(worker);
      log.push(worker);
    },
    onWorkerStop: (worker) => {
      expect(here.delete(worker)).toBe(true);
      log.push(-worker);
    },
  });
  return { pool, here, log, busy };
}

/** The number of workers, by all sources that report it. */
function size({ pool, here }: ReturnType<typeof watched>): number {
  const { workers, perWorker } = pool.stats();
  expect(perWorker.map(({ worker }) => worker)).toEqual(expect.arrayContaining([...here]));
  expect(workers).toBe(here.size);
  return workers;
}

test("gives a number that has become free to the next worker that starts", () =>
  inBubble(async () => {
    const all = watched({ workers: 3 });
    for (const ms of [50, 1, 50]) await all.pool.send(ms);
    await time.sleep(20);
    all.pool.resize(2);
    expect([...all.here]).toEqual([1, 3]);
    all.pool.resize(3);
    await all.pool.send(1);
    expect([...all.here].sort()).toEqual([1, 2, 3]);
    await all.pool.stop();
    expect(all.log.slice(0, 5)).toEqual([1, 2, 3, -2, 2]);
  }));

describe("resize", () => {
  test("upwards starts workers, which take the waiting jobs at once", () =>
    inBubble(async () => {
      const all = watched({ workers: 1, queueSize: 2 });
      const sends = [10, 20, 30, 40, 50, 60].map((ms) => all.pool.send(ms));
      await waitUntilBlocked();
      expect(all.pool.stats()).toMatchObject({ workers: 1, running: 1, queued: 2, waiting: 3 });
      all.pool.resize(3);
      await waitUntilBlocked();
      expect(size(all)).toBe(3);
      expect([...all.busy.values()].sort()).toEqual([10, 20, 30]);
      expect(all.pool.stats()).toMatchObject({ running: 3, queued: 2, waiting: 1 });
      await Promise.all(sends);
      await all.pool.stop();
    }));

  test("upwards speeds up a pool that is being stopped", () =>
    inBubble(async () => {
      const all = watched({ workers: 1, queueSize: 10 });
      const start = now();
      for (let i = 0; i < 11; i++) await all.pool.send(10);
      const stop = all.pool.stop();
      await time.sleep(5);
      all.pool.resize(11);
      await stop;
      expect(now() - start).toBe(15);
    }));

  test("downwards stops idle workers at once", () =>
    inBubble(async () => {
      const all = watched({ workers: 4 });
      all.pool.resize(1);
      expect(size(all)).toBe(1);
      await all.pool.stop();
    }));

  // P37
  test("downwards lets each worker finish its job, and take no other", () =>
    inBubble(async () => {
      const all = watched({ workers: 4, queueSize: 10 });
      const tasks = await Promise.all([10, 20, 30, 40, 5, 5].map((ms) => all.pool.submit(ms)));
      await waitUntilBlocked();
      all.pool.resize(1);
      const sizes: number[][] = [];
      for (const at of [9, 11, 21, 31, 41, 46, 51]) {
        await time.sleep(at - now() + Date.UTC(2000, 0, 1));
        sizes.push([at, size(all), all.busy.size]);
      }
      expect(sizes).toEqual([
        [9, 4, 4],
        [11, 3, 3],
        [21, 2, 2],
        [31, 1, 1],
        [41, 1, 1],
        [46, 1, 1],
        [51, 1, 0],
      ]);
      for (const { outcome } of tasks) expect(outcome?.status).toBe("done");
      await all.pool.stop();
    }));

  test("downwards and up again keeps the workers that have not stopped", () =>
    inBubble(async () => {
      const all = watched({ workers: 3 });
      for (const ms of [10, 10, 10]) await all.pool.send(ms);
      await waitUntilBlocked();
      all.pool.resize(1);
      await time.sleep(5);
      all.pool.resize(3);
      await time.sleep(10);
      expect(all.log).toEqual([1, 2, 3]);
      await all.pool.stop();
    }));

  test("does nothing after the end of the pool", () =>
    inBubble(async () => {
      const all = watched({ workers: 2 });
      await all.pool.stop();
      all.pool.resize(5);
      all.pool.resize(7);
      expect(size(all)).toBe(0);
      expect(all.log).toEqual([1, 2, ...all.log.slice(2)]);
      expect(all.log).toHaveLength(4);
    }));

  test("changes how many jobs of a map are in flight", () =>
    inBubble(async () => {
      const all = watched({ workers: 1 });
      all.pool.resize(3);
      let asked = 0;
      const jobs = function* (): Generator<number> {
        for (;;) {
          asked++;
          yield 10;
        }
      };
      for await (const ms of all.pool.map(jobs())) {
        await waitUntilBlocked();
        expect(ms).toBe(10);
        break;
      }
      expect(asked).toBeGreaterThanOrEqual(6);
      expect(asked).toBeLessThanOrEqual(7);
      await all.pool.stop();
    }));

  const whole = "must be a whole number,";
  test.each([0, -1, 1.5, NaN, Infinity, "2"])("to %p is refused, and changes nothing", (workers) =>
    inBubble(async () => {
      const all = watched({ workers: 2 });
      const message = `WorkerPool.resize: workers ${whole} 1 or more, got ${shown(workers)}`;
      expect(() => all.pool.resize(workers as number)).toThrow(new RangeError(message));
      expect(size(all)).toBe(2);
      await all.pool.stop();
    }),
  );
});

describe("whatever happens", () => {
  test.each(seeds)("there are never too few workers or too many, and all jobs are done (seed %i)", (seed) =>
    inBubble(
      async () => {
        const chance = new Prng(seed);
        let max = 3;
        const all = watched({ workers: max, queueSize: 3 });
        const { pool, here, busy, log } = all;
        let allowed = max;
        const sends: Promise<void>[] = [];
        for (let step = 0; step < 150; step++) {
          switch (chance.randomInt(6)) {
            case 0:
            case 1:
            case 2:
              sends.push(pool.send(chance.randomInt(30)));
              break;
            case 3:
              max = 1 + chance.randomInt(6);
              pool.resize(max);
              break;
            case 4: {
              await waitUntilBlocked();
              const { running, queued, waiting } = pool.stats();
              expect(busy.size).toBe(running);
              if (queued + waiting > 0) expect(running).toBeGreaterThanOrEqual(max);
              break;
            }
            default:
              await time.sleep(chance.randomInt(40) + 0.25 * chance.randomInt(4));
          }
          // Surplus workers finish their jobs: their number decreases, and none is replaced.
          allowed = Math.max(max, Math.min(allowed, here.size));
          const workers = size(all);
          expect(workers).toBeGreaterThanOrEqual(max);
          expect(workers).toBeLessThanOrEqual(allowed);
        }
        await Promise.all(sends);
        await time.sleep(2000);
        expect(size(all)).toBe(max);
        const sum = log.reduce((a, b) => a + Math.sign(b), 0);
        expect(sum).toBe(max);
        expect(currentClock().size).toBe(0);
        expect(pool.stats()).toMatchObject({ processed: sends.length, failed: 0, running: 0, queued: 0, waiting: 0 });
        await pool.stop();
        expect(here.size).toBe(0);
        let count = 0;
        for await (const { status } of pool.results) {
          expect(status).toBe("done");
          count++;
        }
        expect(count).toBe(sends.length);
      },
      { seed },
    ),
  );
});

test("a hook of a starting worker that stops the pool makes resize start no job", () =>
  inBubble(async () => {
    const pool: WorkerPool<number, number> = new WorkerPool<number, number>((_, n) => n, {
      workers: 1,
      onWorkerStart: (worker) => worker === 2 && void pool.stop(),
    });
    pool.resize(2);
    await expect(pool.send(1)).rejects.toThrow("WorkerPool.send: the pool has been stopped");
    expect(pool.stats().workers).toBe(0);
  }));

test("jobs behind functions that never return are canceled when the pool stops", () =>
  bubble(async () => {
    const never = new Channel<never>();
    const pool = new WorkerPool<number, unknown>(() => never.receive(), {
      workers: 1,
      queueSize: 1,
      timeout: 20,
      gracePeriod: 100,
    });
    await pool.submit(1);
    const second = await pool.submit(2);
    const start = now();
    const { unfinished } = await pool.stop();
    expect({ unfinished, took: now() - start }).toEqual({ unfinished: [2], took: 120 });
    await expect(second.result).rejects.toThrow("abandoned jobs did not return within the grace period");
    never.close();
  }));

test("a wrong context is refused by name, and changes nothing", () =>
  inBubble(async () => {
    const pool = new WorkerPool<number, number>((_, n) => n, { workers: 1 });
    const wrong = 1000 as never;
    await expect(pool.stop(wrong)).rejects.toThrow("WorkerPool.stop: ctx must be a context, got 1000");
    await expect(pool.send(1, { ctx: wrong })).rejects.toThrow("WorkerPool.send: ctx must be a context, got 1000");
    expect(() => pool.map([1], { ctx: wrong })).toThrow("WorkerPool.map: ctx must be a context, got 1000");
    expect(await (await pool.submit(7)).result).toBe(7);
    await pool.stop();
  }));
