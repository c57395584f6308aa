// The cost of sending one value to several subscribers.

import { sumBelow } from "./channels.ts";
import type { Row } from "./row.ts";

/** The number of subscribers, and of values that fit in the buffer of one. */
export const SUBSCRIBERS = 4;
export const BUFFER = 16;

const waiting: Row = {
  id: "broadcast",
  title: "a value to 4 subscribers with buffers of 16; the sender waits for the slowest",
  unit: "ns",
  n: 200_000,
  needs: null,
  expected: (n) => SUBSCRIBERS * sumBelow(n),
};

const sliding: Row = {
  id: "broadcast-sliding",
  title: "a value to 4 subscribers with full buffers of 16, which drop the oldest",
  unit: "ns",
  n: 1_000_000,
  go: null,
  needs: null,
  expected: (n) => SUBSCRIBERS * (sumBelow(n) - sumBelow(n - BUFFER)),
};

export const broadcast: readonly Row[] = [waiting, sliding];
