// Draws a layout as an SVG file. The colors follow the light or dark scheme of the viewer, or are those of the page that contains it.

import type { Box, Layout, Mark, Path, Point, Shape, Text } from "./layout/chart.ts";
import { bodyShapes } from "./layout/chart.ts";
import { type Color, looks, palette, type Style } from "./layout/theme.ts";

/** How {@link toSvg} writes a picture. */
export interface SvgOptions {
  /** Returns how a color is written, such as a custom property of a page; by default, each color is written for both schemes. */
  readonly colorOf?: (color: Color) => string;
}

/** Returns the text of an SVG file. The texts of the layout must be free of control characters; see `truncate`. */
export function toSvg(layout: Layout, { colorOf }: SvgOptions = {}): string {
  const { width, height, header, bodyTop } = layout;
  const body = bodyShapes(layout);
  const shapes = [...header, ...body];
  const used = new Set<Style>(["small", ...shapes.flatMap(stylesOf)]);
  // A modifier must come after the styles that it overrides, as in `looks`.
  const styles = (Object.keys(looks) as Style[]).filter((style) => used.has(style));
  const arrows = [...new Set(shapes.filter(hasArrow).map(arrowColor))];
  const definitions = [...styles.map(hatchPattern), ...arrows.map(arrowHead)];
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const label = escapeXml(layout.description);
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${label}">
<title>${label}</title>
<style>
${styleSheet(styles, arrows, colorOf)}
</style>
<defs>${definitions.join("")}</defs>
<rect class="background" width="${width}" height="${height}" rx="6"/>
${drawAll(header)}
<g transform="translate(0 ${round(bodyTop)})">
${drawAll(body)}
</g>
</svg>
`;
}

function stylesOf({ style, modifiers = [] }: Shape): readonly Style[] {
  return [style, ...modifiers];
}

// ---- Shapes

/** Draws shapes in their order. Neighbors of the same style that have neither a tooltip nor an arrow become one element. */
function drawAll(shapes: readonly Shape[]): string {
  const elements: string[] = [];
  let run = { classes: "", data: "" };
  const flush = (): void => {
    if (run.data !== "") elements.push(`<path class="${run.classes}" d="${run.data}"/>`);
    run = { classes: "", data: "" };
  };
  for (const shape of shapes) {
    const classes = stylesOf(shape).join(" ");
    const isSingle = shape.kind === "text" || hasArrow(shape) || (shape.tooltip ?? "") !== "";
    if (isSingle || classes !== run.classes) flush();
    if (shape.kind === "text") elements.push(drawText(shape));
    else if (isSingle) {
      const marker = hasArrow(shape) ? ` marker-end="url(#goro-arrow-${arrowColor(shape)})"` : "";
      elements.push(`<path class="${classes}" d="${pathData(shape)}"${marker}>${title(shape.tooltip)}</path>`);
    } else run = { classes, data: run.data + pathData(shape) };
  }
  flush();
  return elements.join("\n");
}

function drawText({ x, y, text, style, align, suffix, tooltip }: Text): string {
  const smallPrint = suffix === undefined ? "" : `<tspan class="small">${escapeXml(suffix)}</tspan>`;
  const attributes = `x="${round(x)}" y="${round(y)}" class="${style}" text-anchor="${align}"`;
  const element = `<text ${attributes}>${escapeXml(text)}${smallPrint}</text>`;
  return tooltip === undefined ? element : `<g>${title(tooltip)}${element}</g>`;
}

function title(tooltip = ""): string {
  return tooltip === "" ? "" : `<title>${escapeXml(tooltip)}</title>`;
}

function pathData(shape: Box | Path | Mark): string {
  if (shape.kind === "box") return boxData(shape);
  return shape.kind === "path" ? lineData(shape) : `M${round(shape.x)} ${round(shape.y)}${symbols[shape.symbol]}`;
}

function boxData({ x, y, width, height, radius: r = 0 }: Box): string {
  const [left, top, right, bottom] = [x, y, x + width, y + height].map(round);
  if (r === 0) return `M${left} ${top}H${right}V${bottom}H${left}z`;
  const [across, down] = [width - 2 * r, height - 2 * r].map(round) as [number, number];
  const corner = (dx: number, dy: number): string => `a${r} ${r} 0 0 1 ${dx} ${dy}`;
  const start = `M${round(x + r)} ${top}h${across}${corner(r, r)}v${down}`;
  return `${start}${corner(-r, r)}h${-across}${corner(-r, -r)}v${-down}${corner(r, -r)}z`;
}

function lineData({ points, isClosed, isCurve }: Path): string {
  const rounded = points.map(([x, y]): Point => [round(x), round(y)]);
  const steps = rounded.map(([x, y], i) => {
    const [previous, next] = [rounded[i - 1], rounded[i + 1]];
    if (previous === undefined) return `M${x} ${y}`;
    if (isCurve === true && rounded.length > 2)
      return next === undefined ? "" : curveStep([x, y], next, i === rounded.length - 2);
    if (x === previous[0]) return y === previous[1] ? "" : `V${y}`;
    return y === previous[1] ? `H${x}` : `L${x} ${y}`;
  });
  return `${steps.join("")}${isClosed === true ? "z" : ""}`;
}

/** A curve bends at each point between its ends, from the middle of one segment to the middle of the next. */
function curveStep([x, y]: Point, next: Point, isLast: boolean): string {
  const [endX, endY] = isLast ? next : [round((x + next[0]) / 2), round((y + next[1]) / 2)];
  return `Q${x} ${y} ${endX} ${endY}`;
}

/** The symbols, relative to their centers. */
const symbols: Readonly<Record<Mark["symbol"], string>> = {
  dot: "m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0z",
  cross: "m-6 -6l12 12m0 -12l-12 12",
  "small-cross": "m-3 -3l6 6m0 -6l-6 6",
  diamond: "m0 -5l5 5l-5 5l-5 -5z",
  up: "m0 -3.5l-3.5 7h7z",
  down: "m-3.5 -3.5h7l-3.5 7z",
  tick: "m0 -3.5h0.7v7h-0.7z",
};

/** A tenth of a pixel is the precision of a file. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escapeXml(content: string): string {
  return content
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

// ---- Styles

function hasArrow(shape: Shape): shape is Path {
  return shape.kind === "path" && shape.hasArrow === true;
}

/** The color of the head of an arrow: that of its line. */
function arrowColor(shape: Shape): Color {
  const colors = stylesOf(shape).map((style) => looks[style].stroke);
  return colors.findLast((color): color is Color => color !== undefined && color !== "none") ?? "foreground";
}

function arrowHead(color: Color): string {
  const attributes = `viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8"`;
  const head = `<path class="arrow-${color}" d="M0 0.5L8 4L0 7.5z"/>`;
  return `<marker id="goro-arrow-${color}" ${attributes} orient="auto" markerUnits="userSpaceOnUse">${head}</marker>`;
}

