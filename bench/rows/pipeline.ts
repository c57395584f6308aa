// The cost of a value in a stage of a pipeline that one loop reads.

import { sumBelow } from "./channels.ts";
import type { Row } from "./row.ts";

/** The number of values in a batch. */
export const BATCH = 100;

const stageMap: Row = {
  id: "pipeline-map",
  title: "a stage that maps by trivial async calls, 4 at a time, in order",
  unit: "ns",
  n: 200_000,
  go: null,
  needs: null,
  expected: (n) => 2 * sumBelow(n),
};

const stageMapUnordered: Row = {
  id: "pipeline-map-unordered",
  title: "the same, in the order of completion",
  unit: "ns",
  n: 200_000,
  go: null,
  needs: null,
  expected: (n) => 2 * sumBelow(n),
};

const stageBatch: Row = {
  id: "pipeline-batch",
  title: "a stage that collects 100 values",
  unit: "ns",
  n: 1_000_000,
  go: null,
  needs: null,
  expected: sumBelow,
};

export const pipeline: readonly Row[] = [stageMap, stageMapUnordered, stageBatch];
