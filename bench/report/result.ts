// The raw results of a run: the samples, the machine and the versions.

import type { Unit } from "../rows/row.ts";

/** The samples of one implementation in one row, at one size. */
export interface Result {
  readonly row: string;
  readonly n: number;
  readonly implementation: string;
  /** One value for each process, in the unit of the row; `Infinity` for an event that never happened. */
  readonly samples: readonly number[];
  /** The reason for missing samples. */
  readonly problem: string | null;
}

/** The properties of a row that the report needs. */
export interface Heading {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
}

/** The time and the machine of a run, and the measured versions. */
export interface Setting {
  readonly date: string;
  readonly cpu: string;
  readonly cores: number;
  readonly system: string;
  readonly node: string;
  readonly go: string | null;
  /** The versions by the name of the implementation. */
  readonly versions: Readonly<Record<string, string>>;
  readonly repeats: number;
  readonly quick: boolean;
}

/** A run. */
export interface Run {
  readonly setting: Setting;
  readonly results: readonly Result[];
}

/** Returns the median of the samples; NaN without samples. */
export function median(samples: readonly number[]): number {
  const inOrder = samples.toSorted((a, b) => a - b);
  const middle = inOrder.length >> 1;
  const upper = inOrder[middle] ?? NaN;
  return inOrder.length % 2 === 1 || upper === Infinity ? upper : ((inOrder[middle - 1] ?? NaN) + upper) / 2;
}
