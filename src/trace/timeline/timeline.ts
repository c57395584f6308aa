// A trace as a picture: a lane for each goroutine and channel, an arrow for each value, and at the end of a deadlock
// who waits for whom.

import { Check } from "../../util/validate.ts";
import { safeToString } from "../../util/inspect.ts";
import { axisTime, counted, thousands } from "../figures.ts";
import type { Trace, TraceEvent, Who } from "../format.ts";
import { checkWindow } from "../options.ts";
import { short } from "../shown.ts";
import { document, hint, round, text } from "../svg.ts";
import { arrows, style as arrowStyle } from "./arrows.ts";
import { axis } from "./axis.ts";
import { band } from "./band.ts";
import { bars, definitions as barDefinitions, style as barStyle } from "./bars.ts";
import { definitions as fillDefinitions, fills, style as fillStyle } from "./fills.ts";
import { type WaitsAtTheEnd, waitsAtTheEnd } from "./knot.ts";
import { definitions as knotDefinitions, knotPanel, style as knotStyle } from "./knotpanel.ts";
import { legend } from "./legend.ts";
import { cancels, output } from "./output.ts";
import { castOf, type Part, place, type Scene } from "./scene.ts";

/** What a timeline can be told. */
export interface TimelineOptions {
  /** What stands above it; by default "Timeline". */
  readonly title?: string;

  /** How wide it is, in pixels, from 480 to 20,000; by default 1,000. */
  readonly width?: number;

  /** From when it shows what happened, in milliseconds since the start of the trace; by default 0. */
  readonly from?: number;

  /** Until when, in milliseconds, `from` or more; by default to the end. */
  readonly to?: number;

  /** The numbers of the goroutines that get lanes; by default all, or those that do most if there are more than 40. */
  readonly goroutines?: readonly number[];
}

const leftMargin = 138;
const rightMargin = 66;

const style = `
  .halo { paint-order: stroke; stroke: #ffffff; stroke-width: 3px; stroke-linejoin: round; }
  .dot { fill: #1f2328; }
  .stretch { fill: #59636e; fill-opacity: 0.1; stroke: none; }
  @media screen and (prefers-color-scheme: dark) {
    .halo { stroke: #0d1117; }
    .dot { fill: #f0f6fc; }
    .stretch { fill: #9198a1; }
  }`;

/**
 * Draws `trace` as a timeline, and answers the text of an SVG file: who ran, who waited for what, which values went
 * from whom to whom, how full the channels were. If all were asleep in the end, a panel tells who waits for whom.
 *
 * From left to right stands the order of the events; time that passes is a grey stretch. Many events of a real clock
 * stand where their time is.
 *
 * Errors: throws `RangeError` for a width or time that makes no sense, and for a goroutine that is not in the trace;
 * `TypeError` for a title or list that is none.
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(1, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * const svg = timeline(recording.stop(), { title: "one job" });
 * console.log(svg.startsWith("<svg"));
 */
export function timeline(trace: Trace, options: TimelineOptions = {}): string {
  const check = new Check("timeline");
  check.options(options, ["title", "width", "from", "to", "goroutines"]);
  const { title = "Timeline", width = 1_000, from = 0, to = Infinity, goroutines } = options;
  check.atLeast("width", 480, width, 20_000);
  checkWindow(check, from, to);
  checkTexts(title, goroutines, trace);

  const waits = trace.ending === "blocked" ? waitsAtTheEnd(trace) : null;
  const first = new Set<Who>(waits?.circle.map(({ goroutine }) => goroutine));
  const cast = castOf(trace, goroutines, first);
  const concerns = goroutines === undefined && cast.summedUp.length === 0 ? undefined : concernOf(cast.isShown);
  const along = axis(trace, {
    left: leftMargin,
    right: round(width) - rightMargin,
    from,
    to,
    ...(concerns && { concerns }),
  });
  const scene = place(cast, along);
  return compose(scene, short(title, 100), round(width), waits);
}

function checkTexts(title: string, goroutines: readonly number[] | undefined, trace: Trace): void {
  if (typeof title !== "string") throw new TypeError(`timeline: title must be a string, got ${typeof title}`);
  if (goroutines === undefined) return;
  if (!Array.isArray(goroutines))
    throw new TypeError(`timeline: goroutines must be an array, got ${typeof goroutines}`);
  const known = new Set<unknown>(trace.goroutines.map(({ id }) => id));
  const strangers = (goroutines as readonly unknown[]).filter((id) => !known.has(id));
  if (strangers.length > 0) {
    throw new RangeError(
      `timeline: goroutines must be numbers of goroutines in the trace, got ${safeToString(strangers[0])}`,
    );
  }
}

