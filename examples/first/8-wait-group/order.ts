import type { Order } from "../../../scripts/expected-output.ts";

export const order: Order = {
  patterns: [],
  lines: "any",
  constraints: (lines) => (lines.at(-1) === "main: all workers are done" ? [] : ["main comes last"]),
};
