// The layout of a picture as data: shapes with coordinates in pixels, which a back end draws without further decisions. The parts that
// both pictures have are here: a header, a legend, an axis, tracks, and areas of values that change in steps.

import { formatAxisTime, textColumns, truncateToColumns } from "../formatting.ts";
import type { Style } from "./theme.ts";

/** A position in pixels, from the upper left corner. */
export type Point = readonly [x: number, y: number];

export type MarkSymbol = "dot" | "cross" | "small-cross" | "diamond" | "up" | "down" | "tick";

interface ShapeBase {
  readonly style: Style;
  /** Styles that override parts of `style`. */
  readonly modifiers?: readonly Style[];
  readonly tooltip?: string;
  /** The events that the shape shows, by index: from the first up to, and without, the second. */
  readonly events?: readonly [from: number, to: number];
}

/** A rectangle; `radius` is that of its corners. */
export interface Box extends ShapeBase {
  readonly kind: "box";
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly radius?: number;
}

export interface Path extends ShapeBase {
  readonly kind: "path";
  readonly points: readonly Point[];
  readonly isClosed?: boolean;
  readonly isCurve?: boolean;
  readonly hasArrow?: boolean;
}

export interface Mark extends ShapeBase {
  readonly kind: "mark";
  readonly symbol: MarkSymbol;
  readonly x: number;
  readonly y: number;
}

/** A line of text, `y` at its baseline; `suffix` is the rest of the line in small print. */
export interface Text extends ShapeBase {
  readonly kind: "text";
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly align: "start" | "middle" | "end";
  readonly suffix?: string;
}

export type Shape = Box | Path | Mark | Text;

/** A row of a picture: of a goroutine, a channel or a worker. The line at `baseline` is below its shapes, or behind them. */
export interface Track {
  readonly label: readonly Shape[];
  readonly baseline: number;
}

