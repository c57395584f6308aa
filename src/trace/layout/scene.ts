// What a timeline shows of a trace, and at which height: the goroutines and channels that were requested or, of a large trace, those with
// the most events.

import { getOrInsert } from "../collections.ts";
import type { GoroutineRef, Trace, TracedChannel, TraceEvent } from "../format.ts";
import { NameTable } from "../names.ts";
import { buildTracks, type ChannelTrack, type GoroutineTrack, type MessageFlow } from "../tracks.ts";
import type { EventAxis } from "./axis.ts";
import { channelStyleCount, type ChannelStyleIndex } from "./theme.ts";

/** With more goroutines than this, only the busiest get tracks. */
const maxTracks = 40;
const tracksWithBand = 24;
const maxChannels = 12;

/** The heights of the bars of a goroutine and of the band of all goroutines without a track. */
export const barHeight = 18;
export const bandHeight = 64;

/** The parts of a trace that a timeline shows. */
export interface VisibleTracks {
  readonly trace: Trace;
  readonly names: NameTable;
  readonly goroutines: readonly GoroutineTrack[];
  /** The goroutines without a track of their own, which the band sums up. */
  readonly aggregated: readonly GoroutineTrack[];
  readonly channels: readonly ChannelTrack[];
  readonly hiddenChannels: number;
  readonly flows: readonly MessageFlow[];
  /** The index of the style of each channel; channels with the same name share one. */
  readonly channelStyle: (channel: number) => ChannelStyleIndex;
  readonly isShown: (id: GoroutineRef) => boolean;
}

/** The visible parts on their positions. */
export interface Scene extends VisibleTracks {
  readonly axis: EventAxis;
  /** Returns the upper edge of the bars of a goroutine; null if it has no track. */
  readonly topOf: (id: GoroutineRef) => number | null;
  readonly bandTop: number;
  /** The lower edge of the tracks of goroutines. */
  readonly bottom: number;
}

/** Selects the goroutines `requested`, or all, or the busiest; those in `preferred` come before others. */
export function selectVisible(
  trace: Trace,
  requested: readonly number[] | undefined,
  preferred: ReadonlySet<GoroutineRef>,
): VisibleTracks {
  const { goroutines, channels, flows } = buildTracks(trace);
  const candidates = goroutines.filter(
    ({ id }) => id !== 0 && (requested === undefined || (id !== null && requested.includes(id))),
  );
  const shown =
    candidates.length > maxTracks ? busiest(trace, candidates, preferred) : new Set(candidates.map(({ id }) => id));
  const uses = countUses(trace, requested === undefined ? () => true : (id) => shown.has(id));
  const used = channels.filter(({ channel }) => uses.has(channel.id) && !isTimer(channel));
  const best = new Set(used.toSorted((a, b) => rank(b.channel, uses) - rank(a.channel, uses)).slice(0, maxChannels));
  const visible = used.filter((track) => best.has(track));
  const styles = channelStyles(visible);
  return {
    trace,
    names: new NameTable(trace),
    goroutines: candidates.filter(({ id }) => shown.has(id)),
    aggregated: candidates.filter(({ id }) => !shown.has(id)),
    channels: visible,
    hiddenChannels: used.length - best.size,
    flows: flows.filter(({ from }) => from !== 0),
    channelStyle: (channel) => (styles.get(channel) ?? channelStyleCount - 1) as ChannelStyleIndex,
    isShown: (id) => shown.has(id),
  };
}

function busiest(
  trace: Trace,
  candidates: readonly GoroutineTrack[],
  preferred: ReadonlySet<GoroutineRef>,
): Set<GoroutineRef> {
  const counts = new Map<GoroutineRef, number>();
  for (const { goroutine } of trace.events) counts.set(goroutine, (counts.get(goroutine) ?? 0) + 1);
  // Finite, so that the difference of two weights is a number.
  const weight = ({ id }: GoroutineTrack): number =>
    id === 1 || preferred.has(id) ? Number.MAX_SAFE_INTEGER : (counts.get(id) ?? 0);
  const order = candidates.toSorted((a, b) => weight(b) - weight(a));
  return new Set(order.slice(0, tracksWithBand).map(({ id }) => id));
}

/** Counts how often the goroutines that are shown use each channel. */
function countUses({ events }: Trace, isShown: (id: GoroutineRef) => boolean): Map<number, number> {
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

// The channels of contexts can be many, and carry no values.
function rank({ id, name }: TracedChannel, uses: ReadonlyMap<number, number>): number {
  const count = uses.get(id) ?? 0;
  return isContext(name) ? -1 / (count + 1) : count;
}

function isContext(name: string): boolean {
  return name.startsWith("ctx.");
}

// Timers are marked on the axis.
function isTimer({ name }: TracedChannel): boolean {
  return name.startsWith("time.");
}

function channelStyles(channels: readonly ChannelTrack[]): ReadonlyMap<number, number> {
  const byName = new Map<string, number>();
  return new Map(
    channels.map(({ channel: { id, name } }) => {
      const style = (): number => Math.min(byName.size, channelStyleCount - 1);
      return [id, isContext(name) ? channelStyleCount - 1 : getOrInsert(byName, name || ` ${id}`, style)];
    }),
  );
}

/** Places the visible tracks below each other, from `top` on. */
export function placeTracks(visible: VisibleTracks, axis: EventAxis, top: number): Scene {
  const { goroutines, aggregated } = visible;
  const pitch = goroutines.length <= 16 ? 36 : 27;
  const tops = new Map(goroutines.map(({ id }, i) => [id, top + i * pitch]));
  const bandTop = top + goroutines.length * pitch;
  const bottom = bandTop + (aggregated.length > 0 ? bandHeight + 14 : 0);
  return { ...visible, axis, topOf: (id) => tops.get(id) ?? null, bandTop, bottom };
}
