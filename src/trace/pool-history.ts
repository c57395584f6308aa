// The jobs of one pool, read from the events of a trace, and their statistics.

import { getOrInsert, type Mutable } from "./collections.ts";
import type { EventOf, Trace } from "./format.ts";

/** How a job ended; "open" if it had not ended when the trace did. */
export type JobStatus = EventOf<"finish">["status"] | "open";

/** One job. `accepted`, `started` and `finished` are indexes in the list of the pool's events; -1 for an event that is missing. */
export interface PoolJob {
  readonly job: number;
  readonly accepted: number;
  readonly started: number;
  readonly finished: number;
  /** The worker that ran it; null if it was not started. */
  readonly worker: number | null;
  readonly status: JobStatus;
}

/** The events of one pool. */
export interface PoolHistory {
  /** The index of each event in the trace. */
  readonly indexes: readonly number[];
  /** The time of each event, in milliseconds. */
  readonly times: readonly number[];
  /** How many accepted jobs waited for a worker after each event. */
  readonly queueLengths: readonly number[];
  /** In the order of their first events. */
  readonly jobs: readonly PoolJob[];
  /** The end of the trace, in milliseconds. */
  readonly end: number;
}

/** How many jobs were in a pool during an interval. */
const noJobs = {
  jobs: 0,
  // Those that ended in the interval, by status.
  done: 0,
  failed: 0,
  canceled: 0,
  // The canceled jobs that no worker had started, and the jobs that ended after the interval.
  neverStarted: 0,
  endLater: 0,
  // Those that had not ended when the trace did.
  running: 0,
  waiting: 0,
};

/** Statistics of the jobs that were in a pool during an interval. */
export interface PoolFigures extends Readonly<typeof noJobs> {
  /** Processed jobs, that is done or failed ones, per second; 0 if the interval has no length. */
  readonly throughput: number;
  /** The times from acceptance to end of the processed jobs, in milliseconds, ascending. */
  readonly latencies: Float64Array;
}

const newJob = { accepted: -1, started: -1, finished: -1, worker: null, status: "open" } as const;

/** Reads the events of the pool with the id `pool`. */
export function readPoolHistory({ events, end }: Trace, pool: number): PoolHistory {
  const indexes: number[] = [];
  const times: number[] = [];
  const queueLengths: number[] = [];
  const jobs = new Map<number, Mutable<PoolJob>>();
  let queueLength = 0;
  for (const [i, event] of events.entries()) {
    if (!("pool" in event) || event.pool !== pool) continue;
    const index = times.push(event.at) - 1;
    indexes.push(i);
    const job = getOrInsert(jobs, event.job, () => ({ ...newJob, job: event.job }));
    const wasQueued = isQueued(job);
    if (event.type === "accept") {
      if (job.accepted < 0) job.accepted = index;
    } else if (event.type === "start") {
      if (job.started < 0) Object.assign(job, { started: index, worker: event.worker });
    } else if (job.finished < 0) {
      Object.assign(job, { finished: index, worker: job.worker ?? event.worker, status: event.status });
    }
    queueLength += Number(isQueued(job)) - Number(wasQueued);
    queueLengths.push(queueLength);
  }
  return { indexes, times, queueLengths, jobs: [...jobs.values()], end: Math.max(end, times.at(-1) ?? 0) };
}

function isQueued({ accepted, started, finished }: PoolJob): boolean {
  return accepted >= 0 && started < 0 && finished < 0;
}

/** Computes the statistics from `from` to `to`, in milliseconds, both included. */
export function poolFigures({ jobs, times, end }: PoolHistory, from: number, to: number): PoolFigures {
  const counts = { ...noJobs };
  const latencies: number[] = [];
  for (const { accepted, started, finished, worker, status } of jobs) {
    const begin = times[accepted] ?? times[started] ?? -Infinity;
    const finish = times[finished] ?? end;
    if (begin > to || finish < from) continue;
    counts.jobs++;
    if (status === "open") counts[started < 0 ? "waiting" : "running"]++;
    else if (finish > to) counts.endLater++;
    else {
      counts[status]++;
      if (status === "canceled") counts.neverStarted += Number(worker === null);
      else if (accepted >= 0) latencies.push(finish - begin);
    }
  }
  const throughput = to > from ? ((counts.done + counts.failed) * 1000) / (to - from) : 0;
  return { ...counts, throughput, latencies: Float64Array.from(latencies).sort() };
}

/** Returns the smallest of `sorted` that a fraction `p`, from 0 to 1, of all does not exceed (nearest rank); 0 if there is none. */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * p), 1) - 1] ?? 0;
}
