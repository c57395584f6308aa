// The wait-for graph at the end of a trace: the blocked goroutines, what each waits for, and the goroutines that could end that wait,
// judged by what they did before. Where a trace records no such evidence, as behind a WaitGroup or a channel used as a lock, the edge is a
// guess and says so.

import { ActiveWaits, getOrInsert } from "./collections.ts";
import type { EventOf, GoroutineRef, Trace } from "./format.ts";
import { compareIds, type State, stateOf } from "./tracks.ts";

/** What goroutines wait for: one side of a channel, or something other than a channel. */
export interface WaitTarget {
  /** The id of the channel; null for a nil channel, and for anything other than a channel. */
  readonly channel: number | null;
  /** The channel operation that would end the wait; null if the wait is not for a channel. */
  readonly needs: "send" | "receive" | null;
  /** Go's name of the operation that waits. */
  readonly operation: string;
  /** How many values are in the channel's buffer. */
  readonly length: number;
  /** The goroutines that wait for it. */
  readonly waiting: readonly GoroutineRef[];
  /** The goroutines that could end the wait. If there are none, and `isRecorded`, no goroutine is left on the other side. */
  readonly wakers: readonly PotentialWaker[];
  /** Whether a trace records which goroutines could end such a wait. */
  readonly isRecorded: boolean;
}

/** A goroutine that could end a wait, if it were not blocked itself. */
export interface PotentialWaker {
  readonly goroutine: GoroutineRef;
  /**
   * Why it could: it did what is needed before ("past"), or is blocked in doing it ("pending"). The others are guesses: its value is in the
   * buffer of a channel used as a lock ("holder"), or the waiting goroutine started it ("child").
   */
  readonly evidence: "past" | "pending" | "holder" | "child";
}

/** A goroutine that waits. */
export interface BlockedGoroutine {
  readonly goroutine: GoroutineRef;
  readonly name: string;
  readonly state: State;
  /** The index of the event with which the wait began. */
  readonly blockEvent: number;
  /** Indexes in `targets`; a select has several, of which one would suffice. */
  readonly targets: readonly number[];
}

/** A part of a cycle: a goroutine, and the index of the target that leads to the next goroutine. */
export interface CycleEdge {
  readonly goroutine: GoroutineRef;
  readonly target: number;
}

/** The blocked goroutines of a trace, what they wait for, and a cycle among them. */
export interface WaitForGraph {
  /** In the order of their ids; unknown ones come last. */
  readonly blocked: readonly BlockedGoroutine[];
  readonly targets: readonly WaitTarget[];
  /** Goroutines of which each waits for the next, and the last for the first; empty without a cycle. */
  readonly cycle: readonly CycleEdge[];
}

/**
 * Computes the wait-for graph at the end of `trace`, and finds a cycle if there is one. A goroutine can end a wait at a channel if it has
 * used the other side of the channel before and has not ended. If a goroutine has several waits, the one that began last counts.
 *
 * @param trace - A recorded run; its `ending` does not matter.
 *
 * @example
 * const recording = record();
 * const never = new Channel<string>(0, { name: "never" });
 * go(() => never.receive());
 * await gosched();
 * const { blocked, cycle } = waitForGraph(recording.stop());
 * console.log(blocked.map(({ name, state }) => `${name} waits: ${state}`));
 * console.log(cycle.map(({ goroutine }) => goroutine).join(" waits for "));
 * never.close();
 */
export function waitForGraph(trace: Trace): WaitForGraph {
  const history = new History(trace);
  const names = new Map<GoroutineRef, string>(trace.goroutines.map(({ id, name }) => [id, name]));
  const requests = new Map<string, Request & { readonly index: number; readonly waiting: GoroutineRef[] }>();
  const blocked = history.blocks().map(([goroutine, { event, index }]): BlockedGoroutine => {
    const targets = new Set<number>();
    for (const request of requestsOf(event)) {
      // What is not a channel has no id, so each goroutine waits for a target of its own.
      const { channel, needs, operation } = request;
      const key = channel === null ? `${operation} of ${goroutine}` : `${needs} ${channel}`;
      const target = getOrInsert(requests, key, () => ({ ...request, index: requests.size, waiting: [] }));
      target.waiting.push(goroutine);
      targets.add(target.index);
    }
    const name = names.get(goroutine) ?? "";
    return { goroutine, name, state: stateOf(event.operation), blockEvent: index, targets: [...targets] };
  });
  const targets = [...requests.values()].map(({ channel, needs, operation, waiting }): WaitTarget => {
    const wakers = history.wakersOf({ channel, needs, operation }, waiting);
    // No goroutine can end a wait at a nil channel, or in a select without cases.
    const isRecorded = needs !== null || operation === "select";
    return { channel, needs, operation, length: history.lengthOf(channel), waiting, wakers, isRecorded };
  });
  // A cycle without guesses is preferred.
  const certain = targets.map(({ wakers }) => wakers.filter(({ evidence }) => !isGuess(evidence)));
  const cycle = findCycle(blocked, certain);
  return {
    blocked,
    targets,
    cycle:
      cycle.length > 0
        ? cycle
        : findCycle(
            blocked,
            targets.map(({ wakers }) => wakers),
          ),
  };
}

