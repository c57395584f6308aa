// What it costs to make contexts, and to end them.

import { type Row, SIZES } from "./row.ts";

/** How many contexts are derived from each one of the tree. */
export const FAN_OUT = 10;

/** The timeout of the contexts that do not live to see it. */
export const FAR = 60_000;

const contextMake: Row = {
  id: "context-make",
  title: "`withCancel` of a parent that lives on, made and canceled",
  unit: "ns",
  n: 500_000,
  needs: null,
  expected: (n) => n,
};

const contextTree: Row = {
  id: "context-tree",
  title: "a tree of n contexts, 10 below each, canceled at the root",
  unit: "ns",
  n: 100_000,
  sizes: SIZES,
  needs: null,
  expected: (n) => n,
};

const contextTimeout: Row = {
  id: "context-timeout",
  title: "`withTimeout`, made and canceled long before",
  unit: "ns",
  n: 1_000_000,
  needs: null,
  expected: (n) => n,
};

/** Each answers how many contexts are canceled in the end. */
export const contexts: readonly Row[] = [contextMake, contextTree, contextTimeout];
