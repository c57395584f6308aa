// Pairs the lines of a Go program with those of its port. The pairs follow the order of both texts. Comments are the anchors: their words
// are nearly the same in both languages, so a pair of comments counts more than a pair of lines of code, and the code between them is
// aligned by its words.
//
// Blank lines and lines that have only brackets are not paired and not counted.

import { type Language, type Line, linesOf } from "./line-tokens.ts";

/** Lines of main.go and lines of main.ts that belong together, from 1. */
export type Group = readonly [go: readonly number[], port: readonly number[]];

/** For the lines of one text that have no partner: the number of the line, and the reason. */
export type Reasons = Readonly<Record<string, string>>;

/** The pairs of two texts. Each line that counts is in one group, or is alone. */
export interface LinePairs {
  readonly groups: readonly Group[];
  readonly alone: Readonly<Record<Language, Reasons>>;
}

/** How many lines that count a text has, and how many of them are in a group. */
export interface Share {
  readonly lines: number;
  readonly paired: number;
}

export const noPairs: LinePairs = { groups: [], alone: { go: {}, port: {} } };

/** The similarity below which lines are not a pair: the share of their common words. */
const minSimilarity = 0.3;

/** What each pair of lines costs, so that lines with few common words stay alone. */
const pairCost = 0.25;

/** What each line of a group after the first two costs, so that pairs of single lines are preferred. */
const lineCost = 0.06;

const commentWeight = 3;

/** The numbers of lines of main.go and main.ts that may be one group. Only comments may have several lines on both sides. */
const sizes: readonly (readonly [go: number, port: number])[] = [
  [1, 1],
  ...[2, 3, 4, 5, 6].flatMap((size) => [[1, size] as const, [size, 1] as const]),
  [2, 2],
  [2, 3],
  [3, 2],
  [3, 3],
];

/** The usual reasons for which a line has no partner. */
const usualReasons: Readonly<Record<Language, readonly (readonly [pattern: RegExp, reason: string])[]>> = {
  go: [
    [/^package /, "package clause"],
    [/^(mu\.(Lock|Unlock)\(\)|var mu sync\.Mutex)$/, "a lock, which goroutines on one thread do not need"],
  ],
  port: [[/^break;$/, "the end of a case, which in Go needs no statement"]],
};

/**
 * Pairs the lines of two texts. Lines without a partner have an empty reason if none of the usual reasons applies.
 *
 * @param corrections - pairs, and lines that are alone, which are taken as they are
 */
export function pairLines(goText: string, portText: string, corrections: LinePairs = noPairs): LinePairs {
  const go = linesOf(goText, "go").filter(isCounted);
  const port = linesOf(portText, "port").filter(isCounted);
  const fixed = { go: fixedLines(corrections, "go"), port: fixedLines(corrections, "port") };
  const groups = [...corrections.groups];
  const imports: Group = [importsIn(go, fixed.go), importsIn(port, fixed.port)];
  if (imports[0].length > 0 && imports[1].length > 0) groups.push(imports);
  groups.push(...align(openLines(go, "go", fixed.go), openLines(port, "port", fixed.port)));
  groups.sort(([a], [b]) => (a[0] as number) - (b[0] as number));
  return {
    groups,
    alone: {
      go: reasonsFor(go, "go", groups, corrections.alone.go),
      port: reasonsFor(port, "port", groups, corrections.alone.port),
    },
  };
}

/** Returns what is wrong with the pairs of two texts: lines that are missing, are there twice, do not exist, or have no reason. */
export function checkPairs(goText: string, portText: string, pairs: LinePairs): string[] {
  const faults: string[] = [];
  for (const [language, text] of [
    ["go", goText],
    ["port", portText],
  ] as const) {
    const lines = linesOf(text, language);
    const places = [...linesIn(pairs.groups, language), ...Object.keys(pairs.alone[language]).map(Number)];
    const name = (number: number): string => `line ${number} of ${language === "go" ? "main.go" : "main.ts"}`;
    for (const number of new Set(places)) {
      const line = lines[number - 1];
      if (line === undefined) faults.push(`${name(number)} does not exist`);
      else if (!isCounted(line)) faults.push(`${name(number)} is blank or has only brackets`);
      if (places.filter((place) => place === number).length > 1) faults.push(`${name(number)} is there twice`);
    }
    for (const { number, text } of lines.filter(isCounted)) {
      if (!places.includes(number)) faults.push(`${name(number)} is neither paired nor alone: ${text}`);
      else if (pairs.alone[language][number] === "") faults.push(`${name(number)} is alone without a reason: ${text}`);
    }
  }
  if (pairs.groups.some(([go, port]) => go.length === 0 || port.length === 0)) faults.push("a group has no partner");
  return faults;
}

/** Returns the share of the paired lines of a text. */
export function shareOf(text: string, language: Language, { groups }: LinePairs): Share {
  return { lines: linesOf(text, language).filter(isCounted).length, paired: linesIn(groups, language).length };
}

