// Comparisons of results: ratios, fairness, goals.

import type { Goal, Row } from "../rows/row.ts";
import { median, type Result } from "./result.ts";

/** A timer of 10 ms that fires after more than this time was starved: milliseconds. */
const LATE = 200;

/** The implementations that are not other libraries. */
export const byHand: readonly string[] = ["goro", "go", "baseline"];

/** Returns the results of one row at one size, the best first, those without a value last. */
export function ranked(row: Row, n: number, results: readonly Result[]): Result[] {
  const measured = results.filter((result) => result.row === row.id && result.n === n);
  const key = (result: Result): number => (result.samples.length === 0 ? Infinity : median(result.samples));
  return measured.toSorted((a, b) => (key(a) === key(b) ? 0 : key(a) - key(b)));
}

/** Returns the sizes at which a row was measured. */
export function sizesIn(row: Row, results: readonly Result[]): number[] {
  return [...new Set(results.filter((result) => result.row === row.id).map((result) => result.n))];
}

/** Returns the median of an implementation in a row; NaN without samples. */
export function valueOf(row: string, n: number, implementation: string, results: readonly Result[]): number {
  return median(
    results.find((result) => result.row === row && result.n === n && result.implementation === implementation)
      ?.samples ?? [],
  );
}

/** Reports whether timers fire on time beside the loop of a row; undefined if this was not measured. */
export function isFair(row: Row, implementation: string, results: readonly Result[]): boolean | undefined {
  const timer = `timer-${row.like ?? row.id}`;
  const result = results.find((other) => other.implementation === implementation && other.row === timer);
  return result === undefined || result.samples.length === 0 ? undefined : median(result.samples) <= LATE;
}

/** The result of goro for one goal. */
export interface Verdict {
  readonly words: string;
  readonly reached: boolean;
  /** The value of goro in the unit of the goal, such as 1.18 for a goal of 1.3. */
  readonly got: number;
  readonly target: number;
}

/** Judges the goals of goro in a row, if their references were measured. */
export function judge(row: Row, n: number, results: readonly Result[]): Verdict[] {
  const goro = valueOf(row.id, n, "goro", results);
  const verdicts: Verdict[] = [];
  for (const goal of goalsOf(row)) {
    const unit = "value" in goal ? 1 : referenceOf(goal.than, ranked(row, n, results));
    const target = "value" in goal ? goal.value : goal.factor;
    const got = goro / unit;
    if (!Number.isNaN(got)) verdicts.push({ words: goal.words, reached: got <= target, got, target });
  }
  return verdicts;
}

function goalsOf({ goal }: Row): readonly Goal[] {
  if (goal === undefined) return [];
  return "words" in goal ? [goal] : goal;
}

function referenceOf(than: string, inOrder: readonly Result[]): number {
  const result = inOrder.find(({ implementation }) =>
    than === "peers" ? !byHand.includes(implementation) : implementation === than,
  );
  return median(result?.samples ?? []);
}
