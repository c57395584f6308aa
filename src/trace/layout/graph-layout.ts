// The layout of a wait-for graph, by dagre. Goroutines that wait alike share a node.

import { dagre } from "../vendor.ts";
import { getOrInsert } from "../collections.ts";
import { formatCount, pluralize, truncate } from "../formatting.ts";
import type { Trace } from "../format.ts";
import { NameTable } from "../names.ts";
import type { BlockedGoroutine, PotentialWaker, WaitForGraph, WaitTarget } from "../wait-for-graph.ts";
import { isGuess } from "../wait-for-graph.ts";
import { box, fitText, margin, path, type Point, type Section, type Shape, text } from "./chart.ts";
import type { Style } from "./theme.ts";

/** The largest numbers of nodes for goroutines and for targets. */
const maxGroups = 14;
const maxTargets = 20;

/** The ways to draw a graph that are tried in turn, until it fits: from left to right, or from top to bottom. */
const formats = [
  { rankdir: "LR", nodeWidth: 158, ranksep: 44 },
  { rankdir: "LR", nodeWidth: 132, ranksep: 34 },
  { rankdir: "TB", nodeWidth: 158, ranksep: 34 },
  { rankdir: "TB", nodeWidth: 90, ranksep: 34 },
] as const;

const nodeHeight = 40;

interface Label {
  readonly title: string;
  readonly detail: string;
  readonly tooltip: string;
}

/** A node, with the center that dagre gives it. */
interface Node extends Label {
  readonly style: Style;
  readonly modifiers: readonly Style[];
  readonly width: number;
  readonly height: number;
  readonly x: number;
  readonly y: number;
}

/** An edge, with the points that dagre gives it. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly tooltip: string;
  readonly modifiers: readonly Style[];
  readonly points: readonly Pick<Node, "x" | "y">[];
}

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Node[];
  readonly edges: readonly Edge[];
}

/** A graph of dagre. */
interface Graph {
  setGraph(label: { readonly rankdir: string; readonly ranksep: number; readonly nodesep: number }): void;
  /** The size in pixels, once the graph is laid out. */
  graph(): { readonly width?: number; readonly height?: number };
  setNode(key: string, node: Node): void;
  setEdge(from: string, to: string, edge: Edge): void;
}

// The type declarations of dagre import files without their extensions, which TypeScript does not resolve for Node.
interface Dagre {
  readonly Graph: new () => Graph;
  layout(graph: Graph): void;
}

/** Lays out the wait-for graph of a trace below `top`, in a picture that is `width` pixels wide. */
export function layoutGraph(trace: Trace, graph: WaitForGraph, width: number, top: number): Section {
  if (graph.blocked.length === 0) return { shapes: [], bottom: top };
  const names = new NameTable(trace);
  const groups = groupAlike(graph);
  const shown = groups.slice(0, maxGroups);
  let drawing = draw(trace, graph, shown, formats[0]);
  for (const format of formats.slice(1)) {
    if (drawing.width > width - 2 * margin) drawing = draw(trace, graph, shown, format);
  }
  const notes = [summarize(names, graph)];
  const omitted = groups.slice(maxGroups).reduce((sum, group) => sum + group.length, 0);
  if (omitted > 0) notes.push(`Not shown: ${pluralize(omitted, "more goroutine")}.`);
  if (drawing.edges.some(({ modifiers }) => modifiers.includes("guess"))) notes.push("Dashed: a guess.");
  const position = ({ x, y }: Pick<Node, "x" | "y">): Point => [margin + x, top + 50 + y];
  const shapes = [
    text(margin, top + 18, "Wait-for graph", "title"),
    text(margin, top + 35, notes.join(" "), "small"),
    ...drawing.edges.map(({ points, modifiers, tooltip }) =>
      path("edge", points.map(position), { modifiers, tooltip, isCurve: true, hasArrow: true }),
    ),
    ...drawing.nodes.flatMap((node) => nodeShapes(node, position(node))),
  ];
  return { shapes, bottom: top + 66 + drawing.height };
}

