// The jobs of a pool as marks on the lanes of its workers: bars, and what there is no room for a bar for.
//
// Invariants:
//   1. The number of marks in a row is bounded by its pixels, and not by its jobs: what is narrow and touches is one
//      mark.
//   2. What is told by a colour is told by a pattern, an outline or its place too.

import { counted, thousands } from "../figures.ts";
import { short } from "../shown.ts";
import { colours, hint, pattern, round, text } from "../svg.ts";
import type { Fate, PoolJob } from "./jobs.ts";
import type { Stretch } from "./view.ts";

/** What is drawn in one place: one bar, or several jobs that have no room of their own. */
export interface Mark {
  readonly stretches: readonly Stretch[];
  /** In pixels. */
  readonly from: number;
  readonly to: number;
  readonly kind: "bar" | "tick" | "crowd";
}

/** From places on the axis to pixels. */
export type Scale = (position: number) => number;

/** A bar of less pixels is drawn together with its neighbours, if it touches some. */
const narrow = 3;
/** The cells of what is drawn together are about as wide as that. */
const cellWidth = 4;

const fates: readonly Fate[] = ["done", "failed", "cancelled", "open"];

const fateWords: Record<Fate, string> = { done: "done", failed: "failed", cancelled: "cancelled", open: "not over" };

const [green, darkGreen] = colours.running;
const [red, darkRed] = colours.failed;
const [grey, darkGrey] = colours.wait;
const [amber, darkAmber] = colours.lock;

/** How jobs look. */
export const style: string = `
  .on { font-size: 11px; fill: #ffffff; }
  .off { font-size: 11px; font-weight: 600; paint-order: stroke; stroke: #ffffff; stroke-width: 5px; }
  .job-done { fill: ${green}; stroke: none; }
  .job-failed { fill: url(#pool-failed); stroke: ${red}; }
  .job-cancelled { fill: none; stroke: ${grey}; stroke-width: 1.5; stroke-dasharray: 4 2; }
  .job-open { fill: ${green}; fill-opacity: 0.2; stroke: ${green}; }
  .job-many { fill: ${green}; fill-opacity: 0.15; stroke: none; }
  .tick { stroke: #ffffff; stroke-width: 0.5; }
  .queue { fill: ${amber}; fill-opacity: 0.25; stroke: ${amber}; }
  .given-up { fill: none; stroke: ${grey}; stroke-width: 1.5; }
  .hatch { fill: none; stroke: ${red}; stroke-width: 1.2; }
  @media screen and (prefers-color-scheme: dark) {
    .on { fill: #0d1117; }
    .off { stroke: #0d1117; }
    .job-done { fill: ${darkGreen}; }
    .job-failed { stroke: ${darkRed}; }
    .job-cancelled { stroke: ${darkGrey}; }
    .job-open { fill: ${darkGreen}; stroke: ${darkGreen}; }
    .job-many { fill: ${darkGreen}; }
    .tick { stroke: #0d1117; }
    .queue { fill: ${darkAmber}; stroke: ${darkAmber}; }
    .given-up { stroke: ${darkGrey}; }
    .hatch { stroke: ${darkRed}; }
  }`;

/** The pattern of what has failed. */
export const definitions: string = pattern(
  "pool-failed",
  6,
  `<rect class="paper" width="6" height="6"/><path class="hatch" d="M0 0L6 6M6 0L0 6"/>`,
);

/** What is drawn of the stretches of one row. Bars that are narrow and touch each other are drawn together. */
export function marksOf(row: readonly Stretch[], x: Scale): Mark[] {
  if (row.some(({ from }, i) => i > 0 && from < (row[i - 1] as Stretch).to)) return [together(row, x)];
  const marks: Mark[] = [];
  let touching: Stretch[] = [];
  let free = -Infinity;
  const flush = (): void => {
    if (touching.length > 0) marks.push(together(touching, x));
    touching = [];
  };
  for (const stretch of row) {
    const [from, to] = [x(stretch.from), x(stretch.to)];
    const isNarrow = to - from < narrow;
    if (!isNarrow || from > free) flush();
    if (isNarrow) touching.push(stretch);
    else marks.push({ stretches: [stretch], from, to, kind: "bar" });
    free = Math.max(to, from + 2) + 1;
  }
  flush();
  return marks;
}

