// Spans of time on tracks: drawn one by one where there is room, and together where there is not. So the number of shapes is bounded by the
// size of the picture, and not by the number of spans.

import { path, type Shape, type Step, stepArea } from "./chart.ts";
import type { Style } from "./theme.ts";

/** A span between two positions in pixels. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly style: Style;
}

/** A narrower span is drawn together with others that it touches, in pixels. */
const minWidth = 2;
const cellWidth = 3;

/** Draws spans, which are in the order of their beginnings: wide ones with `draw`, and runs of narrow ones with `drawTogether`. */
export function drawSpans<T extends Span>(
  spans: readonly T[],
  draw: (span: T) => readonly Shape[],
  drawTogether: (spans: readonly T[], from: number, to: number) => readonly Shape[],
): Shape[] {
  const shapes: Shape[] = [];
  let run: T[] = [];
  let end = -Infinity;
  const flush = (): void => {
    if (run.length > 0) shapes.push(...drawTogether(run, (run[0] as T).from, end));
    run = [];
  };
  for (const span of spans) {
    const isNarrow = span.to - span.from < minWidth;
    if (!isNarrow || span.from > end + 1) flush();
    if (isNarrow) run.push(span);
    else shapes.push(...draw(span));
    end = span.to;
  }
  flush();
  return shapes;
}

/** The area in which {@link aggregate} draws, and the styles that are stacked from its bottom and from its top. */
export interface AggregateArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly height: number;
  readonly bottomUp: readonly Style[];
  readonly topDown?: readonly Style[];
  /** The number of spans at once that fills the height. */
  readonly capacity: number;
}

/** Draws how many spans there are at once, as areas for each style. A style that occurs is at least one pixel high. */
export function aggregate(spans: readonly Span[], area: AggregateArea): Shape[] {
  const { left, right, top, height, bottomUp, topDown = [], capacity } = area;
  const cells = Math.max(1, Math.round((right - left) / cellWidth));
  const outline = (values: Float64Array, base: number, scale: number): ReturnType<typeof stepArea> => {
    const steps = Array.from(values, (value, i): Step => ({ x: left + ((right - left) * i) / cells, value }));
    return stepArea(steps, left, right, base, scale).slice(1, -1);
  };
  const stack = (styles: readonly Style[], base: number, scale: number): Shape[] => {
    let total = new Float64Array(cells);
    return styles.flatMap((style) => {
      const styled = spans.filter((span) => span.style === style);
      if (styled.length === 0) return [];
      const counts = countSpans(styled, left, right, cells, capacity / height);
      const below = total;
      total = below.map((count, i) => Math.min(count + (counts[i] as number), capacity));
      const points = [...outline(total, base, scale), ...outline(below, base, scale).reverse()];
      return path(style, points, { isClosed: true, modifiers: ["plain"] });
    });
  };
  return [...stack(bottomUp, top + height, height / capacity), ...stack(topDown, top, -height / capacity)];
}

/** Returns how many spans overlap in each of `cells` cells, averaged over the cell; `min` in a cell that is only touched. */
export function countSpans(
  spans: readonly Span[],
  left: number,
  right: number,
  cells: number,
  min: number,
): Float64Array {
  const toCells = (x: number): number => Math.min(Math.max(((x - left) / (right - left)) * cells, 0), cells);
  // The change in the number of spans that reach into a cell, and how much of the cell they leave uncovered.
  const changes = new Float64Array(cells + 1);
  const uncovered = new Float64Array(cells);
  const increase = (array: Float64Array, i: number, by: number): void => {
    array[i] = (array[i] as number) + by;
  };
  for (const span of spans) {
    const [start, end] = [toCells(span.from), toCells(span.to)];
    const first = Math.min(Math.floor(start), cells - 1);
    const last = Math.max(first, Math.ceil(end) - 1);
    increase(changes, first, 1);
    increase(changes, last + 1, -1);
    increase(uncovered, first, start - first);
    increase(uncovered, last, last + 1 - end);
  }
  let count = 0;
  return uncovered.map((gap, i) => {
    count += changes[i] as number;
    return count === 0 ? 0 : Math.max(count - gap, min);
  });
}
