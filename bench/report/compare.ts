// What the results say beside each other: ratios, who is fair, which goals are reached.

import type { Goal, Row } from "../rows/row.ts";
import { median, type Result } from "./result.ts";

/** A timer of 10 ms that comes later than this was starved, and not by chance: milliseconds. */
const LATE = 200;

/** Code that is nobody's library. */
export const byHand: readonly string[] = ["goro", "go", "baseline"];

/** The results of one row at one size, the best first, those without a value last. */
export function ranked(row: Row, n: number, results: readonly Result[]): Result[] {
  const own = results.filter((one) => one.row === row.id && one.n === n);
  const key = (one: Result): number => (one.samples.length === 0 ? Infinity : median(one.samples));
  return own.toSorted((a, b) => (key(a) === key(b) ? 0 : key(a) - key(b)));
}

/** The sizes at which a row was measured. */
export function sizesIn(row: Row, results: readonly Result[]): number[] {
  return [...new Set(results.filter((one) => one.row === row.id).map((one) => one.n))];
}

/** The median of an implementation in a row; NaN if it has none. */
export function valueOf(row: string, n: number, implementation: string, results: readonly Result[]): number {
  return median(
    results.find((one) => one.row === row && one.n === n && one.implementation === implementation)?.samples ?? [],
  );
}

/** Whether timers come on time beside the loop of a row; undefined if that was not measured. */
export function isFair(row: Row, implementation: string, results: readonly Result[]): boolean | undefined {
  const timer = `timer-${row.like ?? row.id}`;
  const one = results.find((other) => other.implementation === implementation && other.row === timer);
  return one === undefined || one.samples.length === 0 ? undefined : median(one.samples) <= LATE;
}

/** How far goro is from one goal. */
export interface Verdict {
  readonly words: string;
  readonly reached: boolean;
  /** What goro's value is in the terms of the goal: 1.18 of 1.3. */
  readonly got: number;
  readonly wanted: number;
}

/** Judges goro's goals in a row, as far as those that they name took part. */
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
