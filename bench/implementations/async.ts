// async: `mapLimit` with an async function, which it awaits instead of passing a callback.

import { mapLimit } from "async";
import type { Implementation, PoolAdapter } from "./implementation.ts";

const pool: PoolAdapter = { map: (items, f, workers) => mapLimit(items as number[], workers, f) };

export const implementation: Implementation = { name: "async", package: "async", adapters: { pool, module: "async" } };