/** Whether `evidence` is not in the trace. */
export function isGuess(evidence: PotentialWaker["evidence"]): boolean {
  return evidence === "holder" || evidence === "child";
}

type Direction = "send" | "receive";

type Request = Pick<WaitTarget, "channel" | "needs" | "operation">;

function requestsOf({ operation, channel, cases }: EventOf<"block">): Request[] {
  if (cases !== undefined) {
    const enabled = cases.filter(({ channel: caseChannel }) => caseChannel !== null);
    return enabled.map((selectCase) => {
      return { channel: selectCase.channel, needs: opposite(selectCase.operation), operation: "select" };
    });
  }
  const state = stateOf(operation);
  const needs = state === "send" || state === "receive" ? opposite(state) : null;
  return [{ channel: channel ?? null, needs, operation }];
}

function opposite(direction: Direction): Direction {
  return direction === "send" ? "receive" : "send";
}

interface Block {
  readonly event: EventOf<"block">;
  readonly index: number;
}

/** What the events say about which goroutine could do what. */
class History {
  readonly #trace: Trace;
  readonly #ended = new Set<GoroutineRef>();
  readonly #waits = new Map<GoroutineRef, ActiveWaits<Block>>();
  /** The goroutines that sent to or received from a channel, and those blocked in doing so, by direction and channel. */
  readonly #past = new Map<string, Set<GoroutineRef>>();
  readonly #pending = new Map<string, Set<GoroutineRef>>();
  readonly #lengths = new Map<number, number>();
  readonly #lastSender = new Map<number, GoroutineRef>();

