// The layout of a picture as data: shapes with coordinates in pixels, from which a back end draws. Both pictures are built of the parts
// that are here: a header, a legend, an axis, tracks, and shapes on the tracks.

import { formatAxisTime } from "../format-number.ts";
import { textColumns, truncateToColumns } from "../text-width.ts";
import type { Style } from "./theme.ts";

/** A position in pixels, from the upper left corner. */
export type Point = readonly [x: number, y: number];

interface ShapeBase {
  readonly style: Style;
  /** Styles that override parts of `style`. */
  readonly modifiers?: readonly Style[];
  /** A text for a pointer that rests on the shape. */
  readonly tooltip?: string;
  /** The events that the shape shows, as indexes: from the first up to, and without, the last. */
  readonly events?: readonly [from: number, to: number];
}

/** A rectangle. */
export interface Box extends ShapeBase {
  readonly kind: "box";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** The radius of its corners; 0 by default. */
  readonly radius?: number;
}

/** A line through points, or an area between them. */
export interface Path extends ShapeBase {
  readonly kind: "path";
  readonly points: readonly Point[];
  readonly isClosed?: boolean;
  /** Whether the line bends at its points instead of breaking. */
  readonly isCurve?: boolean;
  readonly hasArrow?: boolean;
}

/** The symbols of marks. */
export type Symbol = "dot" | "cross" | "small-cross" | "diamond" | "up" | "down" | "tick";

/** A symbol around a point. */
export interface Mark extends ShapeBase {
  readonly kind: "mark";
  readonly symbol: Symbol;
  readonly x: number;
  readonly y: number;
}

/** A line of text, `y` at its baseline. */
export interface Text {
  readonly kind: "text";
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly style?: Style;
  /** The part of the text that is at `x`; "start" by default. */
  readonly align?: "start" | "middle" | "end";
  /** The rest of the line, in small print. */
  readonly suffix?: string;
  readonly tooltip?: string;
}

/** Anything that is drawn. */
export type Shape = Box | Path | Mark | Text;

/** A row of a picture: of a goroutine, a channel or a worker. */
export interface Track {
  readonly label: readonly Shape[];
  /** The height of the line below its shapes, or through them. */
  readonly baseline: number;
}

/** A position on an axis with its label. */
export interface Tick {
  readonly x: number;
  readonly label: string;
}

/** A stretch of an axis in which time passed without events. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly ms: number;
}

/** An axis from left to right. */
export interface Axis {
  readonly left: number;
  readonly right: number;
  readonly ticks: readonly Tick[];
  readonly gaps: readonly Gap[];
}

/** An entry of a legend: it is shown if one of `styles` occurs in the picture. */
export interface LegendEntry {
  readonly styles: readonly Style[];
  readonly label: string;
  /** The sample, around the height `y` and from `x` to `x + sampleWidth`. */
  readonly sample: (x: number, y: number, style: Style) => Shape;
}

/** The part of a picture below its legend. Heights are relative to its upper edge. */
export interface Body {
  readonly axis: Axis;
  /** The height of the line of the axis, of the other end of its grid lines, and of the baseline of its labels. */
  readonly axisHeights: readonly [base: number, end: number, labels: number];
  readonly tracks: readonly Track[];
  readonly shapes: readonly Shape[];
  readonly height: number;
}

/** A complete picture. A back end needs only the size and the shapes. */
export interface Layout {
  /** The size in pixels. */
  readonly width: number;
  readonly height: number;
  /** The picture in a sentence, for readers who cannot see it. */
  readonly description: string;
  /** The title, the summary and the legend. */
  readonly header: readonly Shape[];
  /** The axis, the tracks and what is on them, in the order in which they are drawn, below `bodyTop`. */
  readonly body: readonly Shape[];
  readonly bodyTop: number;
  readonly axis: Axis;
  readonly tracks: readonly Track[];
}

/** The margin on all sides. */
export const margin = 16;

/** The width of a sample in a legend. */
export const sampleWidth = 26;

/** Estimates the width of `text` in pixels, rather too large than too small. */
export function textWidth(text: string, fontSize = 11): number {
  return textColumns(text) * 0.58 * fontSize;
}

/** Returns as much of `text` as fits into `width` pixels. */
export function fitText(text: string, width: number, fontSize = 11): string {
  return truncateToColumns(text, Math.floor(width / (0.58 * fontSize)));
}

type Details<S> = Partial<Omit<S, "kind" | "style">>;

/** Makes a rectangle. */
export function box(style: Style, x: number, y: number, width: number, height: number, details?: Details<Box>): Box {
  return { kind: "box", style, x, y, width, height, ...details };
}

