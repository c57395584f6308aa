import type { Order } from "../../scripts/order.ts";

export const order: Order = {
  patterns: ["P15", "P16"],
  lines: "any",
  // The scheduler decides which worker takes a job, but it is one of the three.
  masks: [[/ by worker [123]$/, " by worker W"]],
  constraints: (lines) => (lines.at(-1) === "9 jobs done" ? [] : ["the summary comes last"]),
};
