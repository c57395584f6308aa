// The definition of a row: a piece of work, its unit and its check.

import type { Adapters } from "../implementations/implementation.ts";

/** The unit of the value of a row. `ns` and `bytes` are for one of the `n` operations, `ms` is for the whole program. Less is better. */
export type Unit = "ns" | "bytes" | "ms";

/**
 * Reads the clock or the heap for a program. A program that does not use its meter is measured from its call until its promise settles.
 */
export interface Meter {
  /** Starts the measurement. A row of bytes collects garbage first. */
  start(): void;
  /** Ends the measurement. Without a `start`, it began with the call of the program. */
  stop(): void;
  /** Sets the value of the row, in its unit and for one operation, instead of a measurement. */
  record(value: number): void;
}

/** A meter without effect, for a program that is not measured itself. */
export const silent: Meter = { start: () => undefined, stop: () => undefined, record: () => undefined };

/** Does the work of a row `n` times, and returns a sum or a count that proves it. */
export type Program = (n: number, meter: Meter) => Promise<number>;

/** A piece of work for the implementations that support it. */
export interface Row<Name extends keyof Adapters = keyof Adapters> {
  /** The name on the command line, in the JSON and in the Go binary: `unbuffered`, `ping-pong`. */
  readonly id: string;
  /** The title in the table. */
  readonly title: string;
  readonly unit: Unit;
  /** The operations of one sample; a quick run does a tenth of them, and at least one. */
  readonly n: number;
  /** The values of `n` in a `--sizes` run, for a row that shows how cost grows. */
  readonly sizes?: readonly number[];
  /** The goals of goro; each is judged. */
  readonly goal?: Goal | readonly Goal[];
  /** The row of the Go binary, if it is not `id`; `null` if Go has no equivalent. */
  readonly go?: string | null;
  /** The adapter for `run`; `null` if each implementation has a program of its own. */
  readonly needs: Name | null;
  /** The row whose timer row also applies to this row; the default is this row. */
  readonly like?: string;
  /** In a timer row: the row whose work runs beside the timer. */
  readonly withTimer?: Row;
  /** In a row of a whole program: the row whose program is measured including the part before `start`. */
  readonly asProgram?: Row;
  /** Does the work with `adapter`, for an implementation without a program of its own. */
  run?(adapter: Adapters[Name], n: number, meter: Meter): Promise<number>;
  /** Returns the result that the program must have. */
  expected(n: number): number;
}

/**
 * A goal of goro: at most `value`, or at most `factor` times the value of `than` in the same run. `than` is the name of an implementation, `go`,
 * or `peers` for the best of the libraries.
 */
export type Goal =
  | { readonly words: string; readonly factor: number; readonly than: string }
  | { readonly words: string; readonly value: number };

/** The sizes of a row that shows how cost grows. */
export const SIZES: readonly number[] = [1_000, 10_000, 100_000, 1_000_000];
