// The calls that have no task: `run`, which returns the result, `onIdle`, and what a pool prints.

import { inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { Channel, context, time, WorkerPool } from "goro";
import { now, waitUntilBlocked } from "goro/testing";
import { children, inBubble, listeners } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";

const { background, withCancelCause, withValue } = context;
const why = new Error("why");

/** A pool whose jobs are durations in milliseconds; a negative one fails after as many. */
function sleeper(workers: number): WorkerPool<number, number> {
  return new WorkerPool(
    async (ctx, ms: number) => {
      await time.sleep(Math.abs(ms));
      if (ms < 0) throw new Error(`job ${ms}`);
      return ctx.err() === undefined ? ms : NaN;
    },
    { workers },
  );
}

describe("run", () => {
  test("returns the result of a job, also if the job waits for a worker", () =>
    inBubble(async () => {
      await using pool = sleeper(1);
      const start = now();
      expect(await Promise.all([pool.run(10), pool.run(20), pool.run(30)])).toEqual([10, 20, 30]);
      expect(now() - start).toBe(60);
      expect(pool.stats()).toMatchObject({ processed: 3, waiting: 0 });
    }));

  test("rejects with the error of the job", () =>
    inBubble(async () => {
      await using pool = sleeper(1);
      await expect(pool.run(-5)).rejects.toThrow("job -5");
    }));

  test("that fails and is not awaited is an unhandled rejection", async () => {
    const { stdout, code } = await runSource(`
      import { WorkerPool } from "goro";
      process.on("unhandledRejection", (error) => console.log("unhandled:", error.message));
      const pool = new WorkerPool(async () => { throw new Error("broken"); }, { workers: 1 });
      void pool.run(1);
    `);
    expect({ stdout, code }).toEqual({ stdout: "unhandled: broken\n", code: 0 });
  });

  test.each(["ctx", "signal"] as const)("is canceled by its %s while it waits and while it runs", (kind) =>
    inBubble(async () => {
      await using pool = sleeper(1);
      for (const at of [5, 15]) {
        const [ctx, cancel] = withCancelCause(background());
        const controller = new AbortController();
        const first = pool.run(10);
        const second = pool.run(10, kind === "ctx" ? { ctx } : { signal: controller.signal });
        time.afterFunc(at, () => {
          cancel(why);
          controller.abort(why);
        });
        await expect(second).rejects.toBe(why);
        expect(await first).toBe(10);
        await pool.onIdle();
        expect(children(ctx)).toBe(0);
      }
    }),
  );

  test.each(["result first", "cancel first"])("settles once if result and cancel come together, %s", (order) =>
    inBubble(async () => {
      const ready = new Channel<never>();
      await using pool = new WorkerPool(async () => (await ready.receive()).ok, { workers: 1 });
      const [ctx, cancel] = withCancelCause(background());
      const result = pool.run(1, { ctx }).catch((error: unknown) => error);
      await waitUntilBlocked();
      if (order === "cancel first") cancel(why);
      ready.close();
      if (order === "result first") {
        await waitUntilBlocked();
        cancel(why);
      }
      expect(await result).toBe(order === "cancel first" ? why : false);
    }),
  );

  test("gives the job the values of its context", () =>
    inBubble(async () => {
      const pool = new WorkerPool((ctx): unknown => ctx.value("user"), { workers: 1 });
      expect(await pool.run(1, { ctx: withValue(background(), "user", "gopher") })).toBe("gopher");
      await pool.stop();
    }));

  test("with a priority precedes the jobs that wait", () =>
    inBubble(async () => {
      await using pool = sleeper(1);
      const log: number[] = [];
      const note = (ms: number): void => void log.push(ms);
      await Promise.all([
        pool.run(1).then(note),
        pool.run(2).then(note),
        pool.run(3, { priority: 1 }).then(note),
        pool.run(4, { priority: -1 }).then(note),
      ]);
      expect(log).toEqual([1, 3, 2, 4]);
      await expect(pool.run(1, { priority: NaN })).rejects.toThrow(
        "WorkerPool.run: priority must be a number, got NaN",
      );
    }));

  test("rejects when the pool has been stopped, and when it is canceled", () =>
    inBubble(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const pool = new WorkerPool(async (_ctx, ms: number) => time.sleep(ms), { workers: 1, ctx });
      const calls = [pool.run(10), pool.run(10)].map((call) => call.catch((error: unknown) => error));
      cancel(why);
      expect(await Promise.all(calls)).toEqual([why, why]);
      await pool.stop();
      await expect(pool.run(1)).rejects.toThrow("WorkerPool.run: the pool has been stopped");
    }));

  test.each<[options: object, message: string]>([
    [background(), "WorkerPool.run: options must be an object, got a Context; a context is passed as { ctx }"],
    [{ ctx: new AbortController().signal }, "write signal: for an AbortSignal"],
    [{ prioriti: 1 }, "WorkerPool.run: unknown option prioriti; the options are ctx, signal, priority"],
  ])("rejects for the options %p", async (options, message) => {
    await expect(sleeper(1).run(1, options)).rejects.toThrow(message);
  });
});

