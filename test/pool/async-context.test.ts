// A job runs in the async context of the call that brought it, whichever caller's goroutine woke the worker.

import { beforeEach, describe, expect, test } from "@jest/globals";
import { AsyncLocalStorage } from "node:async_hooks";
import { Channel, context, type Context, go, type JobOutcome, runPool, time, WorkerPool } from "goro";
import { ignoreLeaks, bubble, waitUntilBlocked } from "goro/testing";
import { currentGoroutine } from "../../src/runtime/goroutine-tracking.ts";
import { inBubble } from "../support/contexts.ts";
import { runSource } from "../support/programs.ts";

const als = new AsyncLocalStorage<string>();

/** The store before and after an await. */
async function store(_ctx: Context, ms: number): Promise<string> {
  const before = als.getStore();
  await time.sleep(ms);
  expect(als.getStore()).toBe(before);
  return before ?? "none";
}

type Pool = WorkerPool<number, string>;

/** Ways to bring one job; each returns its result. */
const doors: readonly (readonly [name: string, bring: (pool: Pool, ms: number) => Promise<string>])[] = [
  ["submit", async (pool, ms) => (await pool.submit(ms)).result],
  ["submit with a context", async (pool, ms) => (await pool.submit(ms, { ctx: context.background() })).result],
  ["trySubmit", async (pool, ms) => pool.trySubmit(ms)?.result ?? "refused"],
  [
    "send",
    async (pool, ms) => {
      await pool.send(ms);
      return ((await pool.results.receive()).value as JobOutcome<number, string>).value ?? "failed";
    },
  ],
  [
    "trySend",
    async (pool, ms) => {
      expect(pool.trySend(ms)).toBe(true);
      return ((await pool.results.receive()).value as JobOutcome<number, string>).value ?? "failed";
    },
  ],
  [
    "map",
    async (pool, ms) => {
      for await (const result of pool.map([ms])) return result;
      return "nothing";
    },
  ],
];

