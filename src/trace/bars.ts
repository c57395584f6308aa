// The lanes of goroutines: a bar for each state, told apart by height, hatch and a sign as well as by colour; a band that sums up
// those for whom there is no room; and how each came to its end.

import { counted, duration, goroutineLabel, widthOf } from "./labels.ts";
import type { Lane, Span, State } from "./lanes.ts";
import { hint, pattern } from "./marks.ts";
import { BAND, BAR, type Scene } from "./scene.ts";
import { short } from "./shown.ts";
import { round, text } from "./svg.ts";

/** What is asleep fills the lower part of its lane only, so that there is room for a word above. */
const HALF = 8;

/** Bars narrower than this are drawn as one, in pixels. */
const LEAST_BAR = 1.5;

/** And those narrower than this tell nothing to a pointer. */
const LEAST_TOLD = 5;

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
  const height = state === "running" || state === "mixed" ? BAR : HALF;
  const y = top + BAR - height;
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}"`;
  return `<rect class="bar ${state}" ${place}>${hint(told)}</rect>`;
}

/** All lanes, and the band. */
export function bars(scene: Scene): string[] {
  const drawn = scene.shown.map((lane) => laneOf(scene, lane));
  return scene.summedUp.length === 0 ? drawn : [...drawn, band(scene)];
}

function laneOf(scene: Scene, lane: Lane): string {
  const top = scene.topOf(lane.id) as number;
  const { axis } = scene;
  const label = goroutineLabel(lane.id, lane.name, 15);
  const told = hint(goroutineLabel(lane.id, lane.name, 200));
  return [
    `<g>${told}${text(16, top + 14, label, lane.id === null ? "small" : "")}</g>`,
    `<path class="axis" d="M${axis.left} ${top + BAR}H${axis.right}"/>`,
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
    return [bar("mixed", this.#from, top, width, width < LEAST_TOLD ? "" : counted(count, "short turn"))];
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
    if (to - x < LEAST_BAR) {
      if (to > x) mixed.add(x, to);
      continue;
    }
    drawn.push(...mixed.flush(scene, top));
    scene.used.add(span.state);
    drawn.push(bar(span.state, x, top, to - x, to - x < LEAST_TOLD ? "" : tellSpan(scene, lane, span)));
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
  const when = until > from ? `, ${duration(from)} to ${duration(until)}` : `, at ${duration(from)}`;
  return `${goroutineLabel(lane.id, lane.name)} ${what}${when}`;
}

/** How it ended: a ball, a cross; or in red words, if it waits for ever. */
function end(scene: Scene, lane: Lane, top: number): string {
  const { axis, trace } = scene;
  const middle = top + BAR / 2;
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
  return text(axis.right + 6, top + BAR, "for ever", "forever");
}

/** A ball for who returned; a cross for who panicked with that error. */
export function endMark(x: number, y: number, error: string | null): string {
  if (error === null)
    return `<circle class="end ink dot" cx="${round(x)}" cy="${round(y)}" r="3.5"><title>returned</title></circle>`;
  const title = hint(`panicked: ${short(error, 200)}`);
  return `<path class="failed end" d="M${round(x - 6)} ${round(y - 6)}l12 12m0 -12l-12 12">${title}</path>`;
}

/** What those do for whom there is no room: how many are in which state. */
function band(scene: Scene): string {
  const { axis, bandTop, summedUp } = scene;
  const columns = Math.max(1, Math.ceil((axis.right - axis.left) / 2));
  const counts = countStates(scene, columns);
  const most = Math.max(1, ...Array.from({ length: columns }, (_, i) => sumAt(counts, i)));
  const below = new Float64Array(columns);
  const parts: string[] = [];
  for (const [state, count] of counts) {
    if (!count.some((one) => one > 0)) continue;
    scene.used.add(state);
    const area = areaOf(count, below, axis.left, bandTop + BAND, BAND / most);
    parts.push(`<path class="bar sum ${state}" d="${area}">${hint(`how many are in state: ${state}`)}</path>`);
  }
  const which = `and ${counted(summedUp.length, "more").replace(/s$/, "")}`;
  return [
    text(16, bandTop + 22, which, "name"),
    text(16, bandTop + 38, "goroutines:", "small"),
    text(16, bandTop + 53, `up to ${most.toLocaleString("en-US")} at once`, "small"),
    `<path class="axis" d="M${axis.left} ${bandTop + BAND}H${axis.right}"/>`,
    ...parts,
  ].join("\n");
}

function sumAt(counts: ReadonlyMap<State, Int32Array>, i: number): number {
  let sum = 0;
  for (const count of counts.values()) sum += count[i] as number;
  return sum;
}

/** For each column, how many are in which state in its middle. */
function countStates({ axis, summedUp }: Scene, columns: number): Map<State, Int32Array> {
  const order: State[] = ["running", "send", "receive", "select", "lock", "wait", "sleep"];
  const changes = new Map(order.map((state) => [state, new Int32Array(columns + 1)]));
  const column = (index: number): number => {
    const at = ((axis.at(index) - axis.left) / (axis.right - axis.left)) * columns;
    return Math.min(columns, Math.max(0, Math.round(at)));
  };
  for (const lane of summedUp) {
    for (const { from, to, state } of lane.spans) {
      const change = changes.get(state) as Int32Array;
      const [first, last] = [column(from), column(to)];
      change[first] = (change[first] as number) + 1;
      change[last] = (change[last] as number) - 1;
    }
  }
  for (const change of changes.values()) {
    for (let i = 1; i < change.length; i++) change[i] = (change[i] as number) + (change[i - 1] as number);
  }
  return new Map([...changes].map(([state, counts]) => [state, counts.subarray(0, columns)]));
}

/** The outline of a state's counts on top of those below, to which they are added. */
function areaOf(count: Int32Array, below: Float64Array, left: number, bottom: number, scale: number): string {
  let path = `M${left} ${bottom}`;
  let before: number | null = null;
  for (let i = 0; i < count.length; i++) {
    below[i] = (below[i] as number) + (count[i] as number);
    const y = round(bottom - (below[i] as number) * scale);
    if (y !== before) path += `H${left + 2 * i}V${y}`;
    before = y;
  }
  return `${path}H${left + 2 * count.length}${backwards(count, below, left, bottom, scale)}Z`;
}

/** The lower outline, from right to left. */
function backwards(count: Int32Array, upper: Float64Array, left: number, bottom: number, scale: number): string {
  let path = "";
  let before: number | null = null;
  for (let i = count.length - 1; i >= 0; i--) {
    const y = round(bottom - ((upper[i] as number) - (count[i] as number)) * scale);
    if (y !== before) path += `${before === null ? "" : `H${left + 2 * (i + 1)}`}V${y}`;
    before = y;
  }
  return `${path}H${left}`;
}
