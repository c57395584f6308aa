// What a timeline shows of a trace, and at which height: the goroutines and channels that were requested or, of a large trace, those that
// change their state most often.

import { getOrInsert } from "../collections.ts";
import type { GoroutineRef, Trace } from "../format.ts";
import { NameTable } from "../names.ts";
import { buildTracks, type ChannelTrack, type GoroutineTrack, type MessageFlow } from "../tracks.ts";
import { type EventAxis, eventAxis } from "./axis.ts";
import type { ViewRange } from "../view-options.ts";
import type { ChannelStyleIndex } from "./theme.ts";

/** With more goroutines than this, only the busiest get tracks. */
const maxTracks = 40;
const tracksWithBand = 24;
const maxChannels = 12;

const leftMargin = 138;
const rightMargin = 66;

/** The height of the line of the axis, and of the upper edge of the first track. */
export const axisLine = 24;
const tracksTop = axisLine + 14;

/** The heights of the bars of a goroutine, and of the band for all goroutines without a track. */
export const barHeight = 18;
export const bandHeight = 64;

/** The parts of a trace that a timeline shows, with their heights, and positions from left to right. */
export interface Scene {
  readonly trace: Trace;
  readonly axis: EventAxis;
  readonly names: NameTable;
  readonly goroutines: readonly GoroutineTrack[];
  /** The goroutines without a track of their own, which the band sums up. */
  readonly aggregated: readonly GoroutineTrack[];
  readonly channels: readonly ChannelTrack[];
  readonly hiddenChannels: number;
  readonly flows: readonly MessageFlow[];
  /** Returns the style of a channel; channels with the same name share one. */
  readonly channelStyle: (channel: number) => ChannelStyleIndex;
  /** Returns the upper edge of the bars of a goroutine; null if it has no track. */
  readonly topOf: (id: GoroutineRef) => number | null;
  readonly bandTop: number;
  /** The lower edge of the tracks of goroutines. */
  readonly bottom: number;
}

/** Selects the requested goroutines, or all, or the busiest; those in `preferred` come before others. */
export function layoutScene(
  trace: Trace,
  { from = 0, to = Infinity, goroutines: requested }: ViewRange,
  width: number,
  preferred: ReadonlySet<GoroutineRef>,
): Scene {
  const { goroutines, channels, flows } = buildTracks(trace);
  const candidates = goroutines.filter(({ id }) => id !== 0 && requested?.includes(id as number) !== false);
  const weight = ({ id, spans }: GoroutineTrack): number =>
    id === 1 || preferred.has(id) ? Number.MAX_SAFE_INTEGER : spans.length;
  const busiest = candidates.toSorted((a, b) => weight(b) - weight(a));
  const chosen = new Set(busiest.slice(0, candidates.length > maxTracks ? tracksWithBand : maxTracks));
  const shown = candidates.filter((track) => chosen.has(track));
  const aggregated = candidates.filter((track) => !chosen.has(track));
  const pitch = shown.length <= 16 ? 36 : 27;
  const tops = new Map(shown.map(({ id }, i) => [id, tracksTop + i * pitch]));
  const bandTop = tracksTop + shown.length * pitch;

  const isWhole = requested === undefined && aggregated.length === 0;
  const axis = eventAxis(trace, {
    left: leftMargin,
    right: width - rightMargin,
    from,
    to,
    isRelevant: (event) => isWhole || tops.has(event.goroutine) || (event.type === "go" && tops.has(event.child)),
  });

  // All channels are relevant if all goroutines are, even those that the band sums up.
  const isRelevant = (id: GoroutineRef): boolean => requested === undefined || tops.has(id);
  const uses = countUses(
    goroutines.filter(({ id }) => isRelevant(id)),
    flows.filter(({ from, to }) => isRelevant(from) || isRelevant(to)),
  );
  // Timers are marked on the axis. The channels of contexts can be many, and carry no values.
  const used = channels.filter(({ channel: { id, name } }) => uses.has(id) && !name.startsWith("time."));
  const rank = ({ channel: { id, name } }: ChannelTrack): number =>
    name.startsWith("ctx.") ? 0 : (uses.get(id) as number);
  const best = new Set(used.toSorted((a, b) => rank(b) - rank(a)).slice(0, maxChannels));
  const visible = used.filter((track) => best.has(track));
  return {
    trace,
    axis,
    names: new NameTable(trace),
    goroutines: shown,
    aggregated,
    channels: visible,
    hiddenChannels: used.length - best.size,
    flows: flows.filter(({ from }) => from !== 0),
    channelStyle: channelStyles(visible),
    topOf: (id) => tops.get(id) ?? null,
    bandTop,
    bottom: bandTop + (aggregated.length > 0 ? bandHeight + 14 : 0),
  };
}

/** Counts the waits and the values of each channel. */
function countUses(goroutines: readonly GoroutineTrack[], flows: readonly MessageFlow[]): Map<number, number> {
  const uses = new Map<number, number>();
  const add = ({ channel }: { readonly channel?: number | null }): void => {
    if (typeof channel === "number") uses.set(channel, (uses.get(channel) ?? 0) + 1);
  };
  flows.forEach(add);
  for (const { wait } of goroutines.flatMap(({ spans }) => spans)) [wait ?? {}, ...(wait?.cases ?? [])].forEach(add);
  return uses;
}

function channelStyles(channels: readonly ChannelTrack[]): (channel: number) => ChannelStyleIndex {
  const byName = new Map<string, ChannelStyleIndex>();
  const styles = new Map<number, ChannelStyleIndex>();
  const next = (): ChannelStyleIndex => Math.min(byName.size, 4) as ChannelStyleIndex;
  for (const { channel } of channels) {
    const { id, name } = channel;
    styles.set(id, name.startsWith("ctx.") ? 4 : getOrInsert(byName, name || ` ${id}`, next));
  }
  return (channel) => styles.get(channel) ?? 4;
}
