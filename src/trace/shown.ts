// Text that a picture can bear: one line, not long, and whatever it is made of, no harm to the file that it goes into.

import { safeToString, tryOr } from "../util/inspect.ts";
import { builtinModule } from "../runtime/process.ts";

/**
 * The characters that end lines, steer a terminal, change the direction of text, or that a file must not have; not a
 * joiner of emoji.
 */
const unfit = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu;

/** `text` in one line of at most `most` characters; what was cut off is told by an ellipsis. */
export function short(text: string, most: number): string {
  // A megabyte need not be looked at to its end.
  const characters = Array.from(text.slice(0, 4 * most + 4).replaceAll(unfit, "�"));
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : characters.join("");
}

interface Types {
  isProxy(value: unknown): boolean;
}

const types = builtinModule<{ types?: Types }>("util")?.types;

/** The length of any typed array, without a property that the program could have replaced. */
const lengthOfView = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length")?.get as (
  this: ArrayBufferView,
) => number;

/** How many fields of an object are looked at, whatever its size: more than a preview has room for. */
const mostFields = 64;

/**
 * A value of the program as a short text. No code of the value runs: getters are not called, and a proxy is not looked into, where
 * the host can tell that it is one. Never throws.
 */
export function shown(value: unknown): string {
  return tryOr(
    () => preview(value),
    () => "{…}",
  );
}

function preview(value: unknown): string {
  // A sent undefined is a signal, Go's struct{}{}.
  if (value === undefined) return "";
  if (typeof value === "string") return short(JSON.stringify(short(value, 24)), 26);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return short(safeToString(value), 24);
  if (types?.isProxy(value)) return "a Proxy";
  if (Array.isArray(value)) return `[${value.length}]`;
  // A DataView has no length: that throws.
  if (ArrayBuffer.isView(value)) return `[${lengthOfView.call(value)}]`;
  const names = Object.keys(value).slice(0, mostFields);
  if (names.length === 0) names.push("message");
  const fields = names
    .map((name) => ({ name, value: Object.getOwnPropertyDescriptor(value, name)?.value as unknown }))
    .filter((field) => isPlain(field.value))
    .map((field) => `${field.name}: ${short(String(field.value), 10)}`);
  return short(fields.length === 0 ? "{…}" : `{${fields.join(", ")}}`, 26);
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean";
}
