// The states of goroutines, the contents of channels and the path of each value, from event to event: the reading of a trace from which
// every view is made. Positions are indexes in the list of events; the length of that list stands for the end of the trace.

import { getOrInsert, type Mutable } from "./collections.ts";
import type { EventOf, GoroutineRef, Trace, TracedChannel } from "./format.ts";

/** What a goroutine does. A goroutine that awaits a promise of another library is "running" too: a trace does not record such waits. */
export type State = "running" | "send" | "receive" | "select" | "sleep" | "lock" | "wait";

/** A part of the trace in which a goroutine was in one state: the events from `from` up to, and without, `to`. */
export interface StateSpan {
  readonly from: number;
  /** The number of events, if the state lasted until the end of the trace. */
  readonly to: number;
  readonly state: State;
  /** The beginning of the wait; null while running. */
  readonly wait: EventOf<"block"> | null;
}

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

export interface ChannelTrack {
  readonly channel: TracedChannel;
  readonly levels: readonly BufferLevel[];
  /** The event that closed it; the number of events if it was not closed. */
  readonly closeEvent: number;
  /** How many values each goroutine sent to it and received from it. */
  readonly users: Readonly<Record<"send" | "receive", ReadonlyMap<GoroutineRef, number>>>;
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

export function buildTracks({ events, goroutines, channels }: Trace): Tracks {
  const names = new Map<GoroutineRef, string>(goroutines.map(({ id, name }) => [id, name]));
  const builders = new Map<GoroutineRef, TrackBuilder>();
  const builderOf = (id: GoroutineRef): TrackBuilder =>
    getOrInsert(builders, id, () => new TrackBuilder(id, names.get(id) ?? "", events.length));
  const channelTracks = new Map(
    channels.map((channel) => {
      const users = { send: new Map<GoroutineRef, number>(), receive: new Map<GoroutineRef, number>() };
      return [channel.id, { channel, levels: [] as BufferLevel[], closeEvent: events.length, users }];
    }),
  );
  const flows = new Map<number, Mutable<MessageFlow>>();

  for (const [i, event] of events.entries()) {
    if (event.type !== "timer") builderOf(event.goroutine).begin(i);
    if (event.type === "go") builderOf(event.child).start(i);
    else if (event.type === "block" || event.type === "unblock") builderOf(event.goroutine).change(i, event);
    else if (event.type === "end") builderOf(event.goroutine).end(i);
    else if (event.type === "close") Object.assign(channelTracks.get(event.channel) ?? {}, { closeEvent: i });
    else if (event.type === "send" || event.type === "receive") {
      const { goroutine, channel, value, length } = event;
      const { levels = [], users } = channelTracks.get(channel) ?? {};
      if ((levels.at(-1)?.length ?? 0) !== length) levels.push({ from: i, length });
      const counts = users?.[event.type];
      counts?.set(goroutine, (counts.get(goroutine) ?? 0) + 1);
      if (event.type === "receive") Object.assign(flows.get(value) ?? {}, { receiveEvent: i, to: goroutine });
      else {
        const { text = "" } = event;
        flows.set(value, { sendEvent: i, receiveEvent: events.length, channel, from: goroutine, to: null, text });
      }
    }
  }
  return {
    goroutines: [...builders.values()].map((builder) => builder.build()).sort((a, b) => compareIds(a.id, b.id)),
    channels: [...channelTracks.values()],
    flows: [...flows.values()],
  };
}

/** Follows one goroutine. Of several waits at once, as after a `Promise.all`, the one that began last determines the state. */
class TrackBuilder {
  readonly #track: Mutable<GoroutineTrack> & { readonly spans: StateSpan[] };
  #spanStart = -1;
  readonly #active = new Map<number, EventOf<"block">>();
  /** The ids of the waits, in the order in which they began. An ended one is removed when it is the last, which needs no search. */
  readonly #begun: number[] = [];

  constructor(id: GoroutineRef, name: string, eventCount: number) {
    this.#track = { id, name, startEvent: -1, endEvent: eventCount, hasEnded: false, spans: [] };
  }

  start(i: number): void {
    this.#track.startEvent = this.#spanStart = i;
  }

  begin(i: number): void {
    if (this.#spanStart < 0) this.#spanStart = i;
  }

  change(i: number, event: EventOf<"block" | "unblock">): void {
    this.#closeSpan(i);
    if (event.type === "block") {
      this.#active.set(event.wait, event);
      this.#begun.push(event.wait);
    } else this.#active.delete(event.wait);
    while (this.#begun.length > 0 && !this.#active.has(this.#begun.at(-1) as number)) this.#begun.pop();
  }

  end(i: number): void {
    this.#closeSpan(i);
    Object.assign(this.#track, { hasEnded: true, endEvent: i });
  }

  build(): GoroutineTrack {
    this.#closeSpan(this.#track.endEvent);
    return this.#track;
  }

  #closeSpan(to: number): void {
    const from = this.#spanStart;
    this.#spanStart = to;
    if (from < 0 || from >= to || this.#track.hasEnded) return;
    const wait = this.#active.get(this.#begun.at(-1) ?? -1) ?? null;
    this.#track.spans.push({ from, to, state: wait === null ? "running" : stateOf(wait.operation), wait });
  }
}
