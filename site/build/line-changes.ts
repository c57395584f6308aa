// The lines that an edit changes.

/** A line of one text or of both, with its numbers from 1: without `old` it was added, and without `edited` removed. */
export interface DiffLine {
  readonly old?: number;
  readonly edited?: number;
}

/** Returns the lines of both texts in order. In each block of changes, the removed lines come first. */
export function diffLines(oldText: string, newText: string): DiffLine[] {
  const [old, edited] = [oldText, newText].map((text) => text.replace(/\n$/, "").split("\n")) as [string[], string[]];
  const common = commonLengths(old, edited);
  const result: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < edited.length) {
    if (i < old.length && j < edited.length && old[i] === edited[j]) result.push({ old: ++i, edited: ++j });
    else if (i < old.length && lengthAt(common, i + 1, j) >= lengthAt(common, i, j + 1)) result.push({ old: ++i });
    else if (j < edited.length) result.push({ edited: ++j });
    else result.push({ old: ++i });
  }
  return result.sort(byBlock(result));
}

/** The length of the longest common subsequence of the lines from each pair of positions. */
function commonLengths(old: readonly string[], edited: readonly string[]): number[][] {
  const lengths = Array.from({ length: old.length + 1 }, () => new Array<number>(edited.length + 1).fill(0));
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = edited.length - 1; j >= 0; j--) {
      const length =
        old[i] === edited[j]
          ? lengthAt(lengths, i + 1, j + 1) + 1
          : Math.max(lengthAt(lengths, i + 1, j), lengthAt(lengths, i, j + 1));
      (lengths[i] as number[])[j] = length;
    }
  }
  return lengths;
}

function lengthAt(lengths: readonly (readonly number[])[], i: number, j: number): number {
  return lengths[i]?.[j] ?? 0;
}

/** Sorts removed lines before added ones, within each block between lines that both texts have. */
function byBlock(lines: readonly DiffLine[]): (a: DiffLine, b: DiffLine) => number {
  const ranks = new Map<DiffLine, number>();
  let block = 0;
  for (const line of lines) {
    const isCommon = line.old !== undefined && line.edited !== undefined;
    if (isCommon) block++;
    ranks.set(line, 3 * block + (isCommon ? 0 : line.edited === undefined ? 1 : 2));
  }
  return (a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0);
}
