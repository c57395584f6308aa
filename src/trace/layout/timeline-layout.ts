// The layout of a timeline: the axis, a track for each goroutine and channel, the values that pass between them, the output and, after a
// deadlock, the wait-for graph.

import { getOrInsert } from "../collections.ts";
import { formatAxisTime, formatCount, pluralize } from "../format-number.ts";
import type { EventOf, GoroutineRef, Trace, TraceEvent } from "../format.ts";
import { goroutineLabel, stateLabels } from "../names.ts";
import { truncate } from "../preview.ts";
import type { ChannelTrack, GoroutineTrack, State, StateSpan } from "../tracks.ts";
import { waitForGraph } from "../wait-for-graph.ts";
import { eventAxis } from "./axis.ts";
import {
  assemble,
  box,
  type Layout,
  type LegendEntry,
  line,
  margin,
  mark,
  type Mark,
  path,
  type Point,
  sampleWidth,
  type Shape,
  stepArea,
  text,
  textWidth,
  type Track,
} from "./chart.ts";
import { Coverage } from "./coverage.ts";
import { layoutFlows } from "./flows.ts";
import { layoutGraph } from "./graph-layout.ts";
import { bandHeight, barHeight, placeTracks, type Scene, selectVisible } from "./scene.ts";
import type { ChannelStyleIndex, Style } from "./theme.ts";

/** What {@link layoutTimeline} lays out; see `RenderTimelineOptions`. */
export interface TimelineRequest {
  readonly title: string;
  readonly width: number;
  readonly from: number;
  readonly to: number;
  readonly goroutines?: readonly number[] | undefined;
}

const leftMargin = 138;
const rightMargin = 66;
const axisLine = 24;

/** The height of the bar of a goroutine that waits: the upper part of its track has room for a label. */
const waitHeight = 8;

/** Shorter spans are drawn together; shorter ones than `minTooltip` have no tooltip. In pixels. */
const minSpan = 1.5;
const minTooltip = 5;

const channelPitch = 29;
const outputRows = 4;
const outputLineHeight = 15;

/** The signs of states, for spans without room for a label. */
const signs: Readonly<Record<State, string>> = {
  running: "",
  send: "→",
  receive: "←",
  select: "⇆",
  sleep: "z",
  lock: "L",
  wait: "w",
};

