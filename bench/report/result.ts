// What a run has found out, before anybody compares anything: the samples, the machine and the versions.

import type { Unit } from "../rows/row.ts";

/** What one implementation did in one row, at one size. */
export interface Result {
  readonly row: string;
  readonly n: number;
  readonly implementation: string;
  /** One value for each process, in the unit of the row; `Infinity` for what never happened. */
  readonly samples: readonly number[];
  /** Why there are no samples, or fewer than there should be. */
  readonly problem: string | null;
}

/** A row, as the report needs it. */
export interface Heading {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
}

/** Where and when it was, and what took part. */
export interface Setting {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
  readonly go: string | null;
  /** Versions by the name of the implementation. */
  readonly versions: Readonly<Record<string, string>>;
  readonly repeats: number;
  readonly quick: boolean;
}

/** One whole run. */
export interface Run {
  readonly setting: Setting;
  readonly results: readonly Result[];
}

/** The middle of the samples, of two the mean; NaN if there are none. */
export function median(samples: readonly number[]): number {
  const inOrder = samples.toSorted((a, b) => a - b);
  const middle = inOrder.length >> 1;
  const upper = inOrder[middle] ?? NaN;
  return inOrder.length % 2 === 1 || upper === Infinity ? upper : ((inOrder[middle - 1] ?? NaN) + upper) / 2;
}
