// Times and counts, as the views write them.

// Each unit is used up to where three digits would round to the next unit.
const units = [
  ["µs", 0.001, 0.9995],
  ["ms", 1, 999.5],
  ["s", 1000, 59_950],
  ["min", 60_000, Infinity],
] as const;

/** Formats a duration of `ms` milliseconds, 0 or more, with three significant digits: "0", "12.3 ms", "2.5 min". */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0";
  const [unit, size] = units.find(([, , limit]) => ms < limit) as (typeof units)[number];
  return `${Number((ms / size).toPrecision(3))} ${unit}`;
}

/** Formats a position on an axis of time, in milliseconds, with three significant digits and no fewer than its integer part: "1234 s". */
export function formatAxisTime(ms: number): string {
  const [unit, size] = ms >= 1000 ? ["s", 1000] : ["ms", 1];
  const value = ms / size;
  return `${Number(value.toPrecision(Math.max(3, String(Math.floor(value)).length)))} ${unit}`;
}

/** Formats a count: "8,078". */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}

/** Formats a count with its noun: "1 event", "8,078 events". */
export function pluralize(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