function concernOf(isShown: (who: Who) => boolean): (event: TraceEvent) => boolean {
  return (event) => isShown(event.goroutine) || (event.type === "go" && isShown(event.child));
}

/** One part below the other. */
function compose(scene: Scene, title: string, width: number, waits: WaitsAtTheEnd | null): string {
  const values = arrows(scene);
  const lanes = { height: scene.height, body: [...bars(scene), ...band(scene), ...values.body, ...cancels(scene)] };
  const channels = fills(scene);
  const printed = output(scene);
  const knot = waits === null ? { height: 0, body: [] } : knotPanel(scene.trace, waits, width);
  const ruler = scale(scene, scene.height + channels.height + printed.height);
  const key = legend(scene, width);
  const head = header(scene, title, values.omitted);

  const body: string[] = [...head.body];
  let y = head.height;
  for (const part of [key, ruler, lanes, channels, printed, knot]) {
    if (part.body.length > 0) body.push(`<g transform="translate(0 ${round(y)})">`, ...part.body, "</g>");
    y += part.height;
  }
  const own = [style, barStyle, fillStyle, arrowStyle, knotStyle].join("");
  const definitions = barDefinitions + fillDefinitions + knotDefinitions;
  return document(width, Math.ceil(y + 10), title, body, { style: own, definitions });
}

const endings: Readonly<Record<Trace["ending"], string>> = {
  running: "still running when the recording stopped",
  returned: "returned",
  panicked: "panicked",
  blocked: "deadlock: all goroutines are asleep",
};

function header(scene: Scene, title: string, omitted: number): Part {
  const { trace, axis: along } = scene;
  const { events, dropped, clock, end, goroutines, ending } = trace;
  const isCut = along.first > 0 || along.last < events.length;
  const facts = [
    isCut
      ? `${thousands(along.last - along.first)} of ${counted(events.length, "event")}`
      : counted(events.length, "event"),
    counted(goroutines.length, "goroutine"),
    `${axisTime(end)} of ${clock === "real" ? "real" : "virtual"} time`,
  ];
  const missing = [
    dropped > 0 ? ` Not here: ${counted(dropped, "event")} after the limit of the recording.` : "",
    omitted > 0 ? ` No arrows: ${counted(omitted, "value")} are too many.` : "",
  ];
  const isBad = ending === "blocked" || ending === "panicked";
  const how = `<tspan class="${isBad ? "forever" : "name"}">${endings[ending]}</tspan>`;
  return {
    height: 66,
    body: [
      text(16, 26, title, "title"),
      `<text x="16" y="45">${how}<tspan class="small"> · ${facts.join(" · ")}</tspan></text>`,
      text(16, 61, `${meaning(scene)}${missing.join("")}`, "small"),
    ],
  };
}

function meaning({ axis: along, trace }: Scene): string {
  if (along.kind === "time") return "From left to right: time.";
  const order = "From left to right: the order of the events";
  const isOneInstant = trace.events.length > 0 && trace.events[0]?.at === trace.events.at(-1)?.at;
  if (trace.clock === "virtual") {
    return isOneInstant
      ? `${order}. In virtual time all of this takes no time.`
      : `${order}; grey stretches: time passes (virtual time: only waiting for timers takes any).`;
  }
  return `${order}; grey stretches: time passes, the longer ones compressed.`;
}

/** The times, a line down from each; stretches in which nothing happened; and the timers that went off. */
function scale(scene: Scene, below: number): Part {
  const { axis: along } = scene;
  const bottom = 24 + below;
  const lines = along.ticks.map(({ x }) => `M${round(x)} 18V${bottom}`);
  const body = [
    ...along.stretches.map(({ from, to, milliseconds }) => {
      scene.used.add("stretch");
      const place = `x="${round(from)}" y="24" width="${round(to - from)}" height="${bottom - 24}"`;
      return `<rect class="stretch" ${place}>${hint(`${axisTime(milliseconds)} pass`)}</rect>`;
    }),
    `<path class="axis" d="M${along.left} 24H${along.right}${lines.join("")}"/>`,
    ...along.ticks.map(({ x, label }) => text(x, 14, label, "small")),
    ...timers(scene),
  ];
  return { height: 24, body };
}

function timers(scene: Scene): string[] {
  const { axis: along, trace } = scene;
  const places = new Set<number>();
  for (let i = along.first; i < along.last; i++) {
    const { type, goroutine } = trace.events[i] as TraceEvent;
    if (type === "timer" || (type === "cancel" && goroutine === 0)) places.add(round(along.at(i)));
  }
  if (places.size === 0) return [];
  scene.used.add("timer");
  const path = [...places].map((x) => `M${round(x - 3.5)} 17h7l-3.5 7z`);
  return [`<path class="dot" d="${path.join("")}">${hint("timers that went off")}</path>`];
}
