// Who waits for whom as a graph of few nodes: goroutines that wait alike are one, and so are those that wait for the
// same.

import { entry } from "../entry.ts";
import { thousands } from "../figures.ts";
import type { Trace, Who } from "../format.ts";
import { functionName, goroutineLabel, Names } from "../labels.ts";
import { short } from "../shown.ts";
import type { Asleep, Need, Other, WaitsAtTheEnd } from "./knot.ts";

/** More than this nobody can follow: groups of goroutines that wait alike, and what they need. */
const mostGroups = 14;
const mostNeeds = 20;

/** Goroutines that wait alike, or what is waited for, or nobody who would do that. */
export interface Node {
  readonly key: string;
  readonly kind: "goroutine" | "need" | "nobody";
  readonly lines: readonly [string, string];
  readonly told: string;
  /** Its place in the circle, or -1. */
  readonly inCircle: number;
  x: number;
  y: number;
}

/** "Waits for", or "could do that". */
export interface Edge {
  readonly from: Node;
  readonly to: Node;
  readonly isGuess: boolean;
  readonly told: string;
}

/** Who waits for whom, as far as it can be drawn. */
export interface Graph {
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
  /** The nodes of the circle, in its order. */
  readonly circle: readonly Node[];
  readonly omitted: number;
}

/** Goroutines that wait alike are one node. */
export function graphOf(trace: Trace, waits: WaitsAtTheEnd): Graph {
  const names = new Names(trace);
  const places = new Map<Who, number>(waits.circle.map(({ goroutine }, i) => [goroutine, 2 * i]));
  const needPlaces = new Map(waits.circle.map(({ need }, i) => [need, 2 * i + 1]));
  const groups = new Map<string, Asleep[]>();
  for (const one of waits.asleep) {
    const key = JSON.stringify([one.name, one.needs.map((need) => needKey(waits, need))]);
    const group = entry<string, Asleep[]>(groups, key, () => []);
    // Who is in the circle speaks for those who wait alike.
    if (places.has(one.goroutine)) group.unshift(one);
    else group.push(one);
  }
  const inOrder = [...groups.values()].sort((a, b) => circleFirst(places, a) - circleFirst(places, b));
  const shown = inOrder.slice(0, mostGroups);
  const omitted = inOrder.slice(mostGroups).reduce((sum, group) => sum + group.length, 0);

  const byGoroutine = new Map<Who, Node>();
  const nodes: Node[] = [];
  const needNodes = new Map<number, Node>();
  for (const group of shown) {
    const node = goroutineNode(trace, names, group, places);
    nodes.push(node);
    for (const { goroutine } of group) byGoroutine.set(goroutine, node);
    // Of those that wait alike for what is no channel, each has a need of its own: one stands for all.
    for (const need of group[0]?.needs ?? []) {
      if (needNodes.size >= mostNeeds || needNodes.has(need)) continue;
      const added = needNode(names, waits.needs[need] as Need, need, needPlaces.get(need) ?? -1);
      needNodes.set(need, added);
      nodes.push(added);
    }
  }
  const edges = edgesOf(shown, byGoroutine, needNodes, waits, nodes);
  const circle = nodes.filter(({ inCircle }) => inCircle >= 0).sort((a, b) => a.inCircle - b.inCircle);
  // A circle too long to be drawn is told in words.
  return { nodes, edges, circle: circle.length === 2 * waits.circle.length ? circle : [], omitted };
}

function needKey({ needs }: WaitsAtTheEnd, index: number): string {
  const { channel, operation } = needs[index] as Need;
  return channel === null ? operation : String(index);
}

function circleFirst(places: ReadonlyMap<Who, number>, group: readonly Asleep[]): number {
  return places.get(group[0]?.goroutine ?? null) ?? Infinity;
}

