// What the program printed, below its lanes, as far as there is room; and marks in the lanes where contexts ended.

import { entry } from "../entry.ts";
import { axisTime, counted } from "../figures.ts";
import type { EventOf, TraceEvent } from "../format.ts";
import { short } from "../shown.ts";
import { hint, round, text, widthOf } from "../svg.ts";
import { barHeight, type Part, type Scene } from "./scene.ts";

const rowCount = 4;
const lineHeight = 15;

type Log = EventOf<"log">;

interface Placed {
  readonly x: number;
  readonly event: Log;
}

/** The rows of text, from 0 downwards. */
export function output(scene: Scene): Part {
  const { axis, trace, isShown } = scene;
  const all: Placed[] = [];
  for (let i = axis.first; i < axis.last; i++) {
    const event = trace.events[i] as TraceEvent;
    const isHere = isShown(event.goroutine) || scene.summedUp.length > 0;
    if (event.type === "log" && isHere) all.push({ x: axis.at(i), event });
  }
  if (all.length === 0) return { height: 0, body: [] };
  scene.used.add("log");
  const ends = new Float64Array(rowCount).fill(-Infinity);
  const places = new Map<number, string[]>();
  const texts: string[] = [];
  const isOne = all.every(({ event }) => event.goroutine === all[0]?.event.goroutine);
  for (const { x, event } of all) {
    const told = entry<number, string[]>(places, round(x), () => []);
    if (told.length < 5) told.push(tell(event));
    const written = write(scene, x, event, ends, isOne);
    if (written !== null) texts.push(written);
  }
  const rows = ends.filter((end) => end > -Infinity).length;
  const shape = places.size > 150 ? "h0.7v7h-0.7z" : "l-3.5 7h7z";
  const ticks = [...places].map(([x, told]) => {
    return `<path class="dot" d="M${x} 6${shape}">${hint(told.join("; "))}</path>`;
  });
  const hidden = all.length - texts.length;
  const label = [text(16, 16, "output")];
  if (hidden > 0) label.push(text(16, 31, `${counted(hidden, "line")} hidden`, "small"));
  return { height: 18 + Math.max(rows, hidden > 0 ? 1 : 0) * lineHeight + 8, body: [...label, ...ticks, ...texts] };
}

function tell({ goroutine, at, text: printed }: Log): string {
  return `${goroutine ?? "?"} at ${axisTime(at)}: ${short(printed, 200)}`;
}

/** In the first row where it fits; the last of a line may begin before its mark. */
function write({ axis }: Scene, x: number, event: Log, ends: Float64Array, isOne: boolean): string | null {
  const content = (isOne ? "" : `${event.goroutine ?? "?"}: `) + short(event.text, 48);
  const wide = widthOf(content);
  const from = Math.max(axis.left, Math.min(x - 3, axis.right + 50 - wide));
  for (const [row, end] of ends.entries()) {
    if (from < end + 10) continue;
    ends[row] = from + wide;
    return text(from, 25 + row * lineHeight, content, "small");
  }
  return null;
}

/** Where goroutines cancelled, in their lanes. */
export function cancels(scene: Scene): string[] {
  const { axis, trace } = scene;
  const found = new Map<string, string>();
  for (let i = axis.first; i < axis.last; i++) {
    const event = trace.events[i] as TraceEvent;
    if (event.type !== "cancel" || found.size >= 500) continue;
    const top = scene.topOf(event.goroutine);
    if (top === null) continue;
    found.set(`M${round(axis.at(i))} ${top + barHeight / 2 - 5}l5 5l-5 5l-5 -5z`, short(event.cause, 100));
  }
  if (found.size > 0) scene.used.add("cancel");
  return [...found].map(([path, cause]) => `<path class="failed" d="${path}">${hint(`cancels: ${cause}`)}</path>`);
}
