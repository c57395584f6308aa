// What passes between the tracks of goroutines: values from sender to receiver, starts and wake-ups.

import { getOrInsert } from "../collections.ts";
import { formatAxisTime, truncate } from "../formatting.ts";
import type { GoroutineRef, TraceEvent } from "../format.ts";
import type { MessageFlow } from "../tracks.ts";
import { line, type Path, type Shape, text, textWidth } from "./chart.ts";
import { barHeight, type Scene } from "./scene.ts";

/** With more values than this, their arrows are thin lines without labels; more lines than `maxLines` are left out. */
const maxArrows = 150;
const maxLines = 600;

/** The length in pixels of an arrow whose other end is not shown. */
const stubLength = 9;

/** A line from one point to another: x, y, x, y. */
type Ends = readonly [x1: number, y1: number, x2: number, y2: number];

interface Arrow {
  readonly flow: MessageFlow;
  readonly ends: Ends;
}

/** Lays out everything that passes between tracks; `omitted` is the number of values without arrows. */
export function layoutFlows(scene: Scene): { readonly shapes: readonly Shape[]; readonly omitted: number } {
  const { axis, trace } = scene;
  const arrows = scene.flows.flatMap((flow): Arrow[] => {
    const { sendEvent, receiveEvent } = flow;
    if (receiveEvent >= trace.events.length || receiveEvent < axis.first || sendEvent >= axis.last) return [];
    const ends = arrowBetween(scene, flow.from, flow.to, axis.at(sendEvent), axis.at(receiveEvent));
    return ends === null ? [] : [{ flow, ends }];
  });
  const others = startsAndWakes(scene);
  if (arrows.length <= maxArrows) return { shapes: [...others, ...clearArrows(scene, arrows)], omitted: 0 };
  const lines = new Map<string, Path>();
  for (const { flow, ends } of arrows) {
    const style = `flow${scene.channelStyle(flow.channel)}` as const;
    const points = curveOf([Math.round(ends[0]), ends[1], Math.round(ends[2]), ends[3]]);
    getOrInsert(lines, `${style} ${points.join(" ")}`, () => line(style, points, { modifiers: ["thin"] }));
  }
  if (lines.size > maxLines) return { shapes: others, omitted: arrows.length };
  // Neighbors of the same style become one element of a file.
  const sorted = [...lines.values()].sort((a, b) => a.style.localeCompare(b.style));
  return { shapes: [...others, ...sorted], omitted: 0 };
}

/** The ends of an arrow from one bar to another. If one goroutine is not shown, the arrow is a stub at the other; if neither is, null. */
function arrowBetween(scene: Scene, from: GoroutineRef, to: GoroutineRef, x1: number, x2: number): Ends | null {
  const { topOf, aggregated } = scene;
  const [top, target] = [topOf(from), topOf(to)];
  if (top === null && target === null) return null;
  if (target === null)
    return [x1, (top as number) + barHeight, x1 + stubLength, (top as number) + barHeight + stubLength];
  if (top === target) return [x1, top + barHeight, Math.max(x2, x1 + 4), top + barHeight];
  // Goroutines without a track are in the band at the bottom; timers are at the top.
  const isFromBelow = top === null ? from !== 0 && aggregated.length > 0 : top > target;
  const y = isFromBelow ? target + barHeight : target;
  if (top === null) return [x2 - stubLength, isFromBelow ? y + stubLength : y - stubLength, x2, y];
  return [x1, isFromBelow ? top : top + barHeight, x2, y];
}

/** A line between two points; below the bar of a goroutine that sends to itself, an arc. */
function curveOf([x1, y1, x2, y2]: Ends): readonly number[] {
  return y1 === y2 ? [x1, y1, (x1 + x2) / 2, y1 + 16, x2, y2] : [x1, y1, x2, y2];
}

