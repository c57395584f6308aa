// The state of goroutines and channels after each event of a trace, for a reader who goes through it from the first event to the last.
//
// Invariants:
//   1. A state that was returned does not change. Parts that an event does not change are the same objects as in the state before.
//   2. A channel has as many values as the last of its events says.

import { getOrInsert } from "../../src/trace/collections.ts";
import type { EventOf, GoroutineRef, Trace } from "../../src/trace/format.ts";
import { stateLabels } from "../../src/trace/names.ts";
import type { Labels } from "../../src/trace/text/labels.ts";
import { buildTracks, type GoroutineTrack, type State } from "../../src/trace/tracks.ts";

/** A goroutine that has started. */
export interface GoroutineState {
  readonly id: GoroutineRef;
  readonly name: string;
  readonly status: State | "returned" | "panicked";
  /** The state in words: "waits to send to letters". */
  readonly description: string;
  /** The same in few words: "waits: send letters". */
  readonly label: string;
  /** The line of the program at which it waits. */
  readonly line: number | undefined;
}

/** A value in a buffer; `text` is its preview, or "" without one. */
export interface BufferedValue {
  readonly id: number;
  readonly text: string;
}

/** A goroutine that waits at one end of a channel. */
export interface Party {
  /** The id of its wait. */
  readonly wait: number;
  readonly goroutine: GoroutineRef;
  readonly name: string;
  /** The value that it waits to send, if it is sent later; "" otherwise. */
  readonly text: string;
}

/** A channel. */
export interface ChannelState {
  readonly id: number;
  readonly name: string;
  readonly capacity: number;
  readonly isClosed: boolean;
  /** The values in the buffer, the oldest first. */
  readonly values: readonly BufferedValue[];
  /** The goroutines that wait to send, and those that wait to receive, in the order in which their waits began. */
  readonly senders: readonly Party[];
  readonly receivers: readonly Party[];
}

/** What exists at one moment: goroutines by id, and all channels of the run in the order in which they first occur. */
export interface RunState {
  readonly goroutines: readonly GoroutineState[];
  readonly channels: readonly ChannelState[];
}

/** A value that passes: from a goroutine to another one, into a buffer, or out of it. */
export interface Move {
  readonly kind: "direct" | "in" | "out";
  readonly channel: number;
  readonly value: number;
  readonly text: string;
  /** The goroutine that sends; undefined if the value comes out of a buffer. */
  readonly from: string | undefined;
  /** The goroutine that receives; undefined if the value goes into a buffer. */
  readonly to: string | undefined;
}

type Block = EventOf<"block">;

/** Reads the states of a trace, event by event. */
export class StateReader {
  readonly #events: Trace["events"];
  readonly #labels: Labels;
  readonly #goroutines = new Map<GoroutineRef, GoroutineState>();
  readonly #channels: Map<number, ChannelState>;
  /** The goroutines that change, by the event that changes them; -1 is the start of the run. */
  readonly #changes: ReadonlyMap<number, readonly GoroutineState[]>;
  /** The previews of the values that blocked sends will send, by the ids of their waits and their channels. */
  readonly #pending: ReadonlyMap<string, string>;
  readonly #waits = new Map<number, Block>();
  #state: RunState | undefined;