/** Makes a line, or an area if it is closed. */
export function path(style: Style, points: readonly Point[], details?: Details<Path>): Path {
  return { kind: "path", style, points, ...details };
}

/** Makes a straight line. */
export function line(style: Style, x1: number, y1: number, x2: number, y2: number, details?: Details<Path>): Path {
  const points: Point[] = [
    [x1, y1],
    [x2, y2],
  ];
  return path(style, points, details);
}

/** Makes a mark. */
export function mark(style: Style, symbol: Symbol, x: number, y: number, details?: Details<Mark>): Mark {
  return { kind: "mark", style, symbol, x, y, ...details };
}

/** Makes a text. */
export function text(x: number, y: number, content: string, style?: Style, align?: Text["align"]): Text {
  return { kind: "text", x, y, text: content, ...(style && { style }), ...(align && { align }) };
}

/** Puts a header and, from `legendTop` on, a legend of the styles that occur above a body. */
export function assemble(
  width: number,
  description: string,
  header: readonly Shape[],
  legendTop: number,
  entries: readonly LegendEntry[],
  body: Body,
): Layout {
  const { axis, tracks } = body;
  const used = new Set<Style | undefined>(body.shapes.map(({ style }) => style));
  if (axis.gaps.length > 0) used.add("gap");
  const legend: Shape[] = [];
  let x = margin;
  let y = legendTop;
  for (const { styles, label, sample } of entries) {
    const style = styles.find((one) => used.has(one));
    if (style === undefined) continue;
    const advance = Math.round(sampleWidth + 6 + textWidth(label) + margin);
    if (x > margin && x + advance > width - 8) {
      x = margin;
      y += 22;
    }
    legend.push(sample(x, y, style), text(x + sampleWidth + 6, y + 4, label, "small"));
    x += advance;
  }
  const bodyTop = legend.length === 0 ? legendTop : y + margin;
  return {
    width,
    height: Math.ceil(bodyTop + body.height),
    description,
    header: [...header, ...legend],
    body: [...axisShapes(body), ...tracks.flatMap(({ label }) => label), ...body.shapes],
    bodyTop,
    axis,
    tracks,
  };
}

/** The gaps and lines that are below everything else, and the labels of the axis. */
function axisShapes({ axis: { left, right, ticks, gaps }, axisHeights: [base, end, labels], tracks }: Body): Shape[] {
  const top = Math.min(base, end);
  const horizontal = [base, ...tracks.map(({ baseline }) => baseline)];
  return [
    ...gaps.map(({ from, to, ms }) =>
      box("gap", from, top, to - from, Math.abs(end - base), { tooltip: `${formatAxisTime(ms)} pass` }),
    ),
    ...ticks.map(({ x }) => line("grid", x, base, x, end)),
    ...horizontal.map((y) => line("grid", left, y, right, y)),
    ...ticks.map(({ x, label }) => text(x, labels, label, "small", "middle")),
  ];
}

/** A value that changes in steps, from `x` on. */
export interface Step {
  readonly x: number;
  readonly value: number;
}

/**
 * The outline of `steps` as an area above `base`, or below it for a negative `scale`, up to `right`. Steps within one pixel become a line
 * from the smallest to the greatest of them, so the number of points is bounded by the width.
 */
export function stepArea(steps: Iterable<Step>, left: number, right: number, base: number, scale: number): Point[] {
  const points: Point[] = [[left, base]];
  let column = -Infinity;
  let [min, max, last] = [0, 0, 0];
  const flush = (): void => {
    for (const y of [max, min, last].map((value) => base - value * scale)) {
      const [, current] = points.at(-1) as Point;
      if (y !== current) points.push([Math.max(column, left), current], [Math.max(column, left), y]);
    }
  };
  for (const { x, value } of steps) {
    const rounded = Math.round(x);
    if (rounded > column) {
      if (column > -Infinity) flush();
      column = rounded;
      [min, max] = [value, value];
    }
    [min, max, last] = [Math.min(min, value), Math.max(max, value), value];
  }
  if (column > -Infinity) flush();
  points.push([right, (points.at(-1) as Point)[1]], [right, base]);
  return points;
}

/** The areas under steps, as {@link stepArea} outlines them, where the value is not 0. */
export function stepAreas(style: Style, ...[steps, left, right, base, scale]: Parameters<typeof stepArea>): Path[] {
  const areas: Path[] = [];
  let points: Point[] = [];
  for (const point of stepArea(steps, left, right, base, scale)) {
    const isAtBase = point[1] === base;
    if (isAtBase && points.length < 2) points = [point];
    else points.push(point);
    if (!isAtBase || points.length === 1) continue;
    areas.push(path(style, points, { isClosed: true }));
    points = [point];
  }
  return areas;
}
