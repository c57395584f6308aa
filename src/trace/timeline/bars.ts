// The lanes of goroutines: a bar for each state, told apart by height, hatch and a sign as well as by colour; and how
// each came to its end.

import { axisTime, counted } from "../figures.ts";
import { goroutineLabel } from "../labels.ts";
import type { Lane, Span, State } from "../lanes.ts";
import { short } from "../shown.ts";
import { hint, pattern, round, text, widthOf } from "../svg.ts";
import { barHeight, type Scene } from "./scene.ts";

/** What is asleep fills the lower part of its lane only, so that there is room for a word above. */
const halfHeight = 8;

/** Bars narrower than this are drawn as one, in pixels. */
const leastBar = 1.5;

/** And those narrower than this tell nothing to a pointer. */
const leastTold = 5;

/** The sign of a state, for where there is no room for a word. */
export const signs: Readonly<Record<State, string>> = {
  running: "",
  send: "→",
  receive: "←",
  select: "⇆",
  sleep: "z",
  lock: "L",
  wait: "w",
};

const hatches: Readonly<Record<Exclude<State, "running">, string>> = {
  send: "M-1 7L7 -1M-1 1L1 -1M5 7L7 5",
  receive: "M-1 -1L7 7M-1 5L1 7M5 -1L7 1",
  select: "M0 0L6 6M6 0L0 6",
  sleep: "M2 3h1.5",
  lock: "M1.5 0v6M4.5 0v6",
  wait: "M0 1.5h6M0 4.5h6",
};

/** The patterns that bars are filled with. */
export const definitions: string = [
  ...Object.entries(hatches).map(([state, path]) => {
    return pattern(`goro-${state}`, 6, `<path class="${state} hatch" d="${path}"/>`);
  }),
  pattern("goro-mixed", 3, `<path class="running" stroke="none" d="M0 0h2v6h-2z"/>`),
].join("");

/** How lanes look. */
export const style: string = `
  .bar { stroke-width: 1; }
  .hatch { stroke-width: 1.2; fill: none; }
${Object.keys(hatches)
  .map((state) => `  .bar.${state} { fill: url(#goro-${state}); }`)
  .join("\n")}
  .bar.mixed { fill: url(#goro-mixed); stroke: none; }
  .bar.sum { stroke: none; }
  .bar.running { fill-opacity: 0.62; }
  .sign { font-size: 10px; }
  .forever { font-weight: 600; fill: #cf222e; stroke: none; }
  .end { stroke-width: 2; }
  @media screen and (prefers-color-scheme: dark) { .forever { fill: #f85149; } }`;

/** One bar, its upper left corner at that place. */
export function bar(state: State | "mixed", x: number, top: number, width: number, told = ""): string {
  const height = state === "running" || state === "mixed" ? barHeight : halfHeight;
  const y = top + barHeight - height;
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}"`;
  return `<rect class="bar ${state}" ${place}>${hint(told)}</rect>`;
}

/** All lanes. */
export function bars(scene: Scene): string[] {
  return scene.shown.map((lane) => laneOf(scene, lane));
}

function laneOf(scene: Scene, lane: Lane): string {
  const top = scene.topOf(lane.id) as number;
  const { axis } = scene;
  const label = goroutineLabel(lane.id, lane.name, 15);
  const told = hint(goroutineLabel(lane.id, lane.name, 200));
  return [
    `<g>${told}${text(16, top + 14, label, lane.id === null ? "small" : "")}</g>`,
    `<path class="axis" d="M${axis.left} ${top + barHeight}H${axis.right}"/>`,
    ...barsOf(scene, lane, top),
    end(scene, lane, top),
  ].join("\n");
}

/** Collects what is too narrow for a bar of its own. */
class Mixed {
  #from = 0;
  #to = -1;
  #count = 0;

  add(from: number, to: number): void {
    if (this.#count++ === 0) this.#from = from;
    this.#to = to;
  }

  flush(scene: Scene, top: number): string[] {
    const width = this.#to - this.#from;
    const count = this.#count;
    this.#count = 0;
    if (count === 0 || width < 0.4) return [];
    scene.used.add("mixed");
    return [bar("mixed", this.#from, top, width, width < leastTold ? "" : counted(count, "short turn"))];
  }
}

function barsOf(scene: Scene, lane: Lane, top: number): string[] {
  const { axis } = scene;
  const drawn: string[] = [];
  const mixed = new Mixed();
  for (const span of lane.spans) {
    if (span.to <= axis.first || span.from >= axis.last) continue;
    const x = axis.at(span.from);
    const to = axis.at(span.to);
    if (to - x < leastBar) {
      if (to > x) mixed.add(x, to);
      continue;
    }
    drawn.push(...mixed.flush(scene, top));
    scene.used.add(span.state);
    drawn.push(bar(span.state, x, top, to - x, to - x < leastTold ? "" : tellSpan(scene, lane, span)));
    if (span.state !== "running") drawn.push(word(scene, span, x, to, top));
  }
  return [...drawn, ...mixed.flush(scene, top)].filter((part) => part !== "");
}

/** What is waited for, in as many words as there is room for. */
function word(scene: Scene, span: Span, x: number, to: number, top: number): string {
  const room = to - x;
  const whole = scene.names.wait(span);
  if (widthOf(whole, 10) + 4 <= room) return text(x + 2, top + 8, whole, "sign halo");
  const sign = signs[span.state];
  return room < 9 ? "" : text(x + room / 2, top + 8, sign, "sign halo", "middle");
}

function tellSpan(scene: Scene, lane: Lane, span: Span): string {
  const { events, end: over } = scene.trace;
  const from = events[span.from]?.at ?? 0;
  const until = events[span.to]?.at ?? over;
  const what = span.state === "running" ? "runs" : `waits: ${scene.names.wait(span, 120)}`;
  const when = until > from ? `, ${axisTime(from)} to ${axisTime(until)}` : `, at ${axisTime(from)}`;
  return `${goroutineLabel(lane.id, lane.name)} ${what}${when}`;
}

/** How it ended: a ball, a cross; or in red words, if it waits for ever. */
function end(scene: Scene, lane: Lane, top: number): string {
  const { axis, trace } = scene;
  const middle = top + barHeight / 2;
  if (lane.hasEnded) {
    if (lane.ended < axis.first || lane.ended >= axis.last) return "";
    const before = trace.events[lane.ended - 1];
    const error = before?.type === "panic" && before.goroutine === lane.id ? before.error : null;
    scene.used.add(error === null ? "returned" : "panicked");
    return endMark(axis.at(lane.ended), middle, error);
  }
  const last = lane.spans.at(-1);
  if (trace.ending !== "blocked" || axis.last < trace.events.length || last === undefined || last.state === "running") {
    return "";
  }
  scene.used.add("forever");
  return text(axis.right + 6, top + barHeight, "for ever", "forever");
}

/** A ball for who returned; a cross for who panicked with that error. */
export function endMark(x: number, y: number, error: string | null): string {
  if (error === null)
    return `<circle class="end ink dot" cx="${round(x)}" cy="${round(y)}" r="3.5">${hint("returned")}</circle>`;
  const told = hint(`panicked: ${short(error, 200)}`);
  return `<path class="failed end" d="M${round(x - 6)} ${round(y - 6)}l12 12m0 -12l-12 12">${told}</path>`;
}
