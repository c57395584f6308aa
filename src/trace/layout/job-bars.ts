// The jobs of one worker of a pool: a bar for each, and ticks or areas where bars have no room.

import { formatCount, pluralize, truncate } from "../formatting.ts";
import type { JobStatus, PoolJob } from "../pool-history.ts";
import { box, line, type Shape, text } from "./chart.ts";
import { aggregate, drawSpans, type Span } from "./spans.ts";
import type { Style } from "./theme.ts";

/** A job while a worker ran it, in the style of a job without room for a bar. */
export interface Bar extends Span {
  readonly job: PoolJob;
}

export function statusLabel(status: JobStatus): string {
  return status === "open" ? "not finished" : status;
}

/** Returns the style of a job without room for a bar. */
export function shortStyle(status: JobStatus): Style {
  return `short-${status === "open" ? "done" : status}`;
}

/** Returns the tooltip of a job; null if there are too many jobs for tooltips. */
type DescribeJob = ((job: PoolJob) => string) | null;

/** Lays out the bars of a worker, which do not overlap. */
export function layoutBars(bars: readonly Bar[], top: number, height: number, describe: DescribeJob): Shape[] {
  const labels: Shape[] = [];
  const shapes = drawSpans(
    bars,
    ({ job, from, to }) => {
      const digits = truncate(String(job.job), 12);
      const style = job.status === "done" ? "on-bar" : "on-hatch";
      const hasLabel = height > 10 && to - from >= 7 * digits.length + 5;
      if (hasLabel) labels.push(text((from + to) / 2, top + height / 2 + 4, digits, style, "middle"));
      return [jobShape(job.status, from, to, top, height, describe?.(job))];
    },
    (run, from, to) => {
      const isTick = run.length === 1 || to - from < 6;
      return isTick ? [tick(run, from, to, top, height)] : aggregateJobs(run, from, to, 1, top, height);
    },
  );
  // Without tooltips, neighbors of the same style become one element of a file.
  if (describe === null) shapes.sort((a, b) => a.style.localeCompare(b.style));
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
  const tooltip = `${which}, ${bars.length > 1 && worst !== "done" ? "some " : ""}${statusLabel(worst)}`;
  const style = shortStyle(worst);
  return box(style, from, top, Math.max(to - from, 2), style === "short-done" ? height : height * 0.6, { tooltip });
}

/** Jobs without room of their own: how many of `workers` ran a job. Unsuccessful jobs are at the top. */
export function aggregateJobs(
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
  const parts = statuses.map((status) => `${formatCount(counts[status])} ${statusLabel(status)}`);
  const tooltip = `${pluralize(bars.length, "job")}: ${parts.join(", ")}`;
  const styles = { bottomUp: ["short-done"], topDown: ["short-failed", "short-canceled"] } as const;
  return [
    box("aggregate", from, top, to - from, height, { tooltip }),
    ...aggregate(bars, { left: from, right: to, top, height, capacity: workers, ...styles }),
  ];
}
