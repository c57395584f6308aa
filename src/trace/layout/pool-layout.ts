// The layout of a picture of a pool: statistics, the queue, and a track for each worker with a bar for each job.

import { getOrInsert } from "../collections.ts";
import { formatCount, formatDuration, pluralize, truncate } from "../formatting.ts";
import type { Trace, TracedPool } from "../format.ts";
import type { PoolFigures, PoolHistory, PoolJob } from "../pool-history.ts";
import { percentile, poolFigures, readPoolHistory } from "../pool-history.ts";
import type { RenderPoolOptions } from "../view-options.ts";
import { roundTicks } from "./axis.ts";
import * as chart from "./chart.ts";
import { box, line, margin, mark, path, type Section, type Shape, text } from "./chart.ts";
import { aggregateJobs, type Bar, layoutBars, shortStyle, statusLabel } from "./job-bars.ts";

const left = 110;
const rightMargin = 200;

/** With more tracks than this, only the first get room of their own. */
const maxTracks = 40;
const tracksWithAggregate = 32;

/** With more jobs than this, bars have no tooltips. */
const maxTooltips = 1000;

const queueHeight = 56;
const aggregateHeight = 72;
const meterWidth = 44;

export function layoutPool(trace: Trace, pool: TracedPool, options: RenderPoolOptions): chart.Layout {
  const { title = `pool ${pool.name || pool.id}`, width = 1_000 } = options;
  const view = viewOf(readPoolHistory(trace, pool.id), options, width - rightMargin);
  const figures = poolFigures(view.history, view.from, view.to);
  const workers = workerTracks(view);
  const summary = summarize(figures, workers.at(-1)?.last ?? 0);
  const header = layoutHeader(view, figures, title, summary, width);
  const queue = layoutQueue(view, 8);
  const { tracks, shapes, bottom } = layoutWorkers(view, workers, width, queue.bottom);
  const notes = notesOf(trace, view).map((note, i) => text(margin, bottom + 36 + 16 * i, note, "small"));
  const picture = {
    width,
    description: `${truncate(title, 80)}: ${summary}`,
    header: header.shapes,
    axis: { left, right: view.right, ticks: ticksOf(view), gaps: [], line: bottom, end: 0, labels: bottom + 15 },
    tracks,
    shapes: [...queue.shapes, ...shapes, ...notes],
  };
  return chart.withLegend(picture, legend, header.bottom, bottom + 36 + 16 * notes.length);
}

// ---- The visible part

type View = ReturnType<typeof viewOf>;

/** The part of a history that is shown, from `from` to `to` in milliseconds, and its scale. */
function viewOf(history: PoolHistory, { from, to }: RenderPoolOptions, right: number) {
  const { times, jobs, end } = history;
  // Jobs that started before the recording are shown from its start, and open ones to its end.
  const hasEarlyJob = jobs.some(({ worker, started }) => worker !== null && started < 0);
  const hasOpenJob = jobs.some(({ status }) => status === "open");
  const start = Math.min(from ?? (hasEarlyJob ? 0 : times[0]) ?? 0, end);
  const stop = Math.max(start, Math.min(to ?? (hasOpenJob ? end : (times.at(-1) ?? end)), end));
  // If all events are at one instant, the axis is their order: positions are indexes of events, and otherwise times.
  const isTime = stop > start;
  const first = times.findIndex((at) => at >= start);
  const last = times.findLastIndex((at) => at <= stop);
  // At an instant without events, the axis is the place between two events.
  const low = isTime ? start : Math.min(first < 0 ? times.length : first, last + 1) - 0.5;
  const high = isTime ? stop : Math.max(low + 0.1, last + 0.5);
  const positionOf = (index: number): number => (isTime ? (times[index] as number) : index);
  const toPixels = (position: number): number => left + ((position - low) / (high - low)) * (right - left);
  return { history, from: start, to: stop, isTime, low, high, right, positionOf, toPixels };
}

