// The jobs of one row of a pool: bars, and areas or ticks where bars have no room. What is narrow and touches becomes one shape, so the
// number of shapes in a row is bounded by its width.

import { formatCount, pluralize } from "../format-number.ts";
import type { JobStatus, PoolJob } from "../pool-history.ts";
import { truncate } from "../preview.ts";
import { box, path, type Path, type Shape, stepAreas, text } from "./chart.ts";
import { Coverage } from "./coverage.ts";
import type { Style } from "./theme.ts";

/** A job while a worker ran it, between two positions in pixels. */
export interface JobBar {
  readonly job: PoolJob;
  readonly from: number;
  readonly to: number;
}

/** A narrower bar is drawn together with the bars that it touches. */
const minBarWidth = 3;
const cellWidth = 4;

/** The number of rows of a track. In the last one, bars may overlap. */
const maxRows = 4;

const statusLabels: Readonly<Record<JobStatus, string>> = {
  done: "done",
  failed: "failed",
  canceled: "canceled",
  open: "not finished",
};

/** Distributes bars, which are in the order of their beginnings, over rows so that they do not overlap. */
export function rowsOf(bars: readonly JobBar[]): JobBar[][] {
  const rows: JobBar[][] = [];
  for (const bar of bars) {
    const free = rows.find((row) => (row.at(-1) as JobBar).to <= bar.from);
    if (free !== undefined) free.push(bar);
    else if (rows.length < maxRows) rows.push([bar]);
    else (rows.at(-1) as JobBar[]).push(bar);
  }
  return rows;
}

/** Lays out a row; `describe` returns the tooltip of a job, and is null if there are too many for tooltips. */
export function layoutRow(
  row: readonly JobBar[],
  top: number,
  height: number,
  describe: ((job: PoolJob) => string) | null,
): Shape[] {
  if (row.some(({ from }, i) => i > 0 && from < (row[i - 1] as JobBar).to)) return together(row, top, height);
  const bars: JobBar[] = [];
  const shapes: Shape[] = [];
  let touching: JobBar[] = [];
  let free = -Infinity;
  const flush = (): void => {
    if (touching.length > 0) shapes.push(...together(touching, top, height));
    touching = [];
  };
  for (const bar of row) {
    const isNarrow = bar.to - bar.from < minBarWidth;
    if (!isNarrow || bar.from > free) flush();
    (isNarrow ? touching : bars).push(bar);
    free = Math.max(bar.to, bar.from + 2) + 1;
  }
  flush();
  // Without tooltips, bars of one status are drawn as one element of the file.
  const sorted = describe === null ? bars.toSorted((a, b) => a.job.status.localeCompare(b.job.status)) : bars;
  return [
    ...sorted.map(({ job, from, to }) => jobShape(job.status, from, to, top, height, describe?.(job))),
    ...shapes,
    ...(height < 11 ? [] : bars.flatMap((bar) => jobLabel(bar, top + height / 2 + 4))),
  ];
}

/** The bar of a job. That of a job that has not finished ends in a tip. */
export function jobShape(
  status: JobStatus,
  from: number,
  to: number,
  top: number,
  height: number,
  tooltip?: string,
): Shape {
  const [x, end] = [from + 0.5, Math.max(to - 0.5, from + 1.5)];
  const details = tooltip === undefined ? {} : { tooltip };
  if (status !== "open") return box(`job-${status}`, x, top, end - x, height, details);
  const [middle, bottom] = [top + height / 2, top + height];
  return path(
    "job-open",
    [
      [x, top],
      [end, top],
      [end + 5, middle],
      [end, bottom],
      [x, bottom],
    ],
    { isClosed: true, ...details },
  );
}

/** The number of the job in its bar, if there is room for it. */
function jobLabel({ job: { job, status }, from, to }: JobBar, y: number): Shape[] {
  const digits = truncate(String(job), 12);
  if (to - from < 7 * digits.length + 5) return [];
  return [text((from + to) / 2, y, digits, status === "done" ? "on-bar" : "on-hatch", "middle")];
}

/** Bars that have no room of their own, as a tick or as areas. */
function together(bars: readonly JobBar[], top: number, height: number): Shape[] {
  const from = (bars[0] as JobBar).from;
  const to = bars.reduce((max, bar) => Math.max(max, bar.to), from);
  if (bars.length > 1 && to - from >= 2 * minBarWidth) return aggregateBars(bars, from, to, 1, top, height);
  const [worst] = (["failed", "canceled", "open", "done"] as const).filter((status) =>
    bars.some(({ job }) => job.status === status),
  ) as [JobStatus];
  const isUnsuccessful = worst === "failed" || worst === "canceled";
  const which = bars.length === 1 ? `job ${truncate(String(bars[0]?.job.job), 12)}` : pluralize(bars.length, "job");
  const tooltip = `${which}, ${bars.length > 1 && worst !== "done" ? "some " : ""}${statusLabels[worst]}`;
  const style = isUnsuccessful ? (`short-${worst}` as const) : "short-done";
  return [box(style, from, top, Math.max(to - from, 2), isUnsuccessful ? height * 0.6 : height, { tooltip })];
}

/**
 * Jobs that are drawn together, as areas: how many of `workers` were running a job. The area of successful jobs stands on the bottom, and
 * those of failed and canceled jobs hang from the top, each where it is not empty some pixels high.
 */
export function aggregateBars(
  bars: readonly JobBar[],
  from: number,
  to: number,
  workers: number,
  top: number,
  height: number,
): Shape[] {
  const cells = Math.max(1, Math.round((to - from) / cellWidth));
  const coverages = {
    done: new Coverage(from, to, cells),
    failed: new Coverage(from, to, cells),
    canceled: new Coverage(from, to, cells),
  };
  const counts = { done: 0, failed: 0, canceled: 0, open: 0 };
  for (const { job, ...bar } of bars) {
    counts[job.status]++;
    coverages[job.status === "open" ? "done" : job.status].add(bar.from, bar.to);
  }
  const unit = height / workers;
  // Half pixels, so that invisible differences add no points.
  const heights = (coverage: Coverage, min: number): Float64Array =>
    coverage.counts(min / unit).map((count) => Math.min(Math.round(2 * count * unit) / 2, height));
  const done = heights(coverages.done, 1);
  const failed = heights(coverages.failed, 4);
  const canceled = heights(coverages.canceled, 4).map((length, i) =>
    length === 0 ? 0 : Math.min(length + (failed[i] as number), height),
  );
  const areas = (style: Style, values: Float64Array, base: number, scale: 1 | -1): Path[] =>
    stepAreas(style, coverages.done.toSteps(values), from, to, base, scale);
  const statuses = (Object.keys(counts) as JobStatus[]).filter((status) => counts[status] > 0);
  const tooltip = `${pluralize(bars.length, "job")}: ${statuses.map((status) => `${formatCount(counts[status])} ${statusLabels[status]}`).join(", ")}`;
  return [
    box("aggregate", from, top, to - from, height, { tooltip }),
    ...areas("job-done", done, top + height, 1),
    ...areas("job-canceled", canceled, top, -1),
    ...areas("job-failed", failed, top, -1),
  ];
}
