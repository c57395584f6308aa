// p-limit: its own `map`, which is the shortest way to a list.

import pLimit from "p-limit";
import type { Contender, PoolKit } from "./contender.ts";

const pool: PoolKit = { map: (items, f, workers) => pLimit(workers).map(items, f) };

export const contender: Contender = { name: "p-limit", package: "p-limit", kits: { pool, module: "p-limit" } };
