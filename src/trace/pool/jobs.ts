// What a trace tells of one pool: what became of each job, how many waited at each moment, and what that comes to in
// figures.

import { entry } from "../entry.ts";
import type { Trace } from "../format.ts";

/** How a job ended; "open", if it had not when the trace did. */
export type Fate = "done" | "failed" | "cancelled" | "open";

/**
 * One job. `accepted`, `started` and `finished` are places in the list of the pool's events; -1, if there is no such
 * event.
 */
export interface PoolJob {
  readonly job: number;
  readonly accepted: number;
  readonly started: number;
  readonly finished: number;
  /** Who worked on it; null, if nobody has begun. */
  readonly worker: number | null;
  readonly fate: Fate;
}

/** The events of one pool. */
export interface PoolHistory {
  /** When each happened, in milliseconds. */
  readonly times: readonly number[];
  /** How many accepted jobs waited for a worker just after each. */
  readonly waiting: readonly number[];
  /** In the order in which the trace met them. */
  readonly jobs: readonly PoolJob[];
  /** When the trace ends, in milliseconds. */
  readonly end: number;
}

/** What the jobs come to that were in the pool between two times. */
export interface PoolFigures {
  readonly jobs: number;
  /** How many ended in that time, and how. */
  readonly done: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Of those that were cancelled, how many no worker had begun. */
  readonly neverBegun: number;
  /** How many end later, and how many had not ended when the trace did: in the hands of a worker, and in the queue. */
  readonly later: number;
  readonly working: number;
  readonly waiting: number;
  /** Processed jobs, those that were done or have failed, in a second; 0 if no time passed. */
  readonly throughput: number;
  /** From accepted to finished, in milliseconds, of processed jobs, in ascending order. */
  readonly latencies: Float64Array;
}

/** Reads the events of the pool with the number `pool`. */
export function poolHistory({ events, end }: Trace, pool: number): PoolHistory {
  const times: number[] = [];
  const waiting: number[] = [];
  const jobs = new Map<number, Job>();
  let queue = 0;
  for (const event of events) {
    if (!("pool" in event) || event.pool !== pool) continue;
    const place = times.push(event.at) - 1;
    const job = entry(jobs, event.job, () => newJob(event.job));
    const wasQueued = isQueued(job);
    if (event.type === "accept") {
      if (job.accepted < 0) job.accepted = place;
    } else if (event.type === "start") {
      if (job.started < 0) Object.assign(job, { started: place, worker: event.worker });
    } else if (job.finished < 0) {
      Object.assign(job, { finished: place, worker: job.worker ?? event.worker, fate: event.status });
    }
    queue += Number(isQueued(job)) - Number(wasQueued);
    waiting.push(queue);
  }
  return { times, waiting, jobs: [...jobs.values()], end: Math.max(end, times.at(-1) ?? 0) };
}

type Job = { -readonly [K in keyof PoolJob]: PoolJob[K] };

function newJob(job: number): Job {
  return { job, accepted: -1, started: -1, finished: -1, worker: null, fate: "open" };
}

function isQueued({ accepted, started, finished }: PoolJob): boolean {
  return accepted >= 0 && started < 0 && finished < 0;
}

/** The figures from `from` to `to`, both in milliseconds, and both included. */
export function poolFigures({ jobs, times, end }: PoolHistory, from: number, to: number): PoolFigures {
  const counts = { jobs: 0, done: 0, failed: 0, cancelled: 0, neverBegun: 0, later: 0, working: 0, waiting: 0 };
  const latencies: number[] = [];
  for (const { accepted, started, finished, worker, fate } of jobs) {
    const came = times[accepted] ?? times[started] ?? -Infinity;
    const went = times[finished] ?? end;
    if (came > to || went < from) continue;
    counts.jobs++;
    if (fate === "open") {
      counts[started < 0 ? "waiting" : "working"]++;
    } else if (went > to) {
      counts.later++;
    } else {
      counts[fate]++;
      if (fate === "cancelled") counts.neverBegun += Number(worker === null);
      else if (accepted >= 0) latencies.push(went - came);
    }
  }
  const throughput = to > from ? ((counts.done + counts.failed) * 1000) / (to - from) : 0;
  return { ...counts, throughput, latencies: Float64Array.from(latencies).sort() };
}

/**
 * The least of `sorted` that a share `p`, from 0 to 1, of all does not exceed: by nearest rank; 0 if there are none.
 */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * p), 1) - 1] ?? 0;
}
