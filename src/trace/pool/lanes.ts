// The lanes of workers: a bar for each job, and beside it for how much of the time the worker was at work.

import { counted, duration, thousands } from "../figures.ts";
import { short } from "../shown.ts";
import { round, text } from "../svg.ts";
import type { PoolJob } from "./jobs.ts";
import { crowd, drawn, type Mark } from "./marks.ts";
import { gap, left, type Part, type Scene } from "./scene.ts";
import { covered, type WorkerLane } from "./view.ts";

const meter = 44;
const crowdHeight = 72;

/** So many bars can be pointed at to learn more. */
const mostTold = 1000;

/** All lanes, and together those that have no room of their own. */
export function lanes(scene: Scene, top: number): Part {
  const { view, end, marks } = scene;
  const isFew = marks.flat(2).filter(({ kind }) => kind === "bar").length <= mostTold;
  const told = isFew ? (job: PoolJob): string => tell(scene, job) : null;
  const body: string[] = [];
  if (view.isTime && scene.lanes.length > 0) body.push(text(end + 14, top + 4, "time at work", "small"));
  let y = top + 10;
  for (const [i, lane] of scene.lanes.entries()) {
    const height = heightOf(lane);
    body.push(...laneOf(scene, lane, marks[i] as Mark[][], told, y, height));
    y += height + 5;
  }
  if (scene.rest.length === 0) return { body, bottom: y };
  body.push(...restOf(scene, y + 4));
  return { body, bottom: y + 4 + crowdHeight + 5 };
}

function heightOf({ first, last, rows }: WorkerLane): number {
  return rows.length > 1 ? 12 * rows.length : first === last ? 20 : 14;
}

function laneOf(
  scene: Scene,
  lane: WorkerLane,
  rows: readonly (readonly Mark[])[],
  told: ((job: PoolJob) => string) | null,
  y: number,
  height: number,
): string[] {
  const { first, last } = lane;
  const middle = y + height / 2;
  const name =
    first === last
      ? text(left - 8, middle + 4, short(`worker ${first}`, 14), "", "end")
      : text(left - 8, middle + 4, short(`workers ${first}–${last}`, 16), "small", "end");
  const room = height / rows.length - (rows.length > 1 ? 1 : 0);
  return [
    name,
    `<path class="axis" d="M${left} ${middle}H${scene.end}"/>`,
    ...rows.flatMap((row, k) => drawn(row, scene.x, y + (k * height) / rows.length, room, told)),
    ...beside(scene, [lane], middle),
  ];
}

/** What is told of a job to whoever points at it. */
function tell({ view }: Scene, { job, fate, accepted, started, finished }: PoolJob): string {
  const { times, end } = view.history;
  const [came, began, ended] = [times[accepted], times[started], times[finished]];
  const parts = [
    came === undefined ? "" : `accepted at ${duration(came)}`,
    came === undefined || began === undefined ? "" : `waited ${duration(began - came)}`,
    began === undefined ? "" : `worked on for ${duration((ended ?? end) - began)}`,
  ];
  return [`job ${job}: ${fate === "open" ? "not over" : fate}`, ...parts.filter((part) => part !== "")].join(", ");
}

/** The workers that have no lane of their own. */
function restOf(scene: Scene, top: number): string[] {
  const { rest, end, x } = scene;
  const stretches = rest.flatMap(({ rows }) => rows.flat());
  const first = (rest[0] as WorkerLane).first;
  const last = (rest.at(-1) as WorkerLane).last;
  const workers = last - first + 1;
  const middle = top + crowdHeight / 2;
  return [
    text(left - 8, middle - 3, short(`and ${thousands(workers)} more`, 20), "", "end"),
    text(left - 8, middle + 12, short(`${first}–${last}`, 20), "small", "end"),
    crowd({ stretches, from: left, to: end, kind: "crowd" }, workers, x, top, crowdHeight),
    ...beside(scene, rest, middle),
  ];
}

/** What is beside lanes: the share of time that their workers were at work, and how many jobs they had. */
function beside({ view, width, end }: Scene, all: readonly WorkerLane[], middle: number): string[] {
  let [work, jobs, workers] = [0, 0, 0];
  for (const { rows, first, last } of all) {
    const stretches = rows.flat().sort((a, b) => a.from - b.from);
    work += covered(stretches);
    jobs += stretches.length;
    workers += last - first + 1;
  }
  const count = text(width - gap, middle + 4, jobs === 0 ? "no jobs" : counted(jobs, "job"), "small", "end");
  if (!view.isTime) return [count];
  const share = work / (workers * (view.high - view.low));
  const place = `x="${end + 14}" y="${round(middle - 4)}"`;
  return [
    count,
    `<rect class="job-done" ${place} width="${round(meter * share)}" height="8"/>`,
    `<rect class="axis" ${place} width="${meter}" height="8"/>`,
    text(end + 14 + meter + 6, middle + 4, percent(share)),
  ];
}

function percent(share: number): string {
  return share > 0 && share < 0.005 ? "<1 %" : `${Math.round(Math.min(share, 1) * 100)} %`;
}