function together(stretches: readonly Stretch[], x: Scale): Mark {
  const from = x((stretches[0] as Stretch).from);
  const to = x(stretches.reduce((greatest, stretch) => Math.max(greatest, stretch.to), -Infinity));
  const isCrowd = stretches.length > 1 && to - from >= 2 * narrow;
  return { stretches, from, to, kind: isCrowd ? "crowd" : "tick" };
}

/**
 * Draws the marks of a row. `told` answers what whoever points at a job is told; null, if there are too many for that.
 */
export function drawn(
  row: readonly Mark[],
  x: Scale,
  y: number,
  height: number,
  told: ((job: PoolJob) => string) | null,
): string[] {
  const bars = row.filter(({ kind }) => kind === "bar");
  const single =
    told === null
      ? fates.map((fate) => barsTogether(bars, fate, y, height))
      : bars.map(({ stretches: [first], from, to }) => {
          const { job } = first as Stretch;
          return bar(job.fate, from, to, y, height, told(job));
        });
  const others = row
    .filter(({ kind }) => kind !== "bar")
    .map((mark) => (mark.kind === "crowd" ? crowd(mark, 1, x, y, height) : tick(mark, y, height)));
  return [...single, ...others, ...(height < 11 ? [] : bars.flatMap((mark) => label(mark, y + height / 2 + 4)))];
}

/** The number of the job in a bar, if it has room for that. */
function label({ stretches: [first], from, to }: Mark, y: number): string[] {
  const { job, fate } = (first as Stretch).job;
  const digits = short(String(job), 12);
  if (to - from < 7 * digits.length + 5) return [];
  return [text((from + to) / 2, y, digits, fate === "done" ? "on" : "off", "middle")];
}

/** A bar of a job; beneath it, what is told to whoever points at it. Who is still at work has no end yet. */
export function bar(fate: Fate, from: number, to: number, y: number, height: number, told = ""): string {
  return `<path class="job-${fate}" d="${barPath(fate, from, to, y, height)}">${hint(told)}</path>`;
}

function barPath(fate: Fate, from: number, to: number, y: number, height: number): string {
  const [a, b, c, d] = [round(from + 0.5), round(Math.max(to - 0.5, from + 1.5)), round(y), round(y + height)];
  return fate === "open" ? `M${b} ${c}H${a}V${d}H${b}l5 ${round(-height / 2)}z` : `M${a} ${c}H${b}V${d}H${a}z`;
}

function barsTogether(marks: readonly Mark[], fate: Fate, y: number, height: number): string {
  const own = marks.filter(({ stretches }) => (stretches[0] as Stretch).job.fate === fate);
  if (own.length === 0) return "";
  return `<path class="job-${fate}" d="${own.map(({ from, to }) => barPath(fate, from, to, y, height)).join("")}"/>`;
}

/** A job, or some, in a few pixels: what was not done hangs from the top. */
function tick({ stretches, from, to }: Mark, y: number, height: number): string {
  const worst = (["failed", "cancelled", "open", "done"] as const).find((fate) =>
    stretches.some(({ job }) => job.fate === fate),
  ) as Fate;
  const classes = { failed: "failed", cancelled: "wait", open: "job-done", done: "job-done" }[worst];
  const length = worst === "failed" || worst === "cancelled" ? height * 0.6 : height;
  const numbers =
    stretches.length === 1 ? `job ${String((stretches[0] as Stretch).job.job)}` : counted(stretches.length, "job");
  const some = stretches.length > 1 && worst !== "done" ? "some " : "";
  const title = hint(`${short(numbers, 30)}, ${some}${fateWords[worst]}`);
  const size = `width="${round(Math.max(to - from, 2))}" height="${round(length)}"`;
  return `<rect class="${classes} tick" x="${round(from)}" y="${round(y)}" ${size}>${title}</rect>`;
}

