// The layout of a wait-for graph, by dagre. Goroutines that wait alike share a node.

import { dagre } from "../vendor.ts";
import { getOrInsert } from "../collections.ts";
import { formatCount, pluralize } from "../format-number.ts";
import type { GoroutineRef, Trace } from "../format.ts";
import { functionName, goroutineLabel, NameTable } from "../names.ts";
import { truncate } from "../preview.ts";
import {
  type BlockedGoroutine,
  isGuess,
  type PotentialWaker,
  type WaitForGraph,
  type WaitTarget,
} from "../wait-for-graph.ts";
import { box, fitText, margin, path, type Point, type Shape, text } from "./chart.ts";
import type { Style } from "./theme.ts";

/** The numbers of nodes for goroutines that are tried in turn, until the graph fits. */
const groupCounts = [14, 7, 4, 2];
const maxTargets = 20;

/** The ways to draw a graph that are tried in turn, until it fits: from left to right, or from top to bottom. */
const formats = [
  { rankdir: "LR", nodeWidth: 158, ranksep: 44 },
  { rankdir: "LR", nodeWidth: 132, ranksep: 34 },
  { rankdir: "TB", nodeWidth: 158, ranksep: 34 },
] as const;

const nodeHeight = 40;

interface Node {
  readonly style: Style;
  readonly lines: readonly [title: string, detail?: string];
  readonly tooltip: string;
  readonly isInCycle: boolean;
  readonly width: number;
  readonly height: number;
  // Set by dagre: the center of the node.
  readonly x?: number;
  readonly y?: number;
}

interface Edge {
  readonly modifiers: readonly Style[];
  readonly tooltip: string;
  // Set by dagre.
  readonly points?: readonly { readonly x: number; readonly y: number }[];
}

/** A graph of dagre. */
interface Drawing {
  setGraph(label: { readonly rankdir: string; readonly ranksep: number; readonly nodesep: number }): void;
  /** The size in pixels, once the graph is laid out. */
  graph(): { readonly width?: number; readonly height?: number };
  setNode(key: string, node: Node): void;
  node(key: string): Node;
  nodes(): string[];
  setEdge(from: string, to: string, edge: Edge): void;
  edge(key: object): Edge;
  edges(): object[];
  successors(key: string): string[] | undefined;
}

// The type declarations of dagre import files without their extensions, which TypeScript does not resolve for Node.
const { Graph, layout } = dagre as unknown as { Graph: new () => Drawing; layout(graph: Drawing): void };

/** Lays out the wait-for graph of a trace below `top`, in a picture that is `width` pixels wide. */
export function layoutGraph(
  trace: Trace,
  graph: WaitForGraph,
  width: number,
  top: number,
): { readonly shapes: readonly Shape[]; readonly bottom: number } {
  if (graph.blocked.length === 0) return { shapes: [], bottom: top };
  const { drawing, omitted } = drawToFit(trace, graph, width - 2 * margin);
  const edges = drawing.edges().map((edge) => drawing.edge(edge));
  const notes = [summarize(new NameTable(trace), graph)];
  if (omitted > 0) notes.push(`Not shown: ${pluralize(omitted, "more goroutine")}.`);
  if (edges.some(({ modifiers }) => modifiers.includes("guess"))) notes.push("Dashed: a guess.");
  const position = ({ x = 0, y = 0 }: { readonly x?: number; readonly y?: number }): Point => [
    margin + x,
    top + 50 + y,
  ];
  const shapes = [
    text(margin, top + 18, "Wait-for graph", "title"),
    text(margin, top + 35, notes.join(" "), "small"),
    ...edges.map(({ points = [], modifiers, tooltip }) =>
      path("edge", points.map(position), { modifiers, tooltip, isCurve: true, hasArrow: true }),
    ),
    ...drawing.nodes().flatMap((key) => nodeShapes(drawing.node(key), position(drawing.node(key)))),
  ];
  return { shapes, bottom: top + 66 + (drawing.graph().height ?? 0) };
}

