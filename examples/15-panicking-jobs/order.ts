import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = {
  patterns: ["P27", "P55"],
  lines: "any",
  constraints: (lines) => (lines.at(-1) === "2 workers, 8 jobs: 5 good, 3 panicked" ? [] : ["the summary comes last"]),
};
