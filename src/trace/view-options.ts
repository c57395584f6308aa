// The options of the views, and the checks of those that several views share.

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

/** The options of {@link renderText}. */
export interface RenderTextOptions extends ViewRange {
  /**
   * The greatest width of a line in terminal columns, 40 or more.
   *
   * @defaultValue 80
   */
  readonly width?: number;

  /**
   * The greatest number of lines, 20 or more. Of a longer text the beginning and the end are shown.
   *
   * @defaultValue 200
   */
  readonly rows?: number;

  /**
   * Whether ANSI control sequences color the states.
   *
   * @defaultValue false
   */
  readonly color?: boolean;
}

/** The options of {@link renderTimeline}. */
export interface RenderTimelineOptions extends ViewRange {
  /**
   * The title above the timeline.
   *
   * @defaultValue "Timeline"
   */
  readonly title?: string;

  /**
   * The width in pixels, from 480 to 20,000.
   *
   * @defaultValue 1,000
   */
  readonly width?: number;
}

/** The options of {@link renderPool}. If `from` and `to` are the same, the axis is the order of the events at that instant. */
export interface RenderPoolOptions extends Omit<ViewRange, "goroutines"> {
  /**
   * The id of the pool in the trace.
   *
   * @defaultValue the first pool
   */
  readonly pool?: number;

  /**
   * The title above the picture.
   *
   * @defaultValue the name of the pool's function
   */
  readonly title?: string;

  /**
   * The width in pixels, a whole number from 640 to 4,000.
   *
   * @defaultValue 1,000
   */
  readonly width?: number;
}

/**
 * Checks the options that views share, and the names of all; `caller` is the name of the public function. Throws `RangeError` for an invalid
 * number, and `TypeError` for an option that does not exist and if `goroutines` is not a non-empty array or `title` is not a string.
 */
export function checkView(
  caller: string,
  options: ViewRange & { readonly title?: unknown },
  names: readonly string[],
  trace: Trace,
): Check {
  const check = new Check(caller);
  check.options(options, ["from", "to", ...names], { colour: "color" });
  const { from = 0, to = Infinity, goroutines, title = "" } = options;
  check.atLeast("from", 0, from);
  check.atLeast("to", from, to);
  if (typeof title !== "string") throw new TypeError(`${caller}: title must be a string, got ${safeToString(title)}`);
  if (goroutines === undefined) return check;
  if (!Array.isArray(goroutines) || goroutines.length === 0) {
    throw new TypeError(`${caller}: goroutines must be a non-empty array, got ${safeToString(goroutines)}`);
  }
  const ids = new Set<unknown>(trace.goroutines.map(({ id }) => id));
  const unknown: unknown = (goroutines as readonly unknown[]).find((id) => !ids.has(id));
  if (unknown === undefined) return check;
  throw new RangeError(`${caller}: goroutines must be ids of goroutines in the trace, got ${safeToString(unknown)}`);
}
