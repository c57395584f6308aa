// p-limit: with its `map` method.

import pLimit from "p-limit";
import type { Implementation, PoolAdapter } from "./implementation.ts";

const pool: PoolAdapter = { map: (items, f, workers) => pLimit(workers).map(items, f) };

export const implementation: Implementation = {
  name: "p-limit",
  package: "p-limit",
  adapters: { pool, module: "p-limit" },
};
