// The parts of a pool's life that only their combination shows: which cancellations a quiet pool notices, when `stop` of a job resolves
// that has an outcome already, what a deadlock report says of the results, and which rejections are silent.

import { describe, expect, test } from "@jest/globals";
import { Channel, context, type Context, Stopping, time, WorkerPool } from "goro";
import { memoryQueue, waitUntilBlocked } from "goro/testing";
import { deadlockHints } from "../../src/runtime/deadlock-info.ts";
import { inBubble, Wrapper } from "../support/contexts.ts";

const done = new Error("done");
const ignoring = async (_ctx: unknown, ms: number): Promise<number> => {
  await time.sleep(ms);
  return ms;
};

describe("a pool that has run a job and is quiet notices the cancellation of its context", () => {
  test("while a reader waits for the results", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const pool = new WorkerPool(ignoring, { workers: 1, ctx });
      const read = pool.results.receive();
      await pool.run(1);
      await waitUntilBlocked();
      cancel(done);
      expect(await read).toEqual({ value: undefined, ok: false });
    }));

  test("while the source of a map is silent", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const pool = new WorkerPool(ignoring, { workers: 1, ctx });
      const next = pool.map(new Channel<number>()).next();
      await pool.run(1);
      await waitUntilBlocked();
      cancel(done);
      await expect(next).rejects.toBe(done);
    }));

  test("while its queue is empty, and closes the source", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const queue = memoryQueue<number, number>();
      const source = queue.deliveries();
      const closed = new Channel<never>();
      const close = async (): Promise<void> => {
        await source.close();
        closed.close();
      };
      const pool = new WorkerPool(ignoring, { workers: 1, ctx, source: { next: (c) => source.next(c), close } });
      await queue.send(1);
      await time.sleep(10);
      expect(queue.counts.done).toBe(1);
      cancel(done);
      expect((await closed.receive()).ok).toBe(false);
      expect(String(pool)).toContain("ended");
    }));

  test("while a job runs, whose cause is a Stopping if it comes from a source", () =>
    inBubble(async () => {
      const [ctx, cancel] = context.withCancelCause(context.background());
      const queue = memoryQueue<number, number>();
      const causes: (Error | undefined)[] = [];
      const pool = new WorkerPool<number, number>(
        async (job) => {
          await job.done().receive();
          causes.push(context.cause(job));
          return 1;
        },
        { workers: 1, ctx, source: queue.deliveries() },
      );
      await queue.send(1);
      await waitUntilBlocked();
      cancel(done);
      await pool.stop();
      expect(causes).toEqual([new Stopping("the pool ends: done")]);
      expect(causes[0]?.cause).toBe(done);
    }));
});

test("a job whose context is the user's own, and canceled without a notification, is not started", () =>
  inBubble(async () => {
    class Silent extends Wrapper {
      error: Error | undefined;
      override err(): Error | undefined {
        return this.error;
      }
    }
    const started: string[] = [];
    const pool = new WorkerPool(
      async (_ctx, job: string) => {
        started.push(job);
        await time.sleep(10);
      },
      { workers: 1, queueSize: 10 },
    );
    const ctx = new Silent(context.background());
    await pool.submit("first");
    const task = await pool.submit("canceled", { ctx });
    await pool.submit("last");
    ctx.error = done;
    await pool.stop();
    expect(started).toEqual(["first", "last"]);
    expect(task.outcome).toMatchObject({ status: "canceled", error: done, attempts: 0 });
  }));

describe("stop, called by a job that is", () => {
  // The other function returns late, so that a call which waited for it would resolve later.
  const stopsAt = async (
    job: (pool: () => WorkerPool<string, void>, ctx: Context) => Promise<void>,
  ): Promise<number[]> => {
    const times: number[] = [];
    const start = time.now();
    const pool: WorkerPool<string, void> = new WorkerPool<string, void>(
      async (ctx, name) => {
        if (name === "other") return time.sleep(15);
        await job(() => pool, ctx);
        times.push(time.since(start));
      },
      { workers: 2, timeout: 10, gracePeriod: 1000 },
    );
    await pool.submit("stops");
    await pool.submit("other");
    await time.sleep(50);
    await pool.stop();
    times.push(time.since(start));
    return times;
  };

  test("timed out while it waits, resolves when the other function has returned", () =>
    inBubble(async () => {
      const times = await stopsAt(async (pool, ctx) => {
        await time.sleep(7);
        await pool().stop(ctx);
      });
      expect(times).toEqual([15, 50]);
    }));

  test("timed out before the call, resolves at once", () =>
    inBubble(async () => {
      const times = await stopsAt(async (pool, ctx) => {
        await time.sleep(30);
        await pool().stop(ctx);
      });
      expect(times).toEqual([30, 50]);
    }));
});

describe("the deadlock report", () => {
  const hint =
    "\nA goroutine waits for the results of a WorkerPool, which are closed after a call of stop: call pool.stop() before the loop, " +
    "or run the loop in a goroutine.\n";

  test("names the results of a pool while a reader waits for them, and only then", () =>
    inBubble(async () => {
      const pools = [1, 2].map(() => new WorkerPool(ignoring, { workers: 1 }));
      expect(deadlockHints()).toBe("");
      const reads = pools.map((pool) => pool.results.receive());
      expect(deadlockHints()).toBe(hint);
      await pools[0]?.send(1);
      await reads[0];
      expect(deadlockHints()).toBe(hint);
      await pools[1]?.stop();
      await reads[1];
      expect(deadlockHints()).toBe("");
      const again = pools[0]?.results.receive();
      expect(deadlockHints()).toBe(hint);
      await pools[0]?.stop();
      await again;
      expect(deadlockHints()).toBe("");
    }));
});

test("the result of a task that is rejected before or after it is read is never an unhandled rejection", async () => {
  const unhandled: unknown[] = [];
  const listener = (error: unknown): void => void unhandled.push(error);
  process.on("unhandledRejection", listener);
  try {
    const pool = new WorkerPool(
      async () => {
        throw done;
      },
      { workers: 1 },
    );
    const [early, late] = [await pool.submit(1), await pool.submit(2)];
    const first = early.result;
    await pool.stop();
    const second = late.result;
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(unhandled).toEqual([]);
    await expect(first).rejects.toBe(done);
    await expect(second).rejects.toBe(done);
  } finally {
    process.off("unhandledRejection", listener);
  }
});
