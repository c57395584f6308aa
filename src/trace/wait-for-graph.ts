// The wait-for graph at the end of a trace: the blocked goroutines, what each waits for, and the goroutines that could end that wait,
// judged by what they did before. Where a trace records no such evidence, as behind a WaitGroup or a channel used as a lock, the edge is a
// guess and says so.

import { getOrInsert } from "./collections.ts";
import type { EventOf, GoroutineRef, Trace } from "./format.ts";
import { buildTracks, compareIds, type State, stateOf, type StateSpan } from "./tracks.ts";

/** What goroutines wait for: one side of a channel, or something other than a channel. */
export interface WaitTarget {
  /** The id of the channel; null for a nil channel, and for anything other than a channel. */
  readonly channel: number | null;
  /** The channel operation that would end the wait, "send" or "receive"; null if the wait is not for a channel. */
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
  /** The id of the goroutine. */
  readonly goroutine: GoroutineRef;
  /**
   * Why it could: it did what is needed before ("past"), or is blocked in doing it ("pending"). The others are guesses: its value is in the
   * buffer of a channel used as a lock ("holder"), or the waiting goroutine started it ("child").
   */
  readonly evidence: "past" | "pending" | "holder" | "child";
}

/** A goroutine that waits. */
export interface BlockedGoroutine {
  /** The id of the goroutine. */
  readonly goroutine: GoroutineRef;
  /** The name of its function, or "". */
  readonly name: string;
  /**
   * The kind of the wait: a "send" or a "receive" on a channel, a "select", a "sleep", a "lock", or a "wait" for anything else. A goroutine
   * that is "running" is not blocked.
   */
  readonly state: State;
  /** The index of the event with which the wait began. */
  readonly blockEvent: number;
  /** Indexes in `targets`; a select has several, of which one would suffice. */
  readonly targets: readonly number[];
}

/** A part of a cycle: a goroutine, and the index of the target that leads to the next goroutine. */
export interface CycleEdge {
  /** The id of the goroutine. */
  readonly goroutine: GoroutineRef;
  /** The index in `targets` of what the goroutine waits for. */
  readonly target: number;
}

/** The blocked goroutines of a trace, what they wait for, and a cycle among them. */
export interface WaitForGraph {
  /** In the order of their ids; unknown ones come last. */
  readonly blocked: readonly BlockedGoroutine[];
  /** The targets of their waits; several goroutines may wait for the same one. */
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
  const history = readHistory(trace);
  const requests = new Map<string, Request & { readonly index: number; readonly waiting: GoroutineRef[] }>();
  const blocked = history.goroutines.flatMap(({ id: goroutine, name, hasEnded, spans }): BlockedGoroutine[] => {
    const { state = "running", wait = null } = spans.at(-1) ?? {};
    if (hasEnded || wait === null) return [];
    const targets = new Set<number>();
    for (const request of requestsOf(wait)) {
      // What is not a channel has no id, so each goroutine waits for a target of its own.
      const { channel, needs, operation } = request;
      const key = channel === null ? `${operation} of ${goroutine}` : `${needs} ${channel}`;
      const target = getOrInsert(requests, key, () => ({ ...request, index: requests.size, waiting: [] }));
      target.waiting.push(goroutine);
      targets.add(target.index);
    }
    const first = spans.find((span) => span.wait === wait) as StateSpan;
    return [{ goroutine, name, state, blockEvent: first.from, targets: [...targets] }];
  });
  const targets = [...requests.values()].map(({ index: _, ...request }): WaitTarget => {
    const { channel, needs, operation, waiting } = request;
    const wakers =
      channel === null || needs === null
        ? childWakers(trace, history, operation, waiting[0] ?? null)
        : channelWakers(history, channel, needs, waiting, requests.get(`${opposite(needs)} ${channel}`)?.waiting ?? []);
    // No goroutine can end a wait at a nil channel, or in a select without cases.
    const isRecorded = needs !== null || operation === "select";
    return { ...request, length: history.channels.get(channel ?? 0)?.levels.at(-1)?.length ?? 0, wakers, isRecorded };
  });
  // A cycle without guesses is preferred.
  const cycle = findCycle(blocked, targets, ({ evidence }) => !isGuess(evidence));
  return { blocked, targets, cycle: cycle.length > 0 ? cycle : findCycle(blocked, targets, () => true) };
}

