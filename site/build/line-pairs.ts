// The lines of the two programs of a lesson that belong together.

import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Language } from "./highlight.ts";
import type { DiffLine } from "./line-changes.ts";

/** The number of the pair of each line that has one, by language. */
export type LinePairs = Readonly<Record<Language, ReadonlyMap<number, number>>>;

/** A group of lines of main.go and of lines of main.ts, from 1. */
type Group = readonly [readonly number[], readonly number[]];

/** Reads the pairs of an example. Without a file, no line has a partner. */
export async function readLinePairs(example: string): Promise<LinePairs> {
  const file = fileURLToPath(new URL(`../lessons/pairs/${example.replaceAll("/", "--")}.json`, import.meta.url));
  if (!existsSync(file)) return { go: new Map(), ts: new Map() };
  const { groups } = JSON.parse(await readFile(file, "utf8")) as { readonly groups: readonly Group[] };
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
