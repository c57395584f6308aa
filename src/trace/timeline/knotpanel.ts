// The picture of who waits for whom at the end: goroutines, what each needs, and who has been on the other side of
// that; a circle is drawn as a circle.

import { counted } from "../figures.ts";
import type { Trace } from "../format.ts";
import { Names } from "../labels.ts";
import { short } from "../shown.ts";
import { arrowHead, hint, round, text, widthOf } from "../svg.ts";
import type { WaitsAtTheEnd } from "./knot.ts";
import { type Edge, graphOf, isUnanswered, nobody, type Node } from "./knotgraph.ts";
import { layOutAll, nodeHeight, nodeWidth, type Point } from "./knotplaces.ts";
import type { Part } from "./scene.ts";

/** How the panel looks. */
export const style: string = `
  .node { stroke: #59636e; fill: none; stroke-width: 1.2; }
  .node.filled { fill: #59636e; fill-opacity: 0.1; }
  .node.nobody { stroke: #cf222e; stroke-dasharray: 4 3; }
  .edge { stroke: #59636e; fill: none; stroke-width: 1.3; }
  .edge.guess { stroke-dasharray: 4 4; }
  .node.circle, .edge.circle { stroke: #cf222e; stroke-width: 2.4; }
  .tip { fill: #59636e; } .tip.circle { fill: #cf222e; }
  @media screen and (prefers-color-scheme: dark) {
    .node, .edge { stroke: #9198a1; } .node.filled { fill: #9198a1; }
    .node.circle, .edge.circle, .node.nobody { stroke: #f85149; }
    .tip { fill: #9198a1; } .tip.circle { fill: #f85149; }
  }`;

/** The heads of its arrows. */
export const definitions: string = arrowHead("goro-tip", "tip", 9) + arrowHead("goro-tipcircle", "tip circle", 9);

/** The panel, its upper edge at 0; nothing if nobody waits. */
export function knotPanel(trace: Trace, waits: WaitsAtTheEnd, width: number): Part {
  if (waits.asleep.length === 0) return { height: 0, body: [] };
  const graph = graphOf(trace, waits);
  const size = layOutAll(graph);
  const scale = Math.min(1, (width - 32) / size.width);
  const { circle, edges } = graph;
  const { x, y } = size.centre;
  const more = graph.omitted > 0 ? ` (and ${counted(graph.omitted, "more goroutine")}, not shown)` : "";
  const guess = edges.some(({ isGuess }) => isGuess) ? " Dashed: a guess." : "";
  const drawn = [...edges.map((edge) => drawEdge(edge, circle, size.centre)), ...graph.nodes.map(drawNode)];
  const heads = [
    text(16, 18, "Who waits for whom at the end", "title"),
    text(16, 35, `${summary(trace, waits)}${more}${guess}`, "small"),
  ];
  const how = circle.length === 2 ? "it waits for itself" : "each waits for the next";
  const inside = [text(x, y - 2, "a circle", "forever", "middle"), text(x, y + 13, how, "small", "middle")];
  const moved = `<g transform="translate(16 50) scale(${Math.round(scale * 1_000) / 1_000})">`;
  return {
    height: 50 + round(size.height * scale) + 16,
    body: [...heads, moved, ...drawn, ...(circle.length > 0 ? inside : []), "</g>"],
  };
}

function summary(trace: Trace, { circle, needs }: WaitsAtTheEnd): string {
  const names = new Names(trace);
  if (circle.length > 0) {
    const way = circle.slice(0, 5).map(({ goroutine }) => names.goroutine(goroutine, 12));
    if (circle.length === 1) return `A circle: ${way[0]} waits for itself.`;
    if (circle.length === 2) return `A circle: ${way[0]} waits for ${way[1]}, which waits for ${way[0]}.`;
    const more = circle.length > 5 ? ", …" : "";
    return `A circle of ${circle.length}: ${way.join(", ")}${more}: each waits for the next, the last for the first.`;
  }
  const missing = needs.filter(isUnanswered).slice(0, 3);
  if (missing.length === 0) return "The trace does not tell of a circle.";
  const said = missing.map((need) => {
    const where = need.channel === null ? "" : ` ${prepositions[need.wanted ?? "send"]} ${names.channel(need.channel)}`;
    return nobody(need) + where;
  });
  return `No circle: ${[...new Set(said)].join(", ")}.`;
}

const prepositions = { send: "to", receive: "from" } as const;

function drawNode({ kind, lines, told, inCircle, x, y }: Node): string {
  const box = { x: round(x - nodeWidth / 2), y: round(y - nodeHeight / 2) };
  const classes = ["node", kind === "need" ? "filled" : kind, inCircle >= 0 ? "circle" : ""].join(" ").trim();
  const corner = kind === "need" ? nodeHeight / 2 : 5;
  const [first, second] = lines;
  const fit = (line: string): string => short(line, Math.floor(((nodeWidth - 14) / widthOf(line)) * line.length));
  return [
    `<g>${hint(told)}`,
    `<rect class="paper" x="${box.x}" y="${box.y}" width="${nodeWidth}" height="${nodeHeight}" rx="${corner}"/>`,
    `<rect class="${classes}" x="${box.x}" y="${box.y}" width="${nodeWidth}" height="${nodeHeight}" rx="${corner}"/>`,
    text(x, second === "" ? y + 4 : y - 3, fit(first), kind === "nobody" ? "forever" : "name", "middle"),
    second === "" ? "" : text(x, y + 13, fit(second), "small", "middle"),
    "</g>",
  ].join("");
}

/** An arrow from the edge of one box to that of the other; bent outwards in the circle. */
function drawEdge({ from, to, isGuess, told }: Edge, circle: readonly Node[], centre: Point): string {
  const isNext = to.inCircle === (from.inCircle + 1) % Math.max(1, circle.length);
  const isCircle = circle.length > 0 && from.inCircle >= 0 && isNext;
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const bent =
    circle.length === 2
      ? { x: middle.x, y: middle.y + (from.inCircle === 0 ? -90 : 90) }
      : outwards(middle, centre, circle.length);
  const backwards = to.x <= from.x ? { x: middle.x, y: middle.y + 60 } : middle;
  const by = isCircle ? bent : backwards;
  const at = (t: number): Point => ({
    x: (1 - t) ** 2 * from.x + 2 * t * (1 - t) * by.x + t * t * to.x,
    y: (1 - t) ** 2 * from.y + 2 * t * (1 - t) * by.y + t * t * to.y,
  });
  const points = Array.from({ length: 41 }, (_, i) => at(i / 40)).filter(
    (one) => isOutside(one, from) && isOutside(one, to),
  );
  if (points.length < 2) return "";
  const path = points.map(({ x, y }, i) => `${i === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("");
  const kind = isCircle ? "circle" : "";
  const classes = ["edge", kind, isGuess ? "guess" : ""].join(" ").trim();
  return `<path class="${classes}" marker-end="url(#goro-tip${kind})" d="${path}">${hint(told)}</path>`;
}

// As far as the arc over one of `count` sides, or a bit less where that is very far.
function outwards(point: Point, centre: Point, count: number): Point {
  const by = Math.min(1.6, Math.cos(Math.PI / count) ** -2);
  return { x: centre.x + (point.x - centre.x) * by, y: centre.y + (point.y - centre.y) * by };
}

function isOutside({ x, y }: Point, node: Node): boolean {
  return Math.abs(x - node.x) > nodeWidth / 2 + 1 || Math.abs(y - node.y) > nodeHeight / 2 + 1;
}
