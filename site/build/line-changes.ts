// The lines that an edit changes.

/** The difference between two texts: a block of lines that are replaced. Lines count from 1. */
export interface LineChange {
  /** The number of lines before the block, which are the same in both texts. */
  readonly before: number;
  /** The number of lines of the old text in the block. */
  readonly removed: number;
  /** The number of lines of the new text in the block. */
  readonly added: number;
}

/** Returns the smallest block of lines in which the texts differ. */
export function changedLines(oldText: string, newText: string): LineChange {
  const [old, edited] = [oldText, newText].map((text) => text.split("\n")) as [string[], string[]];
  const shorter = Math.min(old.length, edited.length);
  let before = 0;
  while (before < shorter && old[before] === edited[before]) before++;
  let after = 0;
  while (after < shorter - before && old.at(-1 - after) === edited.at(-1 - after)) after++;
  return { before, removed: old.length - before - after, added: edited.length - before - after };
}

/** Returns the line of the new text that corresponds to a line of the old text, or `undefined` if it was removed. */
export function lineAfter({ before, removed, added }: LineChange, line: number): number | undefined {
  if (line <= before) return line;
  if (line > before + removed) return line + added - removed;
  return line - before <= added ? line : undefined;
}