function hatchPattern(style: Style): string {
  const { hatch } = looks[style];
  if (hatch === undefined) return "";
  const size = `width="${hatch.tileWidth ?? 6}" height="6"`;
  const tile = `<rect class="background" ${size}/><path class="hatch-${style}" d="${hatch.path}"/>`;
  return `<pattern id="goro-hatch-${style}" ${size} patternUnits="userSpaceOnUse">${tile}</pattern>`;
}

type Declarations = Readonly<Record<string, string | number>>;

/** The rules for the styles and arrows that occur; without `colorOf`, for a light background and then, as far as they differ, for a dark one. */
function styleSheet(styles: readonly Style[], arrows: readonly Color[], colorOf: SvgOptions["colorOf"]): string {
  const rules: [selector: string, declarations: Declarations][] = [
    ["text", { font: "12px ui-sans-serif, system-ui, sans-serif", fill: "foreground" }],
    [".background", { fill: "background" }],
    ...styles.flatMap(rulesOf),
    ...arrows.map((color): [string, Declarations] => [`.arrow-${color}`, { fill: color, stroke: "none" }]),
  ];
  const write = (scheme: 0 | 1): string[] =>
    rules.flatMap(([selector, declarations]) => {
      const written = Object.entries(declarations).flatMap(([property, value]) => {
        if (value in palette) {
          const color = value as Color;
          return `${property}: ${colorOf === undefined ? palette[color][scheme] : colorOf(color)};`;
        }
        return scheme === 0 ? `${property}: ${value};` : [];
      });
      return written.length === 0 ? [] : `  ${selector} { ${written.join(" ")} }`;
    });
  if (colorOf !== undefined) return write(0).join("\n");
  return [...write(0), "  @media screen and (prefers-color-scheme: dark) {", ...write(1), "  }"].join("\n");
}

function rulesOf(style: Style): [selector: string, declarations: Declarations][] {
  const { hatch, halo, ...look } = looks[style];
  if (halo !== undefined) {
    const outline = { stroke: "background", "stroke-width": halo, "stroke-linejoin": "round", "paint-order": "stroke" };
    return [[`.${style}`, { ...outline, ...look }]];
  }
  if (hatch === undefined) return [[`.${style}`, { ...look }]];
  const lines = { fill: "none", stroke: look.stroke ?? "foreground", "stroke-width": hatch.lineWidth ?? 1.2 };
  return [
    [`.${style}`, { fill: `url(#goro-hatch-${style})`, ...look }],
    [`.hatch-${style}`, lines],
  ];
}
