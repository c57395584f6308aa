// A trace as text for a terminal: a column for each goroutine, time downwards, a line for each thing that somebody did.
//
// Invariants:
//   1. No line is wider than asked for, and no character of the program's steers the terminal: all text goes through
//      `short`.
//   2. A row tells of events that stand together in the trace, and the rows stand in the order of their events.

import { Check } from "../../util/validate.ts";
import { safeToString } from "../../util/inspect.ts";
import type { Trace, TraceEvent } from "../format.ts";
import { type Lane, lanes } from "../lanes.ts";
import { checkWindow } from "../options.ts";
import { Clock, printed } from "./body.ts";
import { footer } from "./foot.ts";
import { Grid, packed } from "./grid.ts";
import { header } from "./head.ts";
import { storyOf } from "./story.ts";
import { Words } from "./words.ts";

/** What a view can be told. */
export interface TerminalOptions {
  /** The greatest width of a line in columns, 40 or more. By default 80. */
  readonly width?: number;

  /** The first instant that is told, in milliseconds since the start of the trace, from 0. By default 0. */
  readonly from?: number;

  /**
   * The last instant that is told, in milliseconds since the start of the trace, not before `from`. By default the end.
   */
  readonly to?: number;

  /** The numbers of the goroutines that are told of. By default all of those who did something, or as many as fit. */
  readonly goroutines?: readonly number[];

  /** The greatest number of lines, 20 or more. By default 200. Of a longer story the beginning and the end are told. */
  readonly rows?: number;

  /** Whether states have colours, by the control sequences of ANSI, besides their letters. By default not. */
  readonly colour?: boolean;
}

/**
 * Shows a trace in a terminal, as lines without an end of line after the last: who ran and who waited, who sent what to
 * whom, what was printed, and at last who still waits, and for what.
 *
 * A column is a goroutine, and its letter what it does; an arrow leads from who did something to those whom it made go
 * on. Events without a story of their own, such as a wait that was over at once, are left out.
 *
 * Errors: throws `RangeError` or `TypeError` for an option out of its range, and for a goroutine that the trace does
 * not know.
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(1, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * console.log(terminalView(recording.stop(), { width: 72 }));
 */
export function terminalView(trace: Trace, options: TerminalOptions = {}): string {
  const { width, from, to, goroutines, rows: most, colour } = checked(trace, options);
  const words = new Words(trace);
  const all = lanes(trace).goroutines.filter(({ id }) => id !== 0 && (goroutines?.includes(id ?? -1) ?? true));
  const seen = all.filter((lane) => lives(trace, lane, from, to));
  const clock = new Clock(trace, to);
  const gutter = clock.width;
  const grid = new Grid(packed(seen, width - gutter), colour);
  const shown = new Set(grid.lanes.map(({ id }) => id));

  const head = header(trace, words, grid, { width, gutter, most, left: seen.length - grid.lanes.length });
  const foot = footer(trace, words, { width, to, most: Math.floor(most / 4), shown });
  const rows = storyOf(trace, words, shown).filter(({ first }) => isWithin(trace.events[first], from, to));
  const body = printed(trace, rows, grid, { width, gutter, clock, most: most - head.length - foot.length });
  return [...head, ...body, ...foot].map((line) => line.trimEnd()).join("\n");
}

function checked(
  trace: Trace,
  options: TerminalOptions,
): Required<Omit<TerminalOptions, "goroutines">> & TerminalOptions {
  const check = new Check("terminalView");
  check.options(options, ["width", "from", "to", "goroutines", "rows", "colour"], { color: "colour" });
  const width = check.count("width", 40, options.width ?? 80);
  const rows = check.count("rows", 20, options.rows ?? 200);
  const from = options.from ?? 0;
  const to = options.to ?? Infinity;
  checkWindow(check, from, to);
  const { goroutines, colour = false } = options;
  if (goroutines === undefined) return { width, rows, from, to, colour };
  if (!Array.isArray(goroutines) || goroutines.length === 0) {
    throw new TypeError(
      `terminalView: goroutines must be an array of one number or more, got ${safeToString(goroutines)}`,
    );
  }
  const known = new Set<unknown>(trace.goroutines.map(({ id }) => id));
  const unknown: unknown = (goroutines as readonly unknown[]).find((id) => !known.has(id));
  if (unknown === undefined) return { width, rows, from, to, colour, goroutines };
  throw new RangeError(
    `terminalView: goroutines must be numbers of goroutines in the trace, got ${safeToString(unknown)}`,
  );
}

function isWithin(event: TraceEvent | undefined, from: number, to: number): boolean {
  return event !== undefined && event.at >= from && event.at <= to;
}

/** Whether the goroutine was there for some of the time. */
function lives({ events, end }: Trace, { born, ended }: Lane, from: number, to: number): boolean {
  return (events[ended]?.at ?? end) >= from && (events[born]?.at ?? 0) <= to;
}
