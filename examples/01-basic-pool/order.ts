import type { Order } from "../../scripts/order.ts";

export const order: Order = {
  patterns: ["P5", "P17"],
  lines: "any",
  constraints: (lines) => (lines.at(-1)?.includes("jobs") ? [] : ["the summary comes last"]),
};
