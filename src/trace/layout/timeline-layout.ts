// The layout of a timeline: a track for each goroutine and channel, the values that pass between them, the output and, after a deadlock, the
// wait-for graph.

import { getOrInsert } from "../collections.ts";
import { formatAxisTime, formatCount, pluralize, truncate } from "../formatting.ts";
import type { GoroutineRef, Trace, TraceEvent } from "../format.ts";
import { stateLabels, states } from "../names.ts";
import type { ChannelTrack, GoroutineTrack, StateSpan } from "../tracks.ts";
import type { RenderTimelineOptions } from "../view-options.ts";
import { type WaitForGraph, waitForGraph } from "../wait-for-graph.ts";
import * as chart from "./chart.ts";
import { box, line, margin, mark, path, type Section, type Shape, text, textWidth } from "./chart.ts";
import { layoutFlows } from "./flows.ts";
import { axisLine, bandHeight, barHeight, layoutScene, type Scene } from "./scene.ts";
import { aggregate, countSpans, drawSpans, type Span } from "./spans.ts";
import type { Style } from "./theme.ts";

/** The part of a timeline that belongs to one goroutine, from its upper to its lower edge in the body of the picture. */
export interface Lane {
  readonly goroutine: GoroutineRef;
  readonly top: number;
  readonly bottom: number;
}

/** A timeline, with what shows where its events and goroutines are. */
export interface TimelineLayout extends chart.Layout {
  /** The horizontal position of each event of the trace; the nearer end of the axis for an event that is not shown. */
  readonly positions: readonly number[];
  /** The lanes from top to bottom: the first of `tracks`, in the same order. */
  readonly lanes: readonly Lane[];
}

/** The height of the bar of a goroutine that waits: the upper part of its track has room for a label. */
const waitHeight = 8;

/** Narrower spans have no tooltip, in pixels. */
const minTooltip = 5;

const channelPitch = 29;
const outputRows = 4;
const outputLineHeight = 15;

/**
 * Lays out a trace. `layoutGraph` lays out the wait-for graph of a deadlock below the timeline; it is an argument because it needs a library
 * that others do not.
 */
export function layoutTimeline(
  trace: Trace,
  options: RenderTimelineOptions,
  layoutGraph?: (trace: Trace, graph: WaitForGraph, width: number, top: number) => Section,
): TimelineLayout {
  const title = truncate(options.title ?? "Timeline", 100);
  const width = Math.round(options.width ?? 1_000);
  const graph = trace.ending === "blocked" ? waitForGraph(trace) : null;
  const scene = layoutScene(trace, options, width, new Set(graph?.cycle.map(({ goroutine }) => goroutine)));
  const { axis, topOf } = scene;

  const flows = layoutFlows(scene);
  const { tracks, ...channels } = layoutChannels(scene, scene.bottom);
  const output = layoutOutput(scene, channels.bottom);
  const panel = graph === null ? undefined : layoutGraph?.(trace, graph, width, output.bottom);
  const { ticks, gaps } = axis;
  const picture = {
    width,
    description: title,
    header: headerOf(scene, title, flows.omitted),
    axis: { left: axis.left, right: axis.right, ticks, gaps, line: axisLine, end: output.bottom, labels: 14 },
    tracks: [...scene.goroutines.map(({ id }) => trackOf(scene, id)), ...tracks],
    shapes: [
      ...scene.goroutines.flatMap((track) => [...spansOf(scene, track), ...endOf(scene, track)]),
      ...bandOf(scene),
      ...flows.shapes,
      ...eventMarks(scene),
      ...channels.shapes,
      ...output.shapes,
      ...(panel?.shapes ?? []),
    ],
  };
  return {
    ...chart.withLegend(picture, legend, 80, (panel ?? output).bottom + 10),
    positions: trace.events.map((_, i) => axis.at(i)),
    lanes: scene.goroutines.map(({ id }) => {
      const top = topOf(id) as number;
      return { goroutine: id, top, bottom: top + barHeight };
    }),
  };
}

const endings: Readonly<Record<Trace["ending"], string>> = {
  running: "still running when the recording stopped",
  returned: "returned",
  panicked: "panicked",
  blocked: "deadlock: all goroutines are asleep",
};

