import { describe, expect, test } from "@jest/globals";
import {
  Channel,
  type Context,
  context,
  go,
  type JobOutcome,
  type PoolEvent,
  type PoolStats,
  type PoolTask,
  receive,
  runPool,
  select,
  time,
  WorkerPool,
} from "goro";
import { bubble, now, waitUntilBlocked } from "goro/testing";
import type { PoolJob } from "../../src/pool/job.ts";
import { addHooks } from "../../src/runtime/hooks.ts";
import { Prng } from "../../src/util/prng.ts";
import { children, inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
const manySeeds = Array.from({ length: 60 }, (_, i) => i + 1);

/** A job: how long it takes, whether it fails then, and whether it ends when its context does. */
interface Job {
  readonly ms: number;
  readonly fails?: boolean;
  readonly listens?: boolean;
}

async function work(ctx: Context, { ms, fails = false, listens = false }: Job): Promise<number> {
  if (listens) {
    await select({ worked: receive(time.after(ms)), done: receive(ctx.done()) });
    if (ctx.err() !== undefined) throw context.cause(ctx) as Error;
  } else {
    await time.sleep(ms);
  }
  if (fails) throw new Error(`failed after ${ms} ms`);
  return ms;
}

function randomJob(chance: Prng): Job {
  return { ms: chance.randomInt(40), fails: chance.randomInt(4) === 0, listens: chance.randomInt(2) === 0 };
}

/** Submits a job; undefined if the pool does not accept it, also because it has ended. */
function trySubmit(pool: WorkerPool<Job, number>, job: Job): PoolTask<Job, number> | undefined {
  try {
    return pool.trySubmit(job);
  } catch {
    return undefined;
  }
}

/** The numbers of `stats` that are not 0, without the workers and the times. */
function counts(stats: PoolStats): Partial<PoolStats> {
  const numbers = Object.entries(stats).filter(([name, value]) => name !== "workers" && Number(value) > 0);
  return Object.fromEntries(numbers);
}

describe("stats", () => {
  test("of a new pool are its workers, and zeros", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 2 });
      expect(pool.stats()).toEqual({
        workers: 2,
        perWorker: [
          { worker: 1, jobs: 0, busyMs: 0 },
          { worker: 2, jobs: 0, busyMs: 0 },
        ],
        running: 0,
        abandoned: 0,
        queued: 0,
        waiting: 0,
        processed: 0,
        failed: 0,
        timedOut: 0,
        canceled: 0,
        retried: 0,
        latency: { count: 0, mean: 0, max: 0, p50: 0, p95: 0, p99: 0 },
      });
      await pool.stop();
    }));

  test.each(seeds)("count the jobs by state, from the first to the last (seed %i)", (seed) =>
    inBubble(
      async () => {
        const pool = new WorkerPool(work, { workers: 2, queueSize: 3 });
        const sends = Array.from({ length: 7 }, () => pool.send({ ms: 10 }));
        await waitUntilBlocked();
        expect(counts(pool.stats())).toEqual({ running: 2, queued: 3, waiting: 2 });
        await time.sleep(11);
        expect(counts(pool.stats())).toEqual({ running: 2, queued: 3, processed: 2 });
        await time.sleep(10);
        expect(counts(pool.stats())).toEqual({ running: 2, queued: 1, processed: 4 });
        await time.sleep(10);
        expect(counts(pool.stats())).toEqual({ running: 1, processed: 6 });
        await pool.stop();
        expect(counts(pool.stats())).toEqual({ processed: 7 });
        await Promise.all(sends);
      },
      { seed },
    ),
  );

  test.each([0, 2])("count a job from its submission on: with a queue of %i", (queueSize) =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 2, queueSize });
      expect(counts(pool.stats())).toEqual({});
      const run = pool.run({ ms: 10 });
      expect([counts(pool.stats()), String(pool)]).toEqual([{ running: 1 }, "WorkerPool 1/2 running, 0 queued"]);
      const task = pool.trySubmit({ ms: 10 });
      expect(counts(pool.stats())).toEqual({ running: 2 });
      const later = pool.run({ ms: 10 });
      expect(counts(pool.stats())).toEqual({ running: 2, [queueSize === 0 ? "waiting" : "queued"]: 1 });
      await waitUntilBlocked();
      expect(counts(pool.stats())).toEqual({ running: 2, [queueSize === 0 ? "waiting" : "queued"]: 1 });
      await Promise.all([run, task?.result, later]);
      expect(counts(pool.stats())).toEqual({ processed: 3 });
      await pool.stop();
    }),
  );

  test("count a canceled job from its cancellation on, before it has its outcome", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 1, queueSize: 1 });
      const tasks = [await pool.submit({ ms: 10, listens: true }), await pool.submit({ ms: 10 })];
      await waitUntilBlocked();
      tasks[1]?.cancel();
      expect([counts(pool.stats()), tasks[1]?.outcome]).toEqual([{ running: 1, canceled: 1 }, undefined]);
      await waitUntilBlocked();
      expect(counts(pool.stats())).toEqual({ running: 1, canceled: 1 });
      tasks[0]?.cancel();
      expect(counts(pool.stats())).toEqual({ running: 1, canceled: 1 });
      await waitUntilBlocked();
      expect(counts(pool.stats())).toEqual({ canceled: 2 });
      await pool.stop();
    }));

  test("count a job that is canceled before its function is called as running until it has its outcome", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 1 });
      const task = pool.trySubmit({ ms: 10 });
      task?.cancel();
      expect([counts(pool.stats()), task?.outcome]).toEqual([{ running: 1 }, undefined]);
      await waitUntilBlocked();
      expect([counts(pool.stats()), task?.outcome?.attempts]).toEqual([{ canceled: 1 }, 0]);
      await pool.stop();
    }));

  test.each(manySeeds)("count every accepted job once, after each step and in each event (seed %i)", (seed) =>
    inBubble(
      async () => {
        const chance = new Prng(seed);
        const [ctx, cancel] = context.withCancel(context.background());
        const queueSize = chance.randomInt(4);
        const [accepted, finished] = [new Set<PoolJob<Job, number>>(), new Set<PoolJob<Job, number>>()];
        let workers = 1 + chance.randomInt(3);
        let mostWorkers = workers;
        let isStopped = false;
        const problems: unknown[] = [];
        const pool = new WorkerPool(work, {
          ctx,
          workers,
          queueSize,
          ...(chance.randomInt(2) === 0 ? {} : { timeout: 20 }),
          retry: { retries: chance.randomInt(2), delay: 5 },
          stopOnError: chance.randomInt(8) === 0,
          gracePeriod: 30,
          onEvent: () => checkCounts("onEvent"),
        });
        const checkCounts = (step: string): void => {
          const { running, abandoned, queued, processed, failed, canceled } = pool.stats();
          const open = [...accepted].filter((job) => !finished.has(job));
          const withStatus = (status: string): number =>
            [...finished].filter(({ outcome }) => outcome?.status === status).length;
          const inQueue = open.filter(({ index }) => index >= 0).length;
          // Neither in the queue nor called; a worker may have taken some of them.
          const concluded = open.filter((job) => job.index < 0 && !job.isRunning && job.isConcluded).length;
          const isValid =
            queued + running - abandoned + processed + canceled === accepted.size &&
            queued === inQueue &&
            (isStopped || queued <= queueSize) &&
            running <= mostWorkers &&
            abandoned === [...finished].filter(({ isRunning }) => isRunning).length &&
            processed === withStatus("done") + withStatus("failed") &&
            failed === withStatus("failed") &&
            canceled >= withStatus("canceled") &&
            canceled <= withStatus("canceled") + concluded;
          if (!isValid) problems.push({ step, accepted: accepted.size, inQueue, concluded, ...pool.stats() });
        };
        const removeHooks = addHooks({
          jobEvent(_, info, type) {
            const job = info as unknown as PoolJob<Job, number>;
            if (type === "accept") accepted.add(job);
            if (type === "finish") finished.add(job);
            // It is accepted, and not in the queue yet.
            if (type !== "accept") checkCounts(type);
          },
        });
        const tasks: PoolTask<Job, number>[] = [];
        const steps: Readonly<Record<string, () => unknown>> = {
          run: () => pool.run(randomJob(chance)).catch(() => undefined),
          send: () => pool.send(randomJob(chance)).catch(() => undefined),
          submit: () =>
            pool.submit(randomJob(chance)).then(
              (task) => tasks.push(task),
              () => undefined,
            ),
          trySubmit: () => {
            const task = ctx.err() === undefined && !isStopped ? trySubmit(pool, randomJob(chance)) : undefined;
            if (task !== undefined) tasks.push(task);
          },
          submitWithDeadline: () => {
            const [jobContext, cancelJob] = context.withTimeout(context.background(), 1 + chance.randomInt(20));
            void pool
              .run(randomJob(chance), { ctx: jobContext })
              .catch(() => undefined)
              .finally(cancelJob);
          },
          cancel: () => tasks[chance.randomInt(Math.max(tasks.length, 1))]?.cancel(),
          resize: () => {
            workers = 1 + chance.randomInt(4);
            mostWorkers = Math.max(mostWorkers, workers);
            pool.resize(workers);
          },
          turn: () => waitUntilBlocked(),
          sleep: () => time.sleep(chance.randomInt(25)),
        };
        const names = Object.keys(steps);
        for (let i = 0; i < 60; i++) {
          const name = names[chance.randomInt(names.length)] as string;
          const ended = (steps[name] as () => unknown)();
          checkCounts(name);
          if (name === "turn" || name === "sleep") await ended;
          checkCounts(`after ${name}`);
        }
        isStopped = true;
        if (chance.randomInt(2) === 0) cancel();
        checkCounts("cancel");
        const stopped = pool.stop();
        checkCounts("stop");
        await stopped;
        checkCounts("stopped");
        await time.sleep(1000);
        checkCounts("end");
        removeHooks();
        cancel();
        expect(problems).toEqual([]);
        expect(finished.size).toBe(accepted.size);
        expect(pool.stats()).toMatchObject({ queued: 0, running: 0, waiting: 0 });
      },
      { seed },
    ),
  );

  test("count jobs that failed among those that were processed", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 3 });
      for (let i = 0; i < 9; i++) await pool.send({ ms: 1, fails: i % 3 === 0 });
      await pool.stop();
      expect(counts(pool.stats())).toEqual({ processed: 9, failed: 3 });
      expect(pool.stats().latency.count).toBe(9);
    }));

  test("count what was canceled before and after a worker took it, and not among what was processed", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 1, queueSize: 1 });
      const [running, queued] = [await pool.submit({ ms: 10, listens: true }), await pool.submit({ ms: 10 })];
      queued.cancel();
      await waitUntilBlocked();
      expect(counts(pool.stats())).toEqual({ running: 1, canceled: 1 });
      running.cancel();
      await waitUntilBlocked();
      expect(counts(pool.stats())).toEqual({ canceled: 2 });
      expect(pool.stats().latency.count).toBe(0);
      await pool.stop();
    }));

  test("do not count a job that was never accepted", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 1 });
      const [ctx, cancel] = context.withCancel(context.background());
      await pool.send({ ms: 10 });
      expect(pool.trySend({ ms: 10 })).toBe(false);
      expect(pool.trySubmit({ ms: 10 })).toBeUndefined();
      const waiting = pool.send({ ms: 10 }, { ctx });
      waiting.catch(() => undefined);
      await waitUntilBlocked();
      expect(counts(pool.stats())).toEqual({ running: 1, waiting: 1 });
      cancel();
      await expect(waiting).rejects.toThrow(context.Canceled);
      expect(counts(pool.stats())).toEqual({ running: 1 });
      await pool.stop();
      expect(counts(pool.stats())).toEqual({ processed: 1 });
    }));

  test("count a function as abandoned after the outcome of its job, until it returns", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 2, timeout: 10 });
      const [late, canceled] = [await pool.submit({ ms: 30 }), await pool.submit({ ms: 20 })];
      await time.sleep(5);
      canceled.cancel();
      await waitUntilBlocked();
      expect(counts(pool.stats())).toEqual({ running: 2, abandoned: 1, canceled: 1 });
      await expect(late.result).rejects.toThrow("the job took longer than 10 ms");
      const failed = { processed: 1, failed: 1, timedOut: 1, canceled: 1 };
      expect(counts(pool.stats())).toEqual({ running: 2, abandoned: 2, ...failed });
      await time.sleep(11);
      expect(counts(pool.stats())).toEqual({ running: 1, abandoned: 1, ...failed });
      await time.sleep(10);
      expect(counts(pool.stats())).toEqual(failed);
      await pool.stop();
    }));

  test("count as timed out only what took too long", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 4, timeout: 10 });
      const [soon, cancel] = context.withTimeout(context.background(), 5);
      await pool.send({ ms: 9 });
      await pool.send({ ms: 9, fails: true });
      await pool.send({ ms: 20, listens: true });
      // Its own deadline comes first: it is not a timeout of the pool.
      await pool.send({ ms: 20, listens: true }, { ctx: soon });
      await pool.stop();
      expect(counts(pool.stats())).toEqual({ processed: 3, failed: 2, timedOut: 1, canceled: 1 });
      cancel();
    }));

  test("count functions that have not returned also after the end of the pool", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 3, gracePeriod: 10 });
      for (const ms of [100, 200, 5]) await pool.send({ ms });
      const [ctx, cancel] = context.withTimeout(context.background(), 50);
      expect((await pool.stop(ctx)).abandoned).toBe(2);
      expect(pool.stats()).toMatchObject({
        workers: 0,
        perWorker: [
          { worker: 1, jobs: 1, busyMs: 5 },
          { worker: 2, jobs: 0, busyMs: 60 },
          { worker: 3, jobs: 0, busyMs: 60 },
        ],
        running: 2,
        abandoned: 2,
        canceled: 2,
      });
      await time.sleep(60);
      expect(counts(pool.stats())).toEqual({ running: 1, abandoned: 1, canceled: 2, processed: 1 });
      await time.sleep(100);
      expect(counts(pool.stats())).toEqual({ canceled: 2, processed: 1 });
      cancel();
    }));

  test("count the attempts after the first", () =>
    inBubble(async () => {
      const retry = { retries: 3, delay: 100, jitter: 0 };
      let calls = 0;
      const pool = new WorkerPool(
        (_ctx, first: number) => {
          if (++calls < first) throw new Error("not yet");
        },
        { workers: 1, retry },
      );
      await pool.send(3);
      await pool.send(100);
      await pool.stop();
      expect(counts(pool.stats())).toEqual({ processed: 2, failed: 1, retried: 5 });
    }));

  test("do not count an attempt that never came", () =>
    inBubble(async () => {
      const retry = { retries: 3, delay: 100, jitter: 0 };
      const pool = new WorkerPool(work, { workers: 1, retry });
      const task = await pool.submit({ ms: 10, fails: true });
      await time.sleep(50);
      task.cancel();
      await pool.stop();
      expect(task.outcome?.attempts).toBe(1);
      expect(counts(pool.stats())).toEqual({ canceled: 1 });
    }));

  test("are a copy that does not change", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 1 });
      const before = pool.stats();
      const copy = structuredClone(before);
      await pool.send({ ms: 10 });
      await pool.stop();
      expect(before).toEqual(copy);
    }));

  // P25: 12 jobs of 10 ms.
  test.each([
    [1, 120],
    [2, 60],
    [3, 40],
    [4, 30],
    [12, 10],
  ])("of %i workers share the time of all jobs among them", (workers, makespan) =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers, queueSize: 12 });
      const start = now();
      for (let i = 0; i < 12; i++) await pool.send({ ms: 10 });
      await time.sleep(makespan + 1);
      const { perWorker, processed } = pool.stats();
      expect(processed).toBe(12);
      expect(perWorker).toEqual(
        Array.from({ length: workers }, (_, i) => ({ worker: i + 1, jobs: 12 / workers, busyMs: makespan })),
      );
      await pool.stop();
      expect(now() - start).toBe(makespan + 1);
    }),
  );

  test("count the time of a job that is not over yet, and none in which a worker is idle", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 1 });
      await time.sleep(100);
      await pool.send({ ms: 10 });
      await time.sleep(4);
      expect(pool.stats().perWorker).toEqual([{ worker: 1, jobs: 0, busyMs: 4 }]);
      await time.sleep(50);
      expect(pool.stats().perWorker).toEqual([{ worker: 1, jobs: 1, busyMs: 10 }]);
      await pool.send({ ms: 10 });
      await time.sleep(50);
      expect(pool.stats().perWorker).toEqual([{ worker: 1, jobs: 2, busyMs: 20 }]);
      await pool.stop();
    }));

  test("measure the latency from acceptance, with the time in the queue and not the time before", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 1, queueSize: 1 });
      // The third is accepted at 10, the fourth at 20.
      await Promise.all([10, 10, 10, 10].map((ms) => pool.send({ ms })));
      await pool.stop();
      const { latency } = pool.stats();
      expect(latency).toMatchObject({ count: 4, mean: 17.5, max: 20 });
    }));

  test("report percentiles to within 5 %", () =>
    inBubble(async () => {
      const pool = new WorkerPool(work, { workers: 200 });
      for (let ms = 1; ms <= 200; ms++) await pool.send({ ms });
      await pool.stop();
      const { count, mean, max, p50, p95, p99 } = pool.stats().latency;
      expect([count, mean, max]).toEqual([200, 100.5, 200]);
      for (const [reported, is] of [
        [p50, 100],
        [p95, 190],
        [p99, 198],
      ] as const) {
        expect(reported).toBeGreaterThanOrEqual(is - 1e-9);
        expect(reported).toBeLessThanOrEqual(is * 1.05);
      }
    }));

  // P30
  test.each(seeds)("agree with the outcomes after any history (seed %i)", (seed) =>
    inBubble(
      async () => {
        const chance = new Prng(seed);
        const retry = { retries: 2, delay: 5 };
        const pool = new WorkerPool(work, { workers: 3, queueSize: 4, timeout: 40, retry, priority: ({ ms }) => ms });
        const tasks: Awaited<ReturnType<typeof pool.submit>>[] = [];
        const refused: unknown[] = [];
        for (let i = 0; i < 60; i++) {
          const ms = chance.randomInt(50);
          const job = { ms, fails: chance.randomInt(3) === 0, listens: chance.randomInt(2) === 0 };
          const [ctx, cancel] = context.withTimeout(context.background(), 20 + chance.randomInt(200));
          void pool
            .submit(job, { ctx })
            .then(
              (task) => tasks.push(task),
              (error: unknown) => refused.push(error),
            )
            .finally(() => void time.afterFunc(300, cancel));
          if (chance.randomInt(3) === 0) await time.sleep(chance.randomInt(30));
          if (chance.randomInt(6) === 0) tasks[chance.randomInt(tasks.length)]?.cancel();
          const { running, abandoned, queued, workers } = pool.stats();
          expect(running).toBeLessThanOrEqual(workers);
          expect(abandoned).toBeLessThanOrEqual(running);
          expect(queued).toBeLessThanOrEqual(4);
        }
        await pool.stop();
        await time.sleep(1000);
        expect(tasks.length + refused.length).toBe(60);
        const outcomes = tasks.map(({ outcome }) => outcome as JobOutcome<Job, number>);
        const are = (status: string): number => outcomes.filter((outcome) => outcome.status === status).length;
        const timedOut = outcomes.filter(
          ({ status, error }) => status === "failed" && error instanceof context.DeadlineExceeded,
        );
        expect(pool.stats()).toMatchObject({
          running: 0,
          abandoned: 0,
          queued: 0,
          waiting: 0,
          processed: are("done") + are("failed"),
          failed: are("failed"),
          timedOut: timedOut.length,
          canceled: are("canceled"),
          retried: outcomes.reduce((sum, { attempts }) => sum + Math.max(attempts - 1, 0), 0),
          latency: { count: are("done") + are("failed") },
        });
      },
      { seed },
    ),
  );
});

