// What goroutines and channels were like from event to event: one reading of a trace, from which every view of it is
// made.

import { entry } from "./entry.ts";
import type { EventOf, Trace, TracedCase, TracedChannel, TracedGoroutine, TraceEvent, Who } from "./format.ts";
import { OpenWaits } from "./openwaits.ts";

/**
 * What a goroutine does. Who awaits a promise that is not the library's is "running" too: nothing tells the difference.
 */
export type State = "running" | "send" | "receive" | "select" | "sleep" | "lock" | "wait";

/**
 * Some time in one state. `from` and `to` are places in the list of events: it lasts from the one to just before the
 * other.
 */
export interface Span {
  readonly from: number;
  /** The number of events, if it had not ended when the trace did. */
  readonly to: number;
  readonly state: State;
  /** What is waited for, by Go's name of the operation; "" while running. */
  readonly operation: string;
  readonly channel: number | null;
  readonly cases: readonly TracedCase[];
}

/** One goroutine. */
export interface Lane {
  /** Null stands for all whose goroutine is not known, 0 for the runtime. */
  readonly id: Who;
  readonly name: string;
  /**
   * Of the events, the one that started it, and the one that ended it: -1 and the number of events, if they are not
   * there.
   */
  readonly born: number;
  readonly ended: number;
  readonly hasEnded: boolean;
  readonly spans: readonly Span[];
}

/** The fill of a channel: `length` values from the event `from` on. */
export interface Fill {
  readonly from: number;
  readonly length: number;
}

/** One channel. */
export interface ChannelLane {
  readonly channel: TracedChannel;
  readonly fills: readonly Fill[];
  /** Of the events, the first that names it, and the one that closed it: the number of events, if none did. */
  readonly first: number;
  readonly closed: number;
}

/** The way of one value, from the event that sent it to the one that received it. */
export interface Move {
  readonly sent: number;
  /** The number of events, if nobody had received it when the trace ended. */
  readonly received: number;
  readonly channel: number;
  readonly from: Who;
  /** Null as well, if nobody has received it. */
  readonly to: Who;
  readonly text: string;
}

/** All that a trace tells of goroutines, channels and values. */
export interface Lanes {
  /** In the order of their numbers. Whoever did nothing but to be named has no lane. */
  readonly goroutines: readonly Lane[];
  readonly channels: readonly ChannelLane[];
  readonly moves: readonly Move[];
}

/** The state of whoever waits in `operation`. */
export function stateOf(operation: string): State {
  if (operation === "sleep") return "sleep";
  if (operation.startsWith("select")) return "select";
  if (operation.startsWith("chan send")) return "send";
  if (operation.startsWith("chan receive")) return "receive";
  return /Lock|semaphore/.test(operation) ? "lock" : "wait";
}

/** Reads a trace. */
export function lanes({ events, goroutines, channels }: Trace): Lanes {
  const infos = new Map<Who, TracedGoroutine>(goroutines.map((info) => [info.id, info]));
  const readers = new Map<Who, LaneReader>();
  const reader = (who: Who): LaneReader => entry(readers, who, () => new LaneReader(who, infos.get(who)));
  const fills = new Map<number, ChannelReader>(channels.map((channel) => [channel.id, new ChannelReader(channel)]));
  const moves = new Map<number, { -readonly [K in keyof Move]: Move[K] }>();

  for (const [i, event] of events.entries()) {
    if (event.type !== "timer") reader(event.goroutine).read(i, event);
    if (event.type === "go") reader(event.child).born(i);
    if ("channel" in event && event.channel !== undefined) fills.get(event.channel)?.read(i, event);
    if (event.type === "send") {
      const { goroutine: from, channel, value, text = "" } = event;
      moves.set(value, { sent: i, received: events.length, channel, from, to: null, text });
    } else if (event.type === "receive") {
      const move = moves.get(event.value);
      if (move !== undefined) Object.assign(move, { received: i, to: event.goroutine });
    }
  }
  return {
    goroutines: [...readers.values()].map((each) => each.lane(events.length)).sort((a, b) => byNumber(a.id, b.id)),
    channels: [...fills.values()].map((each) => each.lane(events.length)),
    moves: [...moves.values()],
  };
}

/** The order of goroutines: by number, and last those that are not known. */
export function byNumber(a: Who, b: Who): number {
  return (a ?? Infinity) - (b ?? Infinity);
}

/**
 * Follows one goroutine. It may wait for several things at once: then the last that it began to wait for is what it
 * does.
 */
class LaneReader {
  readonly #id: Who;
  readonly #name: string;
  #born = -1;
  #ended = -1;
  #since = -1;
  readonly #spans: Span[] = [];
  readonly #waits = new OpenWaits<EventOf<"block">>();

  constructor(id: Who, info: TracedGoroutine | undefined) {
    this.#id = id;
    this.#name = info?.name ?? "";
  }

  born(i: number): void {
    this.#born = i;
    this.#since = i;
  }

  read(i: number, event: TraceEvent): void {
    if (this.#since < 0) this.#since = i;
    if (event.type === "block") {
      this.#turn(i);
      this.#waits.begin(event.wait, event);
    } else if (event.type === "unblock") {
      this.#turn(i);
      this.#waits.end(event.wait);
    } else if (event.type === "end") {
      this.#turn(i);
      this.#ended = i;
    }
  }

  lane(length: number): Lane {
    const hasEnded = this.#ended >= 0;
    if (!hasEnded) this.#turn(length);
    const ended = hasEnded ? this.#ended : length;
    return { id: this.#id, name: this.#name, born: this.#born, ended, hasEnded, spans: this.#spans };
  }

  /** What was until the event `to` is over there. */
  #turn(to: number): void {
    const from = this.#since;
    this.#since = to;
    if (from < 0 || from === to || this.#ended >= 0) return;
    const wait = this.#waits.last;
    const { operation = "", channel = null, cases = [] } = wait ?? {};
    const state = wait === undefined ? "running" : stateOf(operation);
    this.#spans.push({ from, to, state, operation, channel, cases });
  }
}

class ChannelReader {
  readonly #channel: TracedChannel;
  readonly #fills: Fill[] = [];
  #first = -1;
  #closed = -1;

  constructor(channel: TracedChannel) {
    this.#channel = channel;
  }

  read(i: number, event: TraceEvent): void {
    if (this.#first < 0) this.#first = i;
    if (event.type === "close") this.#closed = i;
    else if (event.type === "send" || event.type === "receive") this.#fill(i, event.length);
  }

  #fill(from: number, length: number): void {
    if ((this.#fills.at(-1)?.length ?? 0) !== length) this.#fills.push({ from, length });
  }

  lane(length: number): ChannelLane {
    const first = this.#first < 0 ? length : this.#first;
    const closed = this.#closed < 0 ? length : this.#closed;
    return { channel: this.#channel, fills: this.#fills, first, closed };
  }
}