// With a listener of the trace, such as the leak check, the library has stores of its own; without one, callers without a store are
// served without capturing anything.
describe.each(["with", "without"])("%s a listener of the trace", (mode) => {
  beforeEach(() => {
    if (mode === "without") ignoreLeaks();
  });

  describe.each(doors)("a job submitted by %s", (_name, bring) => {
    test.each([1, 2, 3])("has the store of its caller, also if another woke the worker (seed %i)", (seed) =>
      inBubble(
        async () => {
          await using pool = new WorkerPool(store, { workers: 1, queueSize: 9 });
          const first = als.run("A", () => bring(pool, 10));
          await waitUntilBlocked();
          const second = als.run("B", () => bring(pool, 10));
          await waitUntilBlocked();
          const third = bring(pool, 10);
          expect(await Promise.all([first, second, third])).toEqual(["A", "B", "none"]);
          expect(als.getStore()).toBeUndefined();
        },
        { seed },
      ),
    );

    test("has it in a pool with several workers, too", () =>
      inBubble(async () => {
        await using pool = new WorkerPool(store, { workers: 2, queueSize: 9 });
        const names = ["A", "B", "C", "D"];
        const results = await Promise.all(names.map((name, i) => als.run(name, () => bring(pool, 1 + i))));
        expect([...results].sort()).toEqual(names);
      }));

    test("has it without a bubble", async () => {
      const pool = new WorkerPool(store, { workers: 1, queueSize: 9 });
      const first = als.run("A", () => bring(pool, 1));
      await time.sleep(0);
      const second = als.run("B", () => bring(pool, 1));
      const third = bring(pool, 1);
      expect(await Promise.all([first, second, third])).toEqual(["A", "B", "none"]);
      await pool.stop();
    });
  });

  test("each attempt and each hook of a job has its store, whatever ends the job", () =>
    inBubble(async () => {
      const seen: string[] = [];
      const note = (what: string, job: string): void => void seen.push(`${what} ${job}: ${als.getStore()}`);
      const pool = new WorkerPool<string, void>(
        async (_ctx, job) => {
          note("call", job);
          await time.sleep(10);
          note("awake", job);
          if (job === "late") await time.sleep(1000);
          throw new Error("again");
        },
        {
          workers: 1,
          queueSize: 9,
          timeout: 100,
          retry: {
            retries: 1,
            delay: 1,
            shouldRetry: () => {
              note("when", "any");
              return true;
            },
          },
          priority: (job) => {
            note("priority", job);
            return 0;
          },
          onEvent: (event) => note(event.type, event.type === "ended" ? event.outcome.job : event.job),
        },
      );
      als.run("A", () => pool.trySend("fails"));
      als.run("B", () => pool.trySend("late"));
      const [ctx, cancel] = context.withCancel(context.background());
      await als.run("C", () => pool.send("canceled", { ctx }));
      als.run("D", cancel);
      await als.run("E", () => pool.stop());
      expect(seen).toEqual([
        "priority fails: A",
        "priority late: B",
        "priority canceled: C",
        ...["ended canceled: C", "started fails: A", "call fails: A"].sort((a, b) => seen.indexOf(a) - seen.indexOf(b)),
        "awake fails: A",
        "when any: A",
        "retrying fails: A",
        "call fails: A",
        "awake fails: A",
        "ended fails: A",
        "started late: B",
        "call late: B",
        "awake late: B",
        "ended late: B",
      ]);
    }));

  describe("the jobs of a map", () => {
    async function* slow(seen: unknown[]): AsyncGenerator<number> {
      try {
        for (let n = 0; ; n++) {
          seen.push(als.getStore());
          await time.sleep(1);
          yield n;
        }
      } finally {
        seen.push(`closed by ${als.getStore()}`);
      }
    }

    function* quick(seen: unknown[]): Generator<number> {
      try {
        for (let n = 0; ; n++) {
          seen.push(als.getStore());
          yield n;
        }
      } finally {
        seen.push(`closed by ${als.getStore()}`);
      }
    }

    test.each([
      ["a generator", quick],
      ["an async generator", slow],
    ])("are made by %s in the context of the call of map", (_name, of) =>
      inBubble(async () => {
        const seen: unknown[] = [];
        await using pool = new WorkerPool(store, { workers: 2 });
        await als.run("other", async () => (await pool.submit(1)).result);
        const results = als.run("map", () => pool.map(of(seen), { maxInFlight: 3 }));
        await als.run("reader", async () => {
          let count = 0;
          for await (const result of results) {
            expect(result).toBe("map");
            expect(als.getStore()).toBe("reader");
            if (++count === 5) break;
          }
        });
        await time.sleep(10);
        expect(new Set(seen)).toEqual(new Set(["map", "closed by map"]));
        expect(seen.at(-1)).toBe("closed by map");
      }),
    );
  });

  test("the jobs of runPool have the store of its call, and not that of a sender or of the code that cancels", () =>
    inBubble(async () => {
      const jobs = new Channel<number>();
      const results = new Channel<JobOutcome<number, string>>(9);
      const events: unknown[] = [];
      const [ctx, cancel] = context.withCancel(context.background());
      const report = als.run("run", () =>
        runPool(ctx, jobs, results, store, { workers: 2, onEvent: () => events.push(als.getStore()) }),
      );
      await als.run("sender", async () => {
        for (const ms of [1, 2, 1, 1000]) await jobs.send(ms);
      });
      await waitUntilBlocked();
      als.run("canceler", cancel);
      await report;
      const values: unknown[] = [];
      for await (const { value } of results) values.push(value);
      expect(values).toEqual(["run", "run", "run", undefined]);
      expect(new Set(events)).toEqual(new Set(["run"]));
      expect(events).toHaveLength(8);
    }));

  test("a job may wait for others in virtual time, whichever call submitted it", () =>
    inBubble(async () => {
      const gate = new Channel<number>();
      await using pool = new WorkerPool(async () => (await gate.receive()).value, { workers: 2, queueSize: 9 });
      const task = await als.run("A", () => pool.submit(1));
      go(async () => {
        await time.sleep(time.hour);
        await gate.send(7);
      });
      expect(await task.result).toBe(7);
    }));

  describe("a function that sets a store by enterWith", () => {
    test.each(["send", "submit", "map", "runPool"] as const)(
      "does not set it for the next jobs of %s",
      async (door) => {
        const als = new AsyncLocalStorage<string>();
        const seen: (string | undefined)[] = [];
        const f = async (_ctx: Context, job: number): Promise<number> => {
          seen.push(als.getStore());
          if (job % 2 === 1) als.enterWith(`of job ${job}`);
          await time.sleep(1);
          seen.push(als.getStore());
          return job;
        };
        const jobs = [1, 2, 3, 4];
        const run = async (): Promise<void> => {
          if (door === "runPool") {
            const ch = new Channel<number>(4);
            for (const job of jobs) ch.trySend(job);
            ch.close();
            await runPool(context.background(), ch, new Channel(4), f, { workers: 1 });
            return;
          }
          const pool = new WorkerPool(f, { workers: 1, queueSize: 9 });
          if (door === "map") for await (const _ of pool.map(jobs)) seen.push();
          else for (const job of jobs) await pool[door](job);
          await pool.stop();
        };
        await run();
        expect(seen).toEqual([
          undefined,
          "of job 1",
          undefined,
          undefined,
          undefined,
          "of job 3",
          undefined,
          undefined,
        ]);
        seen.length = 0;
        await als.run("caller", run);
        expect(seen).toEqual(["caller", "of job 1", "caller", "caller", "caller", "of job 3", "caller", "caller"]);
      },
    );
  });
});

test("the goroutine that runs a job is the worker's, and not the caller's", () =>
  bubble(async () => {
    // The leak detector of this suite tracks the current goroutine.
    const caller = currentGoroutine();
    const running = new Set<unknown>();
    await using pool = new WorkerPool(
      async () => {
        const before = currentGoroutine();
        await time.sleep(1);
        expect(currentGoroutine()).toBe(before);
        running.add(before);
      },
      { workers: 1, queueSize: 9 },
    );
    const tasks = await Promise.all([1, 2, 3].map((job) => als.run(`${job}`, () => pool.submit(job))));
    await Promise.all(tasks.map(({ result }) => result));
    const [worker, ...others] = running;
    expect(others).toEqual([]);
    expect(worker).toMatchObject({ name: "poolWorker" });
    expect(worker).not.toBe(caller);
  }));

test("pools, bubbles and recordings work on a host whose AsyncLocalStorage cannot be disabled, such as Cloudflare Workers", async () => {
  const { code, stdout, stderr } = await runSource(`
    import { AsyncLocalStorage } from "node:async_hooks";
    AsyncLocalStorage.prototype.disable = () => {
      throw new Error("asyncLocalStorage.disable() is not implemented");
    };
    const { time, WorkerPool } = await import("goro");
    const { bubble } = await import("goro/testing");
    const { record } = await import("goro/trace");

    async function squares(ms: number) {
      const pool = new WorkerPool(async (_ctx, n: number) => time.sleep(ms).then(() => n * n), { workers: 2 });
      for await (const square of pool.map([1, 2, 3])) console.log(square);
      await pool.stop();
    }
    await squares(1);
    const recording = record();
    for (let i = 0; i < 2; i++) await bubble(() => squares(time.hour));
    console.log(recording.stop().events.length > 0);
  `);
  expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: "", stdout: `${"1\n4\n9\n".repeat(3)}true\n` });
});
