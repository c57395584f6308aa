// The options that the views share: a range of time, and the goroutines to show.

import { Check } from "../util/validate.ts";
import { safeToString } from "../util/inspect.ts";
import type { Trace } from "./format.ts";

/** The part of a trace that a view shows. */
export interface ViewRange {
  /**
   * The first instant that is shown, in milliseconds since the start of the trace, 0 or more.
   *
   * @defaultValue 0
   */
  readonly from?: number;

  /**
   * The last instant that is shown, in milliseconds since the start of the trace, `from` or more.
   *
   * @defaultValue the end of the trace
   */
  readonly to?: number;

  /**
   * The ids of the goroutines that are shown.
   *
   * @defaultValue all goroutines with events, or as many as there is room for
   */
  readonly goroutines?: readonly number[];
}

/**
 * Checks the options that views share, and the names of all; returns the range with its defaults. `caller` is the name of the public function.
 * Throws `RangeError` for an invalid number, and `TypeError` for an option that does not exist and if `goroutines` is not a non-empty array.
 */
export function checkView(
  caller: string,
  options: ViewRange,
  names: readonly string[],
  trace: Trace,
): { readonly check: Check; readonly from: number; readonly to: number } {
  const check = new Check(caller);
  check.options(options, ["from", "to", ...names], { colour: "color" });
  const { from = 0, to = Infinity, goroutines } = options;
  check.atLeast("from", 0, from);
  check.atLeast("to", from, to);
  if (goroutines === undefined) return { check, from, to };
  if (!Array.isArray(goroutines) || goroutines.length === 0) {
    throw new TypeError(`${caller}: goroutines must be a non-empty array, got ${safeToString(goroutines)}`);
  }
  const ids = new Set<unknown>(trace.goroutines.map(({ id }) => id));
  const unknown: unknown = (goroutines as readonly unknown[]).find((id) => !ids.has(id));
  if (unknown === undefined) return { check, from, to };
  throw new RangeError(`${caller}: goroutines must be ids of goroutines in the trace, got ${safeToString(unknown)}`);
}