/** One worker, several neighbors without jobs, or all workers that have no room of their own. */
interface WorkerTrack {
  readonly first: number;
  readonly last: number;
  /** In the order of their beginnings. */
  readonly bars: readonly Bar[];
  readonly isAggregate: boolean;
}

const idleTrack = { bars: [], isAggregate: false };

/** The tracks of the workers from 1 to the greatest id. Three or more neighbors without jobs share a track. */
function workerTracks({ history, isTime, low, high, positionOf, toPixels }: View): WorkerTrack[] {
  const byWorker = new Map<number, Bar[]>();
  for (const job of history.jobs) {
    const { worker, started, finished, status } = job;
    if (worker === null) continue;
    const bars = getOrInsert<number, Bar[]>(byWorker, worker, () => []);
    const from = started < 0 ? -Infinity : positionOf(started);
    const to = finished < 0 ? (isTime ? history.end : Infinity) : positionOf(finished);
    const ends = { from: toPixels(Math.max(from, low)), to: toPixels(Math.min(to, high)) };
    if (from <= high && to >= low) bars.push({ ...ends, style: shortStyle(status), job });
  }
  const workers = [...byWorker].sort(([a], [b]) => a - b);
  const tracks: WorkerTrack[] = [];
  const addIdle = (last: number): void => {
    const first = (tracks.at(-1)?.last ?? 0) + 1;
    const size = last - first >= 2 ? last - first + 1 : 1;
    for (let id = first; id <= last; id += size) tracks.push({ ...idleTrack, first: id, last: id + size - 1 });
  };
  for (const [worker, bars] of workers) {
    if (bars.length === 0) continue;
    addIdle(worker - 1);
    const sorted = bars.toSorted((a, b) => a.from - b.from || a.to - b.to);
    // A worker runs one job at a time; in a trace that says otherwise, a job ends where the next begins.
    const shown = sorted.map((bar, i): Bar => ({ ...bar, to: Math.min(bar.to, sorted[i + 1]?.from ?? Infinity) }));
    tracks.push({ ...idleTrack, first: worker, last: worker, bars: shown });
  }
  addIdle(workers.at(-1)?.[0] ?? 0);
  const others = tracks.splice(tracks.length > maxTracks ? tracksWithAggregate : tracks.length);
  const [next, last] = [others[0], others.at(-1)];
  if (next === undefined || last === undefined) return tracks;
  const bars = others.flatMap((track) => track.bars);
  return [...tracks, { first: next.first, last: last.last, bars, isAggregate: true }];
}

function ticksOf({ isTime, low, high, right, toPixels }: View): chart.Scale["ticks"] {
  const [unit, size] = high < 2000 ? ["ms", 1] : high < 600_000 ? ["s", 1000] : ["min", 60_000];
  if (isTime) {
    const times = roundTicks(low / size, high / size, right - left);
    return times.map((time) => ({ x: toPixels(time * size), label: `${time} ${unit}` }));
  }
  const counts = roundTicks(low + 1, high + 1, right - left).filter(Number.isInteger);
  return counts.map((count) => ({ x: toPixels(count - 1), label: formatCount(count) }));
}

// ---- Words and figures

function layoutHeader({ isTime }: View, figures: PoolFigures, title: string, summary: string, width: number): Section {
  const { latencies, throughput, done, failed } = figures;
  const latency = (p: number): string => (latencies.length === 0 ? "–" : formatDuration(percentile(latencies, p)));
  const rate = throughput >= 100 ? formatCount(Math.round(throughput)) : String(Number(throughput.toPrecision(3)));
  const tiles = [
    [latency(0.5), "latency p50"],
    [latency(0.99), "latency p99"],
    [formatCount(done + failed), done + failed === 1 ? "job processed" : "jobs processed"],
    [isTime ? rate : "–", "jobs per second"],
  ] as const;
  const tileWidth = 104;
  const room = width - 2 * margin - tiles.length * tileWidth;
  const fits = chart.textWidth(summary) < room;
  const tileShapes = tiles.flatMap(([figure, caption], i) => {
    const x = width - margin - (tiles.length - 1 - i) * tileWidth;
    return [text(x, 34, figure, "figure", "end"), text(x, 50, caption, "small", "end")];
  });
  const name = chart.fitText(truncate(title, 100), room, 15.5);
  const shapes = [text(margin, 30, name, "title"), ...tileShapes, text(margin, fits ? 50 : 72, summary, "small")];
  return { shapes, bottom: fits ? 76 : 98 };
}

