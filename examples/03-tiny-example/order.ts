import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = {
  patterns: ["P49", "P50", "P51"],
  lines: "any",
  constraints: (lines) =>
    lines.at(-1) === "9 jobs, 3 workers, at most 3 jobs at once" ? [] : ["the summary comes last"],
};
