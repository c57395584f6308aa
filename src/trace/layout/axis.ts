// Where events are from left to right. As long as there is room, each event advances the axis by a step, and the time between two events
// is a gap whose width grows with its square root. Many events of a real clock are placed by their time.

import { bisector, ticks } from "../vendor.ts";
import { formatAxisTime } from "../format-number.ts";
import type { Trace, TraceEvent } from "../format.ts";
import { type Gap, type Scale, textWidth, type Tick } from "./chart.ts";

/** The smallest step in pixels: below it, the order of events cannot be seen. */
const minStep = 3;

/** The largest share of the axis for all gaps together, and for each gap. */
const gapsShare = 0.45;
const gapShare = 0.06;

/** The width in pixels below which a gap is not marked. */
const minGap = 9;

/** The share of the axis after the last event of a deadlock, so that its last waits can be seen. */
const blockedShare = 0.08;

/** The step of an event that concerns nothing that is shown. */
const hiddenStep = 0.1;

const pixelsPerTick = 110;

/** The options of {@link eventAxis}. */
export interface AxisOptions {
  /** The ends of the axis in pixels. */
  readonly left: number;
  readonly right: number;
  /** The interval that is shown, in milliseconds since the start of the trace; by default all of it. */
  readonly from?: number;
  readonly to?: number;
  /** Whether an event concerns anything that is shown; by default all do. */
  readonly isRelevant?: (event: TraceEvent) => boolean;
}

/** An axis of the events of a trace. */
export interface EventAxis extends Scale {
  /** What the distance of two events stands for. */
  readonly kind: "order" | "time";
  /** The events that are shown: from `first` up to, and without, `last`. */
  readonly first: number;
  readonly last: number;
  /** Returns the position of an event, by its index; the nearer end of the axis for one that is not shown. */
  readonly at: (index: number) => number;
}

/** An interval of the trace, as indexes of events and as times in milliseconds. */
interface Range {
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
}

interface Placement {
  readonly positions: Float64Array;
  readonly ticks: readonly Tick[];
  readonly gaps: readonly Gap[];
}

/** Lays out the events of a trace. */
export function eventAxis(trace: Trace, options: AxisOptions): EventAxis {
  const { left, right, from = 0, to = Infinity, isRelevant = () => true } = options;
  const byTime = bisector(({ at }: TraceEvent) => at);
  const first = byTime.left(trace.events, from);
  const last = byTime.right(trace.events, to);
  const range = { first, last, from, to: Math.min(to, Math.max(trace.end, trace.events.at(-1)?.at ?? 0)) };
  const steps = eventSteps(trace, range, isRelevant);
  const isTime = trace.clock === "real" && steps.total * minStep > right - left && range.to > from;
  const { positions, ...marks } = isTime
    ? placeByTime(trace, range, left, right)
    : placeByOrder(trace, range, steps, left, right);
  const at = (index: number): number =>
    index < first ? left : index >= last ? right : (positions[index - first] as number);
  return { kind: isTime ? "time" : "order", left, right, first, last, at, ...marks };
}

/** Returns round positions on a scale from `from` to `to` that is `width` pixels wide. */
export function roundTicks(from: number, to: number, width: number): number[] {
  return ticks(from, to, width / pixelsPerTick);
}

interface Steps {
  /** The distance of each event in the range from the beginning, in steps. */
  readonly positions: Float64Array;
  readonly total: number;
}

function eventSteps(trace: Trace, { first, last }: Range, isRelevant: (event: TraceEvent) => boolean): Steps {
  const positions = new Float64Array(last - first);
  let position = 0.5;
  for (let i = first; i < last; i++) {
    const event = trace.events[i] as TraceEvent;
    if (i > first && !sharesStep(trace.events[i - 1] as TraceEvent, event))
      position += isRelevant(event) ? 1 : hiddenStep;
    positions[i - first] = position;
  }
  return { positions, total: position + (endsBlocked(trace, last) ? Math.max(2, position * blockedShare) : 1) };
}