function nodeShapes({ style, lines: [title, detail], tooltip, isInCycle, width }: Node, [x, y]: Point): Shape[] {
  const radius = style === "target" ? nodeHeight / 2 : 5;
  const [left, top] = [x - width / 2, y - nodeHeight / 2];
  const modifiers: Style[] = isInCycle ? ["cycle"] : [];
  return [
    box("node", left, top, width, nodeHeight, { radius }),
    box(style, left, top, width, nodeHeight, { radius, modifiers, tooltip }),
    text(
      x,
      detail === undefined ? y + 4 : y - 3,
      fitText(title, width - 10),
      style === "missing" ? "alert" : undefined,
      "middle",
    ),
    ...(detail === undefined ? [] : [text(x, y + 13, fitText(detail, width - 10), "small", "middle")]),
  ];
}

function summarize(names: NameTable, { cycle, targets }: WaitForGraph): string {
  const [first, second] = cycle.map(({ goroutine }) => names.goroutine(goroutine, 12));
  if (cycle.length === 1) return `Cycle: ${first} waits for itself.`;
  if (cycle.length === 2) return `Cycle: ${first} waits for ${second}, which waits for ${first}.`;
  if (cycle.length > 2) {
    const members = cycle.slice(0, 5).map(({ goroutine }) => names.goroutine(goroutine, 12));
    const more = cycle.length > 5 ? ", …" : "";
    return `Cycle of ${cycle.length}: ${members.join(", ")}${more}; each waits for the next, the last for the first.`;
  }
  const missing = targets.filter(isMissing).slice(0, 3);
  if (missing.length === 0) return "The trace shows no cycle.";
  const reasons = missing.map(
    ({ channel, needs }) =>
      `${missingLabel({ channel, needs })}${channel === null ? "" : ` of ${names.channel(channel)}`}`,
  );
  return `No cycle: ${[...new Set(reasons)].join(", ")}.`;
}

/** Whether no goroutine is left that could end the wait. */
function isMissing({ wakers, isRecorded }: WaitTarget): boolean {
  return isRecorded && wakers.length === 0;
}

function missingLabel({ channel, needs }: Pick<WaitTarget, "channel" | "needs">): string {
  if (channel === null) return "never ready";
  return needs === "receive" ? "no receiver left" : "no sender left";
}

/** Draws the graph in the first format in which it fits into `width`, or as little of it as possible in the last one. */
function drawToFit(
  trace: Trace,
  graph: WaitForGraph,
  width: number,
): { readonly drawing: Drawing; readonly omitted: number } {
  const groups = groupAlike(graph);
  let drawing = draw(trace, graph, groups.slice(0, 1), formats[0]);
  for (const count of groupCounts) {
    const omitted = groups.slice(count).reduce((sum, group) => sum + group.length, 0);
    for (const format of formats) {
      drawing = draw(trace, graph, groups.slice(0, count), format);
      if ((drawing.graph().width ?? 0) <= width) return { drawing, omitted };
    }
  }
  return { drawing, omitted: groups.slice(groupCounts.at(-1)).flat().length };
}

type Group = readonly BlockedGoroutine[];

/** Groups goroutines that have the same name and wait for the same; the goroutines of the cycle come first. */
function groupAlike({ blocked, targets, cycle }: WaitForGraph): Group[] {
  const cycleIndex = new Map<GoroutineRef, number>(cycle.map(({ goroutine }, i) => [goroutine, i]));
  const indexOf = ({ goroutine }: BlockedGoroutine): number => cycleIndex.get(goroutine) ?? cycle.length;
  const groups = new Map<string, BlockedGoroutine[]>();
  for (const one of blocked.toSorted((a, b) => indexOf(a) - indexOf(b))) {
    const waitsFor = one.targets.map((i) => (targets[i]?.channel === null ? targets[i].operation : i));
    getOrInsert(groups, JSON.stringify([one.name, waitsFor]), () => []).push(one);
  }
  return [...groups.values()];
}

