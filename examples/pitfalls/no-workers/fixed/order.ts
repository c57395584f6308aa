import { ascending, type Order } from "../../../../scripts/order.ts";

export const order: Order = {
  patterns: ["B11"],
  lines: "any",
  // All jobs are sent in order before the first result is read.
  constraints: (lines) => [
    ...ascending(lines, /^job-(\d+) sent$/),
    ...(lines.slice(0, 5).every((line) => line.endsWith("sent")) ? [] : ["a result is read before all jobs are sent"]),
  ],
};