function headerOf({ trace, axis }: Scene, title: string, omitted: number): Shape[] {
  const { events, dropped, clock, end, goroutines, ending } = trace;
  const shown = axis.last - axis.first;
  const count = (shown < events.length ? `${formatCount(shown)} of ` : "") + pluralize(events.length, "event");
  const facts = [count, pluralize(goroutines.length, "goroutine"), `${formatAxisTime(end)} of ${clock} time`];
  const notes = [describeAxis(trace, axis.kind)];
  if (dropped > 0) notes.push(`${pluralize(dropped, "event")} after the limit of the recording are missing.`);
  if (omitted > 0) notes.push(`No arrows: ${pluralize(omitted, "value")} are too many.`);
  const isFailure = ending === "blocked" || ending === "panicked";
  return [
    text(margin, 26, title, "title"),
    { ...text(margin, 45, endings[ending], isFailure ? "alert" : "label"), suffix: ` · ${facts.join(" · ")}` },
    text(margin, 61, notes.join(" "), "small"),
  ];
}

function describeAxis({ clock, events }: Trace, kind: "order" | "time"): string {
  if (kind === "time") return "From left to right: time.";
  const order = "From left to right: the order of the events";
  if (clock === "real") return `${order}; gray gaps: time that passes, long times compressed.`;
  return events.length > 0 && events[0]?.at === events.at(-1)?.at
    ? `${order}. In virtual time all of them happen at one instant.`
    : `${order}; gray gaps: time that passes. In virtual time, only waiting for timers takes time.`;
}

// ---- Goroutines

function trackOf({ names, topOf }: Scene, id: GoroutineRef): chart.Track {
  const top = topOf(id) as number;
  const label = text(margin, top + 14, names.goroutine(id, 15), id === null ? "small" : "label");
  return { label: [{ ...label, tooltip: names.goroutine(id, 200) }], baseline: top + barHeight };
}

function spansOf(scene: Scene, track: GoroutineTrack): Shape[] {
  const { axis } = scene;
  const top = scene.topOf(track.id) as number;
  const bar = (style: Style, from: number, to: number, tooltip: string, events?: [number, number]): Shape => {
    const height = style === "running" || style === "mixed" ? barHeight : waitHeight;
    const details = { tooltip: to - from < minTooltip ? "" : tooltip, ...(events && { events }) };
    return box(style, from, top + barHeight - height, to - from, height, details);
  };
  const { spans } = track;
  const shown = spans.map((span) => ({ from: axis.at(span.from), to: axis.at(span.to), style: span.state, span }));
  return drawSpans(
    shown.filter(({ from, to }) => to > from),
    ({ from, to, style, span }) => [
      bar(style, from, to, describeSpan(scene, track.id, span), [span.from, span.to]),
      ...spanLabel(scene, span, from, to, top + 8),
    ],
    (run, from, to) => (to - from < 0.4 ? [] : [bar("mixed", from, to, pluralize(run.length, "short span"))]),
  );
}

/** What the goroutine waits for or, where that does not fit, the sign of its state. */
function spanLabel({ names }: Scene, { state, wait }: StateSpan, from: number, to: number, y: number): Shape[] {
  if (wait === null || to - from < 9) return [];
  const label = names.wait(wait);
  if (textWidth(label, 10) + 4 <= to - from) return [text(from + 2, y, label, "sign")];
  return [text((from + to) / 2, y, stateLabels[state].sign, "sign", "middle")];
}

function describeSpan({ trace, names }: Scene, id: GoroutineRef, { wait, ...span }: StateSpan): string {
  const [from, to] = [trace.events[span.from]?.at ?? 0, trace.events[span.to]?.at ?? trace.end];
  const what = wait === null ? "runs" : `waits: ${names.wait(wait, 120)}`;
  const when = to > from ? `${formatAxisTime(from)} to ${formatAxisTime(to)}` : `at ${formatAxisTime(from)}`;
  return `${names.goroutine(id)} ${what}, ${when}`;
}

/** The end of a goroutine: a dot, a cross for a panic, or a word if it waits forever. */
function endOf({ axis, trace, topOf }: Scene, { id, hasEnded, endEvent, spans }: GoroutineTrack): Shape[] {
  const top = topOf(id) as number;
  if (!hasEnded) {
    const isShownToEnd = axis.last === trace.events.length;
    const isBlocked = trace.ending === "blocked" && isShownToEnd && (spans.at(-1)?.state ?? "running") !== "running";
    return isBlocked ? [text(axis.right + 6, top + barHeight, "forever", "alert")] : [];
  }
  if (endEvent < axis.first || endEvent >= axis.last) return [];
  const [x, y] = [axis.at(endEvent), top + barHeight / 2];
  const previous = trace.events[endEvent - 1];
  return previous?.type === "panic" && previous.goroutine === id
    ? [mark("panicked", "cross", x, y, { tooltip: `panicked: ${truncate(previous.error, 200)}` })]
    : [mark("returned", "dot", x, y, { tooltip: "returned" })];
}

