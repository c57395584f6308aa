// Comparisons of results: ratios, fairness, goals.

import type { Goal, Row } from "../rows/row.ts";
import { median, type Result } from "./result.ts";

/** A timer of 10 ms that fires after more than this time was starved: milliseconds. */
const LATE = 200;

/** The implementations that are not other libraries. */
export const byHand: readonly string[] = ["goro", "go", "baseline"];

/** Returns the results of one row at one size, the best first, those without a value last. */
export function ranked(row: Row, n: number, results: readonly Result[]): Result[] {
  const own = results.filter((one) => one.row === row.id && one.n === n);
  const key = (one: Result): number => (one.samples.length === 0 ? Infinity : median(one.samples));
  return own.toSorted((a, b) => (key(a) === key(b) ? 0 : key(a) - key(b)));
}

/** Returns the sizes at which a row was measured. */
export function sizesIn(row: Row, results: readonly Result[]): number[] {
  return [...new Set(results.filter((one) => one.row === row.id).map((one) => one.n))];
}

/** Returns the median of an implementation in a row; NaN without samples. */
export function valueOf(row: string, n: number, implementation: string, results: readonly Result[]): number {
  return median(
    results.find((one) => one.row === row && one.n === n && one.implementation === implementation)?.samples ?? [],
  );
}

/** Reports whether timers fire on time beside the loop of a row; undefined if this was not measured. */
export function isFair(row: Row, implementation: string, results: readonly Result[]): boolean | undefined {
  const timer = `timer-${row.like ?? row.id}`;
  const one = results.find((other) => other.implementation === implementation && other.row === timer);
  return one === undefined || one.samples.length === 0 ? undefined : median(one.samples) <= LATE;
}

/** The result of goro for one goal. */
export interface Verdict {
  readonly words: string;
  readonly reached: boolean;
  /** The value of goro in the unit of the goal, such as 1.18 for a goal of 1.3. */
  readonly got: number;
  readonly wanted: number;
}

/** Judges the goals of goro in a row, if their references were measured. */
export function judge(row: Row, n: number, results: readonly Result[]): Verdict[] {
  const own = valueOf(row.id, n, "goro", results);
  const verdicts: Verdict[] = [];
  for (const goal of goalsOf(row)) {
    const unit = "value" in goal ? 1 : referenceOf(goal.than, ranked(row, n, results));
    const wanted = "value" in goal ? goal.value : goal.factor;
    const got = own / unit;
    if (!Number.isNaN(got)) verdicts.push({ words: goal.words, reached: got <= wanted, got, wanted });
  }
  return verdicts;
}

function goalsOf({ goal }: Row): readonly Goal[] {
  if (goal === undefined) return [];
  return "words" in goal ? [goal] : goal;
}

function referenceOf(than: string, inOrder: readonly Result[]): number {
  const one = inOrder.find(({ implementation }) =>
    than === "peers" ? !byHand.includes(implementation) : implementation === than,
  );
  return median(one?.samples ?? []);
}