function draw(trace: Trace, graph: WaitForGraph, groups: readonly Group[], format: (typeof formats)[number]): Drawing {
  const names = new NameTable(trace);
  const drawing: Drawing = new Graph();
  drawing.setGraph({ rankdir: format.rankdir, ranksep: format.ranksep, nodesep: 18 });
  const cycleNodes = graph.cycle.flatMap(({ goroutine, target }) => [`goroutine ${goroutine}`, `target ${target}`]);
  const addNode = (key: string, style: Style, lines: Node["lines"], tooltip: string): void => {
    drawing.setNode(key, {
      style,
      lines,
      tooltip,
      isInCycle: cycleNodes.includes(key),
      width: format.nodeWidth,
      height: nodeHeight,
    });
  };
  const addEdge = (from: string, to: string, tooltip: string, isGuessed = false): void => {
    const [index, next] = [cycleNodes.indexOf(from), cycleNodes.indexOf(to)];
    const isInCycle = index >= 0 && next === (index + 1) % cycleNodes.length;
    // Other edges inside of the cycle would hide it, and one edge into it says enough.
    if (next >= 0 && !isInCycle && (index >= 0 || drawing.successors(from)?.some((key) => cycleNodes.includes(key))))
      return;
    drawing.setEdge(from, to, {
      tooltip,
      modifiers: [...(isInCycle ? ["cycle" as const] : []), ...(isGuessed ? ["guess" as const] : [])],
    });
  };

  const keyOf = new Map<GoroutineRef, string>();
  for (const group of groups) {
    const key = `goroutine ${group[0]?.goroutine}`;
    for (const { goroutine } of group) keyOf.set(goroutine, key);
    addNode(key, "node", ...goroutineTexts(trace, names, group));
  }
  const targets = new Set(groups.flatMap((group) => group[0]?.targets ?? []).slice(0, maxTargets));
  for (const index of targets) {
    const target = graph.targets[index] as WaitTarget;
    const key = `target ${index}`;
    addNode(key, "target", ...targetTexts(names, target));
    for (const { goroutine, evidence } of target.wakers) {
      const waker = keyOf.get(goroutine);
      if (waker !== undefined) addEdge(key, waker, evidenceLabels[evidence], isGuess(evidence));
    }
    if (!isMissing(target)) continue;
    addNode(`missing ${index}`, "missing", [missingLabel(target)], missingLabel(target));
    addEdge(key, `missing ${index}`, missingLabel(target));
  }
  for (const [first] of groups) {
    for (const index of first?.targets ?? []) {
      if (targets.has(index)) addEdge(`goroutine ${first?.goroutine}`, `target ${index}`, "waits for");
    }
  }
  layout(drawing);
  return drawing;
}

const evidenceLabels: Readonly<Record<PotentialWaker["evidence"], string>> = {
  past: "has done so before",
  pending: "is blocked in doing so",
  holder: "a guess: its value is in the buffer",
  child: "a guess: it was started by the goroutine that waits",
};

function goroutineTexts({ events }: Trace, names: NameTable, group: Group): [lines: Node["lines"], tooltip: string] {
  const { goroutine, name, blockEvent } = group[0] as BlockedGoroutine;
  const block = events[blockEvent];
  const wait = block?.type === "block" ? names.wait(block, 24) : "";
  if (group.length === 1) {
    const label = goroutineLabel(goroutine, name, 16);
    return [[label, wait], `${label}: ${wait}`];
  }
  const label = `${formatCount(group.length)} × ${functionName(name, 14)}`;
  const ids = group.slice(0, 40).map(({ goroutine: id }) => id ?? "?");
  const fewIds = `${ids.slice(0, 3).join(", ")}${group.length > 3 ? ", …" : ""}`;
  return [[label, truncate(`${fewIds}: ${wait}`, 26)], `${label} (${ids.join(", ")}): ${wait}`];
}

function targetTexts(names: NameTable, target: WaitTarget): [lines: Node["lines"], tooltip: string] {
  const { channel, needs, operation, length, isRecorded, wakers } = target;
  if (channel === null) {
    const label = names.wait({ operation }, 24);
    const detail = isRecorded ? "never ready" : wakers.length > 0 ? "a child goroutine?" : "not recorded for what";
    return [[label, detail], `${label}: ${detail}`];
  }
  const capacity = names.capacity(channel);
  const fill = capacity > 0 ? ` (${length} of ${capacity})` : "";
  const detail = needs === "receive" ? "needs a receiver" : "needs a sender";
  return [[`${names.channel(channel, 14)}${fill}`, detail], `${names.channel(channel, 100)}${fill} ${detail}`];
}
