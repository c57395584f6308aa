import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = {
  patterns: ["P5", "P17"],
  lines: "any",
  constraints: (lines) => (lines.at(-1) === "9 jobs, 3 workers, sum 285" ? [] : ["the summary comes last"]),
};
