// A trace as text for a terminal: a column for each goroutine, a row for each action, and time from top to bottom.
//
// Invariants:
//   1. No line is wider than the option `width`, and no character of the program controls the terminal: all its text passes `truncate`.
//   2. The events of a row are contiguous, and rows are in the order of their events.

import { Check } from "../../util/validate.ts";
import { getOrInsert } from "../collections.ts";
import { formatDuration, pluralize } from "../format-number.ts";
import type { GoroutineRef, Trace } from "../format.ts";
import { stateLabels } from "../names.ts";
import { textColumns, truncateToColumns } from "../text-width.ts";
import { buildTracks, type State, stateOf } from "../tracks.ts";
import { checkGoroutines, checkTimes, type ViewRange } from "../view-options.ts";
import { Columns, gray, red, stateGlyphs } from "./columns.ts";
import { Labels } from "./labels.ts";
import { buildRows, type Row, waitsAt } from "./rows.ts";

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

/**
 * Renders a trace as text for a terminal, without a line feed at the end: which goroutine ran and which waited, which values were sent to
 * which goroutine, what was printed, and which goroutines wait at the end, and for what.
 *
 * Each goroutine has a column, in which a letter shows its state. An arrow leads from the goroutine that acts to those that it acts on.
 * Events that add nothing, such as a wait that ended at once, have no row.
 *
 * @param trace - the trace to render
 * @param options - the size, the range and the colors of the text
 * @throws {RangeError} if a number is out of range, or an id of `goroutines` is not in the trace
 * @throws {TypeError} if `goroutines` is not a non-empty array, or an option does not exist
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(1, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * console.log(renderText(recording.stop(), { width: 72 }));
 */
export function renderText(trace: Trace, options: RenderTextOptions = {}): string {
  const check = new Check("renderText");
  check.options(options, ["width", "from", "to", "goroutines", "rows", "color"], { colour: "color" });
  const width = check.count("width", 40, options.width ?? 80);
  const maxLines = check.count("rows", 20, options.rows ?? 200);
  const { from, to } = checkTimes("renderText", options);
  checkGoroutines("renderText", options, trace);

  const { events, end } = trace;
  const tracks = buildTracks(trace).goroutines.filter(
    ({ id, startEvent, endEvent }) =>
      id !== 0 &&
      (options.goroutines?.includes(id ?? -1) ?? true) &&
      (events[endEvent]?.at ?? end) >= from &&
      (events[startEvent]?.at ?? 0) <= to,
  );
  const formatTime = timeFormat(trace);
  const gutter = formatTime(Math.min(to, end)).length + 1;
  // Of the width, 62 % and at least 20 characters are for the sentences.
  const room = width - gutter - Math.max(20, Math.floor((width - gutter) * 0.62));
  const columns = new Columns(tracks, room, options.color ?? false);
  const visible = new Set(columns.tracks.map(({ id }) => id));
  const labels = new Labels(trace);

  const header = formatHeader(trace, labels, columns, { width, maxLines, omitted: tracks.length - visible.size });
  const footer = formatFooter(trace, labels, { width, to, maxLines: Math.floor(maxLines / 4), visible });
  const rows = buildRows(trace, labels, visible).filter(({ first }) => {
    const at = events[first]?.at ?? 0;
    return at >= from && at <= to;
  });
  const maxRows = maxLines - header.length - footer.length - 1;
  const body = formatRows(trace, rows, columns, { width, gutter, maxRows, formatTime });
  return [...header, " ".repeat(gutter) + columns.head, ...body, ...footer].map((line) => line.trimEnd()).join("\n");
}

/** The format of times in front of a row; all times have the same number of digits. */
function timeFormat({ events, end }: Trace): (at: number) => string {
  const digits = end >= 10_000 || events.every(({ at }) => Number.isInteger(at)) ? 0 : end >= 100 ? 1 : 3;
  return (at) => `${at.toFixed(digits)} ms`;
}

// ---- Header

