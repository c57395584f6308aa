// effect in the rows of pipelines, by its Stream.

import { Effect, Stream } from "effect";
import { BATCH } from "../rows/pipeline.ts";
import { WORKERS } from "../rows/pool.ts";
import type { Program } from "../rows/row.ts";

function mapping(unordered: boolean): Program {
  return async (n, meter) => {
    const items = Array.from({ length: n }, (_, i) => i);
    const double = async (item: number): Promise<number> => 2 * item;
    meter.start();
    const mapped = Stream.fromIterable(items).pipe(
      Stream.mapEffect((item) => Effect.promise(() => double(item)), { concurrency: WORKERS, unordered }),
    );
    let sum = 0;
    await Effect.runPromise(Stream.runForEach(mapped, (value) => Effect.sync(() => (sum += value))));
    meter.stop();
    return sum;
  };
}

const batching: Program = async (n, meter) => {
  const items = Array.from({ length: n }, (_, i) => i);
  meter.start();
  let sum = 0;
  const batches = Stream.fromIterable(items).pipe(Stream.grouped(BATCH));
  const add = (values: readonly number[]): void => {
    for (const value of values) sum += value;
  };
  await Effect.runPromise(Stream.runForEach(batches, (values) => Effect.sync(() => add(values))));
  meter.stop();
  return sum;
};

export const pipeline: Readonly<Record<string, Program>> = {
  "pipeline-map": mapping(false),
  "pipeline-map-unordered": mapping(true),
  "pipeline-batch": batching,
};