/** Whether `evidence` is not in the trace. */
export function isGuess(evidence: PotentialWaker["evidence"]): boolean {
  return evidence === "holder" || evidence === "child";
}

type Direction = "send" | "receive";

type Request = Pick<WaitTarget, "channel" | "needs" | "operation">;

/** What the wait of a goroutine needs: one of these. */
function requestsOf({ operation, channel, cases }: EventOf<"block">): Request[] {
  if (cases !== undefined) {
    return cases
      .filter((selectCase) => selectCase.channel !== null)
      .map((enabled) => ({ channel: enabled.channel, needs: opposite(enabled.operation), operation: "select" }));
  }
  const state = stateOf(operation);
  const needs = state === "send" || state === "receive" ? opposite(state) : null;
  return [{ channel: channel ?? null, needs, operation }];
}

function opposite(direction: Direction): Direction {
  return direction === "send" ? "receive" : "send";
}

type History = ReturnType<typeof readHistory>;

/** Reads which goroutines exist, and what they did at the channels. */
function readHistory(trace: Trace) {
  const { goroutines, channels, flows } = buildTracks(trace);
  return {
    goroutines,
    ended: new Set(goroutines.filter(({ hasEnded }) => hasEnded).map(({ id }) => id)),
    channels: new Map(channels.map((track) => [track.channel.id, track])),
    lastSenders: new Map(flows.map(({ channel, from }) => [channel, from])),
  };
}

/** The goroutines that the goroutine `parent` started, if it waits for a WaitGroup and the like. */
function childWakers(
  { goroutines }: Trace,
  { ended }: History,
  operation: string,
  parent: GoroutineRef,
): PotentialWaker[] {
  if (stateOf(operation) !== "wait" || parent === null) return [];
  const children = goroutines.filter((child) => child.parent === parent && !ended.has(child.id));
  return children.map(({ id }) => ({ goroutine: id, evidence: "child" }));
}

function channelWakers(
  { channels, lastSenders, ended }: History,
  channel: number,
  needs: Direction,
  waiting: readonly GoroutineRef[],
  pending: readonly GoroutineRef[],
): PotentialWaker[] {
  const track = channels.get(channel);
  const past = [...(track?.users[needs].keys() ?? [])];
  // The goroutine whose value fills a channel of capacity 1, which may be used as a lock.
  const isHeld = needs === "receive" && track?.channel.capacity === 1 && track.levels.at(-1)?.length === 1;
  const holder = isHeld ? lastSenders.get(channel) : undefined;
  // Workers that fill a channel of results look like holders, too, but they wait for that very channel.
  const isLock = holder !== undefined && !waiting.includes(holder) && !ended.has(holder);
  if (isLock && (past.length === 0 || past.includes(holder))) return [{ goroutine: holder, evidence: "holder" }];
  const evidence = new Map<GoroutineRef, PotentialWaker["evidence"]>();
  const canRun = (goroutine: GoroutineRef): boolean => goroutine !== 0 && !ended.has(goroutine);
  for (const goroutine of past.filter(canRun)) evidence.set(goroutine, "past");
  for (const goroutine of pending.filter(canRun)) evidence.set(goroutine, "pending");
  // A goroutine cannot end its own wait: it is listed only if no other could.
  if (waiting.length === 1 && evidence.size > 1) evidence.delete(waiting[0] as GoroutineRef);
  const wakers = [...evidence].map(([goroutine, reason]) => ({ goroutine, evidence: reason }));
  return wakers.sort((a, b) => compareIds(a.goroutine, b.goroutine));
}

/** Finds a cycle of goroutines and targets: a goroutine leads to its targets, and a target to its valid wakers. */
function findCycle(
  blocked: readonly BlockedGoroutine[],
  targets: readonly WaitTarget[],
  isValid: (waker: PotentialWaker) => boolean,
): CycleEdge[] {
  const count = blocked.length;
  const indexes = new Map(blocked.map(({ goroutine }, i) => [goroutine, i]));
  const nodes = shortestCycle([
    ...blocked.map(({ targets }) => targets.map((target) => count + target)),
    ...targets.map(({ wakers }) => wakers.filter(isValid).flatMap(({ goroutine }) => indexes.get(goroutine) ?? [])),
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
  // An infinite walk visits a node twice.
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
