// The lines of the two programs of a lesson that belong together.

import { readPairs } from "../lessons/pair-files.ts";
import { type LinePairs as PairedLines, noPairs, pairLines } from "../lessons/pair-lines.ts";
import type { Language } from "./highlight.ts";
import type { DiffLine } from "./line-changes.ts";

/** The number of the pair of each line that has one, by language. */
export type LinePairs = Readonly<Record<Language, ReadonlyMap<number, number>>>;

/** Reads the pairs of an example. Without a file, no line has a partner. */
export async function readLinePairs(example: string): Promise<LinePairs> {
  return numberPairs((await readPairs(example)) ?? noPairs);
}

/** Finds the pairs of two programs for which no file has them: the programs of a pitfall are as long as those of a lesson, and twice as many. */
export function findLinePairs({ go, ts }: Readonly<Record<Language, string>>): LinePairs {
  return numberPairs(pairLines(go, ts));
}

function numberPairs({ groups }: PairedLines): LinePairs {
  const side = (index: 0 | 1): ReadonlyMap<number, number> =>
    new Map(groups.flatMap((group, number) => group[index].map((line) => [line, number + 1] as const)));
  return { go: side(0), ts: side(1) };
}

/** Returns the pairs of one side after an edit. An added line takes the place of the removed line with the same position in its block. */
export function pairsAfter(pairs: ReadonlyMap<number, number>, diff: readonly DiffLine[]): ReadonlyMap<number, number> {
  const result = new Map<number, number>();
  let removed: number[] = [];
  for (const { old, edited } of diff) {
    const isCommon = old !== undefined && edited !== undefined;
    if (isCommon) removed = [];
    else if (old !== undefined) removed.push(old);
    if (edited === undefined) continue;
    const pair = pairs.get(isCommon ? old : (removed.shift() ?? 0));
    if (pair !== undefined) result.set(edited, pair);
  }
  return result;
}
