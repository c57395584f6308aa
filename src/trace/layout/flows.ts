// What passes between the tracks of goroutines: values from sender to receiver, starts and wake-ups. Too many values become thin lines,
// and even more are left out: the tracks of the channels show them.

import { getOrInsert } from "../collections.ts";
import { formatAxisTime } from "../format-number.ts";
import type { GoroutineRef, TraceEvent } from "../format.ts";
import { truncate } from "../preview.ts";
import { type MessageFlow, stateOf } from "../tracks.ts";
import { path, type Point, type Shape, text, type Text, textWidth } from "./chart.ts";
import { bandHeight, barHeight, type Scene } from "./scene.ts";
import type { ChannelStyleIndex } from "./theme.ts";

/** With more values than this, they are thin lines without labels. */
const maxArrows = 150;
const maxThinLines = 600;

/** If all arrows together are longer than this many axes, arrows longer than `longArrow` pixels are faint. */
const maxClearAxes = 12;
const longArrow = 40;

/** The length in pixels of an arrow whose other end is not shown. */
const stubLength = 9;

interface Arrow {
  readonly flow: MessageFlow;
  readonly from: Point;
  readonly to: Point;
}

/** Lays out everything that passes between tracks; `omitted` is the number of values without arrows. */
export function layoutFlows(scene: Scene): { readonly shapes: Shape[]; readonly omitted: number } {
  const shapes: Shape[] = startsAndWakes(scene);
  const arrows = valueArrows(scene);
  if (arrows.length <= maxArrows) return { shapes: [...shapes, ...labelledArrows(scene, arrows)], omitted: 0 };
  const lines = new Map<string, Shape>();
  for (const { flow, from, to } of arrows) {
    const style = styleOf(scene, "flow", flow);
    const points: Point[] = [
      [Math.round(from[0]), from[1]],
      [Math.round(to[0]), to[1]],
    ];
    getOrInsert(lines, `${style} ${points.join(" ")}`, () => path(style, curveOf(points), { modifiers: ["thin"] }));
  }
  if (lines.size > maxThinLines) return { shapes, omitted: arrows.length };
  // Lines of the same style become one element of the file.
  const sorted = [...lines.values()].sort((a, b) => (a.style ?? "").localeCompare(b.style ?? ""));
  return { shapes: [...shapes, ...sorted], omitted: 0 };
}

function styleOf<K extends "flow" | "value">(
  { channelStyle }: Scene,
  kind: K,
  flow: MessageFlow,
): `${K}${ChannelStyleIndex}` {
  return `${kind}${channelStyle(flow.channel)}`;
}

/** The arrows of values that a shown goroutine sent or received, and that were received while events are shown. */
function valueArrows(scene: Scene): Arrow[] {
  const { axis, trace } = scene;
  return scene.flows.flatMap((flow) => {
    const { sendEvent, receiveEvent } = flow;
    if (receiveEvent >= trace.events.length || receiveEvent < axis.first || sendEvent >= axis.last) return [];
    const ends = arrowBetween(scene, flow.from, flow.to, axis.at(sendEvent), axis.at(receiveEvent));
    return ends === null ? [] : [{ flow, from: ends[0], to: ends[1] }];
  });
}

/** The ends of an arrow from one bar to another. If one goroutine is not shown, the arrow is a stub at the other; if neither is, null. */
function arrowBetween(
  scene: Scene,
  from: GoroutineRef,
  to: GoroutineRef,
  x1: number,
  x2: number,
): [from: Point, to: Point] | null {
  const [top, target] = [scene.topOf(from), scene.topOf(to)];
  if (top === null && target === null) return null;
  const hasBand = scene.aggregated.length > 0;
  if (target === null) {
    const y = (top as number) + barHeight;
    const end = hasBand ? Math.min(scene.bandTop + bandHeight / 2, y + stubLength) : y + stubLength;
    return [
      [x1, y],
      [x1 + stubLength, end],
    ];
  }
  if (top === null) {
    const comesFromAbove = from === 0 || !hasBand;
    const y = comesFromAbove ? target : target + barHeight;
    return [
      [x2 - stubLength, comesFromAbove ? y - stubLength : y + stubLength],
      [x2, y],
    ];
  }
  if (top === target)
    return [
      [x1, top + barHeight],
      [Math.max(x2, x1 + 4), top + barHeight],
    ];
  return top < target
    ? [
        [x1, top + barHeight],
        [x2, target],
      ]
    : [
        [x1, top],
        [x2, target + barHeight],
      ];
}

/** A line between two points; below the bar of a goroutine that sends to itself, an arc. */
function curveOf(ends: readonly Point[]): readonly Point[] {
  const [[x1, y1], [x2, y2]] = ends as [Point, Point];
  return y1 === y2
    ? [
        [x1, y1],
        [(x1 + x2) / 2, y1 + 16],
        [x2, y2],
      ]
    : ends;
}