describe("onWorkerStart and onWorkerStop", () => {
  const hooks = (
    log: string[],
  ): { onWorkerStart: (worker: number) => void; onWorkerStop: (worker: number) => void } => ({
    onWorkerStart: (worker) => log.push(`start ${worker}`),
    onWorkerStop: (worker) => log.push(`stop ${worker}`),
  });
  const all = ["start 1", "start 2", "start 3", "stop 1", "stop 2", "stop 3"];

  // P13, P60
  test.each([0, 1, 100])("are called once for each worker of a pool with %i jobs", (jobs) =>
    inBubble(async () => {
      const log: string[] = [];
      const pool = new WorkerPool(work, { workers: 3, ...hooks(log) });
      expect(log).toEqual(all.slice(0, 3));
      for (let i = 0; i < jobs; i++) await pool.send({ ms: i % 3 });
      expect(log).toEqual(all.slice(0, 3));
      await Promise.all([pool.stop(), pool.stop()]);
      await pool.stop();
      expect([...log].sort()).toEqual(all);
    }),
  );

  test("are called once for each worker of a function, before its first job and after its last", () =>
    inBubble(async () => {
      const log: string[] = [];
      const jobs = new Channel<number>();
      const results = new Channel<JobOutcome<number, void>>(100);
      go(async () => {
        for (let job = 0; job < 20; job++) await jobs.send(job);
        jobs.close();
      });
      const f = async (_ctx: Context, _job: number, worker: number): Promise<void> => {
        expect([...log].filter((line) => line.endsWith(` ${worker}`))).toEqual([`start ${worker}`]);
        await time.sleep(1);
      };
      await runPool(context.background(), jobs, results, f, { workers: 3, ...hooks(log) });
      expect(results.length).toBe(20);
      expect([...log].sort()).toEqual(all);
    }));

  test("are called also for workers whose functions never return", () =>
    inBubble(async () => {
      const log: string[] = [];
      const pool = new WorkerPool(work, { workers: 3, gracePeriod: 10, ...hooks(log) });
      for (let i = 0; i < 2; i++) await pool.send({ ms: 1000 });
      const [ctx, cancel] = context.withTimeout(context.background(), 10);
      await pool.stop(ctx);
      cancel();
      expect([...log].sort()).toEqual(all);
      await time.sleep(2000);
      expect(log).toHaveLength(6);
    }));

  test("have been called before stop resolves and the results are closed", () =>
    inBubble(async () => {
      const log: string[] = [];
      const pool = new WorkerPool(work, { workers: 3, ...hooks(log) });
      await pool.send({ ms: 10 });
      go(async () => {
        for await (const { status } of pool.results) log.push(status);
        log.push("closed");
      });
      await pool.stop();
      await waitUntilBlocked();
      expect(log.slice(3, -1).sort()).toEqual(["done", "stop 1", "stop 2", "stop 3"]);
      expect(log.at(-1)).toBe("closed");
    }));

  // Whatever a hook calls is called in the middle of something.
  test.each(["onWorkerStart", "onWorkerStop"] as const)("%s may stop the pool", (hook) =>
    inBubble(async () => {
      let isReady = false;
      let stop: Promise<unknown> | undefined;
      const pool: WorkerPool<Job, number> = new WorkerPool(work, {
        workers: 2,
        [hook]: () => {
          if (isReady) stop ??= pool.stop();
        },
      });
      isReady = true;
      pool.resize(hook === "onWorkerStart" ? 3 : 1);
      let hasStopped = false;
      void stop?.then(() => (hasStopped = true));
      await waitUntilBlocked();
      expect([stop !== undefined, hasStopped]).toEqual([true, true]);
      expect(pool.stats().workers).toBe(0);
    }),
  );

  test("may call trySend", () =>
    inBubble(async () => {
      const sent: boolean[] = [];
      const pool: WorkerPool<Job, number> = new WorkerPool(work, {
        workers: 1,
        onWorkerStart: (worker) => worker > 1 && sent.push(pool.trySend({ ms: 5 })),
        onWorkerStop: (worker) => {
          if (worker === 4) sent.push(pool.trySend({ ms: 5 }));
        },
      });
      await pool.send({ ms: 5 });
      pool.resize(4);
      await time.sleep(12);
      expect(pool.stats()).toMatchObject({ workers: 4, processed: 4 });
      pool.resize(1);
      await time.sleep(1000);
      expect(sent).toEqual([true, true, true, true]);
      await pool.stop();
      expect(pool.stats().processed).toBe(1 + sent.filter(Boolean).length);
    }));
});

