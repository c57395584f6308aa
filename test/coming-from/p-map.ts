// p-map 7 and goro.

import { type Context, createLimit, mapOrdered, waitFor } from "goro";
import { map, pipeline } from "goro/pipeline";
import pMap, { pMapIterable, pMapKeyed, pMapSettled, pMapSkip, pMapStop } from "p-map";
import type { Table } from "./table.ts";
import { errorNameOf, ids, load, messageOf, note, sleep, takeSteps } from "./work.ts";

async function* source(): AsyncGenerator<number> {
  for (const id of ids) {
    note(`pull ${id}`);
    yield id;
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const calls: Table<undefined, undefined> = {
  prepare: { theirs: () => undefined, ours: () => undefined },
  rows: {
    "all results, in order": {
      theirs: async () => {
        const users = await pMap(ids, load, { concurrency: 2 });

        return users;
      },
      ours: async () => {
        const users: string[] = [];
        for await (const user of mapOrdered(ids, (_ctx, id) => load(id), { concurrency: 2 })) users.push(user);

        return users;
      },
    },
    "the same as a promise": {
      theirs: () => pMap(ids, load, { concurrency: 2 }),
      ours: () => {
        const limit = createLimit(2);
        return Promise.all(ids.map((id) => limit(() => load(id))));
      },
    },
    "no limit": {
      theirs: () => pMap(ids, load),
      ours: () => Promise.all(ids.map(load)),
    },
    "an async source": {
      theirs: () => pMap(source(), load, { concurrency: 2 }),
      ours: () => {
        const users = mapOrdered(source(), (_ctx, id) => load(id), { concurrency: 2 });

        return collect(users);
      },
      // The other library also pulls while functions run.
      sameSteps: "in any order",
    },
    "results as they come": {
      theirs: async () => {
        for await (const user of pMapIterable(ids, load, { concurrency: 2 })) note(user);
      },
      ours: async () => {
        for await (const user of mapOrdered(ids, (_ctx, id) => load(id), { concurrency: 2 })) note(user);
      },
      // goro starts the next function when a result is ready, and not when it has been taken.
      sameSteps: "in any order",
    },
    "results that were not taken": {
      theirs: async () => {
        const users = pMapIterable(ids, load, { concurrency: 2, backpressure: 3 });

        for await (const user of users) {
          note(user);
          await sleep(30);
        }
      },
      ours: async () => {
        const users = mapOrdered(ids, (_ctx, id) => load(id), { concurrency: 2, maxInFlight: 3 });

        for await (const user of users) {
          note(user);
          await sleep(30);
        }
      },
    },
    "results in any order": {
      theirs: async () => {
        const wait = (id: number): Promise<number> => sleep(50 - 10 * id).then(() => id);

        const results = pMapIterable(ids, wait, { concurrency: 2, preserveOrder: false });

        for await (const id of results) note(id);
      },
      ours: async () => {
        const wait = (id: number): Promise<number> => sleep(50 - 10 * id).then(() => id);

        const results = map(ids, (_ctx, id) => wait(id), { concurrency: 2, ordered: false });

        for await (const id of results) note(id);
      },
    },
    "leave out an item": {
      theirs: () => pMap(ids, (id) => (id === 2 ? pMapSkip : load(id)), { concurrency: 2 }),
      ours: () => {
        const users = pipeline(ids)
          .filter((_ctx, id) => id !== 2)
          .map((_ctx, id) => load(id), { concurrency: 2 });

        return collect(users);
      },
    },
    "leave out a result": {
      theirs: () => pMap(ids, async (id) => ((await load(id)) === "user 2" ? pMapSkip : id), { concurrency: 2 }),
      ours: () => {
        const kept = pipeline(ids).filter(async (_ctx, id) => (await load(id)) !== "user 2", { concurrency: 2 });

        return collect(kept);
      },
    },
    "stop at a result": {
      theirs: async () => pMap(ids, async (id) => ((await load(id)) === "user 3" ? pMapStop : id), { concurrency: 1 }),
      ours: async () => {
        const before: number[] = [];

        let id = 0;
        for await (const user of map(ids, (_ctx, id) => load(id), { concurrency: 1 })) {
          if (user === "user 3") break;
          before.push(++id);
        }

        return before;
      },
    },
    "all errors and results": {
      theirs: async () => {
        const outcomes = await pMapSettled([1, 0, 3], load, { concurrency: 2 });

        return outcomes.map(({ status }) => status);
      },
      ours: async () => {
        const limit = createLimit(2);

        const outcomes = await Promise.allSettled([1, 0, 3].map((id) => limit(() => load(id))));

        return outcomes.map(({ status }) => status);
      },
    },
    "the values of an object": {
      theirs: async () => {
        const users = await pMapKeyed({ first: 1, last: 4 }, load);

        return Object.entries(users);
      },
      ours: async () => {
        const limit = createLimit(Infinity);

        const users = Object.entries({ first: 1, last: 4 }).map(
          async ([key, id]) => [key, await limit(() => load(id))] as const,
        );

        return Promise.all(users);
      },
    },
    "cancel all": {
      theirs: async () => {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), 15);

        const users = pMap(ids, load, { concurrency: 1, signal });

        return errorNameOf(users);
      },
      ours: async () => {
        const controller = new AbortController();
        const { signal } = controller;
        setTimeout(() => controller.abort(), 15);

        const users = mapOrdered(ids, (_ctx, id) => load(id), { concurrency: 1, signal });

        return errorNameOf(collect(users));
      },
    },
    "stop at an error": {
      theirs: () => {
        const tasks = [1, 0, 3, 4];

        const users = pMap(tasks, load, { concurrency: 1 });

        return messageOf(users);
      },
      ours: () => {
        const tasks = [1, 0, 3, 4];

        const users = map(tasks, (_ctx, id) => load(id), { concurrency: 1 });

        return messageOf(collect(users));
      },
    },
  },
};

export const differences: Table<undefined, undefined> = {
  prepare: { theirs: () => undefined, ours: () => undefined },
  rows: {
    "Arguments of the function": {
      theirs: () => pMap([5], async (id, index) => [id, index]),
      ours: () => collect(mapOrdered([5], async (_ctx, id, worker) => [id, worker], { concurrency: 1 })),
      results: { theirs: [[5, 0]], ours: [[5, 1]] },
    },
    "Functions that run when another fails": {
      theirs: async () => {
        await messageOf(pMap([0, 1, 2], load));
        await sleep(50);
        return takeSteps().filter((step) => step.includes("end")).length;
      },
      ours: async () => {
        const work = async (ctx: Context, id: number): Promise<void> => {
          if (id === 0) throw new Error("no user 0");
          await waitFor(sleep(10), { ctx });
          note(`end ${id}`);
        };
        await messageOf(collect(mapOrdered([0, 1, 2], work, { concurrency: 3 })));
        await sleep(50);
        return takeSteps().filter((step) => step.includes("end")).length;
      },
      results: { theirs: 2, ours: 0 },
    },
    "The order of errors": {
      theirs: () =>
        messageOf(
          pMap(
            [20, 10],
            async (ms) => {
              await sleep(ms);
              throw new Error(`${ms}`);
            },
            { concurrency: 2 },
          ),
        ),
      ours: () =>
        messageOf(
          collect(
            mapOrdered(
              [20, 10],
              async (_ctx, ms) => {
                await sleep(ms);
                throw new Error(`${ms}`);
              },
              { concurrency: 2 },
            ),
          ),
        ),
      results: { theirs: "10", ours: "20" },
    },
  },
};