function labelledArrows(scene: Scene, arrows: readonly Arrow[]): Shape[] {
  const { axis } = scene;
  const totalLength = arrows.reduce((sum, { from, to }) => sum + to[0] - from[0], 0);
  const isCrowded = totalLength > maxClearAxes * (axis.right - axis.left);
  const lines = arrows.map(({ flow, from, to }) => {
    return path(styleOf(scene, "flow", flow), curveOf([from, to]), {
      hasArrow: true,
      isCurve: from[1] === to[1],
      tooltip: describe(scene, flow),
      events: [flow.sendEvent, flow.receiveEvent + 1],
      ...(isCrowded && to[0] - from[0] > longArrow && { modifiers: ["faint"] }),
    });
  });
  return [...lines, ...arrows.flatMap((arrow) => labelOf(scene, arrow, arrows) ?? [])];
}

function describe(
  { names, trace }: Scene,
  { from, to, channel, text: value, sendEvent, receiveEvent }: MessageFlow,
): string {
  const label = (id: GoroutineRef): string => (id === 0 ? "a timer" : names.goroutine(id));
  const [start, end] = [trace.events[sendEvent]?.at ?? 0, trace.events[receiveEvent]?.at ?? 0];
  const when = end > start ? `${formatAxisTime(start)} to ${formatAxisTime(end)}` : formatAxisTime(start);
  const what = value === "" ? "a value" : truncate(value, 100);
  return `${names.channel(channel, 60)}: ${what}, from ${label(from)} to ${label(to)}, ${when}`;
}

/** The value as a text beside the head of its arrow, if no other arrow passes there. */
function labelOf(scene: Scene, arrow: Arrow, arrows: readonly Arrow[]): Text | null {
  const content = stripFieldNames(truncate(arrow.flow.text, 26));
  const { from, to } = arrow;
  if (content === "" || from[1] === to[1]) return null;
  const [x, y] = [to[0] + 4, from[1] < to[1] ? to[1] - 3 : to[1] + 11];
  const right = x + textWidth(content) + 1;
  const isBlocked = (other: Arrow): boolean =>
    other !== arrow &&
    (crosses(other, x - 2, right, y - 4) ||
      (other.to[1] === to[1] && other.to[0] >= to[0] && other.to[0] <= right + 4));
  return right > scene.axis.right + 50 || arrows.some(isBlocked)
    ? null
    : text(x, y, content, styleOf(scene, "value", arrow.flow));
}

/** "{1, 1}" for "{number: 1, square: 1}": the names of the fields are the same for all values of a channel. */
function stripFieldNames(value: string): string {
  return value.startsWith("{") ? value.replaceAll(/([{,] ?)[\w$]+: /g, "$1") : value;
}

/** Whether an arrow crosses the height `y`, give or take 5 pixels, between `left` and `right`. */
function crosses({ from: [x1, y1], to: [x2, y2] }: Arrow, left: number, right: number, y: number): boolean {
  if (Math.max(y1, y2) < y - 5 || Math.min(y1, y2) > y + 5) return false;
  const x = y1 === y2 ? x2 : x1 + (x2 - x1) * Math.min(1, Math.max(0, (y - y1) / (y2 - y1)));
  return x >= left && x <= right;
}

/** Lines from a `go` to the track that begins there, and dotted lines to goroutines that were woken without a value. */
function startsAndWakes(scene: Scene): Shape[] {
  const { axis, trace } = scene;
  const starts = new Map<string, Shape>();
  const wakes = new Map<string, Shape>();
  const operations = new Map<number, string>();
  for (const [i, event] of trace.events.entries()) {
    if (event.type === "block") operations.set(event.wait, event.operation);
    if (i < axis.first || i >= axis.last) continue;
    const x = axis.at(i);
    if (event.type === "go") {
      const ends = arrowBetween(scene, event.goroutine, event.child, x, x);
      if (ends === null || scene.topOf(event.child) === null) continue;
      getOrInsert(starts, ends.join(" "), () => path("start", startLine(...ends), { events: [i, i + 1] }));
    } else if (event.type === "unblock" && event.by !== 0 && event.by !== event.goroutine) {
      const isValue = stateOf(operations.get(event.wait) ?? "") !== "wait" && hasJustMoved(trace.events, i);
      const ends = isValue ? null : arrowBetween(scene, event.by, event.goroutine, x, x);
      if (ends === null || ends[0][0] !== ends[1][0]) continue;
      getOrInsert(wakes, ends.join(" "), () => path("wake", ends, { events: [i, i + 1] }));
    }
  }
  return [...starts.values(), ...(wakes.size > maxArrows ? [] : wakes.values())];
}

/** From a bar to the far side of the bar that starts; from nowhere, along the bar that starts. */
function startLine([x1, y1]: Point, [x2, y2]: Point): Point[] {
  if (x1 !== x2)
    return [
      [x2, y2],
      [x2, y2 + barHeight],
    ];
  const end = y1 < y2 ? y2 + barHeight : y2 - barHeight;
  return [
    [x1 - 2.5, y1],
    [x1 + 2.5, y1],
    [x1, y1],
    [x1, end],
  ];
}

/** Whether the goroutine that the event at `index` unblocks sent or received one of the three events before. */
function hasJustMoved(events: readonly TraceEvent[], index: number): boolean {
  const { goroutine } = events[index] as TraceEvent;
  return events
    .slice(Math.max(0, index - 3), index)
    .some((event) => (event.type === "send" || event.type === "receive") && event.goroutine === goroutine);
}
