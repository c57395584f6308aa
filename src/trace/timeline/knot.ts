// Who waits for whom when a trace ends: goroutines, what each waits for, and who has been on the other side of that.
// What nobody recorded is said to be a guess: who is behind a WaitGroup, and who "holds" a channel that is used as a
// lock.

import { entry } from "../entry.ts";
import type { EventOf, Trace, TraceEvent, Who } from "../format.ts";
import { byNumber, type State, stateOf } from "../lanes.ts";
import { OpenWaits } from "../openwaits.ts";
import { circleIn } from "./knotcircle.ts";

/** What a goroutine waits for: the other side of a channel, or something that is none. */
export interface Need {
  /** The number of the channel; null for what is no channel, and for a nil channel. */
  readonly channel: number | null;
  /** What somebody else would have to do: null, if the operation is none of a channel. */
  readonly wanted: "send" | "receive" | null;
  /** Go's name of the operation. */
  readonly operation: string;
  /** How many values are in the channel's buffer. */
  readonly length: number;
  /** Who waits for it. */
  readonly waiting: readonly Who[];
  /**
   * Who could end the wait, because of what they did before. Empty, with `isRecorded`: nobody is left on the other
   * side.
   */
  readonly others: readonly Other[];
  /** Whether a trace tells at all who could end it. */
  readonly isRecorded: boolean;
}

/** Somebody who could end a wait, if that goroutine itself were not asleep. */
export interface Other {
  readonly goroutine: Who;
  /**
   * How that is known: it has done what is wanted before, or is about to; or it is a guess: its value is in the buffer
   * of one, as if that were a lock, or it was started by whoever waits.
   */
  readonly because: "did" | "is about to" | "holds" | "was started";
}

/** A goroutine that waits. */
export interface Asleep {
  readonly goroutine: Who;
  readonly name: string;
  readonly state: State;
  /** The block event. */
  readonly since: number;
  /** Indexes of needs: several for a select, of which one would do. */
  readonly needs: readonly number[];
}

/** One arrow of a circle: a goroutine, what it needs, and who follows. */
export interface CircleLink {
  readonly goroutine: Who;
  /** The index of the need. */
  readonly need: number;
}

/** Who waits for whom. */
export interface WaitsAtTheEnd {
  /** In the order of their numbers; who is not known comes last. */
  readonly asleep: readonly Asleep[];
  readonly needs: readonly Need[];
  /** Goroutines of which each waits for the next, and the last for the first; empty if there are none. */
  readonly circle: readonly CircleLink[];
}

/**
 * Tells who waits for whom at the end of `trace`, and finds a circle if there is one. Who could end a wait at a channel
 * is whoever has used its other side before and lives.
 *
 * Where a goroutine waits for several things at once, the last that it began to wait for counts, as in {@link lanes}.
 *
 * @example
 * const recording = record();
 * const never = new Channel<string>(0, { name: "never" });
 * go(() => never.receive());
 * await gosched();
 * const { asleep, circle } = waitsAtTheEnd(recording.stop());
 * console.log(asleep.map(({ name, state }) => `${name} waits: ${state}`));
 * console.log(circle.map(({ goroutine }) => goroutine).join(" waits for "));
 * never.close();
 */
export function waitsAtTheEnd(trace: Trace): WaitsAtTheEnd {
  const past = new Past(trace);
  const names = new Map(trace.goroutines.map(({ id, name }) => [id, name]));
  const needs = new Map<string, NeedInWork>();
  const asleep: Asleep[] = [];
  for (const [who, { event, index }] of past.blocks()) {
    const found = wantsOf(event).map((want) => needOf(needs, want, who));
    for (const need of found) need.waiting.push(who);
    const name = who === null ? "" : (names.get(who) ?? "");
    const own = [...new Set(found.map(({ index: at }) => at))];
    asleep.push({ goroutine: who, name, state: stateOf(event.operation), since: index, needs: own });
  }
  const all = [...needs.values()].map((need) => past.answer(need));
  return { asleep, needs: all, circle: findCircle(asleep, all) };
}

