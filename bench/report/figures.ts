// Numbers as people read them.

import type { Unit } from "../rows/row.ts";

/** Three digits, and the unit where it changes: 27.7, 669, 2,398, 1.06 ms. */
export function figure(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return "";
  if (value === Infinity) return "never";
  if (unit === "ns" && value >= 1e6) return `${figure(value / 1e6, "ms")} ms`;
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** How many times: 1.00, 3.41, 41.0; nothing where there is nothing to compare with. */
export function times(ratio: number): string {
  if (Number.isNaN(ratio) || ratio === Infinity || ratio === 0) return "";
  return ratio >= 100 ? Math.round(ratio).toLocaleString("en-US") : ratio.toFixed(ratio >= 10 ? 1 : 2);
}

/** What a value is, in words. */
export const unitNames: Readonly<Record<Unit, string>> = { ns: "ns", bytes: "bytes", ms: "ms" };
