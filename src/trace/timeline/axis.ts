// Where an event stands from left to right. As long as there is room the order of the events carries the axis, a step
// each, and time that passes between two of them is a stretch that grows with its root; many events of a real clock
// stand where their time is.

import { axisTime } from "../figures.ts";
import type { Trace, TraceEvent } from "../format.ts";
import { widthOf } from "../svg.ts";

/** Fewer pixels than this for a step, and the order cannot be seen. */
const leastStep = 3;

/** How much of the axis time may take from the order, and how much one stretch of it. */
const timeShare = 0.45;
const stretchShare = 0.06;

/** A stretch narrower than this is not worth a word, in pixels. */
const leastStretch = 9;

/** Whoever is asleep for ever shall be seen asleep, even if that was the last that happened. */
const restShare = 0.08;

/** What an event takes that is not about anything shown, in steps. */
const hiddenStep = 0.1;

/** How an axis is laid out. */
interface AxisOptions {
  /** The pixels between which the axis runs. */
  readonly left: number;
  readonly right: number;
  /** Of the time since the start, in milliseconds; by default all. */
  readonly from?: number;
  readonly to?: number;
  /** Whether an event is about anything that is shown; by default all are. */
  readonly concerns?: (event: TraceEvent) => boolean;
}

/** A place on the axis with the time there. */
export interface Tick {
  readonly x: number;
  readonly label: string;
}

/** Time in which nothing happened: from one place to another. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly milliseconds: number;
}

/** Where what happened stands. */
export interface Axis {
  /** What the distance of two events means. */
  readonly kind: "order" | "time";
  readonly left: number;
  readonly right: number;
  /** The events in the window: from the first to just before the last. */
  readonly first: number;
  readonly last: number;
  /** The place of an event, by its index; of those before or after the window, its edge. */
  readonly at: (index: number) => number;
  readonly ticks: readonly Tick[];
  readonly stretches: readonly Stretch[];
}

/** Lays out the events of a trace. */
export function axis(trace: Trace, options: AxisOptions): Axis {
  const { events } = trace;
  const { left, right, from = 0, to = Infinity } = options;
  const first = firstIndex(events, (at) => at >= from);
  const last = firstIndex(events, (at) => at > to);
  const window = { first, last, from, to: Math.min(to, Math.max(trace.end, events.at(-1)?.at ?? 0)) };
  const steps = stepsOf(trace, window, options.concerns);
  const isTime = trace.clock === "real" && steps.total * leastStep > right - left && window.to > window.from;
  const laid = isTime ? inTime(trace, window, left, right) : inOrder(events, window, steps, left, right);
  const at = (index: number): number => {
    if (index < first) return left;
    return index >= last ? right : (laid.places[index - first] as number);
  };
  return { kind: isTime ? "time" : "order", left, right, first, last, at, ...laid.marks };
}

interface Window {
  readonly first: number;
  readonly last: number;
  readonly from: number;
  readonly to: number;
}

interface Steps {
  /** Of each event in the window, how many steps it stands from the beginning. */
  readonly places: Float64Array;
  readonly total: number;
}

interface Laid {
  readonly places: Float64Array;
  readonly marks: { readonly ticks: readonly Tick[]; readonly stretches: readonly Stretch[] };
}

