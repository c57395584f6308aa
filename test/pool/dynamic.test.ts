import { describe, expect, test } from "@jest/globals";
import { Channel, type Context, context, numCPU, type PoolOptions, time, WorkerPool } from "goro";
import { bubble, now, settled } from "goro/testing";
import { currentClock } from "../../src/runtime/timer.ts";
import { Prng } from "../../src/util/prng.ts";
import { inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);

/** A pool whose jobs are how long they take, in milliseconds, and what is known of its workers. */
function watched(options: PoolOptions<number, number>): {
  readonly pool: WorkerPool<number, number>;
  /** The numbers of those who are there. */
  readonly here: Set<number>;
  /** What happened to them: the number of who came, and minus the number of who went. */
  readonly log: number[];
  /** Those who work, each with its job. */
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

/** How many workers there are, by whatever can tell. */
function size({ pool, here }: ReturnType<typeof watched>): number {
  const { workers, perWorker } = pool.stats();
  expect(perWorker.map(({ worker }) => worker)).toEqual(expect.arrayContaining([...here]));
  expect(workers).toBe(here.size);
  return workers;
}

describe("a pool with min and max", () => {
  test.each([
    [{ max: 4 }, 1],
    [{ min: 0, max: 4 }, 0],
    [{ min: 3, max: 4 }, 3],
    [{ min: 4, max: 4 }, 4],
    [{ min: 2 }, 2],
  ])("%p begins with the least number of workers", (options, workers) =>
    inBubble(async () => {
      const all = watched(options);
      expect(size(all)).toBe(workers);
      expect(all.log).toEqual(Array.from({ length: workers }, (_, i) => i + 1));
      await all.pool.stop();
    }),
  );

  test.each([
    [{ min: 0 }, numCPU()],
    [{ min: numCPU() + 3 }, numCPU() + 3],
  ])("%p and no max grows to the number of processors, or stays above", (options, most) =>
    inBubble(async () => {
      const all = watched(options);
      for (let i = 0; i < most; i++) expect(all.pool.trySend(1)).toBe(true);
      expect(all.pool.trySend(1)).toBe(false);
      expect(size(all)).toBe(most);
      await all.pool.stop();
    }),
  );

  test("and workers of 0 at least makes its first worker for its first job", () =>
    inBubble(async () => {
      const all = watched({ min: 0, max: 2 });
      expect(size(all)).toBe(0);
      expect(all.pool.trySend(10)).toBe(true);
      expect([size(all), all.busy.size]).toEqual([1, 0]);
      await settled();
      expect(all.busy).toEqual(new Map([[1, 10]]));
      await all.pool.stop();
    }));

  // P37
  test("grows to the most it may have when much is to be done, and goes back to the least", () =>
    inBubble(async () => {
      const all = watched({ min: 2, max: 5, idle: 500, queueSize: 100 });
      const start = now();
      for (let i = 0; i < 100; i++) expect(all.pool.trySend(10)).toBe(true);
      expect([size(all), all.pool.stats().queued]).toEqual([5, 95]);
      await time.sleep(201);
      expect(all.pool.stats()).toMatchObject({ workers: 5, processed: 100, running: 0 });
      await time.sleep(start + 200 + 499 - now());
      expect(size(all)).toBe(5);
      await time.sleep(2);
      expect(size(all)).toBe(2);
      expect(all.log.filter((each) => each > 0)).toEqual([1, 2, 3, 4, 5]);
      await time.sleep(time.hour);
      expect(size(all)).toBe(2);
      await all.pool.stop();
    }));

  test("makes no worker while one is idle", () =>
    inBubble(async () => {
      const all = watched({ min: 1, max: 5 });
      for (let i = 0; i < 10; i++) {
        await all.pool.send(10);
        await time.sleep(11);
      }
      expect(all.log).toEqual([1]);
      expect(all.pool.stats().perWorker).toEqual([{ worker: 1, jobs: 10, busy: 100 }]);
      await all.pool.stop();
    }));

  test("lets go of those it does not need, although the others have work", () =>
    inBubble(async () => {
      const all = watched({ min: 0, max: 3, idle: 100 });
      for (const ms of [10, 10, 10]) await all.pool.send(ms);
      for (let i = 0; i < 20; i++) {
        await time.sleep(25);
        await all.pool.send(10);
      }
      expect(size(all)).toBe(1);
      await all.pool.stop();
    }));

  test("lets each go when it has been idle long enough, and not before", () =>
    inBubble(async () => {
      const all = watched({ min: 0, max: 3, idle: 100 });
      for (const ms of [10, 30, 60]) await all.pool.send(ms);
      const sizes: number[][] = [];
      for (const at of [109, 111, 129, 131, 159, 161]) {
        await time.sleep(at - now() + Date.UTC(2000, 0, 1));
        sizes.push([at, size(all)]);
      }
      expect(sizes).toEqual([
        [109, 3],
        [111, 2],
        [129, 2],
        [131, 1],
        [159, 1],
        [161, 0],
      ]);
      expect(currentClock().size).toBe(0);
      await all.pool.stop();
    }));

  test("begins to count anew when a worker has worked", () =>
    inBubble(async () => {
      const all = watched({ min: 0, max: 1, idle: 100 });
      for (let i = 0; i < 5; i++) {
        await all.pool.send(10);
        await time.sleep(90);
      }
      expect(all.log).toEqual([1]);
      await time.sleep(21);
      expect(all.log).toEqual([1, -1]);
      await all.pool.stop();
    }));

  test("lets go at once, if it is told that idle is 0", () =>
    inBubble(async () => {
      const all = watched({ min: 0, max: 3, idle: 0 });
      for (const ms of [5, 5, 10]) await all.pool.send(ms);
      await time.sleep(6);
      expect(size(all)).toBe(1);
      await time.sleep(5);
      expect(size(all)).toBe(0);
      await all.pool.stop();
    }));

  test("gives a number that has become free to the next who comes", () =>
    inBubble(async () => {
      const all = watched({ min: 0, max: 3, idle: 10 });
      for (const ms of [50, 1, 50]) await all.pool.send(ms);
      await time.sleep(20);
      expect([...all.here]).toEqual([1, 3]);
      await all.pool.send(1);
      expect([...all.here].sort()).toEqual([1, 2, 3]);
      await all.pool.stop();
      expect(all.log.slice(0, 5)).toEqual([1, 2, 3, -2, 2]);
    }));

  // What is rounded must not make it ask again and again whether somebody has been idle for long enough.
  test("lets go whatever fractions of milliseconds there are", async () => {
    // In a process of its own, for else nobody would come back from here to tell.
    const { code, stdout } = await runSource(`
      import { Worker } from "node:worker_threads";
      import { time, WorkerPool } from "goro";
      import { bubble } from "goro/testing";
      new Worker("setTimeout(() => process.kill(process.pid, 'SIGKILL'), 3000)", { eval: true }).unref();
      for (const [since, idle] of [[0.1, 0.7], [0.3, 0.6], [1.1, 2.2], [0.7, 0.1], [123.456, 1000.1]]) {
        await bubble(async () => {
          await time.sleep(since);
          const pool = new WorkerPool(async () => undefined, { min: 0, max: 1, idle });
          await pool.send(1);
          await time.sleep(idle + 1);
          console.log(pool.stats().workers);
          await pool.stop();
        });
      }
    `);
    expect(code).toBe(0);
    expect(stdout).toBe("0\n".repeat(5));
  });

  test("keeps nobody's process alive when it may be idle for ever", async () => {
    const { stdout, code } = await runSource(`
      import { WorkerPool } from "goro";
      const pool = new WorkerPool(async (_ctx, n) => n, { min: 0, max: 2, idle: Infinity });
      const task = await pool.submit(1);
      console.log(await task.result);
      setTimeout(() => process.exit(3), 3000).unref();
    `);
    expect(stdout).toBe("1\n");
    expect(code).toBe(0);
  });

  test("that may be idle for ever keeps all it has ever needed", () =>
    inBubble(async () => {
      const all = watched({ min: 0, max: 2, idle: Infinity });
      for (const ms of [1, 1]) await all.pool.send(ms);
      await time.sleep(1000 * time.hour);
      expect(size(all)).toBe(2);
      await all.pool.stop();
    }));

  test("leaves no alarm when it is stopped or canceled, whoever is idle", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancel(context.background());
      const pools = [watched({ min: 1, max: 3, idle: time.hour }), watched({ min: 0, max: 3, idle: time.hour, ctx })];
      for (const { pool } of pools) for (const ms of [1, 1, 5]) await pool.send(ms);
      await time.sleep(3);
      expect(currentClock().size).toBeGreaterThan(0);
      cancel();
      await Promise.all(pools.map(({ pool }) => pool.stop()));
      expect(currentClock().size).toBe(0);
      expect(pools.map(({ here }) => here.size)).toEqual([0, 0]);
    }));
});

