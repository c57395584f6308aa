import type { Order } from "../../scripts/order.ts";

export const order: Order = {
  patterns: ["P19"],
  lines: "any",
  real: true,
  constraints: (lines) => [
    ...(lines.at(-1)?.includes("fetched") ? [] : ["the summary comes last"]),
    ...(lines.at(-2) === "/slow: timed out"
      ? []
      : ["the slow page comes last of the pages, because it does not delay the others"]),
  ],
};
