// p-map: the list, the function and the limit in one call.

import pMap from "p-map";
import type { Contender, PoolKit } from "./contender.ts";

const pool: PoolKit = { map: (items, f, workers) => pMap(items, f, { concurrency: workers }) };

export const contender: Contender = { name: "p-map", package: "p-map", kits: { pool, module: "p-map" } };