function nodeShapes({ style, title, detail, tooltip, modifiers, width }: Node, [x, y]: Point): Shape[] {
  const radius = style === "target" ? nodeHeight / 2 : 5;
  const [left, top] = [x - width / 2, y - nodeHeight / 2];
  const titleStyle = style === "missing" ? "alert" : "label";
  return [
    // The tint of a target is translucent, and edges end below it.
    ...(style === "target" ? [box("node", left, top, width, nodeHeight, { radius })] : []),
    box(style, left, top, width, nodeHeight, { radius, modifiers, tooltip }),
    text(x, detail === "" ? y + 4 : y - 3, fitText(title, width - 10), titleStyle, "middle"),
    text(x, y + 13, fitText(detail, width - 10), "small", "middle"),
  ];
}

type Group = readonly BlockedGoroutine[];

/** Groups goroutines that have the same name and wait for the same; the goroutines of the cycle come first. */
function groupAlike({ blocked, targets, cycle }: WaitForGraph): Group[] {
  const positions = new Map(cycle.map(({ goroutine }, i) => [goroutine, i]));
  const positionOf = ({ goroutine }: BlockedGoroutine): number => positions.get(goroutine) ?? cycle.length;
  const groups = new Map<string, BlockedGoroutine[]>();
  for (const goroutine of blocked.toSorted((a, b) => positionOf(a) - positionOf(b))) {
    const waitsFor = goroutine.targets.map((i) => (targets[i]?.channel === null ? targets[i].operation : i));
    getOrInsert(groups, JSON.stringify([goroutine.name, waitsFor]), () => []).push(goroutine);
  }
  return [...groups.values()];
}

function draw(trace: Trace, graph: WaitForGraph, groups: readonly Group[], format: (typeof formats)[number]): Drawing {
  const names = new NameTable(trace);
  const cycle = graph.cycle.flatMap(({ goroutine, target }) => [`goroutine ${goroutine}`, `target ${target}`]);
  const size = { width: format.nodeWidth, height: nodeHeight };
  const nodes = new Map<string, Node>();
  const addNode = (key: string, style: Style, label: Label): void => {
    nodes.set(key, { ...size, x: 0, y: 0, ...label, style, modifiers: cycle.includes(key) ? ["cycle"] : [] });
  };
  const edges = new Map<string, Edge>();
  const addEdge = (from: string, to: string, tooltip: string, modifiers: readonly Style[] = []): void => {
    const [index, next] = [cycle.indexOf(from), cycle.indexOf(to)];
    const isInCycle = index >= 0 && next === (index + 1) % cycle.length;
    // Another edge inside of the cycle would hide it, and one edge into the cycle is enough.
    const entersAgain = (): boolean =>
      [...edges.values()].some((edge) => edge.from === from && cycle.includes(edge.to));
    if (!isInCycle && next >= 0 && (index >= 0 || entersAgain())) return;
    const styles = isInCycle ? (["cycle", ...modifiers] as const) : modifiers;
    edges.set(`${from}, ${to}`, { from, to, tooltip, modifiers: styles, points: [] });
  };
  const groupKey = (group: Group): string => `goroutine ${group[0]?.goroutine}`;
  const keys = new Map(groups.flatMap((group) => group.map(({ goroutine }) => [goroutine, groupKey(group)])));
  for (const group of groups) addNode(groupKey(group), "node", goroutineLabels(trace, names, group));
  const targets = new Set(groups.flatMap((group) => group[0]?.targets ?? []).slice(0, maxTargets));
  for (const index of targets) {
    const key = `target ${index}`;
    const target = graph.targets[index] as WaitTarget;
    addNode(key, "target", targetLabels(names, target));
    if (isMissing(target)) {
      const title = missingLabel(target);
      addNode(`missing ${index}`, "missing", { title, detail: "", tooltip: title });
      addEdge(key, `missing ${index}`, title);
    }
    for (const { goroutine, evidence } of target.wakers) {
      const waker = keys.get(goroutine);
      if (waker !== undefined) addEdge(key, waker, evidenceLabels[evidence], isGuess(evidence) ? ["guess"] : []);
    }
  }
  for (const group of groups) {
    const shown = (group[0] as BlockedGoroutine).targets.filter((index) => targets.has(index));
    for (const index of shown) addEdge(groupKey(group), `target ${index}`, "waits for");
  }
  // Not at the top level: a bundler could not drop it there, and dagre with it.
  const { Graph, layout } = dagre as unknown as Dagre;
  const drawing = new Graph();
  drawing.setGraph({ rankdir: format.rankdir, ranksep: format.ranksep, nodesep: 18 });
  for (const [key, node] of nodes) drawing.setNode(key, node);
  for (const edge of edges.values()) drawing.setEdge(edge.from, edge.to, edge);
  layout(drawing);
  const { width = 0, height = 0 } = drawing.graph();
  return { width, height, nodes: [...nodes.values()], edges: [...edges.values()] };
}

