// p-map: the list, the function and the limit in one call; and as an iterable, with back-pressure.

import pMap, { pMapIterable } from "p-map";
import { WORKERS } from "../rows/pool.ts";
import type { Program } from "../rows/row.ts";
import type { Implementation, PoolAdapter } from "./implementation.ts";

const pool: PoolAdapter = { map: (items, f, workers) => pMap(items, f, { concurrency: workers }) };

const mapping: Program = async (n, meter) => {
  const items = Array.from({ length: n }, (_, i) => i);
  const double = async (item: number): Promise<number> => 2 * item;
  meter.start();
  let sum = 0;
  for await (const value of pMapIterable(items, double, { concurrency: WORKERS, backpressure: 2 * WORKERS }))
    sum += value;
  meter.stop();
  return sum;
};

export const implementation: Implementation = {
  name: "p-map",
  package: "p-map",
  adapters: { pool, module: "p-map" },
  programs: { "pipeline-map": mapping },
};