describe("onIdle", () => {
  test("resolves at once if nothing is queued or running", () =>
    inBubble(async () => {
      const pool = sleeper(2);
      await pool.onIdle();
      await pool.run(5);
      await pool.onIdle();
      await pool.stop();
      await pool.onIdle();
    }));

  test("resolves when the last of the running, queued and waiting jobs has ended", () =>
    inBubble(async () => {
      const pool = new WorkerPool(async (_ctx, ms: number) => time.sleep(ms), { workers: 1, queueSize: 1 });
      const start = now();
      const calls = [10, 20, 30].map((ms) => pool.send(ms));
      const idle = [pool.onIdle(), pool.onIdle()];
      await Promise.all([...idle, ...calls]);
      expect(now() - start).toBe(60);
      expect(pool.stats()).toMatchObject({ running: 0, queued: 0, waiting: 0, processed: 3 });
      await pool.stop();
    }));

  test.each(["ctx", "signal"] as const)("with a %s, it can be canceled, and the jobs continue", (kind) =>
    inBubble(async () => {
      const pool = sleeper(1);
      const job = pool.run(10);
      const [ctx, cancel] = context.withCancel(context.background());
      const options = kind === "ctx" ? { ctx } : { signal: ctx.signal };
      const canceled = pool.onIdle(options);
      const served = pool.onIdle();
      cancel();
      await expect(canceled).rejects.toBe(ctx.err());
      await expect(pool.onIdle(options)).rejects.toBe(ctx.err());
      await Promise.all([served, job]);
      await pool.onIdle({ ctx: context.background() });
      await pool.stop();
    }),
  );

  test.each(["idle", "cancel"])("at %s first, that is the outcome", (first) =>
    inBubble(async () => {
      const pool = sleeper(1);
      void pool.run(10);
      const [ctx, cancel] = context.withCancel(context.background());
      const idle = pool.onIdle({ ctx });
      const outcome = idle.then(
        () => "idle",
        () => "cancel",
      );
      if (first === "cancel") cancel();
      await pool.onIdle();
      cancel();
      expect(await outcome).toBe(first);
      expect(listeners(ctx)).toBe(0);
      await pool.stop();
    }),
  );

  test("rejects bad options", () =>
    inBubble(async () => {
      const pool = sleeper(1);
      await expect(pool.onIdle({ context: 1 } as never)).rejects.toThrow("WorkerPool.onIdle: ");
      await pool.stop();
    }));

  test.each(["before", "after"])("called %s the job in the same turn waits for it only if it came before", (order) =>
    inBubble(async () => {
      const pool = sleeper(1);
      const start = now();
      let idle = order === "after" ? pool.onIdle() : undefined;
      const job = pool.run(10);
      idle ??= pool.onIdle();
      await idle;
      expect(now() - start).toBe(order === "before" ? 10 : 0);
      await job;
      await pool.stop();
    }),
  );

  test("waits for a function that runs on after its timeout, until it returns or the pool ends", () =>
    inBubble(async () => {
      const start = now();
      const slow = new WorkerPool(async () => time.sleep(100), { workers: 1, timeout: 10 });
      await slow.run(1).catch(() => undefined);
      await slow.onIdle();
      expect(now() - start).toBe(100);
      const stopped = new WorkerPool(async () => time.sleep(100), { workers: 1, timeout: 10, gracePeriod: 20 });
      await stopped.run(1).catch(() => undefined);
      const idle = stopped.onIdle();
      await stopped.stop();
      await idle;
      expect(now() - start).toBe(130);
      await time.sleep(100);
    }));

  test("resolves when the waiting jobs are canceled", () =>
    inBubble(async () => {
      const [ctx, cancel] = withCancelCause(background());
      const pool = new WorkerPool(
        async ({ signal }) => {
          await new Promise((resolve) => signal.addEventListener("abort", resolve));
        },
        { workers: 1 },
      );
      const calls = [pool.run(1, { ctx }), pool.run(2, { ctx })].map((call) => call.catch(() => "canceled"));
      const idle = pool.onIdle();
      cancel(why);
      await idle;
      expect(await Promise.all(calls)).toEqual(["canceled", "canceled"]);
      await pool.stop();
    }));
});

