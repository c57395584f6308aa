// The rows of goro/pipeline, which is imported here, because versions before 0.11.0 do not have it.

import type { Stage } from "goro/pipeline";
import { WORKERS } from "../rows/pool.ts";
import { BATCH } from "../rows/pipeline.ts";
import type { Meter, Program } from "../rows/row.ts";

function mapping(ordered: boolean): Program {
  return async (n, meter) => {
    const { map } = await import("goro/pipeline");
    const items = Array.from({ length: n }, (_, i) => i);
    meter.start();
    return sumOf(
      map(items, async (_ctx, item) => 2 * item, { concurrency: WORKERS, ordered }),
      meter,
    );
  };
}

async function sumOf(values: Stage<number>, meter: Meter): Promise<number> {
  let sum = 0;
  for await (const value of values) sum += value;
  meter.stop();
  return sum;
}

const batching: Program = async (n, meter) => {
  const { batch } = await import("goro/pipeline");
  const items = Array.from({ length: n }, (_, i) => i);
  meter.start();
  let sum = 0;
  for await (const values of batch(items, { size: BATCH })) for (const value of values) sum += value;
  meter.stop();
  return sum;
};

export const pipeline: Readonly<Record<string, Program>> = {
  "pipeline-map": mapping(true),
  "pipeline-map-unordered": mapping(false),
  "pipeline-batch": batching,
};