/** The outlines of steps of equal width from `from` to `to`, on `base`: upwards if `sign` is -1, else downwards. */
export function area(heights: readonly number[], from: number, to: number, base: number, sign: 1 | -1): string {
  const step = (to - from) / heights.length;
  let path = "";
  let before = 0;
  for (const [i, height] of [...heights, 0].entries()) {
    if (height === before) continue;
    const [x, y] = [round(from + i * step), round(base + sign * height)];
    // What has no height is no line either.
    path += `${before === 0 ? `M${x} ${round(base)}` : `H${x}`}V${y}${height === 0 ? "z" : ""}`;
    before = height;
  }
  return path;
}

/** The path of a cross around a place. */
export function cross(x: number, y: number): string {
  return `M${round(x - 3)} ${round(y - 3)}l6 6m0 -6l-6 6`;
}

/** Jobs that are drawn together: for how much of each cell's time `workers` were at work, and with what success. */
export function crowd({ stretches, from, to }: Mark, workers: number, x: Scale, y: number, height: number): string {
  const cells = Math.max(1, Math.round((to - from) / cellWidth));
  const cell = (to - from) / cells;
  const layers = { done: new Layer(cells, 1), failed: new Layer(cells, 4), cancelled: new Layer(cells, 4) };
  const counts = { done: 0, failed: 0, cancelled: 0, open: 0 };
  for (const { job, from: began, to: ended } of stretches) {
    counts[job.fate]++;
    layers[job.fate === "open" ? "done" : job.fate].add((x(began) - from) / cell, (x(ended) - from) / cell);
  }
  const [done, failed, cancelled] = [layers.done, layers.failed, layers.cancelled].map((layer) =>
    layer.heights(height, workers),
  ) as [number[], number[], number[]];
  const notDone = failed.map((length, c) => Math.min(length + (cancelled[c] as number), height));
  const told = fates.filter((fate) => counts[fate] > 0).map((fate) => `${thousands(counts[fate])} ${fateWords[fate]}`);
  const size = `width="${round(to - from)}" height="${round(height)}"`;
  return [
    `<g class="crowd">${hint(`${counted(stretches.length, "job")}: ${told.join(", ")}`)}`,
    `<rect class="job-many" x="${round(from)}" y="${round(y)}" ${size}/>`,
    counts.done + counts.open > 0 ? `<path class="job-done" d="${area(done, from, to, y + height, -1)}"/>` : "",
    counts.cancelled > 0 ? `<path class="job-cancelled" d="${area(notDone, from, to, y, 1)}"/>` : "",
    counts.failed > 0 ? `<path class="job-failed" d="${area(failed, from, to, y, 1)}"/>` : "",
    "</g>",
  ].join("");
}

/** How much there is of something in each of some cells. */
class Layer {
  readonly #sums: Float64Array;
  readonly #leasts: Float64Array;
  readonly #least: number;

  /** What is rare or took no time must be seen, too: wherever there is something it has at least `least` pixels. */
  constructor(cells: number, least: number) {
    this.#sums = new Float64Array(cells);
    this.#leasts = new Float64Array(cells);
    this.#least = least;
  }

  add(from: number, to: number): void {
    const last = Math.min(Math.floor(to), this.#sums.length - 1);
    for (let c = Math.max(0, Math.min(Math.floor(from), last)); c <= last; c++) {
      this.#sums[c] = (this.#sums[c] as number) + Math.max(0, Math.min(to, c + 1) - Math.max(from, c));
      this.#leasts[c] = this.#least;
    }
  }

  /** In half pixels, so that steps that nobody sees are none; `full` is as much as makes `height`. */
  heights(height: number, full: number): number[] {
    return Array.from(this.#sums, (sum, c) => {
      const exact = Math.round((2 * height * sum) / full) / 2;
      return Math.min(Math.max(exact, this.#leasts[c] as number), height);
    });
  }
}
