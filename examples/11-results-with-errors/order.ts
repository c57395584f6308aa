import type { Order } from "../../scripts/expected-output.ts";

export const order: Order = {
  patterns: ["P12", "P14", "P18", "P24"],
  lines: "any",
  constraints: (lines) => (lines.at(-1) === "5 succeeded, 5 failed" ? [] : ["the summary comes last"]),
};
