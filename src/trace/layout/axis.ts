// Where events are from left to right. As long as there is room, each event advances the axis by a step, and the time between two events
// is a gap whose width grows with its square root. Many events of a real clock are placed by their time.

import { formatAxisTime } from "../formatting.ts";
import type { Trace, TraceEvent } from "../format.ts";
import { type Scale, textWidth } from "./chart.ts";

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

export interface EventAxis extends Scale {
  /** What the distance of two events stands for. */
  readonly kind: "order" | "time";
  /** The events that are shown: from `first` up to, and without, `last`. */
  readonly first: number;
  readonly last: number;
  /** Returns the position of an event, by its index; the nearer end of the axis for one that is not shown. */
  readonly at: (index: number) => number;
}

/** Lays out the events of a trace. */
export function eventAxis(trace: Trace, options: AxisOptions): EventAxis {
  const { left, right, from = 0, to = Infinity, isRelevant = () => true } = options;
  const length = right - left;
  const begin = trace.events.findIndex(({ at }) => at >= from);
  const first = begin < 0 ? trace.events.length : begin;
  const last = Math.max(first, trace.events.findLastIndex(({ at }) => at <= to) + 1);
  const events = trace.events.slice(first, last);
  const isBlocked = trace.ending === "blocked" && last === trace.events.length;
  const end = Math.min(to, Math.max(trace.end, trace.events.at(-1)?.at ?? 0));
  const steps = stepsOf(events, isRelevant);
  const lastStep = steps.at(-1) ?? 0.5;
  const stepCount = lastStep + (isBlocked ? Math.max(2, lastStep * blockedShare) : 1);
  const isTime = trace.clock === "real" && stepCount * minStep > length && end > from;
  const { positions, ticks, gaps } = isTime ? placeByTime() : placeByOrder();
  const at = (index: number): number => (index < first ? left : (positions[index - first] ?? right));
  return { kind: isTime ? "time" : "order", left, right, first, last, at, ticks, gaps };

  function placeByTime() {
    const width = (isBlocked ? right - blockedShare * length : right) - left;
    const position = (time: number): number => left + ((time - from) / (end - from)) * width;
    const times = roundTicks(from, end, width);
    return {
      positions: events.map((event) => position(event.at)),
      ticks: times.map((time) => ({ x: position(time), label: formatAxisTime(time) })),
      gaps: [],
    };
  }

  function placeByOrder() {
    const times = [from, ...events.map((event) => event.at)];
    times.push(Math.max(end, times.at(-1) as number));
    const intervals = times.slice(1).map((time, i) => time - (times[i] as number));
    const rootSum = intervals.reduce((sum, ms) => sum + Math.sqrt(ms), 0);
    const share = Math.min(gapsShare, gapShare * intervals.filter((ms) => ms > 0).length);
    const pixelsPerRoot = rootSum === 0 ? 0 : (share * length) / rootSum;
    const pixelsPerStep = (length - pixelsPerRoot * rootSum) / stepCount;
    let gapsBefore = 0;
    const gaps: Scale["gaps"][number][] = [];
    const candidates: Candidate[] = [];
    const positions = intervals.map((ms, i) => {
      const width = pixelsPerRoot * Math.sqrt(ms);
      gapsBefore += width;
      const step = steps[i];
      const x = step === undefined ? right : left + pixelsPerStep * step + gapsBefore;
      if (width >= minGap) gaps.push({ from: x - width, to: x, ms });
      const weight = i === 0 && step !== undefined ? Infinity : ms;
      if (weight > 0) candidates.push({ x, time: times[i + 1] as number, weight });
      return x;
    });
    return { positions: positions.slice(0, events.length), gaps, ticks: pickTicks(candidates, right) };
  }
}

/** Returns the round numbers from `from` to `to`, which is greater, about 110 pixels apart on a scale that is `width` pixels wide. */
export function roundTicks(from: number, to: number, width: number): number[] {
  const count = width / pixelsPerTick;
  const power = Math.floor(Math.log10((to - from) / count));
  const error = (to - from) / count / 10 ** power;
  const factor = error >= Math.sqrt(50) ? 10 : error >= Math.sqrt(10) ? 5 : error >= Math.SQRT2 ? 2 : 1;
  // Below 1, the steps are divisions: the multiples of a rounded 0.1 are not the nearest to 0.1, 0.2, 0.3.
  const divisor = power < 0 ? 10 ** -power / factor : 1;
  const step = power < 0 ? 1 : 10 ** power * factor;
  const toTick = (index: number): number => (index / divisor) * step;
  let [first, last] = [from, to].map((value) => Math.round((value * divisor) / step)) as [number, number];
  if (toTick(first) < from) first++;
  if (toTick(last) > to) last--;
  if (last < first && count < 2) return roundTicks(from, to, 2 * width);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => toTick(first + i));
}

/** A time that may have a label; the times after the longest gaps have the greatest weight. */
type Candidate = Readonly<Record<"x" | "time" | "weight", number>>;

/** Chooses times whose labels do not overlap, those of the greatest weight first. */
function pickTicks(candidates: readonly Candidate[], right: number): Scale["ticks"] {
  const picked: Scale["ticks"][number][] = [];
  // An axis has room for fewer than 500 labels, even if it is 20,000 pixels wide: other candidates need not be tried.
  const best = candidates.toSorted((a, b) => (a.weight === b.weight ? a.x - b.x : b.weight - a.weight)).slice(0, 2_000);
  for (const { x, time } of best) {
    const label = formatAxisTime(time);
    const reach = textWidth(label) / 2 + 6;
    const isFree = picked.every((other) => Math.abs(x - other.x) >= reach + textWidth(other.label) / 2 + 6);
    if (isFree && x + reach <= right + 40) picked.push({ x, label });
  }
  return picked.sort((a, b) => a.x - b.x);
}

/** The distance of each event from the beginning, in steps. */
function stepsOf(events: readonly TraceEvent[], isRelevant: (event: TraceEvent) => boolean): number[] {
  let position = 0.5;
  return events.map((event, i) => {
    const previous = events[i - 1];
    if (previous !== undefined && !sharesStep(previous, event)) position += isRelevant(event) ? 1 : hiddenStep;
    return position;
  });
}

const wakingEvents: ReadonlySet<string> = new Set(["send", "receive", "select", "close", "timer", "unblock"]);

/** Whether `event` is a part of the same operation as the event before it: the receive of a send, or the wake-up that follows. */
function sharesStep(previous: TraceEvent, event: TraceEvent): boolean {
  if (event.at !== previous.at) return false;
  if (event.type === "select") return previous.type === "send" || previous.type === "receive";
  if (event.type === "unblock") return wakingEvents.has(previous.type);
  if (event.type === "send") return previous.type === "timer";
  const isDirect = event.type === "receive" && event.from !== undefined;
  return isDirect && previous.type === "send" && previous.value === event.value;
}
