// The width of text in columns of a terminal. Pictures estimate pixels from it.

import { eastAsianWidth } from "./vendor.ts";

/** Combining marks and joiners, which take no column of their own. */
const zeroWidth = /^[\p{Mn}\p{Me}\u200c\u200d]$/u;
const emoji = /^\p{Emoji_Presentation}$/u;
const emojiSelector = "\ufe0f";

/** Returns how many columns `char` takes in front of the character `next`. Where terminals differ, an emoji counts as wide. */
export function charWidth(char: string, next?: string): 0 | 1 | 2 {
  if (next === emojiSelector) return 2;
  if (char < "\u0300") return 1;
  if (zeroWidth.test(char)) return 0;
  return emoji.test(char) ? 2 : eastAsianWidth(char.codePointAt(0) as number);
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