  constructor(trace: Trace) {
    this.#trace = trace;
    for (const [index, event] of trace.events.entries()) {
      const { goroutine, type } = event;
      if (type === "end") this.#ended.add(goroutine);
      else if (type === "block")
        getOrInsert(this.#waits, goroutine, () => new ActiveWaits()).begin(event.wait, { event, index });
      else if (type === "unblock") this.#waits.get(goroutine)?.end(event.wait);
      else if (type === "send" || type === "receive") {
        getOrInsert(this.#past, `${type} ${event.channel}`, () => new Set()).add(goroutine);
        this.#lengths.set(event.channel, event.length);
        if (type === "send") this.#lastSender.set(event.channel, goroutine);
      }
    }
    for (const [goroutine, { event }] of this.blocks()) {
      for (const { channel, needs } of requestsOf(event)) {
        if (channel === null || needs === null) continue;
        getOrInsert(this.#pending, `${opposite(needs)} ${channel}`, () => new Set()).add(goroutine);
      }
    }
  }

  /** The goroutines that wait, in the order of their ids, with the wait that began last. */
  blocks(): [GoroutineRef, Block][] {
    const blocks = [...this.#waits].flatMap(([goroutine, { latest }]): [GoroutineRef, Block][] =>
      latest === undefined || this.#ended.has(goroutine) ? [] : [[goroutine, latest]],
    );
    return blocks.sort(([a], [b]) => compareIds(a, b));
  }

  lengthOf(channel: number | null): number {
    return channel === null ? 0 : (this.#lengths.get(channel) ?? 0);
  }

  wakersOf({ channel, needs, operation }: Request, waiting: readonly GoroutineRef[]): PotentialWaker[] {
    if (channel !== null && needs !== null) return this.#channelWakers(channel, needs, waiting);
    const [parent] = waiting;
    if (stateOf(operation) !== "wait" || typeof parent !== "number") return [];
    const children = this.#trace.goroutines.filter((child) => child.parent === parent && !this.#ended.has(child.id));
    return children.map(({ id }) => ({ goroutine: id, evidence: "child" }));
  }

  #channelWakers(channel: number, needs: Direction, waiting: readonly GoroutineRef[]): PotentialWaker[] {
    const past = this.#past.get(`${needs} ${channel}`);
    const holder = needs === "receive" ? this.#lockHolder(channel) : undefined;
    // Workers that fill a channel of results look like holders too, but they wait for that very channel.
    const isLock = holder !== undefined && !waiting.includes(holder) && !this.#ended.has(holder);
    if (isLock && past?.has(holder) !== false) return [{ goroutine: holder, evidence: "holder" }];
    const wakers = new Map<GoroutineRef, PotentialWaker>();
    const add = (goroutines: ReadonlySet<GoroutineRef> | undefined, evidence: PotentialWaker["evidence"]): void => {
      for (const goroutine of goroutines ?? []) {
        const canRun = goroutine !== 0 && !this.#ended.has(goroutine);
        if (canRun) getOrInsert(wakers, goroutine, () => ({ goroutine, evidence }));
      }
    };
    add(this.#pending.get(`${needs} ${channel}`), "pending");
    add(past, "past");
    // A goroutine cannot end its own wait: it is listed only if no other could.
    if (waiting.length === 1 && wakers.size > 1) wakers.delete(waiting[0] as GoroutineRef);
    return [...wakers.values()].sort((a, b) => compareIds(a.goroutine, b.goroutine));
  }

  /** The goroutine whose value fills a channel of capacity 1, which may be used as a lock. */
  #lockHolder(channel: number): GoroutineRef | undefined {
    const capacity = this.#trace.channels.find(({ id }) => id === channel)?.capacity;
    return capacity === 1 && this.#lengths.get(channel) === 1 ? this.#lastSender.get(channel) : undefined;
  }
}

/** Finds a cycle of goroutines and targets: a goroutine leads to its targets, and a target to the goroutines in `wakers`. */
function findCycle(blocked: readonly BlockedGoroutine[], wakers: readonly (readonly PotentialWaker[])[]): CycleEdge[] {
  const count = blocked.length;
  const indexes = new Map(blocked.map(({ goroutine }, i) => [goroutine, i]));
  const nodes = shortestCycle([
    ...blocked.map(({ targets }) => targets.map((target) => count + target)),
    ...wakers.map((all) => all.flatMap(({ goroutine }) => indexes.get(goroutine) ?? [])),
  ]);
  const start = nodes.findIndex((node) => node < count);
  const ordered = [...nodes.slice(start), ...nodes.slice(0, start)];
  return ordered.flatMap((node, i) => {
    const { goroutine } = blocked[node] ?? {};
    return goroutine === undefined ? [] : [{ goroutine, target: (ordered[i + 1] as number) - count }];
  });
}

/** Returns the shortest of the cycles through one node, in linear time; empty without a cycle. */
function shortestCycle(successors: readonly (readonly number[])[]): number[] {
  // Nodes from which all paths end are removed, until every node that is left has a successor that is left.
  const predecessors = successors.map((): number[] => []);
  for (const [node, next] of successors.entries()) for (const to of next) predecessors[to]?.push(node);
  const degrees = successors.map((next) => next.length);
  const removed = [...degrees.keys()].filter((node) => degrees[node] === 0);
  for (const node of removed) {
    for (const from of predecessors[node] as number[]) {
      degrees[from] = (degrees[from] as number) - 1;
      if (degrees[from] === 0) removed.push(from);
    }
  }
  // A walk that never ends comes to a node twice.
  let start = degrees.findIndex((degree) => degree > 0);
  if (start < 0) return [];
  const visited = new Set<number>();
  while (!visited.has(start)) {
    visited.add(start);
    start = successors[start]?.find((to) => (degrees[to] as number) > 0) as number;
  }
  // A breadth-first search finds the shortest path from that node to itself.
  const previous = new Map<number, number>();
  const queue = [start];
  for (const node of queue) {
    for (const to of successors[node] as number[]) {
      if (to === start) return pathTo(node, start, previous);
      if (previous.has(to)) continue;
      previous.set(to, node);
      queue.push(to);
    }
  }
  return [];
}

function pathTo(end: number, start: number, previous: ReadonlyMap<number, number>): number[] {
  const path = [end];
  for (let node = end; node !== start; path.push(node)) node = previous.get(node) as number;
  return path.reverse();
}