/** The band of goroutines without a track: how many are in each state. */
function bandOf({ axis, aggregated, bandTop }: Scene): Shape[] {
  if (aggregated.length === 0) return [];
  const { left, right } = axis;
  const spans = aggregated.flatMap((track) =>
    track.spans.map(({ from, to, state }): Span => ({ from: axis.at(from), to: axis.at(to), style: state })),
  );
  const max = countSpans(spans, left, right, Math.ceil(right - left), 0).reduce((a, b) => Math.max(a, b), 1);
  const bottom = bandTop + bandHeight;
  return [
    text(margin, bandTop + 22, `and ${formatCount(aggregated.length)} more`),
    text(margin, bandTop + 38, "goroutines:", "small"),
    text(margin, bandTop + 53, `up to ${formatCount(Math.round(max))} at once`, "small"),
    line("grid", [left, bottom, right, bottom]),
    ...aggregate(spans, { left, right, top: bandTop, height: bandHeight, capacity: max, bottomUp: states }),
  ];
}

/** The marks of cancellations on the tracks, and of timers on the axis. */
function eventMarks({ axis, trace, topOf }: Scene): Shape[] {
  const marks = new Map<string, Shape>();
  for (let i = axis.first; i < axis.last; i++) {
    const event = trace.events[i] as TraceEvent;
    const x = Math.round(axis.at(i));
    const events = [i, i + 1] as const;
    if (event.type === "timer" || (event.type === "cancel" && event.goroutine === 0)) {
      marks.set(`timer ${x}`, mark("timer", "down", x, axisLine - 3.5, { events }));
    } else if (event.type === "cancel") {
      const top = topOf(event.goroutine);
      const tooltip = `cancels: ${truncate(event.cause, 100)}`;
      if (top !== null)
        marks.set(`${x} ${top}`, mark("canceled", "diamond", x, top + barHeight / 2, { tooltip, events }));
    }
  }
  return [...marks.values()];
}

// ---- Channels and output

function layoutChannels(scene: Scene, top: number): chart.TrackSection {
  const { axis, channels, hiddenChannels, names, trace } = scene;
  const tracks: chart.Track[] = [];
  const shapes: Shape[] = [];
  let baseline = top + 8 + barHeight;
  for (const track of channels) {
    const { closeEvent, levels } = track;
    const { id, capacity } = track.channel;
    const key = line(`flow${scene.channelStyle(id)}`, [margin, baseline - 8, 36, baseline - 8], { hasArrow: true });
    const label = text(42, baseline - 4, `${names.channel(id, 12)}${capacity > 0 ? ` (${capacity})` : ""}`);
    const buffer = capacity > 0 ? `a buffer for ${pluralize(capacity, "value")}` : "unbuffered";
    tracks.push({ label: [key, { ...label, tooltip: `${names.channel(id, 200)}, ${buffer}` }], baseline });
    shapes.push(...(capacity > 0 ? levelsOf(scene, track, baseline) : handoffsOf(scene, track, baseline)));
    if (closeEvent >= axis.first && closeEvent < axis.last) {
      const x = axis.at(closeEvent);
      const details = { tooltip: "closed", events: [closeEvent, closeEvent + 1] } as const;
      shapes.push(line("closed", [x, baseline - 20, x, baseline + 2], details));
      if (axis.right - x > 50) shapes.push(text(x + 4, baseline - 8, "closed", "sign"));
    }
    const left = axis.last === trace.events.length ? (levels.at(-1)?.length ?? 0) : 0;
    const isFull = left === capacity;
    const words = isFull ? "full" : `${left} left`;
    if (left > 0) shapes.push(text(axis.right + 6, baseline - 2, words, isFull ? "alert" : "small"));
    baseline += channelPitch;
  }
  const bottom = channels.length === 0 ? top : baseline - barHeight;
  if (hiddenChannels === 0) return { tracks, shapes, bottom };
  shapes.push(text(margin, bottom + 8, `and ${pluralize(hiddenChannels, "more channel")}, less used`, "small"));
  return { tracks, shapes, bottom: bottom + 16 };
}

