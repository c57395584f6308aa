// Pools with very many jobs and workers: their ends cost no more than their number, and timers fire meanwhile.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, type Context, time, WorkerPool } from "goro";
import { waitUntilBlocked } from "goro/testing";
import { Heap } from "../../src/util/heap.ts";
import { WaitQueue } from "../../src/util/wait-queue.ts";
import { WorkerSet } from "../../src/pool/worker-set.ts";
import { inBubble } from "../support/contexts.ts";

const { background, withCancel } = context;

/** Counts the steps of the structures that a pool is made of while `f` runs. */
async function steps(f: () => Promise<void>): Promise<number> {
  let count = 0;
  const patched: [object: object, name: string, own: PropertyDescriptor][] = [];
  const count1 = (object: object, name: string): void => {
    const own = Object.getOwnPropertyDescriptor(object, name) as PropertyDescriptor;
    patched.push([object, name, own]);
    Object.defineProperty(object, name, {
      ...own,
      value(this: unknown, ...args: unknown[]) {
        count++;
        const result = (own.value as (...args: unknown[]) => unknown).apply(this, args);
        if (name !== "activeJobs") return result;
        const works = [...(result as Iterable<unknown>)];
        count += works.length;
        return works;
      },
    });
  };
  for (const name of ["add", "remove"]) count1(Heap.prototype, name);
  for (const name of ["push", "remove"]) count1(WaitQueue.prototype, name);
  for (const name of ["activeJobs", "acquire", "release"]) count1(WorkerSet.prototype, name);
  try {
    await f();
  } finally {
    for (const [object, name, own] of patched) Object.defineProperty(object, name, own);
  }
  return count;
}

describe("the work of", () => {
  const listens = async (ctx: Context): Promise<unknown> => ctx.done().receive();
  const waits = async (): Promise<void> => time.sleep(10);

  const ends: [name: string, end: (n: number) => Promise<void>][] = [
    // R167
    [
      "a pool of n workers that has nothing to do",
      async (n) => {
        await new WorkerPool(waits, { workers: n }).stop();
      },
    ],
    [
      "a cancel with n busy workers and n queued jobs",
      async (n) => {
        const [ctx, cancel] = withCancel(background());
        const pool = new WorkerPool(listens, { workers: n, queueSize: n, ctx });
        for (let job = 0; job < 2 * n; job++) pool.trySend(job);
        await time.sleep(0);
        cancel();
        expect((await pool.stop()).unfinished).toHaveLength(2 * n);
      },
    ],
    [
      "a stop of n busy workers",
      async (n) => {
        const pool = new WorkerPool(waits, { workers: n });
        for (let job = 0; job < n; job++) pool.trySend(job);
        await pool.stop();
      },
    ],
    [
      "n jobs that each stop the pool",
      async (n) => {
        const pool: WorkerPool<number, unknown> = new WorkerPool<number, unknown>(async (ctx) => pool.stop(ctx), {
          workers: n,
        });
        for (let job = 0; job < n; job++) pool.trySend(job);
        await pool.stop();
      },
    ],
    [
      "n workers that stop after a resize",
      async (n) => {
        const pool = new WorkerPool(waits, { workers: n });
        for (let job = 0; job < n; job++) pool.trySend(job);
        pool.resize(1);
        while (pool.stats().workers > 1) await time.sleep(1);
        await pool.stop();
      },
    ],
    [
      "a canceled context of n waiting calls",
      async (n) => {
        const [ctx, cancel] = withCancel(background());
        const pool = new WorkerPool(waits, { workers: 1 });
        const calls = Array.from({ length: n }, (_, job) => pool.send(job, { ctx }).catch(() => "refused"));
        cancel();
        await Promise.all(calls);
        await pool.stop();
      },
    ],
  ];

  test.each(ends)("%s grows with n", async (_name, end) => {
    const few = await steps(() => end(200));
    const many = await steps(() => end(1600));
    // Heaps and the clock are left: a logarithm is allowed, a square would be 64.
    expect(many / few).toBeLessThan(12);
  });
});

test("timers fire while 100,000 queued jobs are canceled", async () => {
  const [ctx, cancel] = withCancel(background());
  const gate = new Channel<never>();
  const pool = new WorkerPool(() => gate.receive(), { workers: 100, queueSize: Infinity, ctx });
  for (let job = 0; job < 100_000; job++) pool.trySend(job);
  await time.sleep(1);
  let left: number | undefined;
  cancel();
  setTimeout(() => (left = pool.stats().queued), 10);
  expect(pool.stats().queued).toBeGreaterThan(0);
  gate.close();
  const { unfinished } = await pool.stop();
  expect(unfinished).toHaveLength(100_000);
  // The timer has fired in the middle, and not after all.
  expect(left).toBeGreaterThan(0);
});

test("no job is started after the end of the pool is decided, however many have no outcome yet", () =>
  inBubble(async () => {
    let called = 0;
    const [ctx, cancel] = withCancel(background());
    const gate = new Channel<never>();
    const pool = new WorkerPool(
      async () => {
        called++;
        await gate.receive();
      },
      { workers: 2, queueSize: 100, ctx },
    );
    for (let job = 0; job < 102; job++) pool.trySend(job);
    await waitUntilBlocked();
    cancel();
    gate.close();
    await pool.stop();
    expect(called).toBe(2);
    expect(pool.stats()).toMatchObject({ canceled: 102, processed: 0 });
  }));