interface Want {
  readonly channel: number | null;
  readonly wanted: "send" | "receive" | null;
  readonly operation: string;
}

interface NeedInWork extends Want {
  readonly index: number;
  readonly waiting: Who[];
}

function wantsOf({ operation, channel, cases }: EventOf<"block">): Want[] {
  if (cases !== undefined) {
    const on = cases.filter((one) => one.channel !== null);
    return on.map((one) => ({ channel: one.channel, wanted: opposite(one.operation), operation: "select" }));
  }
  const state = stateOf(operation);
  const wanted = state === "send" || state === "receive" ? opposite(state) : null;
  return [{ channel: channel ?? null, wanted, operation }];
}

function opposite(operation: "send" | "receive"): "send" | "receive" {
  return operation === "send" ? "receive" : "send";
}

// What is no channel has no number: everybody who waits so has a need of their own.
function needOf(needs: Map<string, NeedInWork>, want: Want, who: Who): NeedInWork {
  const key = want.channel === null ? `${want.operation} of ${who}` : `${want.wanted} ${want.channel}`;
  return entry(needs, key, () => ({ ...want, index: needs.size, waiting: [] }));
}

interface Blocked {
  readonly event: EventOf<"block">;
  readonly index: number;
}

/** Who is on which side of each channel. */
interface Sides {
  readonly send: Map<number, Set<Who>>;
  readonly receive: Map<number, Set<Who>>;
}

function add(side: Map<number, Set<Who>>, channel: number, who: Who): void {
  entry(side, channel, () => new Set<Who>()).add(who);
}

/** What happened before, as far as it tells who could do what. */
class Past {
  readonly #ended = new Set<Who>();
  readonly #parents: ReadonlyMap<Who, Who>;
  readonly #blocks = new Map<Who, OpenWaits<Blocked>>();
  readonly #did: Sides = { send: new Map(), receive: new Map() };
  readonly #capacities: ReadonlyMap<number, number>;
  readonly #lengths = new Map<number, number>();
  readonly #lastSender = new Map<number, Who>();
  #aboutTo: Sides | null = null;

  constructor({ events, goroutines, channels }: Trace) {
    this.#parents = new Map(goroutines.map(({ id, parent }) => [id, parent]));
    this.#capacities = new Map(channels.map(({ id, capacity }) => [id, capacity]));
    for (const [index, event] of events.entries()) this.#read(index, event);
  }

