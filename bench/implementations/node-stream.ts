// The readable streams of Node, whose `map` takes a concurrency. They have no map in the order of completion, and no batches before Node 22.

import { Readable } from "node:stream";
import { WORKERS } from "../rows/pool.ts";
import type { Program } from "../rows/row.ts";
import type { Implementation } from "./implementation.ts";

const mapping: Program = async (n, meter) => {
  const items = Array.from({ length: n }, (_, i) => i);
  const double = async (item: number): Promise<number> => 2 * item;
  meter.start();
  let sum = 0;
  for await (const value of Readable.from(items).map(double, { concurrency: WORKERS })) sum += value as number;
  meter.stop();
  return sum;
};

export const implementation: Implementation = {
  name: "node-stream",
  package: null,
  adapters: {},
  programs: { "pipeline-map": mapping },
};