function summarize(figures: PoolFigures, workers: number): string {
  const { jobs, done, failed, canceled, neverStarted, endLater, running, waiting } = figures;
  const parts = [
    [done, "done"],
    [failed, "failed"],
    [canceled, `canceled${neverStarted > 0 ? ` (${formatCount(neverStarted)} in the queue)` : ""}`],
    [running, "still running"],
    [waiting, "still in the queue"],
    [endLater, "not finished yet"],
  ] as const;
  const counts = parts.filter(([count]) => count > 0).map(([count, label]) => `${formatCount(count)} ${label}`);
  return [`${pluralize(jobs, "job")} for ${pluralize(workers, "worker")}`, ...counts].join(", ");
}

function notesOf({ clock, dropped, ending }: Trace, { isTime, from, history }: View): string[] {
  const virtual = clock === "virtual" ? " (virtual time)" : "";
  const missing = `Incomplete: ${pluralize(dropped, "event")} after the limit of the recording are missing.`;
  return [
    isTime
      ? `Time since the start of the trace${virtual}. The numbers in bars are those of the jobs.`
      : `The order of the pool's events, counted from 1; all of them are at ${formatDuration(from)}.`,
    ...(history.times.length === 0 ? ["The trace has no events of this pool."] : []),
    ...(ending === "blocked" ? ["The program ended in a deadlock: all goroutines are asleep."] : []),
    ...(dropped > 0 ? [missing] : []),
  ];
}

function describeJob({ times, end }: PoolHistory, { job, status, accepted, started, finished }: PoolJob): string {
  const [acceptedAt, startedAt, finishedAt] = [times[accepted], times[started], times[finished]];
  const parts = [`job ${job}: ${statusLabel(status)}`];
  if (acceptedAt !== undefined) parts.push(`accepted at ${formatDuration(acceptedAt)}`);
  if (startedAt === undefined) return parts.join(", ");
  if (acceptedAt !== undefined) parts.push(`waited ${formatDuration(startedAt - acceptedAt)}`);
  return [...parts, `ran for ${formatDuration((finishedAt ?? end) - startedAt)}`].join(", ");
}

// ---- The queue

/** How many jobs waited, with crosses for jobs that were canceled while they did. */
function layoutQueue({ history, low, high, right, positionOf, toPixels }: View, top: number): Section {
  const lengths = new Map<number, number>([[low, 0]]);
  for (const [index, length] of history.queueLengths.entries()) {
    // Of several lengths at one instant the last counts: before it, a free worker was about to start a job.
    const position = Math.max(positionOf(index), low);
    if (position <= high) lengths.set(position, length);
  }
  const max = [...lengths.values()].reduce((a, b) => Math.max(a, b), 0);
  const bottom = top + (max === 0 ? 12 : queueHeight);
  const shapes: Shape[] = [
    text(left - 8, (top + bottom) / 2 + 4, "queue", "label", "end"),
    text(right + 14, top + 9, max === 0 ? "no job waited" : `at most ${formatCount(max)} waiting`, "small"),
    line("grid", [left, bottom, right, bottom]),
  ];
  if (max > 0) {
    const steps = [...lengths].map(([position, value]): chart.Step => ({ x: toPixels(position), value }));
    const area = chart.stepArea(steps, left, right, bottom, queueHeight / max);
    shapes.push(line("limit", [left, top, right + 10, top]), path("queue", area, { isClosed: true }));
  }
  // A cross stands for all jobs within 8 pixels.
  const dropped = new Map<number, number>();
  for (const { worker, finished } of history.jobs) {
    const position = worker === null && finished >= 0 ? positionOf(finished) : NaN;
    if (!(position >= low && position <= high)) continue;
    const x = left + 8 * Math.floor(Math.min(toPixels(position) - left, right - left - 4) / 8) + 4;
    dropped.set(x, (dropped.get(x) ?? 0) + 1);
  }
  for (const [x, count] of dropped) {
    const tooltip = `${pluralize(count, "job")} canceled in the queue`;
    shapes.push(mark("dropped", "small-cross", x, bottom - 6, { tooltip }));
  }
  return { shapes, bottom: bottom + 14 };
}

