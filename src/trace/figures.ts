// Times and counts, as the views write them.

// The end of each is where three digits would be a round number of the next.
const units = [
  ["µs", 0.001, 0.9995],
  ["ms", 1, 999.5],
  ["s", 1000, 59_950],
  ["min", 60_000, Infinity],
] as const;

/** A duration of `ms` milliseconds, from 0, to three digits: "0", "12.3 ms", "2.5 min". */
export function duration(ms: number): string {
  if (ms === 0) return "0";
  const [unit, size] = units.find(([, , end]) => ms < end) as (typeof units)[number];
  return `${Number((ms / size).toPrecision(3))} ${unit}`;
}

/** A time on an axis of `ms` milliseconds: "0 ms", "1234 s". To three digits too, but none before the point is lost. */
export function axisTime(ms: number): string {
  const [unit, size] = ms >= 1000 ? ["s", 1000] : ["ms", 1];
  const value = ms / size;
  return `${Number(value.toPrecision(Math.max(3, String(Math.floor(value)).length)))} ${unit}`;
}

/** "8,078". */
export function thousands(count: number): string {
  return count.toLocaleString("en-US");
}

/** "1 event", "8,078 events". */
export function counted(count: number, noun: string): string {
  return `${thousands(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** "1 event", "8078 events": for text in columns. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
