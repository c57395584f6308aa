// p-limit: a list with its `map` method, single functions with the limit itself.

import pLimit from "p-limit";
import type { Implementation, LimitAdapter, PoolAdapter } from "./implementation.ts";

const pool: PoolAdapter = { map: (items, f, workers) => pLimit(workers).map(items, f) };

const limit: LimitAdapter = { make: (concurrency) => pLimit(concurrency) };

export const implementation: Implementation = {
  name: "p-limit",
  package: "p-limit",
  adapters: { pool, limit, module: "p-limit" },
};
