// p-queue: all tasks are added at once.

import PQueue from "p-queue";
import type { Contender, PoolKit } from "./contender.ts";

const pool: PoolKit = {
  map: (items, f, workers) => new PQueue({ concurrency: workers }).addAll(items.map((item) => () => f(item))),
};

export const contender: Contender = { name: "p-queue", package: "p-queue", kits: { pool, module: "p-queue" } };