function goroutineNode(trace: Trace, names: Names, group: readonly Asleep[], places: ReadonlyMap<Who, number>): Node {
  const { goroutine, name, since } = group[0] as Asleep;
  const block = trace.events[since];
  const wait = block?.type === "block" ? names.wait(block, 24) : "";
  const ids = group.slice(0, 40).map(({ goroutine: id }) => id ?? "?");
  const title =
    group.length === 1 ? goroutineLabel(goroutine, name, 16) : `${thousands(group.length)} × ${functionName(name, 14)}`;
  const few = group.length > 1 ? `${ids.slice(0, 3).join(", ")}${group.length > 3 ? ", …" : ""}: ` : "";
  const lines = [title, short(`${few}${wait}`, 26)] as const;
  const told = `${title}${group.length > 1 ? ` (${ids.join(", ")})` : ""}: ${wait}`;
  return { key: `g${goroutine}`, kind: "goroutine", lines, told, inCircle: places.get(goroutine) ?? -1, x: 0, y: 0 };
}

function needNode(names: Names, need: Need, index: number, inCircle: number): Node {
  const { channel, wanted, operation, length } = need;
  const own = { key: `n${index}`, kind: "need" as const, inCircle, x: 0, y: 0 };
  if (channel === null) {
    const title = names.wait({ operation }, 24);
    const second = need.isRecorded
      ? "never ready"
      : need.others.length > 0
        ? "for those it started?"
        : "for whom is not recorded";
    return { ...own, lines: [title, second], told: `${title}: ${second}` };
  }
  const capacity = names.capacity(channel);
  const fill = capacity > 0 ? ` (${length} of ${capacity})` : "";
  const title = `${names.channel(channel, 14)}${fill}`;
  const second = wanted === "receive" ? "needs a receiver" : "needs a sender";
  return { ...own, lines: [title, second], told: `${names.channel(channel, 100)}${fill} ${second}` };
}

const reasons: Readonly<Record<Other["because"], string>> = {
  did: "has done so before",
  "is about to": "waits to do so",
  holds: "its value is in the buffer",
  "was started": "a guess: it was started by who waits",
};

function edgesOf(
  groups: readonly (readonly Asleep[])[],
  byGoroutine: ReadonlyMap<Who, Node>,
  needNodes: ReadonlyMap<number, Node>,
  waits: WaitsAtTheEnd,
  nodes: Node[],
): Edge[] {
  const edges = new Map<string, Edge>();
  const length = 2 * waits.circle.length;
  const add = (from: Node, to: Node, isGuess: boolean, told: string): void => {
    const key = `${from.key} ${to.key}`;
    // A circle is entered once by each, and has no chords.
    const ways = from.inCircle < 0 && to.inCircle >= 0 ? `${from.key} circle` : key;
    const isChord = from.inCircle >= 0 && to.inCircle >= 0 && to.inCircle !== (from.inCircle + 1) % length;
    if (!edges.has(ways) && !isChord) edges.set(ways, { from, to, isGuess, told });
  };
  for (const group of groups) {
    for (const need of group[0]?.needs ?? []) {
      const to = needNodes.get(need);
      if (to !== undefined) add(byGoroutine.get(group[0]?.goroutine ?? null) as Node, to, false, "waits for");
    }
  }
  for (const [index, from] of needNodes) {
    const need = waits.needs[index] as Need;
    for (const { goroutine, because } of need.others) {
      const to = byGoroutine.get(goroutine);
      if (to !== undefined) add(from, to, because === "holds" || because === "was started", reasons[because]);
    }
    if (!isUnanswered(need)) continue;
    const lines = [nobody(need), ""] as const;
    const end: Node = { key: `x${index}`, kind: "nobody", lines, told: nobody(need), inCircle: -1, x: 0, y: 0 };
    nodes.push(end);
    add(from, end, false, nobody(need));
  }
  return [...edges.values()];
}

/** Whether it is certain that nobody is left who could end the wait. */
export function isUnanswered({ others, isRecorded }: Need): boolean {
  return isRecorded && others.length === 0;
}

/** What is said of such a need. */
export function nobody({ channel, wanted }: Need): string {
  if (channel === null) return "a nil channel is never ready";
  return wanted === "receive" ? "nobody receives" : "nobody sends";
}