  #read(index: number, event: TraceEvent): void {
    const { goroutine } = event;
    if (event.type === "end") this.#ended.add(goroutine);
    else if (event.type === "block") {
      entry(this.#blocks, goroutine, () => new OpenWaits<Blocked>()).begin(event.wait, { event, index });
    } else if (event.type === "unblock") this.#blocks.get(goroutine)?.end(event.wait);
    else if (event.type === "send" || event.type === "receive") {
      add(this.#did[event.type], event.channel, goroutine);
      this.#lengths.set(event.channel, event.length);
      if (event.type === "send") this.#lastSender.set(event.channel, goroutine);
    }
  }

  /** Who lives and waits, with the last thing each began to wait for. */
  blocks(): [Who, Blocked][] {
    const all: [Who, Blocked][] = [];
    for (const [who, { last }] of this.#blocks) {
      if (last !== undefined && !this.#ended.has(who)) all.push([who, last]);
    }
    return all.sort(([a], [b]) => byNumber(a, b));
  }

  answer({ channel, wanted, operation, waiting }: NeedInWork): Need {
    const length = channel === null ? 0 : (this.#lengths.get(channel) ?? 0);
    const own = { channel, wanted, operation, length, waiting };
    if (channel !== null && wanted !== null) {
      return { ...own, others: this.#atTheOtherSide(channel, wanted, waiting), isRecorded: true };
    }
    // Nobody can do anything for a nil channel.
    if (wanted !== null || operation === "select") return { ...own, others: [], isRecorded: true };
    const isGroup = stateOf(operation) === "wait";
    return { ...own, others: isGroup ? this.#startedBy(waiting[0] ?? null) : [], isRecorded: false };
  }

  #atTheOtherSide(channel: number, wanted: "send" | "receive", waiting: readonly Who[]): Other[] {
    const others = new Map<Who, Other>();
    const add = (goroutine: Who, because: Other["because"]): void => {
      if (goroutine !== 0 && !this.#ended.has(goroutine) && !others.has(goroutine)) {
        others.set(goroutine, { goroutine, because });
      }
    };
    const did = this.#did[wanted].get(channel);
    const holder = wanted === "receive" ? this.#holder(channel) : undefined;
    // Workers that fill a channel of results would look like a circle too; but they wait for that very channel.
    const isHeld = holder !== undefined && !waiting.includes(holder) && !this.#ended.has(holder);
    if (isHeld && (did === undefined || did.has(holder))) {
      add(holder, "holds");
    } else {
      for (const who of this.#about()[wanted].get(channel) ?? []) add(who, "is about to");
      for (const who of did ?? []) add(who, "did");
    }
    // Nobody can help himself, and so is only told if there is nobody else.
    const [only] = waiting;
    if (waiting.length === 1 && only !== undefined && others.size > 1) others.delete(only);
    return [...others.values()].sort((a, b) => byNumber(a.goroutine, b.goroutine));
  }

  /**
   * Whose value is in a channel that has room for one, as if it were a lock: who sends to it and receives from it
   * himself.
   */
  #holder(channel: number): Who | undefined {
    const isTaken = this.#capacities.get(channel) === 1 && this.#lengths.get(channel) === 1;
    return isTaken ? this.#lastSender.get(channel) : undefined;
  }

  /** Who waits to send or receive where. */
  #about(): Sides {
    if (this.#aboutTo !== null) return this.#aboutTo;
    const about: Sides = { send: new Map(), receive: new Map() };
    for (const [who, { event }] of this.blocks()) {
      for (const { channel, wanted } of wantsOf(event)) {
        if (channel !== null && wanted !== null) add(about[opposite(wanted)], channel, who);
      }
    }
    return (this.#aboutTo = about);
  }

  #startedBy(parent: Who): Other[] {
    const children: Other[] = [];
    for (const [goroutine, by] of this.#parents) {
      if (parent !== null && by === parent && !this.#ended.has(goroutine)) {
        children.push({ goroutine, because: "was started" });
      }
    }
    return children;
  }
}

/** A circle of what is known, or else one of guesses too. */
function findCircle(asleep: readonly Asleep[], needs: readonly Need[]): CircleLink[] {
  const known = needs.map(({ others }) =>
    others.filter(({ because }) => because === "did" || because === "is about to"),
  );
  const sure = circleAmong(asleep, known);
  if (sure.length > 0) return sure;
  return circleAmong(
    asleep,
    needs.map(({ others }) => others),
  );
}

// Goroutines and needs are one kind of node here: a goroutine leads to its needs, a need to who could answer it.
function circleAmong(asleep: readonly Asleep[], others: readonly (readonly Other[])[]): CircleLink[] {
  const places = new Map(asleep.map(({ goroutine }, i) => [goroutine, i]));
  const count = asleep.length;
  const next: number[][] = [
    ...asleep.map(({ needs }) => needs.map((need) => count + need)),
    ...others.map((all) => all.flatMap(({ goroutine }) => places.get(goroutine) ?? [])),
  ];
  const path = circleIn(next);
  const from = path.findIndex((node) => node < count);
  const turned = [...path.slice(from), ...path.slice(0, from)];
  const links: CircleLink[] = [];
  for (let i = 0; i + 1 < turned.length; i += 2) {
    const { goroutine } = asleep[turned[i] as number] as Asleep;
    links.push({ goroutine, need: (turned[i + 1] as number) - count });
  }
  return links;
}
