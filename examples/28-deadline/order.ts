import type { Order } from "../../scripts/order.ts";

export const order: Order = {
  patterns: ["P21"],
  lines: "any",
  constraints: (lines) => [
    ...(lines.at(-1)?.startsWith("6 of 10 done") ? [] : ["the summary comes last"]),
    ...(lines.slice(0, 6).every((line) => line.endsWith(": done")) ? [] : ["the jobs done in time come first"]),
  ],
};