/** The first event of whose time that is so; times never decrease. */
function firstIndex(events: readonly TraceEvent[], is: (at: number) => boolean): number {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (is((events[middle] as TraceEvent).at)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function stepsOf(trace: Trace, { first, last }: Window, concerns?: (event: TraceEvent) => boolean): Steps {
  const places = new Float64Array(last - first);
  let place = 0.5;
  for (let i = first; i < last; i++) {
    const event = trace.events[i] as TraceEvent;
    const before = trace.events[i - 1];
    const isPart = i > first && before !== undefined && isPartOf(before, event);
    if (!isPart && i > first) place += concerns === undefined || concerns(event) ? 1 : hiddenStep;
    places[i - first] = place;
  }
  const isBlocked = trace.ending === "blocked" && last === trace.events.length;
  return { places, total: place + (isBlocked ? Math.max(2, place * restShare) : 1) };
}

/** A value's receive belongs to its send, and whoever is woken wakes by what was just before. */
function isPartOf(before: TraceEvent, event: TraceEvent): boolean {
  if (event.at !== before.at) return false;
  if (event.type === "receive")
    return event.from !== undefined && before.type === "send" && before.value === event.value;
  if (event.type === "select") return before.type === "send" || before.type === "receive";
  if (event.type === "unblock") return wakes.has(before.type);
  return event.type === "send" && before.type === "timer";
}

const wakes: ReadonlySet<string> = new Set(["send", "receive", "select", "close", "timer", "unblock"]);

function inOrder(events: readonly TraceEvent[], window: Window, steps: Steps, left: number, right: number): Laid {
  const { first, last } = window;
  const times = gaps(events, window);
  const roots = times.map((gap) => Math.sqrt(gap));
  const sum = roots.reduce((all, root) => all + root, 0);
  const share = Math.min(timeShare, stretchShare * times.reduce((count, gap) => count + (gap > 0 ? 1 : 0), 0));
  const perRoot = sum === 0 ? 0 : (share * (right - left)) / sum;
  const perStep = (right - left - perRoot * sum) / steps.total;

  const places = new Float64Array(last - first);
  const stretches: Stretch[] = [];
  const candidates: Candidate[] = [];
  let time = 0;
  for (let i = 0; i <= last - first; i++) {
    const gap = times[i] as number;
    const wide = perRoot * (roots[i] as number);
    time += wide;
    const x = i < last - first ? left + perStep * (steps.places[i] as number) + time : right;
    if (i < last - first) places[i] = x;
    if (wide >= leastStretch) stretches.push({ from: x - wide, to: x, milliseconds: gap });
    if (gap > 0 || i === 0) {
      const at = events[first + i]?.at;
      if (at !== undefined && i < last - first) candidates.push({ x, at, weight: i === 0 ? Infinity : gap });
      else if (gap > 0) candidates.push({ x: right, at: window.to, weight: gap });
    }
  }
  return { places, marks: { stretches, ticks: apart(candidates, right) } };
}

/** The time that passes before each event of the window, and after the last. */
function gaps(events: readonly TraceEvent[], { first, last, from, to }: Window): number[] {
  const found: number[] = [];
  let before = from;
  for (let i = first; i < last; i++) {
    const { at } = events[i] as TraceEvent;
    found.push(at - before);
    before = at;
  }
  found.push(Math.max(0, to - before));
  return found;
}

interface Candidate {
  readonly x: number;
  readonly at: number;
  readonly weight: number;
}

/** As many times as there is room for, those after the longest gaps first. */
function apart(candidates: readonly Candidate[], right: number): Tick[] {
  const taken: { from: number; to: number; tick: Tick }[] = [];
  // There is room for some dozens, whatever the number of the candidates.
  const best = candidates.toSorted((a, b) => (a.weight === b.weight ? a.x - b.x : b.weight - a.weight)).slice(0, 2_000);
  for (const { x, at } of best) {
    const label = axisTime(at);
    const to = x + widthOf(label) + 12;
    const isFree = taken.every((other) => to <= other.from || x >= other.to);
    if (isFree && to <= right + 40) taken.push({ from: x, to, tick: { x, label } });
  }
  return taken.map(({ tick }) => tick).sort((a, b) => a.x - b.x);
}

function inTime({ events, ending }: Trace, window: Window, left: number, right: number): Laid {
  const { first, last, from, to } = window;
  const rest = ending === "blocked" && last === events.length ? restShare * (right - left) : 0;
  const place = (at: number): number => left + ((at - from) / (to - from)) * (right - left - rest);
  const places = new Float64Array(last - first);
  for (let i = first; i < last; i++) places[i - first] = place((events[i] as TraceEvent).at);
  const step = niceStep((to - from) / 10);
  const ticks: Tick[] = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++)
    ticks.push({ x: place(k * step), label: axisTime(k * step) });
  return { places, marks: { ticks, stretches: [] } };
}

/** 1, 2 or 5 times a power of ten, at least `least`. */
function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least) as number);
}
