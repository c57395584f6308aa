// How an error shows a wrong argument.

/** Returns the text of `value` in an error of the library. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "bigint" ? `${value}n` : String(value);
}
