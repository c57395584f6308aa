// p-queue: all tasks are added at once.

import PQueue from "p-queue";
import type { Implementation, PoolAdapter } from "./implementation.ts";

const pool: PoolAdapter = {
  map: (items, f, workers) => new PQueue({ concurrency: workers }).addAll(items.map((item) => () => f(item))),
};

export const implementation: Implementation = {
  name: "p-queue",
  package: "p-queue",
  adapters: { pool, module: "p-queue" },
};
