// A trace as text for a terminal: a column for each goroutine, a row for each action, and time from top to bottom.
//
// Invariants:
//   1. No line is wider than the option `width`, and no character of the program controls the terminal: all its text passes `truncate`.
//   2. The events of a row are contiguous, and rows are in the order of their events.

import { formatDuration, pluralize, textColumns, truncateToColumns } from "../formatting.ts";
import type { EventOf, GoroutineRef, Trace } from "../format.ts";
import { stateLabels, states } from "../names.ts";
import { buildTracks, stateOf } from "../tracks.ts";
import { checkView, type RenderTextOptions } from "../view-options.ts";
import { checkCount } from "../../util/validate.ts";
import { Columns, gray, red } from "./columns.ts";
import { Labels } from "./labels.ts";
import { buildRows, describeRow, type Row, waitsAt } from "./rows.ts";

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
  const check = checkView("renderText", options, ["goroutines", "width", "rows", "color"], trace);
  const { from = 0, to = Infinity } = options;
  const width = checkCount(check, "width", 40, options.width ?? 80);
  const maxRows = checkCount(check, "rows", 20, options.rows ?? 200);

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
  const view: View = { trace, labels: new Labels(trace), columns, width, gutter, rows: maxRows, to, formatTime };

  const visible = new Set(columns.tracks.map(({ id }) => id));
  const header = formatHeader(view, tracks.length - visible.size);
  const footer = formatFooter(view, visible);
  const rows = buildRows(trace, view.labels, visible).filter(({ first }) => {
    const at = events[first]?.at ?? 0;
    return at >= from && at <= to;
  });
  const body = formatRows(view, rows, maxRows - header.length - footer.length - 1);
  return [...header, " ".repeat(gutter) + columns.head, ...body, ...footer].map((line) => line.trimEnd()).join("\n");
}

/** What the parts of a view share; `gutter` is the width of the times. */
interface View extends Required<Pick<RenderTextOptions, "width" | "rows" | "to">> {
  readonly trace: Trace;
  readonly labels: Labels;
  readonly columns: Columns;
  readonly gutter: number;
  readonly formatTime: (at: number) => string;
}

/** The format of times in front of a row; all times have the same number of digits. */
function timeFormat({ events, end }: Trace): (at: number) => string {
  const digits = end >= 10_000 || events.every(({ at }) => Number.isInteger(at)) ? 0 : end >= 100 ? 1 : 3;
  return (at) => `${at.toFixed(digits)} ms`;
}

/** The words for each ending, in the header and above the list of waits. */
const endings: Readonly<Record<Trace["ending"], readonly [summary: string, waits: string]>> = {
  running: ["still running", "Waiting at the end of the recording:"],
  returned: ["main returned", "main has returned, and these goroutines still wait:"],
  panicked: ["panicked", "The program has panicked, and these goroutines still wait:"],
  blocked: ["DEADLOCK", "Deadlock: every goroutine waits, and none can wake another:"],
};

/** The state at the end, the names of the goroutines, and the legend; `omitted` goroutines have no column. */
function formatHeader({ trace, labels, columns, width, rows }: View, omitted: number): string[] {
  const { clock, end, ending, dropped, events } = trace;
  const virtual = `${end === 0 ? "one instant" : formatDuration(end)} of virtual time`;
  const duration = clock === "real" ? formatDuration(end) : virtual;
  const facts = [`${endings[ending][0]} after ${pluralize(events.length, "event")} in ${duration}`];
  if (dropped > 0) facts.push(`${pluralize(dropped, "more event")} not recorded`);
  if (omitted > 0) facts.push(`${pluralize(omitted, "more goroutine")} left out: choose by \`goroutines\``);

  const shown = new Set(columns.tracks.flatMap(({ spans }) => spans.map(({ state }) => state)));
  const legend = states
    .filter((state) => shown.has(state))
    .map((state) => `${stateLabels[state].letter} ${stateLabels[state].label}`);
  legend.push("●─► acts on", "■ ends");
  if (columns.isShared) legend.push("a new number in a column: that goroutine from there on");

  // In a short text, most lines are for the rows.
  const max = rows < 60 ? 2 : 3;
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
    const name = id === null ? "(unknown)" : labels.function(id) || "(no name)";
    const last = groups.at(-1);
    if (last?.name === name) last.ids.push(String(id));
    else groups.push({ ids: [String(id ?? "?")], name });
  }
  return groups.map(({ ids, name }) => `${ids.length > 2 ? `${ids[0]}–${ids.at(-1)}` : ids.join(" ")}: ${name}`);
}

