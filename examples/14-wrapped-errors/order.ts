import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = {
  patterns: ["P61", "P62", "B6"],
  lines: "any",
  constraints: (lines) => [
    ...(lines.at(-1) === "6 of 8 jobs are good" ? [] : ["the summary comes last"]),
    ...(lines.includes("processing job 7: boom (caused by boom: true)") ? [] : ["the boom is not reachable"]),
  ],
};
