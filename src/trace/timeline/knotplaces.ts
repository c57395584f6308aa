// The places of a graph's nodes: columns from who waits to what is waited for, and a circle as a circle.

import type { Edge, Graph, Node } from "./knotgraph.ts";

/** How wide a node is, in pixels. */
export const nodeWidth = 158;

/** How high it is. */
export const nodeHeight = 40;

const columnGap = 62;
const rowHeight = nodeHeight + 18;

/** A place in the panel, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What hangs together has a row of its own, that of the circle first. */
export function layOutAll({ nodes, edges, circle, omitted }: Graph): Size {
  const parts: Node[][] = [];
  const placed = new Set<Node>();
  for (const start of [...circle.slice(0, 1), ...nodes]) {
    if (placed.has(start)) continue;
    const part = [start];
    placed.add(start);
    for (const node of part) {
      for (const { from, to } of edges) {
        const next = from === node ? to : to === node ? from : null;
        if (next === null || placed.has(next)) continue;
        placed.add(next);
        part.push(next);
      }
    }
    parts.push(part);
  }
  let height = 0;
  let width = nodeWidth;
  let centre = { x: 0, y: 0 };
  for (const [i, part] of parts.entries()) {
    const own = { nodes: nodes.filter((node) => part.includes(node)), edges, circle: i === 0 ? circle : [], omitted };
    const size = layOut(own);
    if (i === 0) centre = size.centre;
    for (const node of part) node.y += height;
    height += size.height + 18;
    width = Math.max(width, size.width);
  }
  return { width, height: height - 18, centre };
}

/** What the nodes take together. */
interface Size {
  readonly width: number;
  readonly height: number;
  /** Of the circle. */
  readonly centre: Point;
}

/**
 * Gives all nodes their places: columns from who waits to what is waited for, and the circle as one wide place in them.
 */
function layOut({ nodes, edges, circle }: Graph): Size {
  const columns: Node[][] = [];
  const levels = levelsOf(nodes, edges, circle);
  for (const node of nodes) {
    const level = levels.get(node) as number;
    while (columns.length <= level) columns.push([]);
    (columns[level] as Node[]).push(node);
  }
  const radius = {
    x: Math.max(170, circle.length * 34),
    y: circle.length === 2 ? 26 : Math.max(74, circle.length * 24),
  };
  const heights = columns.map((column) => {
    const single = column.filter((node) => !circle.includes(node)).length;
    return single * rowHeight + (single < column.length ? 2 * radius.y + nodeHeight : 0);
  });
  const height = Math.max(...heights);
  let x = 0;
  const centre = { x: 0, y: 0 };
  for (const [i, column] of columns.entries()) {
    const hasCircle = column.some((node) => circle.includes(node));
    const wide = hasCircle ? 2 * radius.x + nodeWidth : nodeWidth;
    let y = (height - (heights[i] as number)) / 2;
    if (hasCircle) {
      Object.assign(centre, { x: x + wide / 2, y: y + radius.y + nodeHeight / 2 });
      for (const [k, node] of circle.entries()) {
        const angle = Math.PI + (2 * Math.PI * k) / circle.length;
        Object.assign(node, { x: centre.x + radius.x * Math.cos(angle), y: centre.y + radius.y * Math.sin(angle) });
      }
      y += 2 * radius.y + nodeHeight + 18;
    }
    for (const node of column.filter((one) => !circle.includes(one))) {
      Object.assign(node, { x: x + wide / 2, y: y + nodeHeight / 2 });
      y += rowHeight;
    }
    x += wide + columnGap;
  }
  return { width: x - columnGap, height, centre };
}

/** How many steps each node is from those for whom nobody waits; the circle counts as one node. */
function levelsOf(nodes: readonly Node[], edges: readonly Edge[], circle: readonly Node[]): Map<Node, number> {
  const whole = circle[0];
  const asOne = (node: Node): Node => (whole !== undefined && circle.includes(node) ? whole : node);
  const levels = new Map<Node, number>();
  const inWork = new Set<Node>();
  const levelOf = (node: Node): number => {
    const known = levels.get(node);
    if (known !== undefined) return known;
    // Another circle than the one that is drawn is cut somewhere.
    if (inWork.has(node)) return -1;
    inWork.add(node);
    const before = edges.filter((edge) => asOne(edge.to) === node && asOne(edge.from) !== node);
    const level = Math.max(-1, ...before.map((edge) => levelOf(asOne(edge.from)))) + 1;
    levels.set(node, level);
    return level;
  };
  return new Map(nodes.map((node) => [node, levelOf(asOne(node))]));
}