/** Formats rows in at most `max` lines: the first and the last of them. */
function formatRows(view: View, rows: readonly Row[], max: number): string[] {
  const { trace, labels, columns, width, gutter, formatTime } = view;
  let previous = "";
  const format = (row: Row): string => {
    const { type } = row.event;
    const now = formatTime(trace.events[row.first]?.at ?? 0);
    const time = columns.paint((now === previous ? "" : now).padStart(gutter - 1), gray);
    previous = now;
    const text = truncateToColumns(describeRow(row, labels), width - gutter - columns.head.length - 1);
    return `${time} ${columns.format(row)} ${columns.paint(text, type === "block" ? gray : type === "panic" ? red : 0)}`;
  };
  if (rows.length <= max) return rows.map(format);
  // The end of a program explains why it ended: a third of the lines is for it.
  const tail = rows.slice(-Math.floor((max - 1) / 3));
  const head = rows.slice(0, max - 1 - tail.length);
  const omitted = (tail[0] as Row).first - (rows[head.length] as Row).first;
  return [...head.map(format), `${" ".repeat(gutter)}… ${pluralize(omitted, "more event")}`, ...tail.map(format)];
}

/** The goroutines that wait at the end, and what is known of the channels that they wait for. */
function formatFooter(view: View, visible: ReadonlySet<GoroutineRef>): string[] {
  const { trace, labels, width, rows, to } = view;
  const blocks = waitsAt(trace, to).filter(({ goroutine }) => visible.has(goroutine));
  if (blocks.length === 0) return [];
  const title = to < trace.end ? `Waiting at ${formatDuration(to)}:` : endings[trace.ending][1];
  const room = Math.floor(rows / 4) - 3;
  const waits = labels.waits(blocks);
  const lines = waits
    .slice(0, room)
    .flatMap(({ block, sentence }) => [`  ${sentence}`, ...channelFacts(view, block).map((fact) => `    ${fact}`)]);
  const isCut = lines.length > room || waits.length > room;
  const shown = isCut ? [...lines.slice(0, room), `  … of ${waits.length} different waits`] : lines;
  return ["", ...[title, ...shown].map((line) => truncateToColumns(line, width))];
}

/** Why a wait on a channel lasts: the values that passed it before the time `to`, and the goroutines on its other side. */
function channelFacts({ trace, labels, to }: View, { channel, operation }: EventOf<"block">): string[] {
  if (channel === undefined) return [];
  const isSend = stateOf(operation) === "send";
  const [type, verb] = isSend ? ["receive", "received from it"] : ["send", "sent to it"];
  const ids = new Set<GoroutineRef>();
  const ended = new Set<GoroutineRef>();
  let [count, length] = [0, 0];
  for (const event of trace.events) {
    if (event.at > to) break;
    if (event.type === "end" && ids.has(event.goroutine)) ended.add(event.goroutine);
    if ((event.type !== "send" && event.type !== "receive") || event.channel !== channel) continue;
    length = event.length;
    if (event.type !== type) continue;
    count++;
    if (event.goroutine !== 0) ids.add(event.goroutine);
  }
  const capacity = labels.capacity(channel);
  const state = isSend ? (capacity > 0 ? [`its buffer is full: ${length} of ${capacity}`] : []) : ["it is open"];
  if (count === 0) return [...state, `no value was ever ${verb}`];
  const isAll = ended.size === ids.size;
  const note = ended.size === 0 ? "" : isAll ? "; ended since" : `; ended: ${labels.goroutines([...ended])}`;
  return [...state, `${pluralize(count, "value")} ${verb}, by ${labels.goroutines([...ids])}${note}`];
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
