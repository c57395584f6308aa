// The end of a pool in which functions whose jobs have an outcome (abandoned functions), jobs that wait in `stop`, and queued jobs meet.

import { expect, test } from "@jest/globals";
import {
  type Context,
  context,
  type JobSource,
  type PoolOptions,
  type SourcePoolOptions,
  time,
  WorkerPool,
} from "goro";
import { memoryQueue } from "goro/testing";
import { inBubble } from "../support/contexts.ts";

type Bodies = Record<string, (ctx: Context, pool: WorkerPool<string, void>) => Promise<void>>;

/** Returns a pool whose jobs are the names of `bodies`, and the names of those that have returned, in their order. */
function poolOf(
  bodies: Bodies,
  options: PoolOptions<string, void> | SourcePoolOptions<string, void>,
): [WorkerPool<string, void>, string[]] {
  const log: string[] = [];
  const pool: WorkerPool<string, void> = new WorkerPool<string, void>(
    async (ctx, name) => {
      await bodies[name]?.(ctx, pool);
      log.push(name);
    },
    { gracePeriod: 50, ...options },
  );
  return [pool, log];
}

const sleep = (ms: number) => (): Promise<void> => time.sleep(ms);

/** Returns a body that stops the pool after 1 ms, and returns `ms` milliseconds after `stop` has. */
const stop = (ms: number) => async (ctx: Context, pool: WorkerPool<string, void>) => {
  await time.sleep(1);
  await pool.stop(ctx);
  await time.sleep(ms);
};

test("a send that waits when the pool is canceled is rejected, also if stop is called at the same time", () =>
  inBubble(async () => {
    const [ctx, cancel] = context.withCancelCause(context.background());
    const pool = new WorkerPool(() => time.sleep(10), { workers: 1, queueSize: 0, ctx });
    await pool.send(1);
    const waiting = pool.send(2);
    const cause = new Error("canceled");
    cancel(cause);
    const stopped = pool.stop();
    await expect(waiting).rejects.toBe(cause);
    expect((await stopped).unfinished).toEqual([1]);
  }));

test("a job that stops the pool with its own context sets no deadline: functions that hold all workers have the grace period only", () =>
  inBubble(async () => {
    const [pool] = poolOf({ stops: stop(1000) }, { workers: 1, timeout: 10, queueSize: 10 });
    const start = time.now();
    await pool.submit("stops");
    await pool.submit("queued");
    expect((await pool.stop()).unfinished).toEqual(["queued"]);
    expect(time.since(start)).toBe(60);
    await time.sleep(1000);
  }));

test("a job that waits in stop waits for queued jobs while a worker is free for them", () =>
  inBubble(async () => {
    const stopped: Promise<unknown>[] = [];
    const [pool, log] = poolOf(
      { stops: stop(0), short: sleep(5), queued: sleep(5) },
      {
        workers: 2,
        queueSize: 10,
        onEvent: (event) => {
          if (event.type === "ended" && event.outcome.job === "short") stopped.push(pool.stop());
        },
      },
    );
    for (const name of ["stops", "short", "queued"]) await pool.submit(name);
    await time.sleep(20);
    await Promise.all(stopped);
    expect(log).toEqual(["short", "queued", "stops"]);
  }));

test("the grace period of abandoned functions that hold all workers does not begin before a job that waited in stop has returned", () =>
  inBubble(async () => {
    const [pool, log] = poolOf(
      {
        stops: stop(200),
        abandoned: sleep(1000),
      },
      { workers: 2, queueSize: 10 },
    );
    const stops = await pool.submit("stops");
    const abandoned = await pool.submit("abandoned");
    await pool.submit("queued");
    abandoned.cancel();
    pool.resize(1);
    const { unfinished, abandoned: count } = await pool.stop();
    expect(stops.outcome?.status).toBe("done");
    expect([log, unfinished, count]).toEqual([["stops"], ["queued"], 1]);
    await time.sleep(1000);
  }));

