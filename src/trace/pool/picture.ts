// A pool in a picture: who worked on what, how many jobs waited, and how long they took.
//
// Invariants:
//   1. No part of the file grows with the number of jobs or workers: what has less room than a few pixels is drawn
//      together.
//   2. Each part stands below the one before, and the axis that is under all of them is known last.

import { Check } from "../../util/validate.ts";
import { safeToString } from "../../util/inspect.ts";
import { counted } from "../figures.ts";
import type { Trace, TracedPool } from "../format.ts";
import { checkWindow } from "../options.ts";
import { short } from "../shown.ts";
import { document, text } from "../svg.ts";
import { axis } from "./axis.ts";
import { head, notes, summary } from "./head.ts";
import { poolHistory } from "./jobs.ts";
import { lanes } from "./lanes.ts";
import { legend } from "./legend.ts";
import { definitions, style } from "./marks.ts";
import { queue } from "./queue.ts";
import { gap, type Scene, sceneOf } from "./scene.ts";
import { PoolView } from "./view.ts";

/** What a picture of a pool can be told. */
export interface PoolPictureOptions {
  /** The number of the pool in the trace. By default the first. */
  readonly pool?: number;

  /** What stands above the picture. By default the name of the pool's function. */
  readonly title?: string;

  /** In pixels, from 640 to 4,000; by default 1,000. */
  readonly width?: number;

  /**
   * What is looked at, in milliseconds since the start of the trace, from 0, both included; by default all that the
   * pool does. If they are the same, the axis is the order of the events at that instant.
   */
  readonly from?: number;
  readonly to?: number;
}

/**
 * Draws what a pool has done, as an SVG file: a lane for each worker with a bar for each job, above it how many
 * accepted jobs waited for a worker after each instant, and beside it for how much of the time each worker was at work.
 * The figures are of jobs that ended in that time: latency is, as in `stats().latency`, from accepted to finished, of
 * those that were done or have failed, but exact.
 *
 * The axis is time. If all happens in one instant, as it can in virtual time, it is the order of the events. Of more
 * than 40 lanes the last ones are drawn together, as are jobs that have no room of their own. A bar ends when its job
 * has its outcome: a function that goes on after that, as it can after a timeout, holds its worker, and that is not in
 * a trace.
 *
 * Errors: throws `RangeError` for a pool that is not in the trace, and for numbers that make no sense; `TypeError` for
 * a title that is no string.
 *
 * @example
 * const recording = record();
 * const pool = new WorkerPool(async (_ctx, n: number) => n * n, { workers: 3 });
 * for await (const square of pool.map([1, 2, 3, 4, 5])) console.log(square);
 * await pool.stop();
 * const svg = poolPicture(recording.stop());
 */
export function poolPicture(trace: Trace, options: PoolPictureOptions = {}): string {
  const check = new Check("poolPicture");
  check.options(options, ["pool", "from", "to", "width", "title"]);
  const { width = 1000, from, to, title } = options;
  check.count("width", 640, width, 4000);
  checkWindow(check, from, to);
  if (title !== undefined && typeof title !== "string") {
    throw new TypeError(`poolPicture: title must be a string, got ${safeToString(title)}`);
  }
  const pool = chosen(trace, options.pool);
  const view = new PoolView(poolHistory(trace, pool.id), from, to);
  return compose(sceneOf(trace, view, title ?? `pool ${pool.name || pool.id}`, width));
}

function chosen({ pools, goroutines, channels, events }: Trace, id: number | undefined): TracedPool {
  const found = id === undefined ? pools[0] : pools.find((pool) => pool.id === id);
  if (found !== undefined) return found;
  if (pools.length === 0) {
    const rest = `${counted(goroutines.length, "goroutine")}, ${counted(channels.length, "channel")}`;
    throw new RangeError(`poolPicture: the trace has no pool, only ${rest} and ${counted(events.length, "event")}`);
  }
  const some = pools.slice(0, 10).map((pool) => `${pool.id}${pool.name === "" ? "" : ` (${short(pool.name, 24)})`}`);
  const more = pools.length > some.length ? ` and ${pools.length - some.length} more` : "";
  throw new RangeError(`poolPicture: pool must be one of ${some.join(", ")}${more}, got ${safeToString(id)}`);
}

/** One part below the other. */
function compose(scene: Scene): string {
  const top = head(scene, gap);
  const key = legend(scene, top.bottom);
  const waiting = queue(scene, key.bottom);
  const work = lanes(scene, waiting.bottom);
  const ruler = axis(scene, key.bottom, work.bottom);
  const words = notes(scene);
  const below = words.map((note, i) => text(gap, ruler.bottom + 16 * i, note, "small"));

  const body = [ruler.under, ...top.body, ...key.body, ...waiting.body, ...work.body, ...ruler.body, ...below];
  const spoken = `${short(scene.title, 80)}: ${summary(scene)}`;
  const own = `\n  .figure { font-size: 18px; font-weight: 600; }${style}`;
  const height = Math.round(ruler.bottom + 16 * words.length);
  return document(scene.width, height, spoken, body, { style: own, definitions });
}