function isCounted({ kind }: Line): boolean {
  return kind !== "blank" && kind !== "bracket";
}

function linesIn(groups: readonly Group[], language: Language): number[] {
  return groups.flatMap((group) => group[language === "go" ? 0 : 1]);
}

function fixedLines({ groups, alone }: LinePairs, language: Language): Set<number> {
  return new Set([...linesIn(groups, language), ...Object.keys(alone[language]).map(Number)]);
}

function openLines(lines: readonly Line[], language: Language, fixed: ReadonlySet<number>): Line[] {
  return lines.filter(
    ({ kind, number, text }) =>
      (kind === "comment" || kind === "code") && !fixed.has(number) && usualReasonOf(text, language) === "",
  );
}

function usualReasonOf(text: string, language: Language): string {
  return usualReasons[language].find(([pattern]) => pattern.test(text))?.[1] ?? "";
}

function importsIn(lines: readonly Line[], fixed: ReadonlySet<number>): number[] {
  return lines.filter(({ kind, number }) => kind === "import" && !fixed.has(number)).map(({ number }) => number);
}

function reasonsFor(lines: readonly Line[], language: Language, groups: readonly Group[], corrected: Reasons): Reasons {
  const paired = new Set(linesIn(groups, language));
  const alone = lines.filter(({ number }) => !paired.has(number));
  return Object.fromEntries(
    alone.map(({ number, text }) => [number, corrected[number] ?? usualReasonOf(text, language)]),
  );
}

/** Returns the groups with the highest sum of gains: an alignment of two sequences, by dynamic programming. */
function align(go: readonly Line[], port: readonly Line[]): Group[] {
  const width = port.length + 1;
  const best = new Array<number>((go.length + 1) * width).fill(0);
  const steps = new Array<readonly [number, number]>(best.length).fill([0, 0]);
  for (let i = go.length; i >= 0; i--) {
    for (let j = port.length; j >= 0; j--) {
      const cell = i * width + j;
      const consider = (rows: number, columns: number, gain: number): void => {
        const total = gain + (best[(i + rows) * width + j + columns] as number);
        const isFirst = steps[cell]?.[0] === 0 && steps[cell][1] === 0;
        if (!isFirst && total <= (best[cell] as number)) return;
        best[cell] = total;
        steps[cell] = [rows, columns];
      };
      if (i < go.length) consider(1, 0, 0);
      if (j < port.length) consider(0, 1, 0);
      for (const [rows, columns] of sizes) {
        if (i + rows > go.length || j + columns > port.length) continue;
        const gain = gainOf(go.slice(i, i + rows), port.slice(j, j + columns));
        if (gain > 0) consider(rows, columns, gain);
      }
    }
  }
  const groups: Group[] = [];
  for (let i = 0, j = 0; i < go.length || j < port.length;) {
    const [rows, columns] = steps[i * width + j] as readonly [number, number];
    const numbers = (lines: readonly Line[], from: number, count: number): number[] =>
      lines.slice(from, from + count).map(({ number }) => number);
    if (rows > 0 && columns > 0) groups.push([numbers(go, i, rows), numbers(port, j, columns)]);
    i += rows;
    j += columns;
  }
  return groups;
}

/** Returns what a group adds to the sum, which is 0 if the lines are not a group. */
function gainOf(go: readonly Line[], port: readonly Line[]): number {
  const { kind } = go[0] as Line;
  if ([...go, ...port].some((line) => line.kind !== kind) || !isTogether(go) || !isTogether(port)) return 0;
  const count = go.length + port.length;
  if (kind === "code" && go.length > 1 && port.length > 1) return 0;
  const similarity = similarityOf(
    go.flatMap(({ tokens }) => tokens),
    port.flatMap(({ tokens }) => tokens),
  );
  if (similarity < minSimilarity) return 0;
  const gain = (count / 2) * (similarity - pairCost) - lineCost * (count - 2);
  return Math.max(gain, 0) * (kind === "comment" ? commentWeight : 1);
}

/** Reports whether the lines follow each other, except for lines with brackets. */
function isTogether(lines: readonly Line[]): boolean {
  return lines.every((line, index) => index === 0 || line.number - (lines[index - 1] as Line).number <= 2);
}

/** Returns the share of the common tokens, from 0 to 1. */
function similarityOf(a: readonly string[], b: readonly string[]): number {
  const rest = [...b];
  let common = 0;
  for (const token of a) {
    const index = rest.indexOf(token);
    if (index < 0) continue;
    rest.splice(index, 1);
    common++;
  }
  const similarity = a.length + b.length === 0 ? 0 : (2 * common) / (a.length + b.length);
  // A case of a select has its channel in Go, and only a name in TypeScript.
  return a[0] === "case" && b[0] === "case" ? (1 + similarity) / 2 : similarity;
}
