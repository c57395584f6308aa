// A part of a pool's history along an axis: what was worked on where, by whom, and who stands in which lane.

import { entry } from "../entry.ts";
import type { PoolHistory, PoolJob } from "./jobs.ts";

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

/** How many jobs wait from a place on the axis on. */
export interface Settled {
  readonly position: number;
  readonly length: number;
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

  /**
   * What was worked on, by worker, in the order of beginnings; nothing, of workers who did nothing of what is looked
   * at.
   */
  stretches(): Map<number, Stretch[]> {
    const all = new Map<number, Stretch[]>();
    for (const job of this.history.jobs) {
      const { worker, started, finished } = job;
      if (worker === null) continue;
      const from = started < 0 ? -Infinity : this.position(started);
      const to = finished < 0 ? (this.isTime ? this.history.end : Infinity) : this.position(finished);
      const own = entry<number, Stretch[]>(all, worker, () => []);
      if (from > this.high || to < this.low) continue;
      own.push({ job, from: Math.max(from, this.low), to: Math.min(to, this.high) });
    }
    for (const own of all.values()) own.sort((a, b) => a.from - b.from || a.to - b.to);
    return all;
  }

  /** How many wait after each instant. In between there may be more: those that a free worker is about to take. */
  settledQueue(): Settled[] {
    const settled: Settled[] = [{ position: this.low, length: 0 }];
    for (const [place, length] of this.history.waiting.entries()) {
      const position = Math.max(this.position(place), this.low);
      if (position > this.high) break;
      if (settled.at(-1)?.position === position) settled.pop();
      settled.push({ position, length });
    }
    return settled;
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
