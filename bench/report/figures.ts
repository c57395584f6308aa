// Numbers for readers.

import type { Unit } from "../rows/row.ts";

/** Formats a value with three digits, and with the unit if it changes: 27.7, 669, 2,398, 1.06 ms. */
export function figure(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return "";
  if (value === Infinity) return "never";
  if (unit === "ns" && value >= 1e6) return `${figure(value / 1e6, "ms")} ms`;
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toFixed(value >= 10 ? 1 : 2);
}

/** Formats a ratio: 1.00, 3.41, 41.0; "" without a reference. */
export function times(ratio: number): string {
  if (Number.isNaN(ratio) || ratio === Infinity || ratio === 0) return "";
  return ratio >= 100 ? Math.round(ratio).toLocaleString("en-US") : ratio.toFixed(ratio >= 10 ? 1 : 2);
}

/** The names of the units. */
export const unitNames: Readonly<Record<Unit, string>> = { ns: "ns", bytes: "bytes", ms: "ms" };
