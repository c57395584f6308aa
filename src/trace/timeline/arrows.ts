// What passes between lanes: values from who sends to who receives, the start of a goroutine, and who woke whom. Where
// there are too many to be told apart they become thin lines, and then nothing: the lanes of the channels tell it.

import { entry } from "../entry.ts";
import { axisTime } from "../figures.ts";
import type { TraceEvent, Who } from "../format.ts";
import { type Move, stateOf } from "../lanes.ts";
import { short } from "../shown.ts";
import { hint, round, text, widthOf } from "../svg.ts";
import { kinds } from "./fills.ts";
import { bandHeight, barHeight, type Scene } from "./scene.ts";

/** More than this, and they are thin lines without words; more than that, and they are none. */
const mostToldApart = 150;
const mostThin = 600;

/**
 * Arrows as long as the axis that are as clear as all others: more, and those through a buffer only hide what is below.
 */
const mostClear = 12;
const long = 40;

/** How long a stub is, of an arrow whose other end is not shown. */
const stub = 9;

/** How what passes between lanes looks. */
export const style: string = `
  .thin { stroke-width: 0.7; stroke-opacity: 0.45; }
  .faint { stroke-width: 0.8; stroke-opacity: 0.3; }
  .go { stroke-width: 1; }
  .wake { stroke-width: 1; stroke-dasharray: 1 3; }
  .dot { stroke: none; }`;