describe("onEvent", () => {
  /** Logs one line per event: the job, the event, and whether no worker had taken the job. */
  function eventLogger(log: string[]): (event: PoolEvent<Job, number>) => void {
    return (event) => {
      if (event.type === "started") log.push(`${event.job.ms} started`);
      else if (event.type === "retrying") log.push(`${event.job.ms} again after ${event.attempts} in ${event.delay}`);
      else
        log.push(
          `${event.outcome.job.ms} ${event.outcome.status}${event.worker === undefined ? " without a worker" : ""}`,
        );
    };
  }

  test("reports the events of a job, in order", () =>
    inBubble(async () => {
      const log: string[] = [];
      const retry = { retries: 2, delay: 100, jitter: 0 };
      const pool = new WorkerPool(work, { workers: 2, queueSize: 1, retry, onEvent: eventLogger(log) });
      await pool.send({ ms: 10, fails: true });
      await pool.send({ ms: 15 });
      const queued = await pool.submit({ ms: 30 });
      await time.sleep(5);
      queued.cancel();
      await pool.stop();
      expect(log.slice(0, 2).sort()).toEqual(["10 started", "15 started"]);
      expect(log.slice(2)).toEqual([
        "30 canceled without a worker",
        "10 again after 1 in 100",
        "15 done",
        "10 again after 2 in 200",
        "10 failed",
      ]);
    }));

  test("reports a timeout and a cancellation when they happen, and not when the function returns", () =>
    inBubble(async () => {
      const log: string[] = [];
      const start = now();
      const logEvent = eventLogger(log);
      const onEvent = (event: PoolEvent<Job, number>): void => {
        logEvent(event);
        log.push(`${log.pop() as string} at ${now() - start}`);
      };
      const pool = new WorkerPool(work, { workers: 2, timeout: 10, onEvent });
      await pool.send({ ms: 50 });
      const task = await pool.submit({ ms: 60 });
      await time.sleep(5);
      task.cancel();
      await pool.stop();
      expect(now() - start).toBe(60);
      expect(log.slice(0, 2).sort()).toEqual(["50 started at 0", "60 started at 0"]);
      expect(log.slice(2)).toEqual(["60 canceled at 5", "50 failed at 10"]);
    }));

  test.each(seeds)("reports at most one start and one end of each job, the end last (seed %i)", (seed) =>
    inBubble(
      async () => {
        const chance = new Prng(seed);
        const events = new Map<Job, string[]>();
        const busy = new Map<number, Job>();
        const f = (ctx: Context, job: Job, worker: number): Promise<number> => {
          expect(busy.get(worker)).toBe(job);
          return work(ctx, job);
        };
        const pool = new WorkerPool(f, {
          workers: 3,
          queueSize: 2,
          timeout: 30,
          retry: { retries: 2, delay: 5 },
          onEvent: (event) => {
            const job = event.type === "ended" ? event.outcome.job : event.job;
            events.set(job, [...(events.get(job) ?? []), event.type]);
            if (event.type === "started") busy.set(event.worker, job);
            else if (event.worker !== undefined) expect(busy.get(event.worker)).toBe(job);
          },
        });
        const sends: Promise<void>[] = [];
        for (let i = 0; i < 40; i++) {
          const job = {
            ms: chance.randomInt(40),
            fails: chance.randomInt(3) === 0,
            listens: chance.randomInt(2) === 0,
          };
          sends.push(pool.send(job));
          if (chance.randomInt(3) === 0) await time.sleep(chance.randomInt(30));
        }
        const [ctx, cancel] = context.withTimeout(context.background(), chance.randomInt(100));
        const { unfinished } = await pool.stop(ctx);
        cancel();
        await Promise.all(sends);
        expect(events.size).toBe(40);
        for (const [job, types] of events) {
          expect(types.join(" ")).toMatch(/^(started (retrying ){0,2})?ended$/);
          if (!unfinished.includes(job)) expect(types[0]).toBe("started");
        }
        await time.sleep(100);
      },
      { seed },
    ),
  );

  test("comes after the outcome is there to be seen", () =>
    inBubble(async () => {
      const seen: unknown[] = [];
      const pool: WorkerPool<Job, number> = new WorkerPool(work, {
        workers: 1,
        onEvent: ({ type }) => {
          if (type === "ended") seen.push(task.outcome?.status, pool.stats().processed);
        },
      });
      const task = await pool.submit({ ms: 1 });
      await pool.stop();
      expect(seen).toEqual(["done", 1]);
    }));

  test("reports the same events of runPool", () =>
    inBubble(async () => {
      const log: string[] = [];
      const jobs = new Channel<Job>(2);
      const results = new Channel<JobOutcome<Job, number>>(2);
      jobs.trySend({ ms: 1 });
      jobs.trySend({ ms: 2, fails: true });
      jobs.close();
      const retry = { retries: 1, delay: 50, jitter: 0 };
      await runPool(context.background(), jobs, results, work, { workers: 1, retry, onEvent: eventLogger(log) });
      expect(log).toEqual(["1 started", "1 done", "2 started", "2 again after 1 in 50", "2 failed"]);
    }));
});