test("a function that returns within the grace period lets a queued job run, and another grace period follows", () =>
  inBubble(async () => {
    const [pool, log] = poolOf(
      { first: sleep(30), second: sleep(160), queued: sleep(100) },
      { workers: 2, queueSize: 10 },
    );
    const tasks = [await pool.submit("first"), await pool.submit("second")];
    await pool.submit("queued");
    await time.sleep(1);
    for (const task of tasks) task.cancel();
    const { unfinished, abandoned } = await pool.stop();
    expect([log, unfinished, abandoned]).toEqual([["first", "queued", "second"], [], 0]);
  }));

/**
 * Returns a source of `jobs`, of which "abandoned" is canceled after 10 ms. An acknowledgment takes `ackMs` milliseconds, and the end, which
 * is logged, `closeMs`.
 */
function slowSource(jobs: readonly string[], ackMs: number, closeMs: number, log: string[]): JobSource<string, void> {
  const queue = memoryQueue<string, void>();
  const source = queue.deliveries();
  for (const job of jobs) void queue.send(job);
  return {
    next: async (wait) => {
      const delivery = await source.next(wait);
      if (delivery === undefined) return undefined;
      const { id, attempt, stalls, job } = delivery;
      const ack = async (): Promise<boolean> => {
        await time.sleep(ackMs);
        return delivery.ack(undefined);
      };
      const nack = (error: Error): Promise<boolean> => delivery.nack(error);
      const release = (): Promise<boolean> => delivery.release();
      const [ctx] = job === "abandoned" ? context.withTimeout(delivery.ctx, 10) : [delivery.ctx];
      return { id, attempt, stalls, job, ctx, ack, nack, release };
    },
    close: async () => {
      await time.sleep(closeMs);
      await source.close();
      log.push("closed");
    },
  };
}

test("the grace period of abandoned functions begins while the source confirms another outcome", () =>
  inBubble(async () => {
    const start = time.now();
    const times: number[] = [];
    const [pool] = poolOf(
      {
        stops: async (ctx, pool) => {
          await stop(0)(ctx, pool);
          times.push(time.since(start));
        },
        abandoned: sleep(1200),
        confirmed: sleep(1),
      },
      { workers: 3, source: slowSource(["stops", "abandoned", "confirmed"], 1000, 0, []) },
    );
    await time.sleep(2);
    await pool.stop();
    times.push(time.since(start));
    await time.sleep(1200);
    expect(times).toEqual([60, 1060]);
  }));

test("the end of a source has a grace period of its own after a job that waited in stop has returned", () =>
  inBubble(async () => {
    const log: string[] = [];
    const [pool] = poolOf(
      {
        stops: async (ctx, pool) => {
          await pool.stop(ctx);
          await time.sleep(200);
          log.push("returned");
        },
      },
      { workers: 1, source: slowSource(["stops"], 0, 30, log) },
    );
    await time.sleep(1);
    await pool.stop();
    log.push("stopped");
    expect(log).toEqual(["returned", "closed", "stopped"]);
  }));

test.each([true, false])(
  "a job that has called stop, and has returned, does not wait in stop (canceled: %p)",
  (isCanceled) =>
    inBubble(async () => {
      const [pool] = poolOf(
        {
          returns: async (ctx, pool) => {
            await time.sleep(1);
            void pool.stop(ctx);
          },
          stops: async (ctx, pool) => {
            await time.sleep(5);
            await pool.stop(ctx);
          },
        },
        { workers: 2 },
      );
      const start = time.now();
      const returns = await pool.submit("returns");
      await pool.submit("stops");
      if (isCanceled) returns.cancel();
      await time.sleep(2);
      await pool.stop();
      expect(time.since(start)).toBe(5);
    }),
);

test("a map does not pull from its source when the pool has been stopped", async () => {
  const [pool] = poolOf({}, { workers: 1 });
  await pool.stop();
  let pulls = 0;
  function* source(): Generator<string> {
    pulls++;
    yield "job";
  }
  await expect(pool.map(source()).next()).rejects.toThrow("the pool has been stopped");
  expect(pulls).toBe(0);
});

test("a pool is idle when the source has confirmed the last outcome", () =>
  inBubble(async () => {
    const [pool, log] = poolOf({ job: sleep(5) }, { workers: 1, source: slowSource(["job"], 100, 0, []) });
    await time.sleep(1);
    const start = time.now();
    await pool.onIdle();
    expect([log, time.since(start)]).toEqual([["job"], 104]);
    await pool.stop();
  }));