// ---- The workers

function layoutWorkers(view: View, workers: readonly WorkerTrack[], width: number, top: number): chart.TrackSection {
  const jobs = workers.reduce((sum, { bars, isAggregate }) => sum + (isAggregate ? 0 : bars.length), 0);
  const describe = jobs <= maxTooltips ? (job: PoolJob): string => describeJob(view.history, job) : null;
  const tracks: chart.Track[] = [];
  const shapes: Shape[] = [];
  if (view.isTime && workers.length > 0) shapes.push(text(view.right + 14, top + 4, "time running jobs", "small"));
  let y = top + 10;
  for (const track of workers) {
    const height = track.isAggregate ? aggregateHeight : track.first === track.last ? 20 : 14;
    const middle = y + height / 2;
    if (track.isAggregate) {
      const count = track.last - track.first + 1;
      shapes.push(text(left - 8, middle - 3, `and ${formatCount(count)} more`, "label", "end"));
      shapes.push(text(left - 8, middle + 12, truncate(`${track.first}–${track.last}`, 20), "small", "end"));
      shapes.push(...aggregateJobs(track.bars, left, view.right, count, y, height));
    } else {
      tracks.push({ label: [labelOf(track, middle)], baseline: middle });
      shapes.push(...layoutBars(track.bars, y, height, describe));
    }
    shapes.push(...utilization(view, track, width, middle));
    y += height + 5;
  }
  return { tracks, shapes, bottom: y };
}

function labelOf({ first, last }: WorkerTrack, middle: number): Shape {
  const name = truncate(first === last ? `worker ${first}` : `workers ${first}–${last}`, 16);
  return text(left - 8, middle + 4, name, first === last ? "label" : "small", "end");
}

/** Beside a track: the share of the time in which its workers ran jobs, and how many. */
function utilization({ isTime, right }: View, track: WorkerTrack, width: number, middle: number): Shape[] {
  const { first, last, bars } = track;
  const jobs = bars.length === 0 ? "no jobs" : pluralize(bars.length, "job");
  const count = text(width - margin, middle + 4, jobs, "small", "end");
  if (!isTime) return [count];
  const covered = bars.reduce((sum, { from, to }) => sum + (to - from), 0);
  const share = Math.min(1, covered / ((last - first + 1) * (right - left)));
  const percent = share > 0 && share < 0.005 ? "<1 %" : `${Math.round(share * 100)} %`;
  return [
    count,
    box("meter", right + 14, middle - 4, meterWidth * share, 8),
    box("grid", right + 14, middle - 4, meterWidth, 8),
    text(right + 14 + meterWidth + 6, middle + 4, percent),
  ];
}

const legend: chart.Legend = [
  ["job-done", "done"],
  ["job-failed", "failed"],
  ["job-canceled", "canceled while running"],
  ["job-open", "still running at the end"],
  ["aggregate", "many jobs: the height is the time running jobs"],
  ["short-failed", "short jobs, failed"],
  ["short-canceled", "short jobs, canceled"],
  ["queue", "accepted, waits for a worker"],
  ["dropped", "canceled before a worker started it"],
];
