// p-limit 7 and goro.

import { context, createLimit, type Limit } from "goro";
import pLimit, { type LimitFunction, limitFunction } from "p-limit";
import type { Table } from "./table.ts";
import { errorNameOf, ids, load, note, request, sleep } from "./work.ts";

export const calls: Table<LimitFunction, Limit> = {
  prepare: { theirs: () => pLimit(2), ours: () => createLimit(2) },
  rows: {
    "make a limit": {
      theirs: () => {
        const tasks = ids;

        const limit = pLimit(2);

        return Promise.all(tasks.map((id) => limit(() => load(id))));
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

        const limit = pLimit(Infinity);

        return Promise.all(tasks.map((id) => limit(() => load(id))));
      },
      ours: () => {
        const tasks = ids;

        const limit = createLimit(Infinity);

        return Promise.all(tasks.map((id) => limit(() => load(id))));
      },
    },
    "run a function": {
      theirs: (limit) => limit(() => load(1)),
      ours: (limit) => limit(() => load(1)),
    },
    "with arguments": {
      theirs: (limit) => limit(load, 1),
      ours: (limit) => limit(() => load(1)),
    },
    "for each item": {
      theirs: (limit) => limit.map(ids, (id) => load(id)),
      ours: (limit) => Promise.all(ids.map((id) => limit(() => load(id)))),
    },
    "a limited function": {
      theirs: () => {
        const tasks = ids;

        const limited = limitFunction(load, { concurrency: 2 });

        return Promise.all(tasks.map((id) => limited(id)));
      },
      ours: (limit) => {
        const tasks = ids;

        const limited = (id: number) => limit(() => load(id));

        return Promise.all(tasks.map((id) => limited(id)));
      },
    },
    "tasks that run": {
      theirs: async (limit) => {
        const all = limit.map(ids, load);
        await sleep(0);

        const count = limit.activeCount;

        return [count, await all];
      },
      ours: async (limit) => {
        const all = Promise.all(ids.map((id) => limit(() => load(id))));
        await sleep(0);

        const count = limit.running;

        return [count, await all];
      },
    },
    "tasks that wait": {
      theirs: async (limit) => {
        const all = limit.map(ids, load);
        await sleep(0);

        const count = limit.pendingCount;

        return [count, await all];
      },
      ours: async (limit) => {
        const all = Promise.all(ids.map((id) => limit(() => load(id))));
        await sleep(0);

        const count = limit.size;

        return [count, await all];
      },
    },
    "change the limit": {
      theirs: async (limit) => {
        const all = limit.map(ids, load);
        await sleep(5);

        limit.concurrency = 3;

        return all;
      },
      ours: async (limit) => {
        const all = Promise.all(ids.map((id) => limit(() => load(id))));
        await sleep(5);

        limit.concurrency = 3;

        return all;
      },
    },
    "remove the tasks that wait": {
      theirs: () => {
        const limit = pLimit({ concurrency: 1, rejectOnClear: true });
        const all = [1, 2].map((id) => limit(() => load(id)).catch(() => "removed"));

        limit.clearQueue();

        return Promise.all(all);
      },
      ours: () => {
        const limit = createLimit(1);
        const all = [1, 2].map((id) => limit(() => load(id)).catch(() => "removed"));

        limit.clear();

        return Promise.all(all);
      },
    },
    "cancel one task": {
      theirs: async (limit) => {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), 5);

        const user = limit(() => request(1, signal));

        return errorNameOf(user);
      },
      ours: async (limit) => {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), 5);

        const user = limit(() => request(1, signal), { signal });

        return errorNameOf(user);
      },
    },
    "wait until all is done": {
      theirs: async (limit) => {
        const all = ids.map((id) => limit(() => load(id)));

        await Promise.allSettled(all);

        note("idle");
      },
      ours: async (limit) => {
        for (const id of ids) void limit(() => load(id));

        await limit.onIdle();

        note("idle");
      },
    },
  },
};

export const differences: Table<LimitFunction, Limit> = {
  prepare: { theirs: () => pLimit(1), ours: () => createLimit(1) },
  rows: {
    "Arguments of a task": {
      theirs: (limit) => limit((...args: unknown[]) => args.length),
      ours: (limit) => limit((...args: unknown[]) => args[0] === context.background()),
      results: { theirs: 0, ours: true },
    },
    "Removed tasks": {
      theirs: (limit) => {
        void limit(() => load(1));
        const second = limit(() => load(2));
        limit.clearQueue();
        return errorNameOf(second);
      },
      ours: (limit) => {
        void limit(() => load(1));
        const second = limit(() => load(2));
        limit.clear();
        return errorNameOf(second);
      },
      results: { theirs: "pending", ours: "ClearedError" },
    },
    "A canceled task that waits": {
      theirs: async (limit) => {
        const controller = new AbortController();
        void limit(() => load(1));
        const second = limit(() => request(2, controller.signal));
        controller.abort();
        return errorNameOf(second);
      },
      ours: async (limit) => {
        const controller = new AbortController();
        void limit(() => load(1));
        const second = limit(() => request(2, controller.signal), { signal: controller.signal });
        controller.abort();
        return errorNameOf(second);
      },
      // The other library starts the task, and that has to check its signal.
      results: { theirs: "user 2", ours: "AbortError" },
    },
  },
};
