// What of a trace is shown in a timeline, and at which height: the goroutines and channels that were asked for, or else
// those that do most, because nobody can look at a thousand.

import type { Trace, TracedChannel, TraceEvent, Who } from "../format.ts";
import { Names } from "../labels.ts";
import { type ChannelLane, type Lane, lanes, type Move } from "../lanes.ts";
import type { Axis } from "./axis.ts";

/** More goroutines than this, and those that do least go into one band. */
const mostLanes = 40;
const lanesBesideBand = 24;
const mostChannels = 12;

/** How high a bar is, in pixels. */
export const barHeight = 18;

/** How high the band is. */
export const bandHeight = 64;

const topMargin = 14;

/** What a trace has that is shown. */
export interface Cast {
  readonly trace: Trace;
  readonly names: Names;
  readonly shown: readonly Lane[];
  /** Those for whom there is no room: summed up. */
  readonly summedUp: readonly Lane[];
  readonly channels: readonly ChannelLane[];
  readonly hiddenChannels: number;
  readonly moves: readonly Move[];
  readonly isShown: (who: Who) => boolean;
}

/** A cast on its places. */
export interface Scene extends Cast {
  readonly axis: Axis;
  /** The top of the bar of a goroutine; null if it has none. */
  readonly topOf: (who: Who) => number | null;
  readonly bandTop: number;
  readonly height: number;
  /** What occurs, and so needs a line in the legend. */
  readonly used: Set<string>;
}

/** Something drawn from 0 downwards, and how high it is. */
export interface Part {
  readonly height: number;
  readonly body: readonly string[];
}

/** Chooses who is shown: `wanted`, or all, or those who do most; `first` comes before all others. */
export function castOf(trace: Trace, wanted: readonly number[] | undefined, first: ReadonlySet<Who>): Cast {
  const read = lanes(trace);
  const asked = wanted === undefined ? null : new Set<Who>(wanted);
  const all = read.goroutines.filter(({ id }) => id !== 0 && (asked === null || asked.has(id)));
  const chosen = all.length > mostLanes ? busiest(trace, all, first) : new Set(all.map(({ id }) => id));
  const isShown = (who: Who): boolean => chosen.has(who);
  const touched = touches(trace, wanted === undefined ? () => true : isShown);
  // Timers are on the axis.
  const channels = read.channels.filter(({ channel }) => touched.has(channel.id) && !isTimer(channel));
  const best = channels
    .toSorted((a, b) => rank(b, touched) - rank(a, touched) || a.channel.id - b.channel.id)
    .slice(0, mostChannels);
  return {
    trace,
    names: new Names(trace),
    shown: all.filter(({ id }) => chosen.has(id)),
    summedUp: all.filter(({ id }) => !chosen.has(id)),
    channels: channels.filter((one) => best.includes(one)),
    hiddenChannels: channels.length - best.length,
    moves: read.moves.filter(({ from }) => from !== 0),
    isShown,
  };
}

function busiest(trace: Trace, all: readonly Lane[], first: ReadonlySet<Who>): Set<Who> {
  const events = new Map<Who, number>();
  for (const { goroutine } of trace.events) events.set(goroutine, (events.get(goroutine) ?? 0) + 1);
  const weight = ({ id }: Lane): number => (id === 1 || first.has(id) ? Infinity : (events.get(id) ?? 0));
  const order = all.map((lane, i) => ({ lane, i, weight: weight(lane) }));
  order.sort((a, b) => (a.weight === b.weight ? a.i - b.i : b.weight > a.weight ? 1 : -1));
  return new Set(order.slice(0, lanesBesideBand).map(({ lane }) => lane.id));
}

/** How often those who are shown use each channel. */
function touches({ events }: Trace, isShown: (who: Who) => boolean): Map<number, number> {
  const counts = new Map<number, number>();
  for (const event of events) {
    if (!isShown(event.goroutine)) continue;
    for (const channel of channelsOf(event)) counts.set(channel, (counts.get(channel) ?? 0) + 1);
  }
  return counts;
}

function channelsOf(event: TraceEvent): number[] {
  if (event.type === "send" || event.type === "receive") return [event.channel];
  if (event.type !== "block") return [];
  if (event.channel !== undefined) return [event.channel];
  return (event.cases ?? []).flatMap(({ channel }) => channel ?? []);
}

// The channels of contexts may be many, and say the least.
function rank({ channel }: ChannelLane, touched: ReadonlyMap<number, number>): number {
  const count = touched.get(channel.id) ?? 0;
  return channel.name.startsWith("ctx.") ? -1 / (count + 1) : count;
}

function isTimer({ name }: TracedChannel): boolean {
  return name.startsWith("time.");
}

/** Puts a cast on its places along an axis. */
export function place(cast: Cast, axis: Axis): Scene {
  const pitch = cast.shown.length <= 16 ? 36 : 27;
  const tops = new Map(cast.shown.map(({ id }, i) => [id, topMargin + i * pitch]));
  const bandTop = topMargin + cast.shown.length * pitch;
  const height = bandTop + (cast.summedUp.length > 0 ? bandHeight + 14 : 0);
  return { ...cast, axis, topOf: (who) => tops.get(who) ?? null, bandTop, height, used: new Set() };
}
