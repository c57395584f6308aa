// What a trace tells of one pool: what became of each job, how many waited at each moment, and what that comes to in figures.

import type { Trace } from "./format.ts";

/** How a job ended; "open", if it had not when the trace did. */
export type Fate = "done" | "failed" | "cancelled" | "open";

/** One job. `accepted`, `started` and `finished` are places in the list of the pool's events; -1, if there is no such event. */
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
  const jobs = new Map<number, { -readonly [K in keyof PoolJob]: PoolJob[K] }>();
  let queue = 0;
  for (const event of events) {
    if ((event.type !== "accept" && event.type !== "start" && event.type !== "finish") || event.pool !== pool) continue;
    const place = times.push(event.at) - 1;
    let job = jobs.get(event.job);
    if (job === undefined) {
      job = { job: event.job, accepted: -1, started: -1, finished: -1, worker: null, fate: "open" };
      jobs.set(event.job, job);
    }
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

/** The least of `sorted` that a share `p`, from 0 to 1, of all does not exceed: by nearest rank; 0 if there are none. */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  return sorted[Math.max(Math.ceil(sorted.length * p), 1) - 1] ?? 0;
}

/** The work on one job as far as it is looked at, between two places on the axis. */
export interface Stretch {
  readonly job: PoolJob;
  readonly from: number;
  readonly to: number;
}

/** One worker, or some beside each other in numbers who have done nothing. */
export interface WorkerLane {
  readonly first: number;
  readonly last: number;
  /** Stretches that overlap are in different rows, as far as there are rows; each is in the order of `from`. */
  readonly rows: readonly (readonly Stretch[])[];
}

/** How many rows a lane has at most. In the last one stretches may overlap. */
const mostRows = 4;

/** A part of a pool's history, and the axis for it: times or, where no time passes, places in the list of events. */
export class PoolView {
  readonly history: PoolHistory;
  /** In milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly isTime: boolean;
  /** The ends of the axis. */
  readonly low: number;
  readonly high: number;

  constructor(history: PoolHistory, from: number | undefined, to: number | undefined) {
    const { times, jobs, end } = history;
    const isOpen = jobs.some(({ fate }) => fate === "open");
    this.history = history;
    // Work that had begun before the trace is shown from its start.
    const hadBegun = jobs.some(({ worker, started }) => worker !== null && started < 0);
    this.from = Math.min(from ?? (hadBegun ? 0 : times[0]) ?? 0, end);
    this.to = Math.max(this.from, Math.min(to ?? (isOpen ? end : (times.at(-1) ?? end)), end));
    this.isTime = this.to > this.from;
    const first = times.findIndex((at) => at >= this.from);
    const last = times.findLastIndex((at) => at <= this.to);
    // At an instant without events the axis is a place between two.
    this.low = this.isTime ? this.from : Math.min(first < 0 ? times.length : first, last + 1) - 0.5;
    this.high = this.isTime ? this.to : Math.max(this.low + 0.1, last + 0.5);
  }

  /** Where on the axis the event at `place` is, in its list; perhaps beyond the ends. */
  readonly position = (place: number): number => (this.isTime ? (this.history.times[place] as number) : place);

  /** What was worked on, by worker, in the order of beginnings; nothing, of workers who did nothing of what is looked at. */
  stretches(): Map<number, Stretch[]> {
    const all = new Map<number, Stretch[]>();
    for (const job of this.history.jobs) {
      const { worker, started, finished } = job;
      if (worker === null) continue;
      const from = started < 0 ? -Infinity : this.position(started);
      const to = finished < 0 ? (this.isTime ? this.history.end : Infinity) : this.position(finished);
      let own = all.get(worker);
      if (own === undefined) all.set(worker, (own = []));
      if (from > this.high || to < this.low) continue;
      own.push({ job, from: Math.max(from, this.low), to: Math.min(to, this.high) });
    }
    for (const own of all.values()) own.sort((a, b) => a.from - b.from || a.to - b.to);
    return all;
  }
}

/** The lanes of workers from 1 to the greatest number. Three or more beside each other who do nothing are one lane. */
export function workerLanes(stretches: ReadonlyMap<number, readonly Stretch[]>): WorkerLane[] {
  const lanes: WorkerLane[] = [];
  let next = 1;
  const idleUntil = (last: number): void => {
    if (last - next >= 2) lanes.push({ first: next, last, rows: [] });
    else for (let one = next; one <= last; one++) lanes.push({ first: one, last: one, rows: [] });
  };
  for (const [worker, own] of [...stretches].sort(([a], [b]) => a - b)) {
    if (own.length === 0) continue;
    idleUntil(worker - 1);
    lanes.push({ first: worker, last: worker, rows: rowsOf(own) });
    next = worker + 1;
  }
  idleUntil([...stretches.keys()].reduce((most, worker) => Math.max(most, worker), 0));
  return lanes;
}

function rowsOf(stretches: readonly Stretch[]): Stretch[][] {
  const rows: Stretch[][] = [];
  for (const stretch of stretches) {
    const free = rows.find((row) => (row.at(-1) as Stretch).to <= stretch.from);
    if (free !== undefined) free.push(stretch);
    else if (rows.length < mostRows) rows.push([stretch]);
    else (rows.at(-1) as Stretch[]).push(stretch);
  }
  return rows;
}

/** For how much of the axis at least one of `stretches` lasts; they are in the order of `from`. */
export function covered(stretches: readonly Stretch[]): number {
  let sum = 0;
  let end = -Infinity;
  for (const { from, to } of stretches) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}