interface Line {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

interface Arrow extends Line {
  readonly move: Move;
}

/** All that passes; `omitted` is how many values had no room. */
export function arrows(scene: Scene): { readonly body: string[]; readonly omitted: number } {
  const starts = startsAndWakes(scene);
  const values = valuesOf(scene);
  if (values.length <= mostToldApart) return { body: [starts, ...toldApart(scene, values)], omitted: 0 };
  const thin = new Map<number, Set<string>>();
  const kind = kinds(scene);
  for (const { move, ...line } of values) {
    const of = kind.get(move.channel) ?? 4;
    const paths = entry(thin, of, () => new Set<string>());
    paths.add(pathOf({ ...line, x1: Math.round(line.x1), x2: Math.round(line.x2) }));
  }
  const count = [...thin.values()].reduce((sum, { size }) => sum + size, 0);
  if (count > mostThin) return { body: [starts], omitted: values.length };
  scene.used.add("value");
  const paths = [...thin].map(([of, all]) => `<path class="flow thin k${of}" d="${[...all].join("")}"/>`);
  return { body: [starts, ...paths], omitted: 0 };
}

/** The way of each value that somebody shown sent or received, as far as that is in the window. */
function valuesOf(scene: Scene): Arrow[] {
  const { axis, trace, moves } = scene;
  const found: Arrow[] = [];
  for (const move of moves) {
    if (move.received >= trace.events.length || move.received < axis.first || move.sent >= axis.last) continue;
    const line = between(scene, move.from, move.to, axis.at(move.sent), axis.at(move.received));
    if (line !== null) found.push({ ...line, move });
  }
  return found;
}

/**
 * From one bar to another; to or from a stub, if one is not shown, but for the runtime, whose timers are on the axis.
 */
function between(scene: Scene, from: Who, to: Who, x1: number, x2: number): Line | null {
  const top = scene.topOf(from);
  const target = scene.topOf(to);
  if (top === null && target === null) return null;
  const hidden = scene.bandTop + bandHeight / 2;
  if (target === null) {
    const y1 = (top as number) + barHeight;
    return { x1, y1, x2: x1 + stub, y2: scene.summedUp.length > 0 ? Math.min(hidden, y1 + stub) : y1 + stub };
  }
  if (top === null) {
    const isAbove = from === 0 || scene.summedUp.length === 0;
    return {
      x1: x2 - stub,
      y1: isAbove ? target - stub : target + barHeight + stub,
      x2,
      y2: isAbove ? target : target + barHeight,
    };
  }
  if (top === target) return { x1, y1: top + barHeight, x2: Math.max(x2, x1 + 4), y2: top + barHeight };
  return top < target ? { x1, y1: top + barHeight, x2, y2: target } : { x1, y1: top, x2, y2: target + barHeight };
}

// Who sends to himself does so in a bow below his lane.
function pathOf({ x1, y1, x2, y2 }: Line): string {
  if (y1 === y2) return `M${round(x1)} ${y1}Q${round((x1 + x2) / 2)} ${y1 + 16} ${round(x2)} ${y2}`;
  return `M${round(x1)} ${round(y1)}L${round(x2)} ${round(y2)}`;
}

function toldApart(scene: Scene, all: readonly Arrow[]): string[] {
  const kind = kinds(scene);
  const groups = new Map<number, string[]>();
  const texts: string[] = [];
  const length = all.reduce((sum, { x1, x2 }) => sum + x2 - x1, 0);
  const isCrowded = length > mostClear * (scene.axis.right - scene.axis.left);
  for (const arrow of all) {
    const shade = isCrowded && arrow.x2 - arrow.x1 > long ? ' class="faint"' : "";
    const of = kind.get(arrow.move.channel) ?? 4;
    const group = entry<number, string[]>(groups, of, () => []);
    group.push(`<path${shade} d="${pathOf(arrow)}">${hint(tell(scene, arrow.move))}</path>`);
    const label = labelOf(scene, arrow, all);
    if (label !== null) texts.push(text(label.x, label.y, label.content, `value halo v${of}`));
    scene.used.add("value");
  }
  const drawn = [...groups].map(
    ([of, paths]) => `<g class="flow k${of}" marker-end="url(#goro-head-${of})">\n${paths.join("\n")}\n</g>`,
  );
  return [...drawn, ...texts];
}

function tell({ names, trace }: Scene, { from, to, channel, text: value, sent, received }: Move): string {
  const label = (id: Who): string => (id === 0 ? "a timer" : names.goroutine(id));
  const [start, over] = [trace.events[sent]?.at ?? 0, trace.events[received]?.at ?? 0];
  const when = over > start ? `${axisTime(start)} to ${axisTime(over)}` : axisTime(start);
  const what = value === "" ? "a value" : short(value, 100);
  return `${names.channel(channel, 60)}: ${what}, from ${label(from)} to ${label(to)}, ${when}`;
}

/** The text of the value beside the head of its arrow, if nothing else passes there. */
function labelOf(scene: Scene, arrow: Arrow, all: readonly Arrow[]): { x: number; y: number; content: string } | null {
  const content = fieldless(short(arrow.move.text, 26));
  const { x2, y1, y2 } = arrow;
  if (content === "" || y1 === y2) return null;
  const y = y1 < y2 ? y2 - 3 : y2 + 11;
  const x = x2 + 4;
  const to = x + widthOf(content) + 1;
  const isFree = all.every(
    (other) => other === arrow || !(crosses(other, x - 2, to, y - 4) || arrives(other, arrow, to)),
  );
  return isFree && to <= scene.axis.right + 50 ? { x, y, content } : null;
}

/** "{1, 1}" for "{number: 1, square: 1}": the names of fields are the same each time, and room is rare. */
function fieldless(value: string): string {
  return value.startsWith("{") ? value.replaceAll(/([{,] ?)[\w$]+: /g, "$1") : value;
}

/** Whether another arrow comes to the same place a little later: it needs its room too. */
function arrives(other: Line, { x2, y2 }: Line, to: number): boolean {
  return other.y2 === y2 && other.x2 >= x2 && other.x2 <= to + 4;
}

function crosses({ x1, y1, x2, y2 }: Line, from: number, to: number, y: number): boolean {
  if (Math.max(y1, y2) < y - 5 || Math.min(y1, y2) > y + 5) return false;
  const x = y1 === y2 ? x2 : x1 + (x2 - x1) * Math.min(1, Math.max(0, (y - y1) / (y2 - y1)));
  return x >= from && x <= to;
}

/** Lines from a `go` to the lane that begins there; and dotted ones to who was woken otherwise than by a value. */
function startsAndWakes(scene: Scene): string {
  const { axis, trace } = scene;
  const starts = new Set<string>();
  const wakes = new Set<string>();
  const waits = new Map<number, string>();
  for (const [i, event] of trace.events.entries()) {
    if (event.type === "block") waits.set(event.wait, event.operation);
    if (i < axis.first || i >= axis.last) continue;
    if (event.type === "go") {
      const line = between(scene, event.goroutine, event.child, axis.at(i), axis.at(i));
      if (line !== null && scene.topOf(event.child) !== null) starts.add(startOf(line));
    } else if (event.type === "unblock" && event.by !== 0 && event.by !== event.goroutine) {
      const isHandedOver = stateOf(waits.get(event.wait) ?? "") !== "wait" && hasJustMoved(trace.events, i);
      const line = isHandedOver ? null : between(scene, event.by, event.goroutine, axis.at(i), axis.at(i));
      if (line !== null && line.x1 === line.x2) wakes.add(pathOf(line));
    }
  }
  if (starts.size > 0) scene.used.add("go");
  if (wakes.size > 0 && wakes.size <= mostToldApart) scene.used.add("wake");
  const dotted = wakes.size > mostToldApart ? "" : `<path class="ink wake" d="${[...wakes].join("")}"/>`;
  return `<path class="ink go" d="${[...starts].join("")}"/>${dotted}`;
}

function startOf({ x1, y1, x2, y2 }: Line): string {
  if (x1 !== x2) return `M${round(x2)} ${round(y2)}v${barHeight}`;
  const to = y1 < y2 ? y2 + barHeight : y2 - barHeight;
  return `M${round(x1 - 2.5)} ${round(y1)}h5M${round(x1)} ${round(y1)}V${round(to)}`;
}

/** Whether the goroutine that is woken there has just got or given a value. */
function hasJustMoved(events: readonly TraceEvent[], index: number): boolean {
  const woken = events[index] as TraceEvent;
  for (let i = index - 1; i >= Math.max(0, index - 3); i--) {
    const event = events[i] as TraceEvent;
    if ((event.type === "send" || event.type === "receive") && event.goroutine === woken.goroutine) return true;
  }
  return false;
}
