// How the shapes of a picture look, by the style that a layout gives them. A layout says what a shape means; a back end draws it in the
// colors of the viewer's light or dark scheme.
//
// Invariant: whatever differs in color differs in height, hatching, dashes or text too.

/** The colors, each for a light and for a dark background. */
export const palette = {
  foreground: ["#1f2328", "#f0f6fc"],
  background: ["#ffffff", "#0d1117"],
  muted: ["#59636e", "#9198a1"],
  grid: ["#d1d9e0", "#3d444d"],
  green: ["#1a7f37", "#3fb950"],
  pink: ["#bf3989", "#db61a2"],
  blue: ["#0969da", "#4493f8"],
  purple: ["#8250df", "#ab7df8"],
  silver: ["#6e7781", "#8b949e"],
  amber: ["#9a6700", "#d29922"],
  slate: ["#57606a", "#656c76"],
  red: ["#cf222e", "#f85149"],
  channel0: ["#0550ae", "#79c0ff"],
  channel1: ["#bc4c00", "#f0883e"],
  channel2: ["#1b7c83", "#56d4dd"],
  channel3: ["#8250df", "#d2a8ff"],
  channel4: ["#57606a", "#9198a1"],
} as const;

/** A color of {@link palette}. */
export type Color = keyof typeof palette;

/** How a shape or a text is drawn. The properties are those of SVG; widths and sizes are in pixels. */
export interface Look {
  readonly fill?: Color | "none";
  readonly "fill-opacity"?: number;
  readonly stroke?: Color | "none";
  readonly "stroke-width"?: number;
  readonly "stroke-opacity"?: number;
  readonly "stroke-dasharray"?: string;
  readonly "font-size"?: string;
  readonly "font-weight"?: number;
  /** The width of an outline of a text in the color of the background. */
  readonly halo?: number;
  /** Lines that fill the shape instead of a color: the path of one tile, which is 6 pixels high. */
  readonly hatch?: { readonly path: string; readonly tileWidth?: number; readonly lineWidth?: number };
}

/** The number of a style of channels: the first channels of a picture have a style each, and all others share the last. */
export type ChannelStyleIndex = 0 | 1 | 2 | 3 | 4;

/** The styles of what belongs to a channel. */
export type ChannelStyle = `${"flow" | "level" | "handoff" | "value"}${ChannelStyleIndex}`;

function channelLooks(i: ChannelStyleIndex, dashes: string): [ChannelStyle, Look][] {
  const color = `channel${i}` as const;
  const stroke = { stroke: color, "stroke-width": 1.4 };
  return [
    [`flow${i}`, { fill: "none", ...stroke, "stroke-dasharray": dashes }],
    [`level${i}`, { fill: color, "fill-opacity": 0.25, ...stroke }],
    [`handoff${i}`, { fill: "none", ...stroke }],
    [`value${i}`, { halo: 3, fill: color, "font-size": "11px", "font-weight": 600 }],
  ];
}

const dashes = ["none", "6 3", "2 2", "9 3 2 3", "1 3"] as const;
const looksOfChannels = dashes.flatMap((pattern, i) => channelLooks(i as ChannelStyleIndex, pattern));

const shapeLooks = {
  // The states of goroutines.
  running: { fill: "green", "fill-opacity": 0.62, stroke: "green" },
  send: { stroke: "pink", hatch: { path: "M-1 7L7 -1M-1 1L1 -1M5 7L7 5" } },
  receive: { stroke: "blue", hatch: { path: "M-1 -1L7 7M-1 5L1 7M5 -1L7 1" } },
  select: { stroke: "purple", hatch: { path: "M0 0L6 6M6 0L0 6" } },
  sleep: { stroke: "silver", hatch: { path: "M2 3h1.5" } },
  lock: { stroke: "amber", hatch: { path: "M1.5 0v6M4.5 0v6" } },
  wait: { stroke: "slate", hatch: { path: "M0 1.5h6M0 4.5h6" } },
  mixed: { stroke: "green", "stroke-width": 0, hatch: { path: "M1 0v6", tileWidth: 3, lineWidth: 2 } },
  // The jobs of a pool.
  "job-done": { fill: "green", stroke: "none" },
  "job-failed": { stroke: "red", hatch: { path: "M0 0L6 6M6 0L0 6" } },
  "job-canceled": { fill: "none", stroke: "slate", "stroke-width": 1.5, "stroke-dasharray": "4 2" },
  "job-open": { fill: "green", "fill-opacity": 0.2, stroke: "green" },
  "short-done": { fill: "green", stroke: "background", "stroke-width": 0.5 },
  "short-failed": { fill: "red", stroke: "background", "stroke-width": 0.5 },
  "short-canceled": { fill: "slate", stroke: "background", "stroke-width": 0.5 },
  aggregate: { fill: "green", "fill-opacity": 0.15, stroke: "none" },
  meter: { fill: "green", stroke: "none" },
  queue: { fill: "amber", "fill-opacity": 0.4, stroke: "none" },
  // Lines and marks.
  grid: { fill: "none", stroke: "grid" },
  limit: { fill: "none", stroke: "grid", "stroke-dasharray": "2 3" },
  gap: { fill: "muted", "fill-opacity": 0.1, stroke: "none" },
  start: { fill: "none", stroke: "foreground" },
  wake: { fill: "none", stroke: "foreground", "stroke-dasharray": "1 3" },
  closed: { fill: "none", stroke: "foreground", "stroke-width": 2 },
  returned: { fill: "foreground", stroke: "none" },
  timer: { fill: "foreground", stroke: "none" },
  output: { fill: "foreground", stroke: "none" },
  canceled: { fill: "red", stroke: "none" },
  panicked: { fill: "none", stroke: "red", "stroke-width": 2 },
  dropped: { fill: "none", stroke: "slate", "stroke-width": 1.5 },
  // The wait-for graph.
  node: { fill: "background", stroke: "muted", "stroke-width": 1.2 },
  target: { fill: "muted", "fill-opacity": 0.1, stroke: "muted", "stroke-width": 1.2 },
  missing: { fill: "background", stroke: "red", "stroke-dasharray": "4 3", "stroke-width": 1.2 },
  edge: { fill: "none", stroke: "muted", "stroke-width": 1.3 },
  // Modifiers, which come after another style.
  cycle: { stroke: "red", "stroke-width": 2.4 },
  thin: { "stroke-width": 0.7, "stroke-opacity": 0.45 },
  guess: { "stroke-dasharray": "4 4" },
  plain: { stroke: "none" },
  // Texts.
  label: {},
  title: { "font-size": "14px", "font-weight": 600 },
  figure: { "font-size": "18px", "font-weight": 600 },
  small: { fill: "muted", "font-size": "11px", "font-weight": 400 },
  sign: { halo: 3, "font-size": "10px" },
  alert: { fill: "red", "font-weight": 600 },
  "on-bar": { fill: "background", "font-size": "11px" },
  "on-hatch": { halo: 5, "font-size": "11px", "font-weight": 600 },
} as const;

/** The name of a style. */
export type Style = keyof typeof shapeLooks | ChannelStyle;

/** The look of each style; a later one overrides an earlier one on the same shape. */
export const looks: Readonly<Record<Style, Look>> = {
  ...(Object.fromEntries(looksOfChannels) as Record<ChannelStyle, Look>),
  ...shapeLooks,
};
