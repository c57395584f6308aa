// What is seen of a pool while a history is played: only what a user can see, with the virtual time of each.

import type { JobOutcome as Outcome, PoolEvent, PoolStats } from "goro";
import { now } from "goro/testing";
import type { History, JobSpec } from "./history.ts";

/** A job, as the pool is given it. */
export interface Job {
  readonly id: number;
  readonly spec: JobSpec;
}

export type JobOutcome = Outcome<Job, string>;

/** One call of the function. */
export interface Call {
  readonly worker: number;
  readonly from: number;
  to?: number;
  value?: string;
  error?: Error;
  /** Whether the context had ended when the function was called, and when it returned. */
  readonly endedBefore: boolean;
  endedAfter?: boolean;
}

/** All that is seen of one job. */
export interface JobRecord extends Job {
  readonly way: "send" | "submit" | "map";
  readonly offeredAt: number;
  /** For a run, "accepted" means that the channel of jobs has taken it. */
  acceptance: "pending" | "accepted" | "refused";
  acceptedAt?: number;
  refusal?: unknown;
  /** What its owner was given: by `results`, by its task, by the report of a run. */
  readonly outcomes: { readonly by: "results" | "task" | "undelivered"; readonly outcome: JobOutcome }[];
  /** Whether it was still in the channel of jobs after the end. */
  isLeft: boolean;
  readonly calls: Call[];
  readonly started: { readonly at: number; readonly worker: number }[];
  readonly ended: { readonly at: number; readonly worker: number | undefined; readonly outcome: JobOutcome }[];
  retrying: number;
  /** What may have canceled it, apart from the pool, and when. */
  readonly causes: Cause[];
  /** What `task.result` did. */
  result?: { readonly value?: string; readonly error?: unknown };
}

/** Something that cancels jobs. */
export interface Cause {
  readonly at: number;
  readonly error: Error;
}

/** The report of a stop, or of a run. A run has the last two. */
export interface Report {
  readonly unfinished: readonly Job[];
  readonly abandoned: number;
  readonly cause: Error | undefined;
  readonly isCutShort?: boolean;
  readonly undelivered?: readonly JobOutcome[];
}

export interface StopRecord {
  readonly calledAt: number;
  /** By which job it was called, if by one. */
  readonly inside: JobRecord | undefined;
  resolvedAt?: number;
  report?: Report;
  error?: unknown;
  /** How many functions had been called and had not returned. */
  running?: number;
  /** How many of the functions that have returned did so at the same time. */
  returnedMeanwhile?: number;
}

export interface MapRecord {
  readonly jobs: JobRecord[];
  readonly values: string[];
  readonly window: number;
  pulled: number;
  mostAhead: number;
  isExhausted: boolean;
  readonly isAsync: boolean;
  closed: number;
  cleanupError?: Error;
  sourceError?: Error;
  ending: "open" | "done" | "left" | "failed";
  error?: unknown;
  readonly causes: Cause[];
}

/** All that is seen of a history. */
export class PoolRecord {
  readonly history: History;
  readonly door: "WorkerPool" | "runPool";
  readonly jobs: JobRecord[] = [];
  readonly maps: MapRecord[] = [];
  readonly stops: StopRecord[] = [];
  readonly workers: { readonly at: number; readonly worker: number; readonly type: "start" | "stop" }[] = [];

  /** What cancels the pool: its context, the patience of a stop. */
  readonly causes: Cause[] = [];

  /** The maximum of workers over time. */
  readonly limits: { readonly at: number; readonly max: number }[] = [];

  /** What hooks have thrown that has not been a panic yet. */
  readonly thrown: Set<unknown> = new Set<unknown>();

  /** What was found to be wrong when it happened. */
  readonly findings: string[] = [];

  /** Promises that have not settled, by what they are of. */
  readonly open: Map<object, string> = new Map<object, string>();

  /** When the reader took outcomes. */
  readonly takenAt: number[] = [];
  /** When other code closed `results`. */
  closedAt: number | undefined;
  stats: PoolStats | undefined;

  /** Whether a panic that had to be has ended the bubble, and the history with it. */
  isCutOff = false;

  /** When `runPool` came to its end, and how many functions had been called then and had not returned. */
  runEndedAt: number | undefined;
  runningAtEnd = 0;
  readonly #start = now();

  constructor(history: History, door: "WorkerPool" | "runPool") {
    this.history = history;
    this.door = door;
  }

  /** Milliseconds since the start. */
  get now(): number {
    return now() - this.#start;
  }

  find(text: string): void {
    this.findings.push(`at ${this.now}: ${text}`);
  }

  job(spec: JobSpec, way: JobRecord["way"]): JobRecord {
    const record: JobRecord = {
      id: this.jobs.length,
      spec,
      way,
      offeredAt: this.now,
      acceptance: "pending",
      outcomes: [],
      isLeft: false,
      calls: [],
      started: [],
      ended: [],
      retrying: 0,
      causes: [],
    };
    this.jobs.push(record);
    return record;
  }

  of(job: Job): JobRecord {
    return this.jobs[job.id] as JobRecord;
  }

  /** How many functions have been called and have not returned. */
  get running(): number {
    return this.jobs.reduce((sum, { calls }) => sum + calls.filter(({ to }) => to === undefined).length, 0);
  }

  /** How many jobs hold a worker: they were started and have no outcome yet, or their function has not returned. */
  get held(): number {
    return this.jobs.filter(holdsWorker).length;
  }

  /** The maximum of workers: of all that have held at this instant, the greatest, because a job may have been taken before it was lowered. */
  get max(): number {
    const at = this.now;
    const before = this.limits.findLast((limit) => limit.at < at)?.max ?? 0;
    return Math.max(before, ...this.limits.filter((limit) => limit.at === at).map(({ max }) => max));
  }

  readonly onEvent = (event: PoolEvent<Job, string>): void => {
    const job = this.of(event.type === "ended" ? event.outcome.job : event.job);
    if (event.type === "started") {
      job.started.push({ at: this.now, worker: event.worker });
      if (this.held > this.max) this.find(`job ${job.id} starts and ${this.held} jobs hold ${this.max} workers`);
      const same = this.jobs.filter((other) => holdsWorker(other) && other.started.at(-1)?.worker === event.worker);
      if (same.length > 1) this.find(`jobs ${same.map(({ id }) => id).join(" and ")} have the same worker`);
      if (event.worker > Math.max(...this.limits.map(({ max }) => max)))
        this.find(`worker ${event.worker} is one too many`);
    } else if (event.type === "retrying") {
      job.retrying++;
    } else {
      job.ended.push({ at: this.now, worker: event.worker, outcome: event.outcome });
    }
    this.#throw();
  };

  readonly onWorkerStart = (worker: number): void => {
    this.workers.push({ at: this.now, worker, type: "start" });
    this.#throw();
  };

  readonly onWorkerStop = (worker: number): void => {
    this.workers.push({ at: this.now, worker, type: "stop" });
    this.#throw();
  };

  #throw(): void {
    if (!this.history.pool.hooksThrow) return;
    const error = new Error("a hook throws");
    this.thrown.add(error);
    throw error;
  }
}

function holdsWorker({ started, ended, calls }: JobRecord): boolean {
  return started.length > ended.length || calls.some(({ to }) => to === undefined);
}
