// async: mapLimit with an async function, which it awaits instead of handing it a callback.

import { mapLimit } from "async";
import type { Contender, PoolKit } from "./contender.ts";

const pool: PoolKit = { map: (items, f, workers) => mapLimit(items as number[], workers, f) };

export const contender: Contender = { name: "async", package: "async", kits: { pool, module: "async" } };