const endings: Readonly<Record<Trace["ending"], string>> = {
  running: "still running",
  returned: "main returned",
  panicked: "panicked",
  blocked: "DEADLOCK",
};

interface HeaderLayout {
  readonly width: number;
  readonly maxLines: number;
  /** How many goroutines have no column. */
  readonly omitted: number;
}

/** The state at the end, the names of the goroutines, and the legend. */
function formatHeader(trace: Trace, labels: Labels, columns: Columns, layout: HeaderLayout): string[] {
  const { clock, end, ending, dropped, events } = trace;
  const { width, maxLines, omitted } = layout;
  const virtual = end === 0 ? "one instant of virtual time" : `${formatDuration(end)} of virtual time`;
  const summary = `${endings[ending]} after ${pluralize(events.length, "event")} in ${clock === "real" ? formatDuration(end) : virtual}`;
  const facts = [dropped === 0 ? summary : `${summary}; ${pluralize(dropped, "more event")} not recorded`];
  if (omitted > 0) facts.push(`${pluralize(omitted, "more goroutine")} left out: choose by \`goroutines\``);

  const states = new Set(columns.tracks.flatMap(({ spans }) => spans.map(({ state }) => state)));
  const legend = (Object.keys(stateGlyphs) as State[])
    .filter((state) => states.has(state))
    .map((state) => `${stateGlyphs[state]} ${stateLabels[state]}`);
  legend.push("●─► acts on", "■ ends");
  if (columns.isShared) legend.push("a new number in a column: that goroutine from there on");

  // In a short text, most lines are for the rows.
  const max = maxLines < 60 ? 2 : 3;
  return [
    ...wrap(facts, "; ", width, max),
    ...wrap(columnLegend(columns, labels), "   ", width, max),
    ...wrap(legend, "   ", width, 2 * max),
    "",
  ];
}

/** The goroutines in the columns; adjacent ones of the same name share an entry. */
function columnLegend({ tracks }: Columns, labels: Labels): string[] {
  const groups: { readonly ids: string[]; readonly name: string }[] = [];
  for (const { id } of tracks) {
    const name = id === null ? "(unknown)" : labels.name(id) || "(no name)";
    const last = groups.at(-1);
    if (last?.name === name) last.ids.push(String(id));
    else groups.push({ ids: [String(id ?? "?")], name });
  }
  return groups.map(({ ids, name }) => {
    return `${ids.length > 2 ? `${ids[0] as string}–${ids.at(-1) as string}` : ids.join(" ")}: ${name}`;
  });
}

// ---- Rows

interface RowLayout {
  readonly width: number;
  /** The width of the times. */
  readonly gutter: number;
  readonly maxRows: number;
  readonly formatTime: (at: number) => string;
}

/** Formats the rows; of too many, the first and the last. */
function formatRows({ events }: Trace, rows: readonly Row[], columns: Columns, layout: RowLayout): string[] {
  const { width, gutter, maxRows, formatTime } = layout;
  let previous = "";
  const format = (row: Row): string => {
    const now = formatTime(events[row.first]?.at ?? 0);
    const time = columns.paint((now === previous ? "" : now).padStart(gutter - 1), gray);
    previous = now;
    const text = truncateToColumns(row.text(row), width - gutter - columns.width - 1);
    const color = row.kind === "block" ? gray : row.kind === "panic" ? red : 0;
    return `${time} ${columns.format(row)} ${columns.paint(text, color)}`;
  };
  if (rows.length <= maxRows) return rows.map(format);
  // The end of a program explains why it ended: a third of the lines is for it.
  const tail = Math.floor((maxRows - 1) / 3);
  const head = maxRows - 1 - tail;
  const firstOf = (i: number): number => rows[i]?.first ?? (rows.at(-1) as Row).last + 1;
  const omitted = pluralize(firstOf(rows.length - tail) - firstOf(head), "more event");
  return [
    ...rows.slice(0, head).map(format),
    `${" ".repeat(gutter)}… ${omitted}`,
    ...rows.slice(rows.length - tail).map(format),
  ];
}