/** Lays out a timeline of `trace`. */
export function layoutTimeline(trace: Trace, { title, width, from, to, goroutines }: TimelineRequest): Layout {
  const graph = trace.ending === "blocked" ? waitForGraph(trace) : null;
  const visible = selectVisible(trace, goroutines, new Set(graph?.cycle.map(({ goroutine }) => goroutine)));
  const { isShown } = visible;
  const isFiltered = goroutines !== undefined || visible.aggregated.length > 0;
  const isRelevant = (event: TraceEvent): boolean =>
    !isFiltered || isShown(event.goroutine) || (event.type === "go" && isShown(event.child));
  const axis = eventAxis(trace, { left: leftMargin, right: width - rightMargin, from, to, isRelevant });
  const scene = placeTracks(visible, axis, axisLine + 14);

  const flows = layoutFlows(scene);
  const channels = layoutChannels(scene, scene.bottom);
  const output = layoutOutput(scene, channels.bottom);
  const panel = graph === null ? null : layoutGraph(trace, graph, width, output.bottom);
  return assemble(width, title, headerOf(scene, title, flows.omitted), 80, legend, {
    axis,
    axisHeights: [axisLine, output.bottom, 14],
    tracks: [...scene.goroutines.map((track) => trackOf(scene, track)), ...channels.tracks],
    shapes: [
      ...scene.goroutines.flatMap((track) => [...spansOf(scene, track), ...endOf(scene, track)]),
      ...bandOf(scene),
      ...flows.shapes,
      ...eventMarks(scene),
      ...channels.shapes,
      ...output.shapes,
      ...(panel?.shapes ?? []),
    ],
    height: (panel?.bottom ?? output.bottom) + 10,
  });
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
  const count = pluralize(events.length, "event");
  const facts = [
    shown < events.length ? `${formatCount(shown)} of ${count}` : count,
    pluralize(goroutines.length, "goroutine"),
    `${formatAxisTime(end)} of ${clock} time`,
  ];
  const notes = [describeAxis(trace, axis.kind)];
  if (dropped > 0) notes.push(`${pluralize(dropped, "event")} after the limit of the recording are missing.`);
  if (omitted > 0) notes.push(`No arrows: ${pluralize(omitted, "value")} are too many.`);
  const isFailure = ending === "blocked" || ending === "panicked";
  return [
    text(margin, 26, title, "title"),
    { ...text(margin, 45, endings[ending], isFailure ? "alert" : undefined), suffix: ` · ${facts.join(" · ")}` },
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

function trackOf(scene: Scene, { id, name }: GoroutineTrack): Track {
  const top = scene.topOf(id) as number;
  const label = text(margin, top + 14, goroutineLabel(id, name, 15), id === null ? "small" : undefined);
  return { label: [{ ...label, tooltip: goroutineLabel(id, name, 200) }], baseline: top + barHeight };
}

function spanBox(style: State | "mixed", x: number, top: number, width: number, details?: Partial<Shape>): Shape {
  const height = style === "running" || style === "mixed" ? barHeight : waitHeight;
  return { ...box(style, x, top + barHeight - height, width, height), ...details } as Shape;
}

function spansOf(scene: Scene, track: GoroutineTrack): Shape[] {
  const { axis } = scene;
  const top = scene.topOf(track.id) as number;
  const shapes: Shape[] = [];
  let short = { from: 0, to: 0, count: 0 };
  const flushShort = (): void => {
    const { from, to, count } = short;
    short = { from: 0, to: 0, count: 0 };
    if (count === 0 || to - from < 0.4) return;
    const tooltip = to - from < minTooltip ? {} : { tooltip: pluralize(count, "short span") };
    shapes.push(spanBox("mixed", from, top, to - from, tooltip));
  };
  for (const span of track.spans) {
    if (span.to <= axis.first || span.from >= axis.last) continue;
    const [x, end] = [axis.at(span.from), axis.at(span.to)];
    if (end - x < minSpan) {
      if (end > x) short = { from: short.count === 0 ? x : short.from, to: end, count: short.count + 1 };
      continue;
    }
    flushShort();
    const tooltip = end - x < minTooltip ? {} : { tooltip: describeSpan(scene, track, span) };
    shapes.push(spanBox(span.state, x, top, end - x, { events: [span.from, span.to], ...tooltip }));
    if (span.state !== "running") shapes.push(...spanLabel(scene, span, x, end, top + 8));
  }
  flushShort();
  return shapes;
}

/** What the goroutine waits for or, if there is no room for that, the sign of its state. */
function spanLabel({ names }: Scene, span: StateSpan, x: number, end: number, y: number): Shape[] {
  const label = names.wait(span);
  if (textWidth(label, 10) + 4 <= end - x) return [text(x + 2, y, label, "sign")];
  return end - x < 9 ? [] : [text((x + end) / 2, y, signs[span.state], "sign", "middle")];
}

function describeSpan({ trace, names }: Scene, { id, name }: GoroutineTrack, span: StateSpan): string {
  const from = trace.events[span.from]?.at ?? 0;
  const to = trace.events[span.to]?.at ?? trace.end;
  const what = span.state === "running" ? "runs" : `waits: ${names.wait(span, 120)}`;
  const when = to > from ? `${formatAxisTime(from)} to ${formatAxisTime(to)}` : `at ${formatAxisTime(from)}`;
  return `${goroutineLabel(id, name)} ${what}, ${when}`;
}

/** The end of a goroutine: a dot, a cross for a panic, or a word if it waits forever. */
function endOf(scene: Scene, { id, hasEnded, endEvent, spans }: GoroutineTrack): Shape[] {
  const { axis, trace } = scene;
  const top = scene.topOf(id) as number;
  if (hasEnded) {
    if (endEvent < axis.first || endEvent >= axis.last) return [];
    const previous = trace.events[endEvent - 1];
    const error = previous?.type === "panic" && previous.goroutine === id ? previous.error : null;
    return [endMark(axis.at(endEvent), top + barHeight / 2, error)];
  }
  const isShownToEnd = axis.last === trace.events.length;
  const isBlocked = trace.ending === "blocked" && isShownToEnd && (spans.at(-1)?.state ?? "running") !== "running";
  return isBlocked ? [text(axis.right + 6, top + barHeight, "forever", "alert")] : [];
}

function endMark(x: number, y: number, error: string | null): Mark {
  if (error === null) return mark("returned", "dot", x, y, { tooltip: "returned" });
  return mark("panicked", "cross", x, y, { tooltip: `panicked: ${truncate(error, 200)}` });
}

/** The band of goroutines without a track: how many are in each state. */
function bandOf({ axis, aggregated, bandTop }: Scene): Shape[] {
  if (aggregated.length === 0) return [];
  const cells = Math.max(1, Math.ceil((axis.right - axis.left) / 2));
  const coverages = new Map(
    (Object.keys(stateLabels) as State[]).map((state) => [state, new Coverage(axis.left, axis.right, cells)]),
  );
  for (const { spans } of aggregated) {
    for (const { from, to, state } of spans) coverages.get(state)?.add(axis.at(from), axis.at(to));
  }
  const totals = new Float64Array(cells);
  const layers = [...coverages].map(([state, coverage]) => {
    const below = coverage.toSteps(totals);
    for (const [i, count] of coverage.counts().entries()) totals[i] = (totals[i] as number) + count;
    return { state, below, above: coverage.toSteps(totals) };
  });
  const max = totals.reduce((most, total) => Math.max(most, total), 1);
  const bottom = bandTop + bandHeight;
  const outline = (steps: (typeof layers)[number]["below"]): Point[] =>
    stepArea(steps, axis.left, axis.right, bottom, bandHeight / max);
  const areas = layers
    .filter(({ below, above }) => above.some(({ value }, i) => value > (below[i]?.value as number)))
    .map(({ state, below, above }) => {
      const points = [...outline(above).slice(1, -1), ...outline(below).slice(1, -1).reverse()];
      return path(state, points, {
        isClosed: true,
        modifiers: ["plain"],
        tooltip: `the number of goroutines: ${stateLabels[state]}`,
      });
    });
  return [
    text(margin, bandTop + 22, `and ${formatCount(aggregated.length)} more`),
    text(margin, bandTop + 38, "goroutines:", "small"),
    text(margin, bandTop + 53, `up to ${formatCount(Math.round(max))} at once`, "small"),
    line("grid", axis.left, bottom, axis.right, bottom),
    ...areas,
  ];
}

/** The marks of cancellations on the tracks, and of timers on the axis. */
function eventMarks({ axis, trace, topOf }: Scene): Shape[] {
  const cancels = new Map<string, Shape>();
  const timers = new Map<number, Shape>();
  for (let i = axis.first; i < axis.last; i++) {
    const event = trace.events[i] as TraceEvent;
    const x = Math.round(axis.at(i) * 10) / 10;
    if (event.type === "timer" || (event.type === "cancel" && event.goroutine === 0)) {
      timers.set(x, mark("timer", "down", x, axisLine - 3.5, { events: [i, i + 1] }));
    }
    const top = event.type === "cancel" && cancels.size < 500 ? topOf(event.goroutine) : null;
    if (event.type !== "cancel" || top === null) continue;
    const tooltip = `cancels: ${truncate(event.cause, 100)}`;
    cancels.set(`${x} ${top}`, mark("canceled", "diamond", x, top + barHeight / 2, { tooltip, events: [i, i + 1] }));
  }
  return [...cancels.values(), ...timers.values()];
}

// ---- Channels and output

interface Section {
  readonly shapes: readonly Shape[];
  readonly bottom: number;
}

function layoutChannels(scene: Scene, top: number): Section & { readonly tracks: readonly Track[] } {
  const { axis, channels, hiddenChannels, names, trace } = scene;
  const handoffs = new Map<number, Set<number>>(channels.map(({ channel }) => [channel.id, new Set()]));
  for (const { receiveEvent, channel } of scene.flows) {
    if (receiveEvent < axis.first || receiveEvent >= axis.last) continue;
    handoffs.get(channel)?.add(Math.round(axis.at(receiveEvent) * 10) / 10);
  }
  const tracks: Track[] = [];
  const shapes: Shape[] = [];
  let baseline = top + 8 + barHeight;
  for (const track of channels) {
    const { id, capacity } = track.channel;
    const style = scene.channelStyle(id);
    const label = text(42, baseline - 4, `${names.channel(id, 12)}${capacity > 0 ? ` (${capacity})` : ""}`);
    const tooltip = `${names.channel(id, 200)}, ${capacity > 0 ? `a buffer for ${pluralize(capacity, "value")}` : "unbuffered"}`;
    const key = path(
      `flow${style}`,
      [
        [margin, baseline - 8],
        [36, baseline - 8],
      ],
      { hasArrow: true },
    );
    tracks.push({ label: [key, { ...label, tooltip }], baseline });
    if (capacity > 0) shapes.push(...levelsOf(scene, track, baseline));
    else {
      for (const x of handoffs.get(id) ?? []) shapes.push(line(`handoff${style}`, x, baseline, x, baseline - 9));
    }
    shapes.push(...closeOf(scene, track, baseline));
    const left = track.levels.at(-1)?.length ?? 0;
    if (left > 0 && axis.last === trace.events.length) {
      const isFull = left === capacity;
      shapes.push(text(axis.right + 6, baseline - 2, isFull ? "full" : `${left} left`, isFull ? "alert" : "small"));
    }
    baseline += channelPitch;
  }
  let bottom = top + (channels.length === 0 ? 0 : channels.length * channelPitch + 8);
  if (hiddenChannels > 0) {
    shapes.push(
      text(margin, bottom + 8, `and ${pluralize(hiddenChannels, "more channel")} with fewer events`, "small"),
    );
    bottom += 16;
  }
  return { tracks, shapes, bottom };
}

/** The number of values in a buffer, from its baseline to its capacity. */
function levelsOf({ axis, channelStyle }: Scene, { channel, levels }: ChannelTrack, baseline: number): Shape[] {
  const max = levels.reduce((most, { length }) => Math.max(most, length), channel.capacity);
  const steps = levels
    .filter(({ from }) => from < axis.last)
    .map(({ from, length }) => ({ x: axis.at(from), value: length }));
  const points = stepArea(steps, axis.left, axis.right, baseline, barHeight / max);
  const top = baseline - barHeight;
  return [line("limit", axis.left, top, axis.right, top), path(`level${channelStyle(channel.id)}`, points)];
}

function closeOf({ axis }: Scene, { closeEvent }: ChannelTrack, baseline: number): Shape[] {
  if (closeEvent < axis.first || closeEvent >= axis.last) return [];
  const x = axis.at(closeEvent);
  const line = path(
    "closed",
    [
      [x, baseline - 20],
      [x, baseline + 2],
    ],
    { tooltip: "closed", events: [closeEvent, closeEvent + 1] },
  );
  return axis.right - x > 50 ? [line, text(x + 4, baseline - 8, "closed", "sign")] : [line];
}

/** The lines that were printed, as far as there is room for them. */
function layoutOutput({ axis, trace, isShown, aggregated }: Scene, top: number): Section {
  const logs: { readonly x: number; readonly event: EventOf<"log">; readonly index: number }[] = [];
  for (let i = axis.first; i < axis.last; i++) {
    const event = trace.events[i] as TraceEvent;
    const isVisible = isShown(event.goroutine) || aggregated.length > 0;
    if (event.type === "log" && isVisible) logs.push({ x: axis.at(i), event, index: i });
  }
  if (logs.length === 0) return { shapes: [], bottom: top };
  const isOneGoroutine = new Set<GoroutineRef>(logs.map(({ event }) => event.goroutine)).size === 1;
  const rowEnds = new Float64Array(outputRows).fill(-Infinity);
  const marks = new Map<number, { readonly index: number; readonly lines: string[] }>();
  const texts: Shape[] = [];
  for (const { x, event, index } of logs) {
    const who = event.goroutine ?? "?";
    const { lines } = getOrInsert(marks, Math.round(x), () => ({ index, lines: [] }));
    if (lines.length < 5) lines.push(`${who} at ${formatAxisTime(event.at)}: ${truncate(event.text, 200)}`);
    const content = (isOneGoroutine ? "" : `${who}: `) + truncate(event.text, 48);
    // The last texts of a row may begin before their marks.
    const left = Math.max(axis.left, Math.min(x - 3, axis.right + 50 - textWidth(content)));
    const row = rowEnds.findIndex((end) => end < left);
    if (row < 0) continue;
    rowEnds[row] = left + textWidth(content) + 8;
    texts.push(text(left, top + 25 + row * outputLineHeight, content, "small"));
  }
  const hidden = logs.length - texts.length;
  const rows = Math.max(rowEnds.filter((end) => end > -Infinity).length, hidden > 0 ? 1 : 0);
  const shapes = [...marks].map(([x, { index, lines }]) =>
    mark("output", marks.size > 150 ? "tick" : "up", x, top + 9, {
      tooltip: lines.join("; "),
      events: [index, index + 1],
    }),
  );
  const labels = [text(margin, top + 16, "output")];
  if (hidden > 0) labels.push(text(margin, top + 31, `${pluralize(hidden, "line")} hidden`, "small"));
  return { shapes: [...labels, ...shapes, ...texts], bottom: top + 28 + rows * outputLineHeight };
}

// ---- The legend

const legend: readonly LegendEntry[] = [
  ...(Object.entries(stateLabels) as [State, string][]).map(([state, label]): LegendEntry => {
    const sample = (x: number, y: number): Shape => spanBox(state, x, y - barHeight / 2, sampleWidth);
    return { styles: [state], label: `${label} ${signs[state]}`.trimEnd(), sample };
  }),
  {
    styles: ["mixed"],
    label: "many short spans",
    sample: (x, y) => spanBox("mixed", x, y - barHeight / 2, sampleWidth),
  },
  lineEntry(channelStyles("flow"), "value", true),
  lineEntry(["start"], "starts a goroutine"),
  lineEntry(["wake"], "wakes without a value"),
  { styles: ["returned"], label: "returned", sample: (x, y) => endMark(x + sampleWidth / 2, y, null) },
  { styles: ["panicked"], label: "panicked", sample: (x, y) => endMark(x + sampleWidth / 2, y, "") },
  markEntry("canceled", "context canceled", "diamond"),
  markEntry("output", "prints", "up"),
  { styles: channelStyles("level"), label: "buffered values", sample: (x, y, style) => path(style, levelSample(x, y)) },
  {
    styles: channelStyles("handoff"),
    label: "value received",
    sample: (x, y, style) => line(style, x + 13, y + 5, x + 13, y - 4),
  },
  {
    styles: ["closed"],
    label: "closed",
    sample: (x, y) => line("closed", x + 13, y - 8, x + 13, y + 8),
  },
  markEntry("timer", "timer fires", "down"),
  { styles: ["gap"], label: "time passes", sample: (x, y) => box("gap", x, y - 8, sampleWidth, 16) },
];

function channelStyles<K extends "flow" | "level" | "handoff">(kind: K): `${K}${ChannelStyleIndex}`[] {
  return ([0, 1, 2, 3, 4] as const).map((i) => `${kind}${i}` as const);
}

function lineEntry(styles: readonly Style[], label: string, hasArrow = false): LegendEntry {
  return {
    styles,
    label,
    sample: (x, y, style) =>
      path(
        style,
        [
          [x, y],
          [x + sampleWidth, y],
        ],
        { hasArrow },
      ),
  };
}

function markEntry(style: Style, label: string, symbol: Mark["symbol"]): LegendEntry {
  return { styles: [style], label, sample: (x, y) => mark(style, symbol, x + sampleWidth / 2, y) };
}

function levelSample(x: number, y: number): Point[] {
  return stepArea(
    [
      { x, value: 4 },
      { x: x + 9, value: 8 },
      { x: x + 18, value: 12 },
    ],
    x,
    x + sampleWidth,
    y + 6,
    1,
  );
}