function clearArrows(scene: Scene, arrows: readonly Arrow[]): Shape[] {
  const { channelStyle, names, trace } = scene;
  const goroutine = (id: GoroutineRef): string => (id === 0 ? "a timer" : names.goroutine(id));
  const lines = arrows.map(({ flow, ends }) => {
    const [start, end] = [trace.events[flow.sendEvent]?.at ?? 0, trace.events[flow.receiveEvent]?.at ?? 0];
    const when = end > start ? `${formatAxisTime(start)} to ${formatAxisTime(end)}` : formatAxisTime(start);
    const what = flow.text === "" ? "a value" : truncate(flow.text, 100);
    return line(`flow${channelStyle(flow.channel)}`, curveOf(ends), {
      hasArrow: true,
      isCurve: ends[1] === ends[3],
      tooltip: `${names.channel(flow.channel, 60)}: ${what}, from ${goroutine(flow.from)} to ${goroutine(flow.to)}, ${when}`,
      events: [flow.sendEvent, flow.receiveEvent + 1],
    });
  });
  return [...lines, ...arrows.flatMap((arrow) => labelOf(scene, arrow, arrows))];
}

/** The value as a text beside the head of its arrow, if no other arrow passes there. */
function labelOf({ axis, channelStyle }: Scene, arrow: Arrow, arrows: readonly Arrow[]): Shape[] {
  const short = truncate(arrow.flow.text, 26);
  // "{1, 1}" for "{number: 1, square: 1}": all values of a channel have the same fields.
  const content = short.startsWith("{") ? short.replaceAll(/([{,] ?)[\w$]+: /g, "$1") : short;
  const [, y1, x2, y2] = arrow.ends;
  if (content === "" || y1 === y2) return [];
  const [x, y] = [x2 + 4, y1 < y2 ? y2 - 3 : y2 + 11];
  const right = x + textWidth(content) + 1;
  const isCovered = arrows.some((other) => {
    const [, , otherX, otherY] = other.ends;
    const arrivesNearby = otherY === y2 && otherX >= x2 && otherX <= right + 4;
    return other !== arrow && (arrivesNearby || crosses(other.ends, x - 2, right, y - 4));
  });
  return isCovered || right > axis.right + 50 ? [] : [text(x, y, content, `value${channelStyle(arrow.flow.channel)}`)];
}

/** Whether an arrow crosses the height `y`, give or take 5 pixels, between `left` and `right`. */
function crosses([x1, y1, x2, y2]: Ends, left: number, right: number, y: number): boolean {
  if (Math.max(y1, y2) < y - 5 || Math.min(y1, y2) > y + 5) return false;
  const x = y1 === y2 ? x2 : x1 + (x2 - x1) * Math.min(1, Math.max(0, (y - y1) / (y2 - y1)));
  return x >= left && x <= right;
}

/** Lines from a `go` to the track that begins there, and dotted lines to goroutines that were woken without a value. */
function startsAndWakes(scene: Scene): Shape[] {
  const { axis, goroutines, trace } = scene;
  const starts = goroutines.flatMap(({ id, startEvent: i }): Shape[] => {
    const starter = trace.events[i]?.goroutine;
    if (starter === undefined || i < axis.first || i >= axis.last) return [];
    const ends = arrowBetween(scene, starter, id, axis.at(i), axis.at(i));
    return ends === null ? [] : [line("start", startLine(ends), { events: [i, i + 1] })];
  });
  const wakes = new Map<string, Shape>();
  for (let i = axis.first; i < axis.last; i++) {
    const event = trace.events[i] as TraceEvent;
    if (event.type !== "unblock" || event.by === 0 || event.by === event.goroutine) continue;
    if (hasJustMoved(trace.events, i)) continue;
    const ends = arrowBetween(scene, event.by, event.goroutine, axis.at(i), axis.at(i));
    if (ends !== null && ends[0] === ends[2]) wakes.set(ends.join(" "), line("wake", ends, { events: [i, i + 1] }));
  }
  return [...starts, ...(wakes.size > maxArrows ? [] : wakes.values())];
}

/** A line from a bar along the bar that starts there; only along that bar if the other one is not shown. */
function startLine([x1, y1, x2, y2]: Ends): readonly number[] {
  if (x1 !== x2) return [x2, y2, x2, y2 + barHeight];
  return [x1 - 2.5, y1, x1 + 2.5, y1, x1, y1, x1, y1 < y2 ? y2 + barHeight : y2 - barHeight];
}

/** Whether one of the three events before the one at `index` gave a value to the goroutine that it unblocks, or took one. */
function hasJustMoved(events: readonly TraceEvent[], index: number): boolean {
  const { goroutine } = events[index] as TraceEvent;
  const recent = events.slice(Math.max(0, index - 3), index);
  return recent.some(({ type, ...event }) => (type === "send" || type === "receive") && event.goroutine === goroutine);
}