test("the signal of a pool ends it with the reason", () =>
  inBubble(async () => {
    const controller = new AbortController();
    const options = { workers: 1, queueSize: 1, signal: controller.signal };
    const pool = new WorkerPool(async (ctx, _: number) => ctx.done().receive(), options);
    await pool.send(1);
    await pool.send(2);
    await waitUntilBlocked();
    controller.abort(why);
    expect(await pool.stop()).toEqual({ unfinished: [1, 2], abandoned: 0, cause: why });
    await expect(pool.run(3)).rejects.toThrow("WorkerPool.run: the pool has been stopped");
  }));

test("a pool prints how many jobs run and wait", () =>
  inBubble(async () => {
    const pool = new WorkerPool(async (_ctx, ms: number) => time.sleep(ms), { workers: 2, queueSize: 3 });
    expect(inspect(pool)).toBe("WorkerPool 0/2 running, 0 queued");
    const calls = [1, 1, 1, 1, 1, 1].map((ms) => pool.send(ms));
    await waitUntilBlocked();
    expect(String(pool)).toBe("WorkerPool 2/2 running, 3 queued, 1 waiting");
    const stop = pool.stop();
    expect(String(pool)).toBe("WorkerPool 2/2 running, 4 queued, stopping");
    await Promise.all([...calls, stop]);
    expect(String(pool)).toBe("WorkerPool 0/0 running, 0 queued, ended");
  }));

describe("a loop over the results", () => {
  const loop = `
    import { main, WorkerPool } from "goro";
    main(async () => {
      await using pool = new WorkerPool(async (_ctx, n) => n * n, { workers: 1 });
      await pool.send(2);
      for await (const { value } of pool.results) console.log(value);
    });
  `;

  test("of a pool that is not stopped is a deadlock, and the report says to call stop", async () => {
    const { stdout, stderr, code } = await runSource(loop);
    expect({ stdout, code }).toEqual({ stdout: "4\n", code: 2 });
    expect(stderr).toContain("all goroutines are asleep - deadlock!");
    expect(stderr).toContain("call pool.stop() before the loop, or run the loop in a goroutine");
  });

  test("ends when a drained pool is stopped", async () => {
    const { stdout, code } = await runSource(loop.replace("for await", "void pool.stop();\n      for await"));
    expect({ stdout, code }).toEqual({ stdout: "4\n", code: 0 });
  });

  test("is not mentioned by the report of another deadlock", async () => {
    const { stderr } = await runSource(`
      import { Channel, go, main, WorkerPool } from "goro";
      main(async () => {
        const pool = new WorkerPool(async (_ctx, n) => n * n, { workers: 1 });
        go(async () => { for await (const _ of pool.results); });
        await pool.send(2);
        await pool.stop();
        await new Channel().receive();
      });
    `);
    expect(stderr).toContain("deadlock!");
    expect(stderr).not.toContain("WorkerPool");
  });
});
