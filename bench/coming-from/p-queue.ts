// p-queue 10 and goro. The rows are here because p-queue 10 requires Node 22, and is a dependency of the benchmarks alone.

import { setTimeout as nodeSleep } from "node:timers/promises";
import { type Context, context, createLimit, type Limit, RateLimiter, waitFor, WorkerPool } from "goro";
import PQueue from "p-queue";
import type { Table } from "../../test/coming-from/table.ts";
import { errorNameOf, ids, load, note, request, sleep } from "../../test/coming-from/work.ts";

const one = {
  theirs: (): PQueue => new PQueue({ concurrency: 1 }),
  ours: (): Limit => createLimit(1),
};

export const calls: Table<PQueue, Limit> = {
  prepare: one,
  rows: {
    "make a queue": {
      theirs: () => {
        const tasks = ids;

        const queue = new PQueue({ concurrency: 2 });

        return Promise.all(tasks.map((id) => queue.add(() => load(id))));
      },
      ours: () => {
        const tasks = ids;

        const limit = createLimit(2);

        return Promise.all(tasks.map((id) => limit(() => load(id))));
      },
    },
    "no limit": {
      theirs: () => {
        const tasks = ids;

        const queue = new PQueue();

        return Promise.all(tasks.map((id) => queue.add(() => load(id))));
      },
      ours: () => {
        const tasks = ids;

        const limit = createLimit(Infinity);

        return Promise.all(tasks.map((id) => limit(() => load(id))));
      },
    },
    "a queue for one function": {
      theirs: async () => {
        const jobs = ids;

        const queue = new PQueue({ concurrency: 2 });
        const users = jobs.map((id) => queue.add(() => load(id)));

        return Promise.all(users);
      },
      ours: async () => {
        const jobs = ids;

        const pool = new WorkerPool((_ctx, id: number) => load(id), { workers: 2 });
        const users = jobs.map((id) => pool.run(id));

        return Promise.all(users);
      },
    },
    "run a function": {
      theirs: (queue) => queue.add(() => load(1)),
      ours: (limit) => limit(() => load(1)),
    },
    "several functions": {
      theirs: (queue) => queue.addAll([() => load(1), () => load(2)]),
      ours: (limit) => Promise.all([limit(() => load(1)), limit(() => load(2))]),
    },
    priority: {
      theirs: async (queue) => {
        void queue.add(() => load(1));
        void queue.add(() => load(2));

        const urgent = queue.add(() => load(3), { priority: 1 });

        await Promise.all([urgent, queue.onIdle()]);
      },
      ours: async (limit) => {
        void limit(() => load(1));
        void limit(() => load(2));

        const urgent = limit(() => load(3), { priority: 1 });

        await Promise.all([urgent, limit.onIdle()]);
      },
    },
    cancel: {
      theirs: async (queue) => {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), 5);

        const user = queue.add(({ signal }) => request(1, signal), { signal });

        return errorNameOf(user);
      },
      ours: async (limit) => {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), 5);

        const user = limit((ctx) => request(1, ctx.signal), { signal });

        return errorNameOf(user);
      },
    },
    "cancel while it waits": {
      theirs: async (queue) => {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), 5);
        void queue.add(() => load(1));

        const second = queue.add(() => load(2), { signal });

        return errorNameOf(second);
      },
      ours: async (limit) => {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), 5);
        void limit(() => load(1));

        const second = limit(() => load(2), { signal });

        return errorNameOf(second);
      },
    },
    "a timeout for one task": {
      theirs: async (queue) => {
        const slow = load;

        const user = queue.add(() => slow(1), { timeout: 5 });

        // It starts at the timeout, before the function of the first has returned.
        const next = queue.add(() => load(2));
        return [await errorNameOf(user), await next];
      },
      ours: async (limit) => {
        const slow = load;

        const user = limit(() => waitFor(slow(1), { timeout: 5 }));

        const next = limit(() => load(2));
        return [await errorNameOf(user), await next];
      },
    },
    "a timeout that aborts": {
      theirs: async (queue) => {
        const id = 1;
        const controller = new AbortController();
        const { signal } = controller;

        const user = queue.add(({ signal }) => request(id, signal), { signal, timeout: 5 });

        const canceled = queue.add(({ signal }) => request(2, signal), { signal, timeout: 5 });
        setTimeout(() => controller.abort(), 7);
        return [await errorNameOf(user), await errorNameOf(canceled)];
      },
      ours: async (limit) => {
        const id = 1;
        const controller = new AbortController();
        const { signal } = controller;

        const task = async (parent: Context) => {
          const [ctx, cancel] = context.withTimeout(parent, 5);
          using _ = cancel;
          return await request(id, ctx.signal);
        };
        const user = limit(task, { signal });

        const canceled = limit(
          async (parent) => {
            const [ctx, cancel] = context.withTimeout(parent, 5);
            using _ = cancel;
            return await request(2, ctx.signal);
          },
          { signal },
        );
        setTimeout(() => controller.abort(), 7);
        return [await errorNameOf(user), await errorNameOf(canceled)];
      },
    },
    "a timeout for all tasks": {
      theirs: async () => {
        const id = 1;

        const queue = new PQueue({ concurrency: 1, timeout: 5 });
        const user = queue.add(({ signal }) => request(id, signal));

        return errorNameOf(user);
      },
      ours: async () => {
        const id = 1;

        const pool = new WorkerPool((ctx, id: number) => request(id, ctx.signal), { workers: 1, timeout: 5 });
        const user = pool.run(id);

        return errorNameOf(user);
      },
    },
    "start later": {
      theirs: async () => {
        const ms = 20;

        const queue = new PQueue({ concurrency: 1, autoStart: false });

        setTimeout(() => queue.start(), ms);
        return queue.add(() => load(1));
      },
      ours: async () => {
        const ms = 20;

        const limit = createLimit(1);
        limit.pause();

        setTimeout(() => limit.resume(), ms);
        return limit(() => load(1));
      },
    },
    "pause, and continue": {
      theirs: async (queue) => {
        const all = queue.addAll([() => load(1), () => load(2)]);

        queue.pause();
        await sleep(50);
        queue.start();

        return all;
      },
      ours: async (limit) => {
        const all = Promise.all([limit(() => load(1)), limit(() => load(2))]);

        limit.pause();
        await sleep(50);
        limit.resume();

        return all;
      },
    },
    "remove the tasks that wait": {
      theirs: async (queue) => {
        void queue.add(() => load(1));
        const second = queue.add(() => load(2)).catch(() => "removed");

        queue.clear();

        return second;
      },
      ours: async (limit) => {
        void limit(() => load(1));
        const second = limit(() => load(2)).catch(() => "removed");

        limit.clear();

        return second;
      },
    },
    "wait until all is done": {
      theirs: async (queue) => {
        for (const id of ids) void queue.add(() => load(id));

        await queue.onIdle();

        note("idle");
      },
      ours: async (limit) => {
        for (const id of ids) void limit(() => load(id));

        await limit.onIdle();

        note("idle");
      },
    },
    "wait while the queue is full": {
      theirs: async () => {
        const queue = new PQueue({ concurrency: 1 });

        for (const id of ids) {
          await queue.onSizeLessThan(2);
          void queue.add(() => load(id));
          note(id);
        }

        await queue.onIdle();
      },
      ours: async () => {
        const pool = new WorkerPool((_ctx, id: number) => load(id), { workers: 1, queueSize: 2 });

        for (const id of ids) {
          await pool.submit(id);
          note(id);
        }

        await pool.onIdle();
      },
    },
    "stop at the first error": {
      theirs: async (queue) => {
        const tasks = [1, 0, 3];

        queue.addEventListener("error", () => queue.clear(), { once: true });
        const outcomes = await Promise.allSettled(tasks.map((id) => queue.add(() => load(id))));

        return outcomes.map(({ status }) => status);
      },
      ours: async () => {
        const tasks = [1, 0, 3];

        const pool = new WorkerPool((_ctx, id: number) => load(id), { workers: 1, stopOnError: true });
        const outcomes = await Promise.allSettled(tasks.map((id) => pool.run(id)));

        return outcomes.map(({ status }) => status);
      },
    },
    "notice each result": {
      theirs: async (queue) => {
        const jobs = [1, 2];

        queue.addEventListener("completed", ({ detail }) => note(detail));

        for (const id of jobs) await queue.add(() => load(id));
      },
      ours: async () => {
        const jobs = [1, 2];

        const pool = new WorkerPool((_ctx, id: number) => load(id), {
          workers: 1,
          onEvent: (event) => event.type === "ended" && note(event.outcome.value),
        });

        for (const id of jobs) await pool.run(id);
      },
    },
    "count the errors": {
      theirs: async (queue) => {
        let failed = 0;

        queue.addEventListener("error", () => failed++);

        const users = [0, 1].map((id) => queue.add(() => load(id)));
        return [(await Promise.allSettled(users)).map(({ status }) => status), failed];
      },
      ours: async (limit) => {
        let failed = 0;

        const add = async <R>(task: () => Promise<R>) => {
          try {
            return await limit(task);
          } catch (error) {
            failed++;
            throw error;
          }
        };

        const users = [0, 1].map((id) => add(() => load(id)));
        return [(await Promise.allSettled(users)).map(({ status }) => status), failed];
      },
    },
    "tasks that wait": {
      theirs: async (queue) => {
        const all = queue.addAll(ids.map((id) => () => load(id)));

        const count = queue.size;

        return [count, await all];
      },
      ours: async (limit) => {
        const all = Promise.all(ids.map((id) => limit(() => load(id))));

        const count = limit.size;

        return [count, await all];
      },
    },
    "tasks that run": {
      theirs: async (queue) => {
        const all = queue.addAll(ids.map((id) => () => load(id)));

        const count = queue.pending;

        return [count, await all];
      },
      ours: async (limit) => {
        const all = Promise.all(ids.map((id) => limit(() => load(id))));

        const count = limit.running;

        return [count, await all];
      },
    },
    "whether tasks wait for others": {
      theirs: async (queue) => {
        const all = queue.addAll(ids.map((id) => () => load(id)));

        const isSaturated = () => queue.isSaturated;

        const before = isSaturated();
        queue.pause();
        await sleep(15);
        const during = isSaturated();
        queue.start();
        return [before, during, await all];
      },
      ours: async (limit) => {
        const all = Promise.all(ids.map((id) => limit(() => load(id))));

        const isSaturated = () => limit.size > 0 && limit.running >= limit.concurrency;

        const before = isSaturated();
        limit.pause();
        await sleep(15);
        const during = isSaturated();
        limit.resume();
        return [before, during, await all];
      },
    },
    "whether it is paused": {
      theirs: async (queue) => {
        queue.pause();
        const users = queue.addAll(ids.map((id) => () => load(id)));
        await sleep(15);

        const { isPaused } = queue;

        queue.start();
        return [isPaused, queue.isPaused, await users];
      },
      ours: async (limit) => {
        limit.pause();
        const users = Promise.all(ids.map((id) => limit(() => load(id))));
        await sleep(15);

        const { isPaused } = limit;

        limit.resume();
        return [isPaused, limit.isPaused, await users];
      },
    },
    "change the limit": {
      theirs: async (queue) => {
        const all = queue.addAll(ids.map((id) => () => load(id)));
        await sleep(5);

        queue.concurrency = 3;

        return all;
      },
      ours: async (limit) => {
        const all = Promise.all(ids.map((id) => limit(() => load(id))));
        await sleep(5);

        limit.concurrency = 3;

        return all;
      },
    },
    "a rate: one start in each 50 ms": {
      theirs: async () => {
        const tasks = ids;

        const queue = new PQueue({ interval: 50, intervalCap: 1 });
        const users = tasks.map((id) => queue.add(() => load(id)));

        return Promise.all(users);
      },
      ours: async () => {
        const tasks = ids;

        const limiter = new RateLimiter(RateLimiter.every(50));
        const users = tasks.map((id) => limiter.wait().then(() => load(id)));

        return Promise.all(users);
      },
    },
    "a rate and a limit": {
      theirs: async () => {
        const tasks = ids;

        const queue = new PQueue({ concurrency: 2, interval: 50, intervalCap: 1 });
        const users = tasks.map((id) => queue.add(() => load(id)));

        return Promise.all(users);
      },
      ours: async () => {
        const tasks = ids;

        const [limit, limiter] = [createLimit(2), new RateLimiter(RateLimiter.every(50))];
        const users = tasks.map((id) => limit(() => limiter.wait().then(() => load(id))));

        return Promise.all(users);
      },
    },
    "a rate for all jobs of a pool": {
      theirs: async () => {
        const tasks = ids;

        const queue = new PQueue({ concurrency: 2, interval: 1000, intervalCap: 20 });

        return Promise.all(tasks.map((id) => queue.add(() => load(id))));
      },
      ours: async () => {
        const tasks = ids;

        const pool = new WorkerPool((_ctx, id: number) => load(id), { workers: 2, rate: 20 });

        return Promise.all(tasks.map((id) => pool.run(id)));
      },
      // The pool spaces the starts evenly.
      sameSteps: "in any order",
    },
  },
};

