// p-map: the list, the function and the limit in one call.

import pMap from "p-map";
import type { Implementation, PoolAdapter } from "./implementation.ts";

const pool: PoolAdapter = { map: (items, f, workers) => pMap(items, f, { concurrency: workers }) };

export const implementation: Implementation = { name: "p-map", package: "p-map", adapters: { pool, module: "p-map" } };
