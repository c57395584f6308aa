// Times, counts and text of the program, as the views write them.

import { isWide } from "./wide-chars.ts";

// ---- Numbers

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

// ---- Text

// The characters that end lines, control a terminal, change the direction of text, or are invalid in XML; not the joiners of emoji.
const controlChars = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu;

/** `text` in one line of at most `max` characters; an ellipsis marks text that was cut off. */
export function truncate(text: string, max: number): string {
  // The slice avoids scanning a megabyte for the sake of its first characters.
  const chars = Array.from(text.slice(0, 4 * max + 4).replaceAll(controlChars, "�"));
  return chars.length > max ? `${chars.slice(0, max - 1).join("")}…` : chars.join("");
}

/** Combining marks and joiners, which take no column of their own. */
const zeroWidth = /^[\p{Mn}\p{Me}\u200c\u200d]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;
const emojiSelector = "\ufe0f";

/** Returns how many columns `char` takes in front of the character `next`. Where terminals differ, an emoji counts as wide. */
export function charWidth(char: string, next?: string): 0 | 1 | 2 {
  if (next === emojiSelector) return 2;
  if (char < "\u0300") return 1;
  if (zeroWidth.test(char)) return 0;
  return emoji.test(char) || isWide(char.codePointAt(0) as number) ? 2 : 1;
}

/** Returns how many columns `text` takes. */
export function textColumns(text: string): number {
  const chars = Array.from(text);
  return chars.reduce((sum, char, i) => sum + charWidth(char, chars[i + 1]), 0);
}

/** Returns `text` in at most `columns` columns; an ellipsis marks text that was cut off. */
export function truncateToColumns(text: string, columns: number): string {
  const chars = Array.from(text);
  let used = 0;
  let fitting = 0;
  for (const [i, char] of chars.entries()) {
    used += charWidth(char, chars[i + 1]);
    if (used < columns) fitting = i + 1;
    else if (used > columns) return `${chars.slice(0, fitting).join("")}…`;
  }
  return text;
}
