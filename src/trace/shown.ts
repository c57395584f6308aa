// Text that a picture can bear: one line, not long, and whatever it is made of, no harm to the file that it goes into.

import { asText } from "../goroutine/foreign.ts";

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

/** A value of the program as a short text. What it holds is looked at only as far as that runs no code of its own. */
export function shown(value: unknown): string {
  // What is sent so is a signal, Go's struct{}{}.
  if (value === undefined) return "";
  if (typeof value === "string") return short(JSON.stringify(short(value, 24)), 26);
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return short(asText(value), 24);
  if (Array.isArray(value)) return `[${value.length}]`;
  const fields = Object.entries(Object.getOwnPropertyDescriptors(value))
    .filter(([, field]) => "value" in field && isPlain(field.value))
    .map(([name, field]) => `${name}: ${short(String(field.value), 10)}`);
  return short(fields.length === 0 ? "{…}" : `{${fields.join(", ")}}`, 26);
}

function isPlain(value: unknown): boolean {
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean";
}