/** The scale from left to right, with labels and with gaps, in which time passes without events. */
export interface Scale {
  readonly left: number;
  readonly right: number;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly gaps: readonly { readonly from: number; readonly to: number; readonly ms: number }[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The picture in a sentence, for readers who cannot see it. */
  readonly description: string;
  readonly header: readonly Shape[];
  /** The upper edge of everything below the header, whose heights are relative to it. */
  readonly bodyTop: number;
  /** The scale, the height of its line, of the other ends of its grid lines, and of the baseline of its labels. */
  readonly axis: Scale & { readonly line: number; readonly end: number; readonly labels: number };
  readonly tracks: readonly Track[];
  /** What is on the tracks, in the order in which it is drawn. */
  readonly shapes: readonly Shape[];
}

/** A legend: the labels of styles. An entry is shown if one of its styles occurs in the picture. */
export type Legend = readonly (readonly [styles: Style | readonly Style[], label: string])[];

/** A group of shapes, and the height at which the next one may begin. */
export interface Section {
  readonly shapes: readonly Shape[];
  readonly bottom: number;
}

export interface TrackSection extends Section {
  readonly tracks: readonly Track[];
}

export const margin = 16;

/** The width of a sample in a legend. */
const sampleWidth = 26;

/** Estimates the width of `content` in pixels, rather too large than too small. */
export function textWidth(content: string, fontSize = 11): number {
  return textColumns(content) * 0.58 * fontSize;
}

/** Returns as much of `content` as fits into `width` pixels. */
export function fitText(content: string, width: number, fontSize = 11): string {
  return truncateToColumns(content, Math.floor(width / (0.58 * fontSize)));
}

type Details<S> = Partial<Omit<S, "kind" | "style">>;

export function box(style: Style, x: number, y: number, width: number, height: number, details?: Details<Box>): Box {
  return { kind: "box", style, x, y, width, height, ...details };
}

export function path(style: Style, points: readonly Point[], details?: Details<Path>): Path {
  return { kind: "path", style, points, ...details };
}

/** Returns a line through the points whose coordinates are in one list: x, y, x, y ... */
export function line(style: Style, coordinates: readonly number[], details?: Details<Path>): Path {
  const points = coordinates.flatMap((y, i): Point[] => (i % 2 === 0 ? [] : [[coordinates[i - 1] as number, y]]));
  return path(style, points, details);
}

export function mark(style: Style, symbol: MarkSymbol, x: number, y: number, details?: Details<Mark>): Mark {
  return { kind: "mark", style, symbol, x, y, ...details };
}

export function text(
  x: number,
  y: number,
  content: string,
  style: Style = "label",
  align: Text["align"] = "start",
): Text {
  return { kind: "text", style, x, y, text: content, align };
}

/** Adds a legend to the header of a picture, from `legendTop` on; `bodyHeight` is the height of what is below. */
export function withLegend(
  picture: Omit<Layout, "height" | "bodyTop">,
  legend: Legend,
  legendTop: number,
  bodyHeight: number,
): Layout {
  const examples = new Map([...gapShapes(picture), ...picture.shapes].reverse().map((shape) => [shape.style, shape]));
  const shapes: Shape[] = [];
  let [x, y] = [margin, legendTop];
  for (const [styles, label] of legend) {
    const example = [styles].flat().flatMap((style) => examples.get(style) ?? [])[0];
    if (example === undefined) continue;
    const advance = Math.round(sampleWidth + 6 + textWidth(label) + margin);
    if (x > margin && x + advance > picture.width - 8) [x, y] = [margin, y + 22];
    shapes.push(sampleOf(example, x, y), text(x + sampleWidth + 6, y + 4, label, "small"));
    x += advance;
  }
  const bodyTop = shapes.length === 0 ? legendTop : y + margin;
  return { ...picture, header: [...picture.header, ...shapes], bodyTop, height: Math.ceil(bodyTop + bodyHeight) };
}

/** A small shape that looks like `shape`, with its left end at `x` and its center at the height `y`. */
function sampleOf(shape: Shape, x: number, y: number): Shape {
  const { style } = shape;
  const middle = x + sampleWidth / 2;
  if (shape.kind === "mark") return mark(style, shape.symbol, middle, y);
  if (shape.kind === "path" && shape.isClosed !== true) {
    const isVertical = shape.hasArrow !== true && shape.points[0]?.[0] === shape.points.at(-1)?.[0];
    const ends = isVertical ? [middle, y - 8, middle, y + 8] : [x, y, x + sampleWidth, y];
    return line(style, ends, { hasArrow: shape.hasArrow === true });
  }
  const height = shape.kind === "box" ? Math.min(shape.height, 16) : 10;
  return box(style, x, y - height / 2, sampleWidth, height);
}

function gapShapes({ axis }: Pick<Layout, "axis">): Shape[] {
  const top = Math.min(axis.line, axis.end);
  const height = Math.abs(axis.end - axis.line);
  return axis.gaps.map(({ from, to, ms }) =>
    box("gap", from, top, to - from, height, { tooltip: `${formatAxisTime(ms)} pass` }),
  );
}

/** Returns the shapes of the body of a picture, in the order in which they are drawn. */
export function bodyShapes(layout: Layout): Shape[] {
  const { axis, tracks, shapes } = layout;
  const lines = [axis.line, ...tracks.map(({ baseline }) => baseline)];
  return [
    ...gapShapes(layout),
    ...axis.ticks.map(({ x }) => line("grid", [x, axis.line, x, axis.end])),
    ...lines.map((y) => line("grid", [axis.left, y, axis.right, y])),
    ...axis.ticks.map(({ x, label }) => text(x, axis.labels, label, "small", "middle")),
    ...tracks.flatMap(({ label }) => label),
    ...shapes,
  ];
}

/** A value that changes in steps, from `x` on. */
export interface Step {
  readonly x: number;
  readonly value: number;
}

/**
 * Returns the outline of steps above `base`, or below it for a negative `scale`, from `left` to `right`. Steps within one pixel become a line from
 * the smallest to the greatest of them, so the number of points is bounded by the width.
 */
export function stepArea(steps: Iterable<Step>, left: number, right: number, base: number, scale: number): Point[] {
  const points: Point[] = [[left, base]];
  let column = left;
  let [min, max, last] = [0, 0, 0];
  const flush = (): void => {
    for (const y of [max, min, last].map((value) => base - value * scale)) {
      const [, current] = points.at(-1) as Point;
      if (y !== current) points.push([column, current], [column, y]);
    }
  };
  for (const { x, value } of steps) {
    const rounded = Math.max(Math.round(x), left);
    if (rounded > column) {
      flush();
      column = rounded;
      [min, max] = [value, value];
    }
    [min, max, last] = [Math.min(min, value), Math.max(max, value), value];
  }
  flush();
  points.push([right, base - last * scale], [right, base]);
  return points;
}
