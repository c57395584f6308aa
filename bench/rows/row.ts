// What one row of the table is: a piece of work, and how it is counted and checked.

import type { Adapters } from "../implementations/implementation.ts";

/**
 * What the value of a row is. `ns` and `bytes` are for one of the `n` operations, `ms` is for the whole program; less is better in each.
 */
export type Unit = "ns" | "bytes" | "ms";

/**
 * Reads the clock, or the heap, on behalf of a program. A program that never calls it is measured from its call until its promise settles;
 * one that does leaves out what comes before `start` and after `stop`.
 */
export interface Meter {
  /** Begins to count: reads the clock, or in a row of bytes collects garbage and reads the heap. */
  start(): void;
  /** Ends what `start` began. Without a `start` before it, the beginning is the call of the program. */
  stop(): void;
  /** Gives the value of the row itself, in its unit and for one operation; nothing else is read then. */
  record(value: number): void;
}

/** The meter of a program of which nobody wants to know what it measures. */
export const silent: Meter = { start: () => undefined, stop: () => undefined, record: () => undefined };

/** Does the work of a row `n` times, and answers a number that shows that it was done: a sum, a count. */
export type Program = (n: number, meter: Meter) => Promise<number>;

/** One piece of work, done by each implementation that can. */
export interface Row<Name extends keyof Adapters = keyof Adapters> {
  /** What names it on the command line, in the JSON and in the Go binary: `unbuffered`, `ping-pong`. */
  readonly id: string;
  /** What the table says. */
  readonly title: string;
  readonly unit: Unit;
  /** The operations of one sample; a quick run does a tenth of them, but never fewer than one. */
  readonly n: number;
  /** Only in a row that shows how cost grows: the values of `n` of a `--sizes` run. */
  readonly sizes?: readonly number[];
  /** What goro should reach; of several goals each is judged. */
  readonly goal?: Goal | readonly Goal[];
  /** The row of the Go binary, if that is not `id`; `null` if Go has no such thing. */
  readonly go?: string | null;
  /** The adapter that `run` takes; `null` in a row for which each implementation writes its own program. */
  readonly needs: Name | null;
  /** The row whose fairness speaks for this one too; by default its own. */
  readonly like?: string;
  /** Only in a row of fairness: the row whose work goes on beside the timer. */
  readonly withTimer?: Row;
  /** Only in a row of a whole life: the row whose program is measured from its beginning, with all that it leaves out itself. */
  readonly asProgram?: Row;
  /** Does the work with `adapter`, for an implementation that has no program of its own. */
  run?(adapter: Adapters[Name], n: number, meter: Meter): Promise<number>;
  /** What the program must answer. */
  expected(n: number): number;
}

/**
 * What goro should reach: no more than `value`, or than `factor` times the value of `than` in the same run. `than` is the name of an implementation,
 * `go`, or `peers` for the best of the libraries.
 */
export type Goal =
  | { readonly words: string; readonly factor: number; readonly than: string }
  | { readonly words: string; readonly value: number };

/** The sizes of a row that shows how cost grows. */
export const SIZES: readonly number[] = [1_000, 10_000, 100_000, 1_000_000];
