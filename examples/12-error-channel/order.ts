import type { Order } from "../../scripts/order.ts";

export const order: Order = {
  patterns: ["P46"],
  lines: "any",
  constraints: (lines) => [
    ...(lines.at(-1) === "7 results + 3 errors = 10 jobs" ? [] : ["the sum comes last"]),
    ...checkNothingAfter(lines, "no more results", "result: "),
    ...checkNothingAfter(lines, "no more errors", "error: "),
  ],
};

function checkNothingAfter(lines: readonly string[], end: string, kind: string): string[] {
  const late = lines.slice(lines.indexOf(end)).some((line) => line.startsWith(kind));
  return late ? [`"${kind}" comes after "${end}"`] : [];
}
