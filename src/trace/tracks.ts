// The states of goroutines, the contents of channels and the path of each value, from event to event: the reading of a trace from which
// every view is made. Positions are indexes in the list of events; the length of that list stands for the end of the trace.

import { ActiveWaits, getOrInsert } from "./collections.ts";
import type { EventOf, GoroutineRef, Trace, TracedCase, TracedChannel, TraceEvent } from "./format.ts";

/** What a goroutine does. A goroutine that awaits a promise of another library is "running" too: a trace does not record such waits. */
export type State = "running" | "send" | "receive" | "select" | "sleep" | "lock" | "wait";

/** A part of the trace in which a goroutine was in one state: the events from `from` up to, and without, `to`. */
export interface StateSpan {
  readonly from: number;
  /** The number of events, if the state lasted until the end of the trace. */
  readonly to: number;
  readonly state: State;
  /** Go's name of the operation that waits; "" while running. */
  readonly operation: string;
  /** The channel on which the goroutine waits, if it waits on one. */
  readonly channel: number | null;
  /** The cases of the select in which it waits. */
  readonly cases: readonly TracedCase[];
}

/** One goroutine. */
export interface GoroutineTrack {
  /** 0 is the runtime, and null all goroutines whose identity is not known. */
  readonly id: GoroutineRef;
  readonly name: string;
  /** The event that started it; -1 if that is not in the trace. */
  readonly startEvent: number;
  /** The event that ended it; the number of events if it has not ended. */
  readonly endEvent: number;
  readonly hasEnded: boolean;
  readonly spans: readonly StateSpan[];
}

/** The number of values in a channel, from the event `from` on. */
export interface BufferLevel {
  readonly from: number;
  readonly length: number;
}

/** One channel. */
export interface ChannelTrack {
  readonly channel: TracedChannel;
  readonly levels: readonly BufferLevel[];
  /** The event that closed it; the number of events if it was not closed. */
  readonly closeEvent: number;
}

/** The path of one value. */
export interface MessageFlow {
  readonly sendEvent: number;
  /** The number of events if the value was not received. */
  readonly receiveEvent: number;
  readonly channel: number;
  readonly from: GoroutineRef;
  /** The receiver; null if it is not known, and if the value was not received. */
  readonly to: GoroutineRef;
  readonly text: string;
}

/** The goroutines, channels and values of a trace. */
export interface Tracks {
  /** In the order of their ids. A goroutine without events has no track. */
  readonly goroutines: readonly GoroutineTrack[];
  readonly channels: readonly ChannelTrack[];
  readonly flows: readonly MessageFlow[];
}

/** Returns the state of a goroutine that waits in `operation`. */
export function stateOf(operation: string): State {
  if (operation === "sleep") return "sleep";
  if (operation.startsWith("select")) return "select";
  if (operation.startsWith("chan send")) return "send";
  if (operation.startsWith("chan receive")) return "receive";
  return /Lock|semaphore/.test(operation) ? "lock" : "wait";
}

/** Orders goroutines by id; unknown ones come last. */
export function compareIds(a: GoroutineRef, b: GoroutineRef): number {
  return (a ?? Infinity) - (b ?? Infinity);
}

/** Reads a trace. */
export function buildTracks({ events, goroutines, channels }: Trace): Tracks {
  const names = new Map<GoroutineRef, string>(goroutines.map(({ id, name }) => [id, name]));
  const builders = new Map<GoroutineRef, TrackBuilder>();
  const builderOf = (id: GoroutineRef): TrackBuilder =>
    getOrInsert(builders, id, () => new TrackBuilder(id, names.get(id) ?? ""));
  const channelTracks = new Map(
    channels.map((channel) => [channel.id, { channel, levels: [] as BufferLevel[], closeEvent: events.length }]),
  );
  const flows = new Map<number, { -readonly [K in keyof MessageFlow]: MessageFlow[K] }>();

  for (const [i, event] of events.entries()) {
    if (event.type !== "timer") builderOf(event.goroutine).add(i, event);
    if (event.type === "go") builderOf(event.child).start(i);
    if (event.type === "close") {
      const track = channelTracks.get(event.channel);
      if (track !== undefined) track.closeEvent = i;
    } else if (event.type === "send" || event.type === "receive") {
      const levels = channelTracks.get(event.channel)?.levels;
      if ((levels?.at(-1)?.length ?? 0) !== event.length) levels?.push({ from: i, length: event.length });
    }
    if (event.type === "send") {
      const { goroutine: from, channel, value, text = "" } = event;
      flows.set(value, { sendEvent: i, receiveEvent: events.length, channel, from, to: null, text });
    } else if (event.type === "receive") {
      const flow = flows.get(event.value);
      if (flow !== undefined) Object.assign(flow, { receiveEvent: i, to: event.goroutine });
    }
  }
  return {
    goroutines: [...builders.values()]
      .map((builder) => builder.build(events.length))
      .sort((a, b) => compareIds(a.id, b.id)),
    channels: [...channelTracks.values()],
    flows: [...flows.values()],
  };
}

/** Follows one goroutine. Of several waits at once, the one that began last determines the state. */
class TrackBuilder {
  readonly #id: GoroutineRef;
  readonly #name: string;
  #startEvent = -1;
  #endEvent = -1;
  #spanStart = -1;
  readonly #spans: StateSpan[] = [];
  readonly #waits = new ActiveWaits<EventOf<"block">>();

  constructor(id: GoroutineRef, name: string) {
    this.#id = id;
    this.#name = name;
  }

  start(i: number): void {
    this.#startEvent = i;
    this.#spanStart = i;
  }

  add(i: number, event: TraceEvent): void {
    if (this.#spanStart < 0) this.#spanStart = i;
    if (event.type === "block") {
      this.#closeSpan(i);
      this.#waits.begin(event.wait, event);
    } else if (event.type === "unblock") {
      this.#closeSpan(i);
      this.#waits.end(event.wait);
    } else if (event.type === "end") {
      this.#closeSpan(i);
      this.#endEvent = i;
    }
  }

  build(eventCount: number): GoroutineTrack {
    const hasEnded = this.#endEvent >= 0;
    if (!hasEnded) this.#closeSpan(eventCount);
    const endEvent = hasEnded ? this.#endEvent : eventCount;
    return { id: this.#id, name: this.#name, startEvent: this.#startEvent, endEvent, hasEnded, spans: this.#spans };
  }

  #closeSpan(to: number): void {
    const from = this.#spanStart;
    this.#spanStart = to;
    if (from < 0 || from === to || this.#endEvent >= 0) return;
    const wait = this.#waits.latest;
    const { operation = "", channel = null, cases = [] } = wait ?? {};
    const state = wait === undefined ? "running" : stateOf(operation);
    this.#spans.push({ from, to, state, operation, channel, cases });
  }
}