describe("a hook that throws", () => {
  test.each(["onWorkerStart", "onWorkerStop", "onEvent"] as const)("panics: %s", async (hook) => {
    const thrown = new Error("the hook is broken");
    const options = {
      [hook]: () => {
        throw thrown;
      },
    };
    const program = bubble(async () => {
      const pool = new WorkerPool(work, { workers: 1, ...options });
      await pool.send({ ms: 1 });
      await pool.stop();
      await time.sleep(1);
    });
    await expect(program).rejects.toBe(thrown);
  });

  test("does not change the behavior of the pool", async () => {
    const { stdout, stderr, code } = await runSource(`
      import { Channel, context, go, runPool, time, WorkerPool } from "goro";
      const panics = {};
      process.on("uncaughtException", ({ message }) => (panics[message] = (panics[message] ?? 0) + 1));
      const broken = (name) => () => {
        throw new Error(name);
      };
      const hooks = {
        onWorkerStart: broken("onWorkerStart"),
        onWorkerStop: broken("onWorkerStop"),
        onEvent: broken("onEvent"),
      };
      const pool = new WorkerPool(async (_ctx, n) => n * n, { workers: 3, queueSize: 2, ...hooks });
      const squares = [];
      for await (const square of pool.map([1, 2, 3, 4])) squares.push(square);
      await pool.send(5);
      const report = await pool.stop();
      for await (const { value } of pool.results) squares.push(value);
      console.log(squares.join(" "), report.unfinished.length, pool.stats().processed);

      const jobs = new Channel(3);
      for (const n of [6, 7, 8]) await jobs.send(n);
      jobs.close();
      const results = new Channel(3);
      await runPool(context.background(), jobs, results, async (_ctx, n) => n * n, { workers: 2, ...hooks });
      const others = [];
      for await (const { value } of results) others.push(value);
      console.log(others.sort((a, b) => a - b).join(" "));
      await time.sleep(10);
      console.log(panics.onEvent, panics.onWorkerStart === panics.onWorkerStop, panics.onWorkerStart >= 3);
    `);
    expect(stderr).toBe("");
    expect(stdout).toBe("1 4 9 16 25 0 5\n36 49 64\n16 true true\n");
    expect(code).toBe(0);
  });

  test.each([
    ["throws", new Error("no priority")],
    ["does not return a number", new RangeError("WorkerPool: priority must return a number, got NaN")],
  ])("is refused with its job, if it is a priority that %s, and leaves nothing at the contexts", (_, complaint) =>
    inBubble(async () => {
      const [parent, cancel] = context.withCancel(context.background());
      const [ctx, cancelJob] = context.withCancel(context.background());
      const pool = new WorkerPool(work, {
        workers: 1,
        ctx: parent,
        priority: ({ ms }) => {
          if (ms >= 0) return 0;
          if (complaint instanceof RangeError) return NaN;
          throw complaint;
        },
      });
      const bad = { ms: -1 };
      await expect(pool.send(bad)).rejects.toEqual(complaint);
      await expect(pool.send(bad, { ctx })).rejects.toEqual(complaint);
      await expect(pool.submit(bad, { ctx })).rejects.toEqual(complaint);
      expect(() => pool.trySend(bad)).toThrow(complaint);
      expect(() => pool.trySubmit(bad)).toThrow(complaint);
      expect(children(ctx)).toBe(0);
      await pool.send({ ms: 1 });
      await pool.stop();
      expect(counts(pool.stats())).toEqual({ processed: 1 });
      expect(children(parent)).toBe(0);
      cancel();
      cancelJob();
    }),
  );

  test("is an error of the job, if it is the one that says when to try again", () =>
    inBubble(async () => {
      const broken = new Error("the hook is broken");
      const pool = new WorkerPool(work, {
        workers: 1,
        retry: {
          retries: 1,
          shouldRetry: () => {
            throw broken;
          },
        },
      });
      const task = await pool.submit({ ms: 1, fails: true });
      await expect(task.result).rejects.toBe(broken);
      await pool.stop();
      expect(counts(pool.stats())).toEqual({ processed: 1, failed: 1 });
    }));
});