function endsBlocked({ ending, events }: Trace, last: number): boolean {
  return ending === "blocked" && last === events.length;
}

const wakingEvents: ReadonlySet<string> = new Set(["send", "receive", "select", "close", "timer", "unblock"]);

/** Whether `event` is a part of the same operation as the event before it: the receive of a send, and the wake-up that follows. */
function sharesStep(previous: TraceEvent, event: TraceEvent): boolean {
  if (event.at !== previous.at) return false;
  if (event.type === "receive")
    return event.from !== undefined && previous.type === "send" && previous.value === event.value;
  if (event.type === "select") return previous.type === "send" || previous.type === "receive";
  if (event.type === "unblock") return wakingEvents.has(previous.type);
  return event.type === "send" && previous.type === "timer";
}

function placeByOrder({ events }: Trace, range: Range, steps: Steps, left: number, right: number): Placement {
  const times = [range.from, ...events.slice(range.first, range.last).map(({ at }) => at)];
  times.push(Math.max(range.to, times.at(-1) as number));
  const intervals = times.slice(1).map((time, i) => time - (times[i] as number));
  const roots = intervals.map(Math.sqrt);
  const sum = roots.reduce((total, root) => total + root, 0);
  const share = Math.min(gapsShare, gapShare * intervals.filter((ms) => ms > 0).length);
  const pixelsPerRoot = sum === 0 ? 0 : (share * (right - left)) / sum;
  const pixelsPerStep = (right - left - pixelsPerRoot * sum) / steps.total;

  const gaps: Gap[] = [];
  const candidates: Candidate[] = [];
  let gapsBefore = 0;
  for (const [i, ms] of intervals.entries()) {
    const width = pixelsPerRoot * (roots[i] as number);
    gapsBefore += width;
    const isEnd = i === steps.positions.length;
    const x = isEnd ? right : left + pixelsPerStep * (steps.positions[i] as number) + gapsBefore;
    if (!isEnd) steps.positions[i] = x;
    if (width >= minGap) gaps.push({ from: x - width, to: x, ms });
    if (ms > 0 || (i === 0 && !isEnd))
      candidates.push({ x, time: times[i + 1] as number, weight: i === 0 && !isEnd ? Infinity : ms });
  }
  return { positions: steps.positions, gaps, ticks: pickTicks(candidates, right) };
}

interface Candidate {
  readonly x: number;
  readonly time: number;
  readonly weight: number;
}

/** Chooses times whose labels do not overlap, those of the greatest weight first. */
function pickTicks(candidates: readonly Candidate[], right: number): Tick[] {
  const picked: { readonly from: number; readonly to: number; readonly tick: Tick }[] = [];
  // An axis has room for some dozens of labels: more candidates need not be tried.
  const best = candidates.toSorted((a, b) => (a.weight === b.weight ? a.x - b.x : b.weight - a.weight)).slice(0, 2_000);
  for (const { x, time } of best) {
    const label = formatAxisTime(time);
    const reach = textWidth(label) / 2 + 6;
    const isFree = picked.every(({ from, to }) => x + reach <= from || x - reach >= to);
    if (isFree && x + reach <= right + 40) picked.push({ from: x - reach, to: x + reach, tick: { x, label } });
  }
  return picked.map(({ tick }) => tick).sort((a, b) => a.x - b.x);
}

function placeByTime(trace: Trace, { first, last, from, to }: Range, left: number, right: number): Placement {
  const width = (right - left) * (endsBlocked(trace, last) ? 1 - blockedShare : 1);
  const position = (time: number): number => left + ((time - from) / (to - from)) * width;
  return {
    positions: Float64Array.from(trace.events.slice(first, last), ({ at }) => position(at)),
    gaps: [],
    ticks: roundTicks(from, to, width).map((time) => ({ x: position(time), label: formatAxisTime(time) })),
  };
}
