// The pictures of a trace as SVG files: a timeline, and a picture of a pool.

import { safeToString } from "../util/inspect.ts";
import { checkCount } from "../util/validate.ts";
import type { Trace, TracedPool } from "./format.ts";
import { pluralize, truncate } from "./formatting.ts";
import { layoutGraph } from "./layout/graph-layout.ts";
import { layoutPool } from "./layout/pool-layout.ts";
import { layoutTimeline } from "./layout/timeline-layout.ts";
import { toSvg } from "./svg.ts";
import { checkView, type RenderPoolOptions, type RenderTimelineOptions } from "./view-options.ts";

/**
 * Draws `trace` as a timeline and returns the text of an SVG file: when each goroutine ran, what it waited for, which values went from
 * which goroutine to which, and how many values each channel held. After a deadlock, the wait-for graph is below.
 *
 * The axis is the order of the events; time that passes between them is a gray gap. Many events of a real clock are placed by their time.
 *
 * @param trace - A recorded run.
 * @param options - The content of the picture, and its width in pixels.
 * @throws {RangeError} if the width, the range of time or the id of a goroutine is invalid.
 * @throws {TypeError} if the title is not a string, or `goroutines` is not an array.
 *
 * @example
 * const recording = record({ values: true });
 * const jobs = new Channel<string>(1, { name: "jobs" });
 * go(() => jobs.send("sweep"));
 * await jobs.receive();
 * const svg = renderTimeline(recording.stop(), { title: "one job" });
 * console.log(svg.startsWith("<svg"));
 */
export function renderTimeline(trace: Trace, options: RenderTimelineOptions = {}): string {
  const check = checkView("renderTimeline", options, ["title", "width", "goroutines"], trace);
  if (options.width !== undefined) check.atLeast("width", 480, options.width, 20_000);
  return toSvg(layoutTimeline(trace, options, layoutGraph));
}

/**
 * Draws what a pool did and returns the text of an SVG file: a track for each worker with a bar for each job, above it how many accepted
 * jobs waited for a worker, and beside it the share of the time in which each worker ran jobs. The statistics are of jobs that ended in the
 * time shown: latency is from acceptance to end of the jobs that were done or failed, as in `stats().latency`, but exact.
 *
 * The axis is time. If everything happens in one instant, as in virtual time, it is the order of the events. Jobs without room of their own,
 * and the last of more than 40 tracks, are drawn together. A bar ends with the outcome of its job: a function that continues after a
 * timeout still occupies its worker, which a trace does not record.
 *
 * @param trace - A recorded run.
 * @param options - Which pool and range of time are shown, and how wide.
 * @throws {RangeError} if the pool is not in the trace, or a number is out of its range.
 * @throws {TypeError} if the title is not a string.
 *
 * @example
 * const recording = record();
 * const pool = new WorkerPool(async (_ctx, n: number) => n * n, { workers: 3 });
 * for await (const square of pool.map([1, 2, 3, 4, 5])) console.log(square);
 * await pool.stop();
 * const svg = renderPool(recording.stop());
 */
export function renderPool(trace: Trace, options: RenderPoolOptions = {}): string {
  const check = checkView("renderPool", options, ["pool", "width", "title"], trace);
  if (options.width !== undefined) checkCount(check, "width", 640, options.width, 4_000);
  return toSvg(layoutPool(trace, findPool(trace, options.pool), options));
}

function findPool({ pools, goroutines, channels, events }: Trace, id: number | undefined): TracedPool {
  const pool = id === undefined ? pools[0] : pools.find((one) => one.id === id);
  if (pool !== undefined) return pool;
  if (pools.length === 0) {
    const contents = `${pluralize(goroutines.length, "goroutine")}, ${pluralize(channels.length, "channel")}`;
    const all = `${contents} and ${pluralize(events.length, "event")}`;
    throw new RangeError(`renderPool: the trace has no pool, only ${all}`);
  }
  const labelOf = (one: TracedPool): string =>
    one.name === "" ? `${one.id}` : `${one.id} (${truncate(one.name, 24)})`;
  const first = pools.slice(0, 10).map(labelOf);
  const more = pools.length > first.length ? ` and ${pools.length - first.length} more` : "";
  throw new RangeError(`renderPool: pool must be one of ${first.join(", ")}${more}, got ${safeToString(id)}`);
}