describe("resize", () => {
  test("upwards starts workers, who take at once what waits", () =>
    inBubble(async () => {
      const all = watched({ workers: 1, queueSize: 2 });
      const sends = [10, 20, 30, 40, 50, 60].map((ms) => all.pool.send(ms));
      await settled();
      expect(all.pool.stats()).toMatchObject({ workers: 1, running: 1, queued: 2, waiting: 3 });
      all.pool.resize(3);
      await settled();
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

  test("downwards sends idle workers home at once", () =>
    inBubble(async () => {
      const all = watched({ workers: 4 });
      all.pool.resize(1);
      expect(size(all)).toBe(1);
      await all.pool.stop();
    }));

  // P37
  test("downwards lets each finish its job, and no one take another", () =>
    inBubble(async () => {
      const all = watched({ workers: 4, queueSize: 10 });
      const tasks = await Promise.all([10, 20, 30, 40, 5, 5].map((ms) => all.pool.submit(ms)));
      await settled();
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

  test("downwards and up again keeps who has not left yet", () =>
    inBubble(async () => {
      const all = watched({ workers: 3 });
      for (const ms of [10, 10, 10]) await all.pool.send(ms);
      await settled();
      all.pool.resize(1);
      await time.sleep(5);
      all.pool.resize(3);
      await time.sleep(10);
      expect(all.log).toEqual([1, 2, 3]);
      await all.pool.stop();
    }));

  test("changes the two bounds each", () =>
    inBubble(async () => {
      const all = watched({ min: 1, max: 2, idle: 100 });
      for (const ms of [5, 5]) await all.pool.send(ms);
      expect(all.pool.trySend(5)).toBe(false);
      all.pool.resize(1, 4);
      for (const ms of [5, 5]) expect(all.pool.trySend(ms)).toBe(true);
      expect(all.pool.trySend(5)).toBe(false);
      all.pool.resize(3, 4);
      await time.sleep(1000);
      expect(size(all)).toBe(3);
      all.pool.resize(0, 4);
      await time.sleep(99);
      expect(size(all)).toBe(0);
      all.pool.resize(2, 2);
      expect(size(all)).toBe(2);
      await all.pool.stop();
    }));

  test("makes a fixed pool elastic, whose idle workers count from when they became idle", () =>
    inBubble(async () => {
      const all = watched({ workers: 3, idle: 100 });
      await all.pool.send(10);
      await time.sleep(60);
      all.pool.resize(1, 3);
      await time.sleep(39);
      expect(size(all)).toBe(3);
      await time.sleep(2);
      expect(size(all)).toBe(1);
      await all.pool.stop();
    }));

  test("makes workers whose idle time begins when they come", () =>
    inBubble(async () => {
      await time.sleep(1000);
      const all = watched({ min: 0, max: 3, idle: 100 });
      all.pool.resize(2, 3);
      all.pool.resize(0, 3);
      await time.sleep(99);
      expect(size(all)).toBe(2);
      await time.sleep(2);
      expect(size(all)).toBe(0);
      await all.pool.stop();
    }));

  test("does nothing once the pool is over", () =>
    inBubble(async () => {
      const all = watched({ workers: 2 });
      await all.pool.stop();
      all.pool.resize(5);
      all.pool.resize(1, 7);
      expect(size(all)).toBe(0);
      expect(all.log).toEqual([1, 2, ...all.log.slice(2)]);
      expect(all.log).toHaveLength(4);
    }));

  test("is known to the windows of maps", () =>
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
        await settled();
        expect(ms).toBe(10);
        break;
      }
      expect(asked).toBeGreaterThanOrEqual(6);
      expect(asked).toBeLessThanOrEqual(7);
      await all.pool.stop();
    }));

  const whole = "must be a whole number,";
  test.each([
    [0, undefined, `max ${whole} 1 or more, got 0`],
    [-1, undefined, `max ${whole} 1 or more, got -1`],
    [1.5, undefined, `max ${whole} 1 or more, got 1.5`],
    [NaN, undefined, `max ${whole} 1 or more, got NaN`],
    [Infinity, undefined, `max ${whole} 1 or more, got Infinity`],
    [0, 0, `max ${whole} 1 or more, got 0`],
    [3, 2, `min ${whole} from 0 to 2, got 3`],
    [-1, 2, `min ${whole} from 0 to 2, got -1`],
    [0.5, 2, `min ${whole} from 0 to 2, got 0.5`],
    ["2", 3, `min ${whole} from 0 to 3, got 2`],
  ])("to %p and %p is refused, and changes nothing", (min, max, complaint) =>
    inBubble(async () => {
      const all = watched({ workers: 2 });
      expect(() => all.pool.resize(min as number, max)).toThrow(new RangeError(`WorkerPool.resize: ${complaint}`));
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
        let [min, max] = [chance.randomInt(3), 3];
        const all = watched({ min, max, idle: 20, queueSize: 3 });
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
              min = chance.randomInt(max + 1);
              if (min === 0 && max === 0) break;
              pool.resize(min, max);
              break;
            case 4: {
              await settled();
              const { running, queued, waiting } = pool.stats();
              expect(busy.size).toBe(running);
              if (queued + waiting > 0) expect(running).toBeGreaterThanOrEqual(max);
              break;
            }
            default:
              await time.sleep(chance.randomInt(40) + 0.25 * chance.randomInt(4));
          }
          // Those who are too many still work: they become fewer, and nobody comes in their place.
          allowed = Math.max(max, Math.min(allowed, here.size));
          const workers = size(all);
          expect(workers).toBeGreaterThanOrEqual(min);
          expect(workers).toBeLessThanOrEqual(allowed);
        }
        await Promise.all(sends);
        await time.sleep(2000);
        expect(size(all)).toBe(min);
        const sum = log.reduce((a, b) => a + Math.sign(b), 0);
        expect(sum).toBe(min);
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

test("a hook that stops the pool while a worker is made for a job makes the job refused", () =>
  inBubble(async () => {
    const pool: WorkerPool<number, number> = new WorkerPool<number, number>((_, n) => n, {
      min: 0,
      max: 2,
      onWorkerStart: () => void pool.stop(),
    });
    await expect(pool.send(1)).rejects.toThrow("WorkerPool.send: the pool has been stopped");
    expect(pool.stats().workers).toBe(0);
  }));

test("jobs behind functions that never come back are given up when the pool stops", () =>
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
    const { undone } = await pool.stop();
    expect({ undone, took: now() - start }).toEqual({ undone: [2], took: 120 });
    await expect(second.result).rejects.toThrow("no function has come back");
    never.close();
  }));

test("what is no context is refused by name, and changes nothing", () =>
  inBubble(async () => {
    const pool = new WorkerPool<number, number>((_, n) => n, { workers: 1 });
    const wrong = 1000 as never;
    await expect(pool.stop(wrong)).rejects.toThrow("WorkerPool.stop: ctx must be a context, got 1000");
    await expect(pool.send(1, wrong)).rejects.toThrow("WorkerPool.send: ctx must be a context, got 1000");
    expect(() => pool.map([1], { ctx: wrong })).toThrow("WorkerPool.map: ctx must be a context, got 1000");
    expect(await (await pool.submit(7)).result).toBe(7);
    await pool.stop();
  }));
