// How many columns of a terminal text takes, and how it is made to fit into so many.

/** What has no width of its own: marks that stand on the character before, and joiners. */
const none = /^[\p{Mn}\p{Me}\u200c\u200d]$/u;

// What is wide by nature: Chinese, Japanese and Korean, full forms and emoji. Where terminals differ, it counts as
// wide.
const ranges =
  "1100-115f 2329-232a 2630-2637 268a-268f 2e80-303e 3041-a4cf a960-a97f ac00-d7a3 f900-faff fe10-fe1f fe30-fe6f " +
  "ff01-ff60 ffe0-ffe6 16fe0-18dff 1aff0-1b2ff 1d300-1d37f 1f000-1faff 20000-3fffd";
const wide = new RegExp(`^[${ranges.replaceAll(/\w+/g, "\\u{$&}").replaceAll(" ", "")}\\p{Emoji_Presentation}]$`, "u");

const emojiFollows = "\ufe0f";

function columnsOf(character: string, next: string | undefined): number {
  if (character < "\u0300") return next === emojiFollows ? 2 : 1;
  if (none.test(character)) return 0;
  return wide.test(character) || next === emojiFollows ? 2 : 1;
}

function widthOf(text: string): number {
  const characters = Array.from(text);
  return characters.reduce((sum, character, i) => sum + columnsOf(character, characters[i + 1]), 0);
}

/** `text` in at most `width` columns; what was cut off is told by an ellipsis. */
export function fit(text: string, width: number): string {
  const characters = Array.from(text);
  let columns = 0;
  let fitting = 0;
  for (const [i, character] of characters.entries()) {
    columns += columnsOf(character, characters[i + 1]);
    if (columns < width) fitting = i + 1;
    else if (columns > width) return `${characters.slice(0, fitting).join("")}…`;
  }
  return text;
}

/** Parts in lines of at most `width` columns, and no more lines than `most`. */
export function wrapped(parts: readonly string[], between: string, width: number, most: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = last === undefined ? part : `${last}${between}${part}`;
    if (last !== undefined && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(fit(part, width));
  }
  return lines.length > most ? [...lines.slice(0, most - 1), fit(`${lines[most - 1] as string} …`, width)] : lines;
}
