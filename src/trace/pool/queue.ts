// The queue of a pool: how many accepted jobs waited for a worker at each moment, and which gave up there.

import { counted, thousands } from "../figures.ts";
import { hint, round, text } from "../svg.ts";
import { area, cross } from "./marks.ts";
import { left, type Part, type Scene } from "./scene.ts";

const fullHeight = 56;

/** An area over the lanes; only a line, if nobody waited. */
export function queue(scene: Scene, y: number): Part {
  const { end, mostWaiting: most } = scene;
  const top = y + 8;
  const bottom = top + (most === 0 ? 12 : fullHeight);
  const told = most === 0 ? "no job waited" : `at most ${thousands(most)} waiting`;
  const body = [
    text(left - 8, (top + bottom) / 2 + 4, "queue", "", "end"),
    text(end + 14, most === 0 ? top + 8 : top + 9, told, "small"),
    `<path class="axis" d="M${left} ${bottom}H${end}"/>`,
  ];
  if (most > 0) {
    body.push(
      `<path class="axis" stroke-dasharray="2 3" d="M${left} ${top}H${end + 10}"/>`,
      `<path class="queue" d="${area(heightsOf(scene), left, end, bottom, -1)}"/>`,
    );
  }
  return { body: [...body, ...givenUp(scene, bottom)], bottom: bottom + 14 };
}

/** The height in each pixel from left to right. */
function heightsOf({ queue: settled, mostWaiting, view, end, x }: Scene): number[] {
  const unit = fullHeight / Math.max(mostWaiting, 1);
  const heights = new Array<number>(Math.ceil(end - left)).fill(0);
  for (const [i, { position, length }] of settled.entries()) {
    const next = settled[i + 1]?.position ?? view.high;
    const last = Math.min(Math.floor(x(next) - left), heights.length - 1);
    // Where much happens in a pixel, the greatest length is shown.
    for (let c = Math.max(0, Math.floor(x(position) - left)); c <= last; c++) {
      heights[c] = Math.max(heights[c] as number, round(length * unit));
    }
  }
  return heights;
}

/** A cross for each job that was cancelled in the queue, or one for several next to each other. */
function givenUp({ view, end, x }: Scene, bottom: number): string[] {
  const room = 8;
  const places = new Map<number, number>();
  for (const { worker, finished } of view.history.jobs) {
    if (worker !== null || finished < 0) continue;
    const position = view.position(finished);
    if (!(position >= view.low && position <= view.high)) continue;
    const place = Math.floor(Math.min(x(position) - left, end - left - room / 2) / room);
    places.set(place, (places.get(place) ?? 0) + 1);
  }
  return [...places].map(([place, jobs]) => {
    const path = cross(left + place * room + room / 2, bottom - 6);
    return `<path class="given-up" d="${path}">${hint(`${counted(jobs, "job")} cancelled in the queue`)}</path>`;
  });
}