// ---- Words

function summarize(names: NameTable, { cycle, targets }: WaitForGraph): string {
  const members = cycle.slice(0, 5).map(({ goroutine }) => names.goroutine(goroutine, 12));
  const [first, second] = members;
  if (cycle.length > 2) {
    const more = cycle.length > 5 ? ", …" : "";
    return `Cycle of ${cycle.length}: ${members.join(", ")}${more}; each waits for the next, the last for the first.`;
  }
  if (second !== undefined) return `Cycle: ${first} waits for ${second}, which waits for ${first}.`;
  if (first !== undefined) return `Cycle: ${first} waits for itself.`;
  const missing = targets.filter(isMissing).slice(0, 3);
  if (missing.length === 0) return "The trace shows no cycle.";
  const reasons = missing.map((target) => {
    const label = missingLabel(target);
    return target.channel === null ? label : `${names.channel(target.channel)} has ${label}`;
  });
  return `No cycle: ${[...new Set(reasons)].join(", ")}.`;
}

/** Whether no goroutine is left that could end the wait. */
function isMissing({ wakers, isRecorded }: WaitTarget): boolean {
  return isRecorded && wakers.length === 0;
}

function missingLabel({ channel, needs }: WaitTarget): string {
  if (channel === null) return "never ready";
  return needs === "receive" ? "no receiver left" : "no sender left";
}

const evidenceLabels: Readonly<Record<PotentialWaker["evidence"], string>> = {
  past: "has done so before",
  pending: "is blocked in doing so",
  holder: "a guess: its value is in the buffer",
  child: "a guess: it was started by the goroutine that waits",
};

function goroutineLabels({ events }: Trace, names: NameTable, group: Group): Label {
  const { goroutine, name, blockEvent } = group[0] as BlockedGoroutine;
  const block = events[blockEvent];
  const wait = block?.type === "block" ? names.wait(block, 24) : "";
  if (group.length === 1) {
    const title = names.goroutine(goroutine, 16);
    return { title, detail: wait, tooltip: `${title}: ${wait}` };
  }
  const title = `${formatCount(group.length)} × ${truncate(name || "func", 14)}`;
  const ids = group.slice(0, 40).map(({ goroutine: id }) => id ?? "?");
  const firstIds = `${ids.slice(0, 3).join(", ")}${group.length > 3 ? ", …" : ""}`;
  return { title, detail: truncate(`${firstIds}: ${wait}`, 26), tooltip: `${title} (${ids.join(", ")}): ${wait}` };
}

function targetLabels(names: NameTable, { channel, needs, operation, length, isRecorded, wakers }: WaitTarget): Label {
  const capacity = channel === null ? 0 : names.capacity(channel);
  const level = capacity > 0 ? ` (${length} of ${capacity})` : "";
  const title = channel === null ? names.wait({ operation }, 24) : `${names.channel(channel, 14)}${level}`;
  const reason = isRecorded ? "never ready" : wakers.length > 0 ? "a child goroutine?" : "waker not recorded";
  const detail = channel === null ? reason : needs === "receive" ? "needs a receiver" : "needs a sender";
  const name = channel === null ? title : `${names.channel(channel, 100)}${level}`;
  return { title, detail, tooltip: `${name}: ${detail}` };
}