/** The number of values in a buffer, from its baseline to its capacity. */
function levelsOf({ axis, channelStyle }: Scene, { channel, levels }: ChannelTrack, baseline: number): Shape[] {
  const max = levels.reduce((most, { length }) => Math.max(most, length), channel.capacity);
  const shown = levels.filter(({ from }) => from < axis.last);
  const steps = shown.map(({ from, length }): chart.Step => ({ x: axis.at(from), value: length }));
  const area = chart.stepArea(steps, axis.left, axis.right, baseline, barHeight / max);
  const top = baseline - barHeight;
  return [
    line("limit", [axis.left, top, axis.right, top]),
    path(`level${channelStyle(channel.id)}`, area, { isClosed: true }),
  ];
}

/** A line for each value that an unbuffered channel passes. */
function handoffsOf({ axis, channelStyle, flows }: Scene, { channel }: ChannelTrack, baseline: number): Shape[] {
  const { id } = channel;
  const shown = flows.filter(({ channel: used, receiveEvent: i }) => used === id && i >= axis.first && i < axis.last);
  const positions = new Set(shown.map(({ receiveEvent }) => Math.round(axis.at(receiveEvent))));
  return [...positions].map((x) => line(`handoff${channelStyle(id)}`, [x, baseline, x, baseline - 9]));
}

/** The lines that were printed, as far as there is room for them. */
function layoutOutput({ axis, trace, topOf, aggregated }: Scene, top: number): Section {
  const printed = trace.events.slice(axis.first, axis.last).flatMap((event, i) => {
    const isVisible = topOf(event.goroutine) !== null || aggregated.length > 0;
    return event.type === "log" && isVisible ? [{ ...event, index: axis.first + i }] : [];
  });
  if (printed.length === 0) return { shapes: [], bottom: top };
  const hasOnePrinter = new Set<GoroutineRef>(printed.map(({ goroutine }) => goroutine)).size === 1;
  const symbol = printed.length > 150 ? "tick" : "up";
  const rowEnds: number[] = [];
  const marks = new Map<number, Shape>();
  const texts: Shape[] = [];
  for (const { index, goroutine, at, text: content } of printed) {
    const x = Math.round(axis.at(index));
    const tooltip = `${goroutine ?? "?"} at ${formatAxisTime(at)}: ${truncate(content, 200)}`;
    getOrInsert(marks, x, () => mark("output", symbol, x, top + 9, { tooltip, events: [index, index + 1] }));
    const label = (hasOnePrinter ? "" : `${goroutine ?? "?"}: `) + truncate(content, 48);
    // The last text of a row may begin before its mark.
    const left = Math.max(axis.left, Math.min(x - 3, axis.right + 50 - textWidth(label)));
    const free = rowEnds.findIndex((end) => end < left);
    const row = free < 0 ? rowEnds.length : free;
    if (row === outputRows) continue;
    rowEnds[row] = left + textWidth(label) + 8;
    texts.push(text(left, top + 25 + row * outputLineHeight, label, "small"));
  }
  const hidden = printed.length - texts.length;
  if (hidden > 0) texts.push(text(margin, top + 31, `${pluralize(hidden, "line")} hidden`, "small"));
  return {
    shapes: [text(margin, top + 16, "output"), ...marks.values(), ...texts],
    bottom: top + 28 + rowEnds.length * outputLineHeight,
  };
}

const legend: chart.Legend = [
  ...states.map((state) => [state, `${stateLabels[state].label} ${stateLabels[state].sign}`.trimEnd()] as const),
  ["mixed", "many short spans"],
  [channelStyles("flow"), "value"],
  ["start", "starts a goroutine"],
  ["wake", "wakes without a value"],
  ["returned", "returned"],
  ["panicked", "panicked"],
  ["canceled", "context canceled"],
  ["output", "prints"],
  [channelStyles("level"), "buffered values"],
  [channelStyles("handoff"), "value passed directly"],
  ["closed", "closed"],
  ["timer", "timer fires"],
  ["gap", "time passes"],
];

function channelStyles(kind: "flow" | "level" | "handoff"): Style[] {
  return ([0, 1, 2, 3, 4] as const).map((i): Style => `${kind}${i}`);
}