// ---- Footer

const footerTitles: Readonly<Record<Trace["ending"], string>> = {
  running: "Waiting at the end of the recording:",
  returned: "main has returned, and these goroutines still wait:",
  panicked: "The program has panicked, and these goroutines still wait:",
  blocked: "Deadlock: every goroutine waits, and none can wake another:",
};

interface FooterLayout {
  readonly width: number;
  /** The time at which the goroutines wait, in milliseconds. */
  readonly to: number;
  readonly maxLines: number;
  readonly visible: ReadonlySet<GoroutineRef>;
}

/** The goroutines that wait at the end, and what is known of the channels that they wait for. */
function formatFooter(trace: Trace, labels: Labels, { width, to, maxLines, visible }: FooterLayout): string[] {
  const blocks = waitsAt(trace, to).filter(({ goroutine }) => visible.has(goroutine));
  if (blocks.length === 0) return [];
  const title = to < trace.end ? `Waiting at ${formatDuration(to)}:` : footerTitles[trace.ending];
  const channelFacts = readChannelFacts(trace, labels, to);
  const lines = labels.waits(blocks).flatMap(({ block, sentence }) => {
    const facts = block.channel === undefined ? [] : channelFacts(block.channel, stateOf(block.operation));
    return [`  ${sentence}`, ...facts.map((fact) => `    ${fact}`)];
  });
  const room = maxLines - 3;
  const shown =
    lines.length > room ? [...lines.slice(0, room), `  … ${pluralize(lines.length - room, "more line")}`] : lines;
  return ["", ...[title, ...shown].map((line) => truncateToColumns(line, width))];
}

/** Reads the events up to the time `to`; returns a function that describes why a wait on a channel lasts. */
function readChannelFacts({ events }: Trace, labels: Labels, to: number): (channel: number, state: State) => string[] {
  const counts = new Map<string, Map<GoroutineRef, number>>();
  const lengths = new Map<number, number>();
  const ended = new Set<GoroutineRef>();
  for (const event of events) {
    if (event.at > to) break;
    if (event.type === "end") ended.add(event.goroutine);
    if (event.type !== "send" && event.type !== "receive") continue;
    const { type, channel, goroutine, length } = event;
    const byGoroutine = getOrInsert(counts, `${type} ${channel}`, () => new Map<GoroutineRef, number>());
    byGoroutine.set(goroutine, (byGoroutine.get(goroutine) ?? 0) + 1);
    lengths.set(channel, length);
  }
  const describe = (type: "send" | "receive", verb: string, channel: number): string => {
    const byGoroutine = counts.get(`${type} ${channel}`);
    if (byGoroutine === undefined) return `no value was ever ${verb}`;
    const total = [...byGoroutine.values()].reduce((sum, count) => sum + count, 0);
    const ids = [...byGoroutine.keys()].filter((id) => id !== 0);
    const endedIds = ids.filter((id) => ended.has(id));
    const isAll = endedIds.length === ids.length;
    const note = endedIds.length === 0 ? "" : isAll ? "; ended since" : `; ended: ${labels.goroutines(endedIds)}`;
    return `${pluralize(total, "value")} ${verb}, by ${labels.goroutines(ids)}${note}`;
  };
  return (channel, state) => {
    const capacity = labels.capacity(channel);
    if (state !== "send") return ["it is open", describe("send", "sent to it", channel)];
    const full = capacity > 0 ? [`its buffer is full: ${lengths.get(channel) ?? 0} of ${capacity}`] : [];
    return [...full, describe("receive", "received from it", channel)];
  };
}

/** Joins parts to lines of at most `width` columns, and at most `max` lines. */
function wrap(parts: readonly string[], separator: string, width: number, max: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const longer = last === undefined ? part : `${last}${separator}${part}`;
    if (last !== undefined && textColumns(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(truncateToColumns(part, width));
  }
  if (lines.length <= max) return lines;
  return [...lines.slice(0, max - 1), truncateToColumns(`${lines[max - 1] as string} …`, width)];
}
