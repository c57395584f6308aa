// The lanes of channels: how full a buffer is, from empty to its capacity; a tick for each value that a channel without
// one hands over; and where it was closed.

import { entry } from "../entry.ts";
import { counted } from "../figures.ts";
import type { ChannelLane } from "../lanes.ts";
import { arrowHead, hint, round, text } from "../svg.ts";
import type { Part, Scene } from "./scene.ts";

const pitch = 29;
const fullHeight = 18;

/** So many channels have an arrow of their own kind. */
const kindCount = 5;
const colours = [
  ["#0550ae", "#79c0ff"],
  ["#bc4c00", "#f0883e"],
  ["#1b7c83", "#56d4dd"],
  ["#8250df", "#d2a8ff"],
  ["#57606a", "#9198a1"],
] as const;
const dashes = ["", "6 3", "2 2", "9 3 2 3", "1 3"];

const inLight = colours.map(
  ([light], i) => `
  .k${i} { stroke: ${light}; stroke-dasharray: ${dashes[i] || "none"}; }
  .area.k${i}, .head.k${i} { fill: ${light}; stroke-dasharray: none; }
  .v${i} { fill: ${light}; }`,
);
const inDark = colours.map(
  ([, dark], i) => `
    .k${i} { stroke: ${dark}; }
    .area.k${i}, .head.k${i}, .v${i} { fill: ${dark}; }`,
);

/** How channels look, and the arrows of their values. */
export const style: string = `
  .flow { fill: none; stroke-width: 1.4; }
  .head { stroke: none; }
  .area { stroke-width: 1.4; fill-opacity: 0.25; }
  .value { font-size: 11px; font-weight: 600; }${inLight.join("")}
  @media screen and (prefers-color-scheme: dark) {${inDark.join("")}
    .head { stroke: none; }
  }`;

/** The heads of arrows. */
export const definitions: string = colours.map((_, i) => arrowHead(`goro-head-${i}`, `head k${i}`, 7)).join("");

/** The kind of each channel's arrows, the same for those of one name; the last is of all that have no lane. */
export function kinds({ channels }: Scene): Map<number, number> {
  const byName = new Map<string, number>();
  const kindOf = (name: string): number => entry(byName, name, () => Math.min(byName.size, kindCount - 1));
  return new Map(
    channels.map(({ channel: { id, name } }) => {
      return [id, name.startsWith("ctx.") ? kindCount - 1 : kindOf(name === "" ? ` ${id}` : name)];
    }),
  );
}

/** All lanes of channels, from 0 downwards. */
export function fills(scene: Scene): Part {
  const { channels, hiddenChannels, axis } = scene;
  const received = new Map<number, Set<number>>(channels.map(({ channel }) => [channel.id, new Set()]));
  for (const move of scene.moves) {
    if (move.received < axis.first || move.received >= axis.last) continue;
    received.get(move.channel)?.add(round(axis.at(move.received)));
  }
  const kind = kinds(scene);
  const body = channels.map((one, i) => {
    return laneOf(scene, one, kind.get(one.channel.id) ?? 0, 8 + i * pitch, received.get(one.channel.id) ?? new Set());
  });
  const height = channels.length * pitch + (channels.length === 0 ? 0 : 8);
  if (hiddenChannels === 0) return { height, body };
  const more = `and ${counted(hiddenChannels, "more channel")}, less used`;
  return { height: height + 16, body: [...body, text(16, height + 8, more, "small")] };
}

function laneOf(scene: Scene, lane: ChannelLane, kind: number, top: number, received: ReadonlySet<number>): string {
  const { axis, names } = scene;
  const { id, capacity } = lane.channel;
  const bottom = top + fullHeight;
  const name = `${names.channel(id, 12)}${capacity > 0 ? ` (${capacity})` : ""}`;
  const told = hint(`${names.channel(id, 200)}, ${capacity > 0 ? `a buffer of ${capacity}` : "no buffer"}`);
  const { length } = lane.fills.at(-1) ?? { length: 0 };
  const isFull = length === capacity;
  const left = axis.last < scene.trace.events.length || length === 0 ? "" : isFull ? "full" : `${length} left`;
  return [
    `<g>${told}<path class="flow k${kind}" d="M16 ${top + 10}h20" marker-end="url(#goro-head-${kind})"/>`,
    `${text(42, top + 14, name)}</g>`,
    `<path class="axis" d="M${axis.left} ${bottom}H${axis.right}"/>`,
    capacity > 0 ? stair(scene, lane, kind, bottom) : ticks(scene, received, kind, bottom),
    closed(scene, lane, top),
    left === "" ? "" : text(axis.right + 6, bottom - 2, left, isFull ? "forever" : "small"),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function ticks(scene: Scene, received: ReadonlySet<number>, kind: number, bottom: number): string {
  if (received.size === 0) return "";
  scene.used.add("tick");
  const path = [...received].sort((a, b) => a - b).map((x) => `M${x} ${bottom}v-9`);
  return `<path class="flow k${kind}" style="stroke-dasharray:none" d="${path.join("")}"/>`;
}

/** A stair from fill to fill; those within one pixel are one line from the least to the most of them. */
function stair({ axis, used }: Scene, { channel, fills: all }: ChannelLane, kind: number, bottom: number): string {
  let most = channel.capacity;
  for (const { length } of all) most = Math.max(most, length);
  const y = (length: number): number => round(bottom - (length / most) * fullHeight);
  let path = `M${axis.left} ${bottom}`;
  let column = -1;
  let [least, greatest, last] = [0, 0, 0];
  const flush = (x: number): void => {
    path += `H${x}${greatest > last ? `V${y(greatest)}` : ""}${least < last ? `V${y(least)}` : ""}V${y(last)}`;
  };
  for (const { from, length } of all) {
    if (from >= axis.last) break;
    const at = Math.round(axis.at(from));
    if (at !== column) {
      if (column >= 0) flush(column);
      column = at;
      [least, greatest] = [length, length];
    }
    [least, greatest, last] = [Math.min(least, length), Math.max(greatest, length), length];
  }
  if (column >= 0) flush(column);
  used.add("fill");
  const limit = `<path class="axis" stroke-dasharray="2 3" d="M${axis.left} ${bottom - fullHeight}H${axis.right}"/>`;
  return `${limit}<path class="area k${kind}" d="${path}H${axis.right}V${bottom}"/>`;
}

function closed({ axis, used }: Scene, lane: ChannelLane, top: number): string {
  if (lane.closed < axis.first || lane.closed >= axis.last) return "";
  used.add("closed");
  const x = round(axis.at(lane.closed));
  const word = axis.right - x > 50 ? text(x + 4, top + 10, "closed", "sign halo") : "";
  return `<path class="end ink" d="M${x} ${top - 2}v${fullHeight + 4}">${hint("closed")}</path>${word}`;
}
