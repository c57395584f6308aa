// fastq 1 and goro.

import fastq from "fastq";
import { context, createLimit, WorkerPool } from "goro";
import type { Table } from "./table.ts";
import { ids, load, messageOf, note, sleep } from "./work.ts";

type Theirs = fastq.queueAsPromised<number, string>;
type Ours = WorkerPool<number, string>;

export const calls: Table<Theirs, Ours> = {
  prepare: {
    theirs: () => fastq.promise((id: number) => load(id), 1),
    ours: () => new WorkerPool((_ctx, id: number) => load(id), { workers: 1 }),
  },
  rows: {
    "make a queue": {
      theirs: () => {
        const jobs = ids;

        const queue = fastq.promise((id: number) => load(id), 2);

        return Promise.all(jobs.map((id) => queue.push(id)));
      },
      ours: () => {
        const jobs = ids;

        const pool = new WorkerPool((_ctx, id: number) => load(id), { workers: 2 });

        return Promise.all(jobs.map((id) => pool.run(id)));
      },
    },
    "run a job": {
      theirs: (queue) => queue.push(1),
      ours: (pool) => pool.run(1),
    },
    "a callback": {
      theirs: () => {
        type Done = (error: Error | null, user?: string) => void;
        const worker = (id: number, done: Done): void => void load(id).then((user) => done(null, user), done);
        const queue = fastq(worker, 1);

        queue.push(1, (error, user) => note(error ?? user));

        return undefined;
      },
      ours: (pool) => {
        const id = 1;

        pool.run(id).then(
          (user) => note(user),
          (error: unknown) => note(error),
        );

        return undefined;
      },
    },
    "before the jobs that wait": {
      theirs: async (queue) => {
        void queue.push(1);
        void queue.push(2);

        const urgent = queue.unshift(3);

        await urgent;
      },
      ours: async (pool) => {
        void pool.run(1);
        void pool.run(2);

        const urgent = pool.run(3, { priority: 1 });

        await urgent;
      },
    },
    "wait until all is done": {
      theirs: async (queue) => {
        for (const id of ids) void queue.push(id);

        await queue.drained();

        note("drained");
      },
      ours: async (pool) => {
        for (const id of ids) void pool.run(id);

        await pool.onIdle();

        note("drained");
      },
    },
    "notice each outcome": {
      theirs: async (queue) => {
        queue.error((error, id) => note(`${id} ${error === null ? "done" : error.message}`));

        for (const id of [1, 0]) await messageOf(queue.push(id));
      },
      ours: async () => {
        const pool = new WorkerPool((_ctx, id: number) => load(id), {
          workers: 1,
          onEvent: (event) => {
            if (event.type === "ended") note(`${event.outcome.job} ${event.outcome.error?.message ?? "done"}`);
          },
        });

        for (const id of [1, 0]) await messageOf(pool.run(id));
      },
    },
    "jobs that run": {
      theirs: async (queue) => {
        const all = ids.map((id) => queue.push(id));
        await sleep(0);

        const count = queue.running();

        return [count, await Promise.all(all)];
      },
      ours: async (pool) => {
        const all = ids.map((id) => pool.run(id));
        await sleep(0);

        const count = pool.stats().running;

        return [count, await Promise.all(all)];
      },
    },
    "jobs that wait": {
      theirs: async (queue) => {
        const all = ids.map((id) => queue.push(id));
        await sleep(0);

        const count = queue.length();

        return [count, await Promise.all(all)];
      },
      ours: async (pool) => {
        const all = ids.map((id) => pool.run(id));
        await sleep(0);

        const { queued, waiting } = pool.stats();
        const count = queued + waiting;

        return [count, await Promise.all(all)];
      },
    },
    "whether it is idle": {
      theirs: async (queue) => {
        const user = queue.push(1);
        await sleep(0);

        const isIdle = queue.idle();

        return [isIdle, await user];
      },
      ours: async (pool) => {
        const user = pool.run(1);
        await sleep(0);

        const { running, queued, waiting } = pool.stats();
        const isIdle = running + queued + waiting === 0;

        return [isIdle, await user];
      },
    },
    "change the number of workers": {
      theirs: async (queue) => {
        const all = ids.map((id) => queue.push(id));
        await sleep(5);

        queue.concurrency = 3;

        return Promise.all(all);
      },
      ours: async (pool) => {
        const all = ids.map((id) => pool.run(id));
        await sleep(5);

        pool.resize(3);

        return Promise.all(all);
      },
    },
    "pause, and continue": {
      theirs: async (queue) => {
        const all = [1, 2].map((id) => queue.push(id));

        queue.pause();
        await sleep(50);
        queue.resume();

        return Promise.all(all);
      },
      ours: async () => {
        const limit = createLimit(1);
        const all = [1, 2].map((id) => limit(() => load(id)));

        limit.pause();
        await sleep(50);
        limit.resume();

        return Promise.all(all);
      },
    },
    "remove the jobs that wait": {
      theirs: async (queue) => {
        const all = ids.map((id) => queue.push(id).catch(() => "removed"));

        queue.abort();

        return Promise.all(all);
      },
      ours: async () => {
        const limit = createLimit(1);
        const all = ids.map((id) => limit(() => load(id)).catch(() => "removed"));

        limit.clear();

        return Promise.all(all);
      },
    },
    "finish, and stop": {
      theirs: async (queue) => {
        for (const id of ids) void queue.push(id);

        await queue.drained();

        note("stopped");
      },
      ours: async (pool) => {
        for (const id of ids) void pool.run(id);

        await pool.stop();

        note("stopped");
      },
    },
    "stop now": {
      theirs: async (queue) => {
        const all = ids.map((id) => queue.push(id).then(String, () => "canceled"));
        await sleep(5);

        queue.abort();
        await queue.drained();

        return (await Promise.all(all)).slice(1);
      },
      ours: async (pool) => {
        const all = ids.map((id) => pool.run(id).then(String, () => "canceled"));
        await sleep(5);

        const [ctx, cancel] = context.withCancel(context.background());
        cancel();
        await pool.stop(ctx);

        return (await Promise.all(all)).slice(1);
      },
    },
  },
};

export const differences: Table<Theirs, Ours> = {
  prepare: {
    theirs: () => fastq.promise((id: number) => load(id), 1),
    ours: () => new WorkerPool((_ctx, id: number) => load(id), { workers: 1 }),
  },
  rows: {
    "Jobs at the front": {
      theirs: async (queue) => {
        const order: number[] = [];
        void queue.push(1);
        for (const id of [2, 3]) void queue.unshift(id).then(() => order.push(id));
        await queue.drained();
        return order;
      },
      ours: async (pool) => {
        const order: number[] = [];
        void pool.run(1);
        for (const id of [2, 3]) void pool.run(id, { priority: 1 }).then(() => order.push(id));
        await pool.onIdle();
        return order;
      },
      results: { theirs: [3, 2], ours: [2, 3] },
    },
    "Jobs that run at the end": {
      theirs: async (queue) => {
        const user = queue.push(1);
        await sleep(5);
        queue.abort();
        return messageOf(user);
      },
      ours: async (pool) => {
        const user = pool.run(1);
        await sleep(5);
        const [ctx, cancel] = context.withCancelCause(context.background());
        cancel(new Error("the server stops"));
        void pool.stop(ctx);
        return messageOf(user);
      },
      results: { theirs: "user 1", ours: "the server stops" },
    },
  },
};