export const differences: Table<PQueue, Limit> = {
  prepare: one,
  rows: {
    Timeouts: {
      theirs: async (queue) => {
        const first = errorNameOf(queue.add(() => load(1), { timeout: 5 }));
        void queue.add(() => load(2));
        await first;
        await sleep(0);
        return `${queue.pending} runs by its count`;
      },
      ours: async () => {
        const pool = new WorkerPool((_ctx, id: number) => load(id), { workers: 1, timeout: 5 });
        const first = errorNameOf(pool.run(1));
        const second = errorNameOf(pool.run(2));
        await first;
        await sleep(0);
        const { running, queued, waiting, abandoned } = pool.stats();
        await second;
        return { running, queued, waiting, abandoned };
      },
      results: { theirs: "1 runs by its count", ours: { running: 1, queued: 0, waiting: 1, abandoned: 1 } },
    },
    "Canceled tasks that run": {
      theirs: async (queue) => {
        const controller = new AbortController();
        const first = errorNameOf(queue.add(() => load(1), { signal: controller.signal }));
        void queue.add(() => load(2));
        await sleep(5);
        controller.abort();
        await first;
        await sleep(0);
        return [queue.pending, queue.size];
      },
      ours: async (limit) => {
        const controller = new AbortController();
        const first = errorNameOf(limit(() => load(1), { signal: controller.signal }));
        void limit(() => load(2));
        await sleep(5);
        controller.abort();
        await first;
        await sleep(0);
        return [limit.running, limit.size];
      },
      results: { theirs: [1, 0], ours: [1, 1] },
    },
    "The error of a timeout that aborts": {
      theirs: async (queue) =>
        errorNameOf(queue.add(({ signal }) => nodeSleep(10, "user", { signal }), { timeout: 5 })),
      ours: async (limit) => {
        const user = limit(async (parent) => {
          const [ctx, cancel] = context.withTimeout(parent, 5);
          using _ = cancel;
          return await nodeSleep(10, "user", { signal: ctx.signal });
        });
        const named = limit(async (parent) => {
          const [ctx, cancel] = context.withTimeout(parent, 5);
          using _ = cancel;
          try {
            return await nodeSleep(10, "user", { signal: ctx.signal });
          } catch (error) {
            throw ctx.err() ?? error;
          }
        });
        return [await errorNameOf(user), await errorNameOf(named)];
      },
      results: { theirs: "TimeoutError", ours: ["AbortError", "TimeoutError"] },
    },
    "Handlers and `onIdle`": {
      theirs: async (queue) => {
        const failed: unknown[] = [];
        void queue
          .add(() => load(0))
          .then(note)
          .catch((error: Error) => failed.push(error.message));
        await queue.onIdle();
        return failed;
      },
      ours: async (limit) => {
        const failed: unknown[] = [];
        const task = limit(() => load(0))
          .then(note)
          .catch((error: Error) => failed.push(error.message));
        await limit.onIdle();
        const ofLimit = [...failed];
        await Promise.allSettled([task]);
        const pool = new WorkerPool((_ctx, id: number) => load(id), { workers: 1 });
        const job = pool
          .run(0)
          .then(note)
          .catch((error: Error) => failed.push(error.message));
        await pool.onIdle();
        const ofPool = failed.slice(1);
        await Promise.allSettled([job]);
        return { ofLimit, ofPool, failed };
      },
      results: { theirs: ["no user 0"], ours: { ofLimit: [], ofPool: [], failed: ["no user 0", "no user 0"] } },
    },
    "The start of a function": {
      theirs: async (queue) => {
        let isStarted = false;
        const task = queue.add(async () => (isStarted = true));
        const before = isStarted;
        await task;
        return before;
      },
      ours: async (limit) => {
        let isStarted = false;
        const pool = new WorkerPool(async () => (isStarted = true));
        const calls = [limit(async () => (isStarted = true)), pool.run(1)];
        const before = isStarted;
        await Promise.all(calls);
        return before;
      },
      results: { theirs: true, ours: false },
    },
    "A reason that is not an Error": {
      theirs: async (queue) =>
        queue.add(() => load(1), { signal: AbortSignal.abort("stop") }).catch((error: unknown) => error),
      ours: async (limit) =>
        limit(() => load(1), { signal: AbortSignal.abort("stop") }).catch((error: unknown) => error),
      results: { theirs: "stop", ours: new Error("stop", { cause: "stop" }) },
    },
    "The argument of a task": {
      theirs: (queue) => queue.add((argument) => Object.keys(argument)),
      ours: (limit) => limit((ctx) => ctx === context.background()),
      results: { theirs: ["signal"], ours: true },
    },
  },
};