  constructor(trace: Trace, labels: Labels) {
    this.#events = trace.events;
    this.#labels = labels;
    this.#channels = new Map(
      trace.channels.map(({ id, capacity }) => {
        const empty = { isClosed: false, values: [], senders: [], receivers: [] };
        return [id, { id, name: labels.channel(id), capacity, ...empty }];
      }),
    );
    this.#changes = goroutineChanges(trace, labels);
    this.#pending = pendingValues(trace);
    this.#applyChanges(-1);
  }

  /** The state after the last event that was read. */
  get state(): RunState {
    this.#state ??= {
      goroutines: [...this.#goroutines.values()].sort((a, b) => (a.id ?? Infinity) - (b.id ?? Infinity)),
      channels: [...this.#channels.values()],
    };
    return this.#state;
  }

  /** Reads the event with the index `i`, the next one, and returns the value that it moves. */
  read(i: number): Move | undefined {
    const event = this.#events[i];
    this.#applyChanges(i);
    switch (event?.type) {
      case "block":
        this.#waits.set(event.wait, event);
        this.#updateParties(event, (parties, text) => {
          const { wait, goroutine } = event;
          // Several cases of a select may be on one channel.
          if (parties.some((party) => party.wait === wait)) return parties;
          return [...parties, { wait, goroutine, name: this.#labels.goroutine(goroutine), text }];
        });
        return undefined;
      case "unblock": {
        const block = this.#waits.get(event.wait);
        this.#waits.delete(event.wait);
        if (block === undefined) return undefined;
        this.#updateParties(block, (parties) => parties.filter(({ wait }) => wait !== block.wait));
        return undefined;
      }
      case "close":
        this.#update(event.channel, () => ({ isClosed: true }));
        return undefined;
      case "send":
        return this.#send(event);
      case "receive":
        return this.#receive(event);
      default:
        return undefined;
    }
  }

  #send({ channel, value, text = "", goroutine, to, length }: EventOf<"send">): Move {
    const from = this.#labels.goroutine(goroutine);
    const isDirect = to !== undefined;
    this.#update(channel, ({ values }) => ({
      values: withLength(isDirect ? values : [...values, { id: value, text }], length),
    }));
    const receiver = isDirect ? this.#labels.goroutine(to) : undefined;
    return { kind: isDirect ? "direct" : "in", channel, value, text, from, to: receiver };
  }

  /** A value that is passed directly has moved by the event of its send. */
  #receive({ channel, value, goroutine, from, length }: EventOf<"receive">): Move | undefined {
    const { text = "" } = this.#channels.get(channel)?.values.find(({ id }) => id === value) ?? {};
    this.#update(channel, ({ values }) => ({
      values: withLength(
        values.filter(({ id }) => id !== value),
        length,
      ),
    }));
    if (from !== undefined) return undefined;
    return { kind: "out", channel, value, text, from: undefined, to: this.#labels.goroutine(goroutine) };
  }

  #applyChanges(i: number): void {
    for (const goroutine of this.#changes.get(i) ?? []) {
      this.#goroutines.set(goroutine.id, goroutine);
      this.#state = undefined;
    }
  }

  #update(channel: number, change: (state: ChannelState) => Partial<ChannelState>): void {
    const state = this.#channels.get(channel);
    if (state === undefined) return;
    this.#channels.set(channel, { ...state, ...change(state) });
    this.#state = undefined;
  }

  /** Changes the parties at the ends of the channels for which `block` waits. */
  #updateParties(block: Block, change: (parties: readonly Party[], text: string) => readonly Party[]): void {
    for (const { channel, end } of endsOf(block)) {
      const text = this.#pending.get(`${block.wait} ${channel}`) ?? "";
      this.#update(channel, (state) => ({ [end]: change(state[end], text) }));
    }
  }
}

interface End {
  readonly channel: number;
  readonly end: "senders" | "receivers";
}

/** The ends of channels at which a goroutine waits: one or, in a select, several. */
function endsOf({ operation, channel, cases }: Block): End[] {
  if (cases !== undefined) {
    return cases.flatMap(({ operation: direction, channel: id }) =>
      id === null ? [] : [{ channel: id, end: direction === "send" ? "senders" : "receivers" }],
    );
  }
  if (channel === undefined) return [];
  if (operation.startsWith("chan send")) return [{ channel, end: "senders" }];
  return operation.startsWith("chan receive") ? [{ channel, end: "receivers" }] : [];
}

/** Returns the last `length` of the values; values that were sent before the recording are unknown. */
function withLength(values: readonly BufferedValue[], length: number): readonly BufferedValue[] {
  const missing = Array.from({ length: Math.max(0, length - values.length) }, () => ({ id: 0, text: "" }));
  return [...missing, ...values.slice(Math.max(0, values.length - length))];
}

/** A goroutine that waits to send sends before its wait ends: the send after the wait, and before another wait, is that of the wait. */
function pendingValues({ events }: Trace): Map<string, string> {
  const pending = new Map<string, string>();
  const lastWaits = new Map<GoroutineRef, Block>();
  for (const event of events) {
    if (event.type === "block") lastWaits.set(event.goroutine, event);
    else if (event.type === "send") {
      const block = lastWaits.get(event.goroutine);
      const isOfWait =
        block !== undefined && endsOf(block).some(({ channel, end }) => channel === event.channel && end === "senders");
      if (isOfWait) pending.set(`${block.wait} ${event.channel}`, event.text ?? "");
      lastWaits.delete(event.goroutine);
    }
  }
  return pending;
}

/** Returns the states of goroutines by the event with which they begin. */
function goroutineChanges(trace: Trace, labels: Labels): Map<number, GoroutineState[]> {
  const changes = new Map<number, GoroutineState[]>();
  for (const track of buildTracks(trace).goroutines) {
    if (track.id === 0) continue;
    const add = (i: number, state: Omit<GoroutineState, "id" | "name">): void => {
      getOrInsert(changes, i, () => []).push({ id: track.id, name: labels.goroutine(track.id), ...state });
    };
    for (const [i, { from, state, wait }] of track.spans.entries()) {
      // The main goroutine runs from the start, before its first event.
      const start = track.id === 1 && i === 0 && state === "running" ? -1 : from;
      const description = wait === null ? stateLabels[state].label : labels.waiting(wait);
      const label = wait === null || state === "sleep" ? stateLabels[state].label : `waits: ${labels.wait(wait)}`;
      add(start, { status: state, description, label, line: wait?.line });
    }
    if (track.hasEnded) add(track.endEvent, ended(trace, track));
  }
  return changes;
}

function ended({ events }: Trace, { id, endEvent }: GoroutineTrack): Omit<GoroutineState, "id" | "name"> {
  const previous = events[endEvent - 1];
  const status = previous?.type === "panic" && previous.goroutine === id ? "panicked" : "returned";
  return { status, description: `has ${status}`, label: status, line: undefined };
}
