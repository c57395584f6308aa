// The layout of a picture of a pool: statistics, the queue, and a track for each worker with a bar for each job.

import { getOrInsert } from "../collections.ts";
import { formatCount, formatDuration, pluralize } from "../format-number.ts";
import type { Trace, TracedPool } from "../format.ts";
import {
  type JobStatus,
  percentile,
  type PoolFigures,
  poolFigures,
  type PoolHistory,
  type PoolJob,
  readPoolHistory,
} from "../pool-history.ts";
import { truncate } from "../preview.ts";
import { roundTicks } from "./axis.ts";
import * as chart from "./chart.ts";
import { box, line, margin, mark, path, type Section, type Shape, text } from "./chart.ts";
import { aggregate, drawSpans, type Span } from "./spans.ts";
import type { Style } from "./theme.ts";

/** What {@link layoutPool} lays out; see `RenderPoolOptions`. */
export interface PoolRequest {
  readonly pool: TracedPool;
  readonly title: string;
  readonly width: number;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

const left = 110;
const rightMargin = 200;

/** With more tracks than this, only the first get room of their own. */
const maxTracks = 40;
const tracksWithAggregate = 32;

/** The number of rows of a track; in the last one, bars may overlap. */
const maxRows = 4;

/** With more jobs than this, bars have no tooltips. */
const maxTooltips = 1000;

const queueHeight = 56;
const aggregateHeight = 72;
const meterWidth = 44;

/** Lays out a picture of a pool. */
export function layoutPool(trace: Trace, { pool, title, width, from, to }: PoolRequest): chart.Layout {
  const view = viewOf(readPoolHistory(trace, pool.id), from, to, width - rightMargin);
  const figures = poolFigures(view.history, view.from, view.to);
  const bars = barsByWorker(view);
  const summary = summarize(figures, maxOf(bars.keys()));
  const header = layoutHeader(view, figures, title, summary, width);
  const queue = layoutQueue(view, 8);
  const { tracks, ...workers } = layoutWorkers(view, workerTracks(bars), width, queue.bottom);
  const notes = notesOf(trace, view).map((note, i) => text(margin, workers.bottom + 36 + 16 * i, note, "small"));
  const picture = {
    width,
    description: `${truncate(title, 80)}: ${summary}`,
    header: header.shapes,
    axis: {
      left,
      right: view.right,
      ticks: ticksOf(view),
      gaps: [],
      line: workers.bottom,
      end: 0,
      labels: workers.bottom + 15,
    },
    tracks,
    shapes: [...queue.shapes, ...workers.shapes, ...notes],
  };
  return chart.withLegend(picture, legend, header.bottom, workers.bottom + 36 + 16 * notes.length);
}

// ---- What is shown

/** The part of a history that is shown, and its scale. */
interface View {
  readonly history: PoolHistory;
  /** In milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Whether the axis is time; otherwise it is the order of the events, which are all at one instant. */
  readonly isTime: boolean;
  /** The ends of the axis: times, or indexes of events. */
  readonly low: number;
  readonly high: number;
  readonly right: number;
  /** Converts the index of an event to a position on the axis, which may be beyond its ends. */
  readonly positionOf: (index: number) => number;
  readonly toPixels: (position: number) => number;
}

function viewOf(history: PoolHistory, from: number | undefined, to: number | undefined, right: number): View {
  const { times, jobs, end } = history;
  // Jobs that started before the recording are shown from its start, and open ones to its end.
  const hasEarlyJob = jobs.some(({ worker, started }) => worker !== null && started < 0);
  const hasOpenJob = jobs.some(({ status }) => status === "open");
  const start = Math.min(from ?? (hasEarlyJob ? 0 : times[0]) ?? 0, end);
  const stop = Math.max(start, Math.min(to ?? (hasOpenJob ? end : (times.at(-1) ?? end)), end));
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

/** A job while a worker ran it. */
interface Bar extends Span {
  readonly job: PoolJob;
}

/** The bars of each worker of the pool, in the order of their beginnings, as far as they are shown. */
function barsByWorker({ history, isTime, low, high, positionOf, toPixels }: View): Map<number, Bar[]> {
  const byWorker = new Map<number, Bar[]>();
  for (const job of history.jobs) {
    const { worker, started, finished, status } = job;
    if (worker === null) continue;
    const bars = getOrInsert<number, Bar[]>(byWorker, worker, () => []);
    const from = started < 0 ? -Infinity : positionOf(started);
    const to = finished < 0 ? (isTime ? history.end : Infinity) : positionOf(finished);
    const span = {
      from: toPixels(Math.max(from, low)),
      to: toPixels(Math.min(to, high)),
      style: `job-${status}` as const,
    };
    if (from <= high && to >= low) bars.push({ ...span, job });
  }
  for (const bars of byWorker.values()) bars.sort((a, b) => a.from - b.from || a.to - b.to);
  return byWorker;
}

/** One worker, or several neighbors without jobs. */
interface WorkerTrack {
  readonly first: number;
  readonly last: number;
  readonly bars: readonly Bar[];
}

/** The workers from 1 to the greatest id. Three or more neighbors without jobs share a track. */
function workerTracks(byWorker: ReadonlyMap<number, readonly Bar[]>): WorkerTrack[] {
  const tracks: WorkerTrack[] = [];
  const addIdle = (first: number, last: number): void => {
    if (last - first >= 2) tracks.push({ first, last, bars: [] });
    else for (let id = first; id <= last; id++) tracks.push({ first: id, last: id, bars: [] });
  };
  let next = 1;
  for (const [worker, bars] of [...byWorker].sort(([a], [b]) => a - b)) {
    if (bars.length === 0) continue;
    addIdle(next, worker - 1);
    tracks.push({ first: worker, last: worker, bars });
    next = worker + 1;
  }
  addIdle(next, maxOf(byWorker.keys()));
  return tracks;
}

/** The greatest of `values`, 0 or more. A call of `Math.max` cannot have this many arguments. */
function maxOf(values: Iterable<number>): number {
  let max = 0;
  for (const value of values) max = Math.max(max, value);
  return max;
}

function ticksOf({ isTime, low, high, right, toPixels }: View): chart.Tick[] {
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
  return [
    isTime
      ? `Time since the start of the trace${virtual}. The numbers in bars are those of the jobs.`
      : `The order of the pool's events, counted from 1; all of them are at ${formatDuration(from)}.`,
    ...(history.times.length === 0 ? ["The trace has no events of this pool."] : []),
    ...(ending === "blocked" ? ["The program ended in a deadlock: all goroutines are asleep."] : []),
    ...(dropped > 0
      ? [`Incomplete: ${pluralize(dropped, "event")} after the limit of the recording are missing.`]
      : []),
  ];
}

const statusLabels: Readonly<Record<JobStatus, string>> = {
  done: "done",
  failed: "failed",
  canceled: "canceled",
  open: "not finished",
};

function describeJob({ times, end }: PoolHistory, { job, status, accepted, started, finished }: PoolJob): string {
  const [acceptedAt, startedAt, finishedAt] = [times[accepted], times[started], times[finished]];
  const parts = [`job ${job}: ${statusLabels[status]}`];
  if (acceptedAt !== undefined) parts.push(`accepted at ${formatDuration(acceptedAt)}`);
  if (acceptedAt !== undefined && startedAt !== undefined)
    parts.push(`waited ${formatDuration(startedAt - acceptedAt)}`);
  if (startedAt !== undefined) parts.push(`ran for ${formatDuration((finishedAt ?? end) - startedAt)}`);
  return parts.join(", ");
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
  const max = maxOf(lengths.values());
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
  const pitch = 8;
  const dropped = new Map<number, number>();
  for (const { worker, finished } of history.jobs) {
    const position = worker === null && finished >= 0 ? positionOf(finished) : NaN;
    if (!(position >= low && position <= high)) continue;
    const cell = Math.floor(Math.min(toPixels(position) - left, right - left - pitch / 2) / pitch);
    dropped.set(cell, (dropped.get(cell) ?? 0) + 1);
  }
  for (const [cell, count] of dropped) {
    const tooltip = `${pluralize(count, "job")} canceled in the queue`;
    shapes.push(mark("dropped", "small-cross", left + (cell + 0.5) * pitch, bottom - 6, { tooltip }));
  }
  return { shapes, bottom: bottom + 14 };
}

// ---- The workers

function layoutWorkers(
  view: View,
  workers: readonly WorkerTrack[],
  width: number,
  top: number,
): Section & { readonly tracks: readonly chart.Track[] } {
  const shown = workers.length > maxTracks ? workers.slice(0, tracksWithAggregate) : workers;
  const others = workers.slice(shown.length);
  const hasTooltips = shown.reduce((sum, { bars }) => sum + bars.length, 0) <= maxTooltips;
  const tracks: chart.Track[] = [];
  const shapes: Shape[] = [];
  if (view.isTime && shown.length > 0) shapes.push(text(view.right + 14, top + 4, "time running jobs", "small"));
  let y = top + 10;
  for (const track of shown) {
    const { first, last } = track;
    const rows = rowsOf(track.bars);
    const height = rows.length > 1 ? 12 * rows.length : first === last ? 20 : 14;
    const baseline = y + height / 2;
    const name = truncate(first === last ? `worker ${first}` : `workers ${first}–${last}`, 16);
    tracks.push({ label: [text(left - 8, baseline + 4, name, first === last ? "label" : "small", "end")], baseline });
    const pitch = height / Math.max(rows.length, 1);
    const rowHeight = pitch - (rows.length > 1 ? 1 : 0);
    for (const [i, row] of rows.entries()) shapes.push(...layoutRow(view, row, y + i * pitch, rowHeight, hasTooltips));
    shapes.push(...utilization(view, [track], width, baseline));
    y += height + 5;
  }
  const [next] = others;
  if (next === undefined) return { tracks, shapes, bottom: y };
  const last = (others.at(-1) as WorkerTrack).last;
  const count = last - next.first + 1;
  const middle = y + 4 + aggregateHeight / 2;
  const bars = others.flatMap((track) => track.bars);
  shapes.push(
    text(left - 8, middle - 3, `and ${formatCount(count)} more`, "label", "end"),
    text(left - 8, middle + 12, truncate(`${next.first}–${last}`, 20), "small", "end"),
    ...aggregateJobs(bars, left, view.right, count, y + 4, aggregateHeight),
    ...utilization(view, others, width, middle),
  );
  return { tracks, shapes, bottom: y + aggregateHeight + 9 };
}

/** Distributes bars over rows so that they do not overlap. */
function rowsOf(bars: readonly Bar[]): Bar[][] {
  const rows: Bar[][] = [];
  for (const bar of bars) {
    const free = rows.find((row) => (row.at(-1) as Bar).to <= bar.from);
    if (free !== undefined) free.push(bar);
    else if (rows.length < maxRows) rows.push([bar]);
    else (rows.at(-1) as Bar[]).push(bar);
  }
  return rows;
}

function layoutRow(view: View, row: readonly Bar[], top: number, height: number, hasTooltips: boolean): Shape[] {
  const together = (bars: readonly Bar[], from: number, to: number): Shape[] =>
    bars.length > 1 && to - from >= 6
      ? aggregateJobs(bars, from, to, 1, top, height)
      : [tick(bars, from, to, top, height)];
  if (row.some(({ from }, i) => i > 0 && from < (row[i - 1] as Bar).to)) {
    return together(row, (row[0] as Bar).from, maxOf(row.map(({ to }) => to)));
  }
  const labels: Shape[] = [];
  const shapes = drawSpans(
    row,
    ({ job, from, to }) => {
      const digits = truncate(String(job.job), 12);
      const style = job.status === "done" ? "on-bar" : "on-hatch";
      const hasLabel = height > 10 && to - from >= 7 * digits.length + 5;
      if (hasLabel) labels.push(text((from + to) / 2, top + height / 2 + 4, digits, style, "middle"));
      return [jobShape(job.status, from, to, top, height, hasTooltips ? describeJob(view.history, job) : "")];
    },
    together,
  );
  // Without tooltips, neighbors of the same style become one element of a file.
  if (!hasTooltips) shapes.sort((a, b) => a.style.localeCompare(b.style));
  return [...shapes, ...labels];
}

/** The bar of a job. The bar of a job that has not finished ends in a tip. */
function jobShape(status: JobStatus, from: number, to: number, top: number, height: number, tooltip = ""): Shape {
  const [x, end] = [from + 0.5, Math.max(to - 0.5, from + 1.5)];
  if (status !== "open") return box(`job-${status}`, x, top, end - x, height, { tooltip });
  const [middle, bottom] = [top + height / 2, top + height];
  const outline = [x, top, end, top, end + 5, middle, end, bottom, x, bottom];
  return line("job-open", outline, { isClosed: true, tooltip });
}

/** Jobs in a few pixels, in the style of the least successful one. */
function tick(bars: readonly Bar[], from: number, to: number, top: number, height: number): Shape {
  const statuses = new Set(bars.map(({ job }) => job.status));
  const worst = (["failed", "canceled", "open", "done"] as const).find((status) => statuses.has(status)) as JobStatus;
  const which = bars.length === 1 ? `job ${truncate(String(bars[0]?.job.job), 12)}` : pluralize(bars.length, "job");
  const tooltip = `${which}, ${bars.length > 1 && worst !== "done" ? "some " : ""}${statusLabels[worst]}`;
  const style = shortStyles[worst];
  return box(style, from, top, Math.max(to - from, 2), style === "short-done" ? height : height * 0.6, { tooltip });
}

const shortStyles: Readonly<Record<JobStatus, Style>> = {
  done: "short-done",
  open: "short-done",
  failed: "short-failed",
  canceled: "short-canceled",
};

/** Jobs without room of their own: how many of `workers` ran a job. Unsuccessful jobs are at the top. */
function aggregateJobs(
  bars: readonly Bar[],
  from: number,
  to: number,
  workers: number,
  top: number,
  height: number,
): Shape[] {
  const counts = { done: 0, failed: 0, canceled: 0, open: 0 };
  for (const { job } of bars) counts[job.status]++;
  const statuses = (Object.keys(counts) as JobStatus[]).filter((status) => counts[status] > 0);
  const parts = statuses.map((status) => `${formatCount(counts[status])} ${statusLabels[status]}`);
  const spans = bars.map((bar): Span => ({ from: bar.from, to: bar.to, style: shortStyles[bar.job.status] }));
  const styles = { bottomUp: ["short-done"], topDown: ["short-failed", "short-canceled"] } as const;
  return [
    box("aggregate", from, top, to - from, height, {
      tooltip: `${pluralize(bars.length, "job")}: ${parts.join(", ")}`,
    }),
    ...aggregate(spans, { left: from, right: to, top, height, capacity: workers, ...styles }),
  ];
}

/** Beside tracks: the share of the time in which their workers ran jobs, and how many. */
function utilization({ isTime, right }: View, tracks: readonly WorkerTrack[], width: number, middle: number): Shape[] {
  const jobs = tracks.reduce((sum, { bars }) => sum + bars.length, 0);
  const workers = tracks.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  const count = text(width - margin, middle + 4, jobs === 0 ? "no jobs" : pluralize(jobs, "job"), "small", "end");
  if (!isTime) return [count];
  const covered = tracks.reduce((sum, { bars }) => sum + coveredLength(bars), 0);
  const share = Math.min(1, covered / (workers * (right - left)));
  const percent = share > 0 && share < 0.005 ? "<1 %" : `${Math.round(share * 100)} %`;
  return [
    count,
    box("meter", right + 14, middle - 4, meterWidth * share, 8),
    box("grid", right + 14, middle - 4, meterWidth, 8),
    text(right + 14 + meterWidth + 6, middle + 4, percent),
  ];
}

/** The length of the axis that at least one of `bars` covers. */
function coveredLength(bars: readonly Bar[]): number {
  let [length, end] = [0, -Infinity];
  for (const { from, to } of bars) {
    length += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return length;
}

// ---- The legend

const legend: readonly chart.LegendEntry[] = [
  jobEntry("done", "done"),
  jobEntry("failed", "failed"),
  jobEntry("canceled", "canceled while running"),
  jobEntry("open", "still running at the end"),
  boxEntry("aggregate", "many jobs: the height is the time running jobs"),
  boxEntry("short-failed", "short jobs, failed"),
  boxEntry("short-canceled", "short jobs, canceled"),
  boxEntry("queue", "accepted, waits for a worker"),
  {
    styles: ["dropped"],
    label: "canceled before a worker started it",
    sample: (x, y) => mark("dropped", "small-cross", x + 11, y),
  },
];

function jobEntry(status: JobStatus, label: string): chart.LegendEntry {
  const right = status === "open" ? 18 : 24;
  return { styles: [`job-${status}`], label, sample: (x, y) => jobShape(status, x, x + right, y - 6, 11) };
}

function boxEntry(style: Style, label: string): chart.LegendEntry {
  const width = style.startsWith("short") ? 3 : 22;
  return { styles: [style], label, sample: (x, y) => box(style, x + (24 - width) / 2, y - 6, width, 11) };
}
