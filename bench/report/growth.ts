// A chart of growth: a panel for each row with sizes, with logarithmic axes. A constant cost is a level line.

import type { Row } from "../rows/row.ts";
import { figure, unitNames } from "./figures.ts";
import { median, type Result, type Run } from "./result.ts";
import { document, round, text } from "./svg.ts";

const WIDTH = 1_000;
const GAP = 24;
const PANEL = (WIDTH - 3 * GAP) / 2;
const PLOT = { left: 48, top: 34, width: 280, height: 230 };
const HEIGHT = PLOT.top + PLOT.height + 56;

interface Point {
  readonly n: number;
  readonly value: number;
}

interface Series {
  readonly name: string;
  readonly points: readonly Point[];
  /** The problem at the size after the last point; "" if there was none. */
  readonly end: string;
}

/** Draws a panel for each row, in two columns. */
export function growth(rows: readonly Row[], { setting, results }: Run): string {
  const panels = rows.map((row) => ({ row, all: seriesOf(row, results) })).filter(({ all }) => all.length > 0);
  const body = panels.map(({ row, all }, i) => {
    return panel(row, all, GAP + (i % 2) * (PANEL + GAP), GAP + 44 + Math.floor(i / 2) * (HEIGHT + GAP));
  });
  const key =
    "Cost of one operation, by how many there are; both scales are logarithmic. Level: the same at each size.";
  const where = `${setting.date}, ${setting.cpu}, Node ${setting.node}${setting.go === null ? "" : `, ${setting.go}`}`;
  const heads = [
    text(GAP, GAP + 8, key),
    text(GAP, GAP + 26, where + (setting.quick ? "; quick: not for conclusions" : ""), "small"),
  ];
  const height = GAP + 44 + Math.ceil(panels.length / 2) * (HEIGHT + GAP);
  return document(WIDTH, height, "how the cost of goro, Go and other libraries grows", [...heads, ...body]);
}

function seriesOf(row: Row, results: readonly Result[]): Series[] {
  const ofRow = results.filter((result) => result.row === row.id);
  return [...new Set(ofRow.map((result) => result.implementation))]
    .map((name) => {
      const ofImplementation = ofRow.filter((result) => result.implementation === name);
      const points = ofImplementation
        .map(({ n, samples }) => ({ n, value: median(samples) }))
        .filter(({ value }) => value > 0 && Number.isFinite(value));
      return { name, points, end: ofImplementation.find((result) => result.problem !== null)?.problem ?? "" };
    })
    .filter(({ points }) => points.length > 0);
}

function panel(row: Row, all: readonly Series[], x: number, y: number): string {
  const points = all.flatMap((series) => series.points);
  const across = scale(
    points.map(({ n }) => n),
    x + PLOT.left,
    x + PLOT.left + PLOT.width,
  );
  const up = scale(
    points.map(({ value }) => value),
    y + PLOT.top + PLOT.height,
    y + PLOT.top,
  );
  const lines = [
    ...across.ticks.map((n) => gridLine(across.at(n), y + PLOT.top, 0, PLOT.height)),
    ...across.ticks.map((n) =>
      text(across.at(n), y + PLOT.top + PLOT.height + 16, n.toLocaleString("en-US"), "small", "middle"),
    ),
    ...up.ticks.map((value) => gridLine(x + PLOT.left, up.at(value), PLOT.width, 0)),
    ...up.ticks.map((value) =>
      text(
        x + PLOT.left - 6,
        up.at(value) + 4,
        figure(value, "bytes").replace(".00", "").replace(".0", ""),
        "small",
        "end",
      ),
    ),
  ];
  const heights = apart(all.map(({ points: line }) => up.at((line.at(-1) as Point).value)));
  const drawn = all.map((series, i) =>
    drawSeries(series, i, across.at, up.at, x + PLOT.left + PLOT.width + 10, heights[i] as number),
  );
  const title = `${row.title.replaceAll("`", "")}, ${unitNames[row.unit]}`;
  return [text(x, y + 8, title, "title"), ...lines, ...drawn].join("\n");
}

function drawSeries(
  series: Series,
  i: number,
  across: (n: number) => number,
  up: (v: number) => number,
  x: number,
  y: number,
): string {
  const path = series.points
    .map(({ n, value }, k) => `${k === 0 ? "M" : "L"}${round(across(n))} ${round(up(value))}`)
    .join("");
  const highlight = series.name === "goro" ? " goro" : "";
  const last = series.points.at(-1) as Point;
  const leader = `<path class="axis" d="M${round(across(last.n))} ${round(up(last.value))}L${x - 2} ${round(y)}"/>`;
  const end = series.end === "" ? "" : `, then ${series.end.replace("beyond", ">")}`;
  return [
    leader,
    `<path class="line${highlight}" d="${path}" stroke-dasharray="${highlight === "" ? (dashes[i % dashes.length] ?? "") : ""}"/>`,
    ...series.points.map(({ n, value }) => mark(i, across(n), up(value), highlight)),
    mark(i, x + 4, y, highlight),
    text(x + 14, y + 4, series.name + end, highlight === "" ? "small" : "own"),
  ].join("");
}

const dashes = ["", "6 3", "2 3", "8 3 2 3"];

/** Draws the mark of a line. Each line has a shape of its own, so that the chart does not depend on color. */
function mark(i: number, x: number, y: number, highlight: string): string {
  const shapes = [
    "m-4 -4h8v8h-8z",
    "m0 -5l5 9h-10z",
    "m0 -5l5 5l-5 5l-5 -5z",
    "m0 5l5 -9h-10z",
    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "m-4 -4l8 8m0 -8l-8 8",
  ];
  return `<path class="mark${highlight}" d="M${round(x)} ${round(y)}${shapes[i % shapes.length] ?? ""}"/>`;
}

/** Returns a logarithmic scale over whole powers of ten. */
function scale(
  values: readonly number[],
  from: number,
  to: number,
): { readonly ticks: number[]; at(value: number): number } {
  const min = Math.floor(Math.log10(Math.min(...values)) + 1e-9);
  const max = Math.max(min + 1, Math.ceil(Math.log10(Math.max(...values)) - 1e-9));
  const ticks = Array.from({ length: max - min + 1 }, (_, i) => 10 ** (min + i));
  return { ticks, at: (value) => from + ((Math.log10(value) - min) / (max - min)) * (to - from) };
}

function gridLine(x: number, y: number, width: number, height: number): string {
  return `<path class="axis" d="M${round(x)} ${round(y)}l${width} ${height}"/>`;
}

/** Moves labels down until they do not overlap. */
function apart(heights: readonly number[]): number[] {
  const moved = [...heights];
  let free = -Infinity;
  for (const i of heights
    .map((_, index) => index)
    .toSorted((a, b) => (heights[a] as number) - (heights[b] as number))) {
    moved[i] = Math.max(heights[i] as number, free);
    free = (moved[i] as number) + 15;
  }
  return moved;
}
