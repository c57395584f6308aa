// The observations of a pool during a history: only events that a user can observe, with their virtual times.

import type { JobOutcome as Outcome, PoolEvent, PoolStats } from "goro";
import { now } from "goro/testing";
import type { History, JobSpec } from "./history.ts";

/** A job as it is passed to the pool. */
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
  /** Whether the context was canceled when the function was called, and when it returned. */
  readonly endedBefore: boolean;
  endedAfter?: boolean;
}

/** The observations of one job. */
export interface JobRecord extends Job {
  readonly method: "send" | "submit" | "map";
  readonly offeredAt: number;
  /** For a run, "accepted" means that the jobs channel has accepted it. */
  acceptance: "pending" | "accepted" | "refused";
  acceptedAt?: number;
  refusal?: unknown;
  /** The outcomes that its owner received: by `results`, by its task, by the report of a run. */
  readonly outcomes: { readonly by: "results" | "task" | "undelivered"; readonly outcome: JobOutcome }[];
  /** Whether it was still in the jobs channel after the end. */
  isLeft: boolean;
  readonly calls: Call[];
  readonly started: { readonly at: number; readonly worker: number }[];
  readonly ended: { readonly at: number; readonly worker: number | undefined; readonly outcome: JobOutcome }[];
  retrying: number;
  /** The causes, apart from the pool, that may have canceled it. */
  readonly causes: Cause[];
  /** The outcome of `task.result`. */
  result?: { readonly value?: string; readonly error?: unknown };
}

/** A cause of cancellation. */
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
  /** The job whose function called it, if any. */
  readonly inside: JobRecord | undefined;
  resolvedAt?: number;
  report?: Report;
  error?: unknown;
  /** The number of functions that were running. */
  running?: number;
  /** The number of functions that returned at the same time. */
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

/** The observations of a history. */
export class PoolRecord {
  readonly history: History;
  readonly entryPoint: "WorkerPool" | "runPool";
  readonly jobs: JobRecord[] = [];
  readonly maps: MapRecord[] = [];
  readonly stops: StopRecord[] = [];
  readonly workers: { readonly at: number; readonly worker: number; readonly type: "start" | "stop" }[] = [];

  /** The causes that cancel the pool: its context, the timeout of a stop. */
  readonly causes: Cause[] = [];

  /** The maximum number of workers over time. */
  readonly limits: { readonly at: number; readonly max: number }[] = [];

  /** The errors of hooks that have not been reported as panics yet. */
  readonly thrown: Set<unknown> = new Set<unknown>();

  /** The findings that were made during the history. */
  readonly findings: string[] = [];

  /** The names of the promises that have not settled. */
  readonly open: Map<object, string> = new Map<object, string>();

  /** The times at which the reader received outcomes. */
  readonly takenAt: number[] = [];
  /** The time at which other code closed `results`. */
  closedAt: number | undefined;
  stats: PoolStats | undefined;

  /** Whether an expected panic has ended the bubble, and with it the history. */
  isCutOff = false;

  /** The time at which `runPool` ended, and the number of functions that were running then. */
  runEndedAt: number | undefined;
  runningAtEnd = 0;
  readonly #start = now();

  constructor(history: History, entryPoint: "WorkerPool" | "runPool") {
    this.history = history;
    this.entryPoint = entryPoint;
  }

  /** Milliseconds since the start. */
  get now(): number {
    return now() - this.#start;
  }

  addFinding(text: string): void {
    this.findings.push(`at ${this.now}: ${text}`);
  }

  job(spec: JobSpec, method: JobRecord["method"]): JobRecord {
    const record: JobRecord = {
      id: this.jobs.length,
      spec,
      method,
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

  /** The number of running functions. */
  get running(): number {
    return this.jobs.reduce((sum, { calls }) => sum + calls.filter(({ to }) => to === undefined).length, 0);
  }

  /** The number of jobs that hold a worker: jobs that have started and have no outcome, or whose function is running. */
  get held(): number {
    return this.jobs.filter(holdsWorker).length;
  }

  /** The maximum number of workers: the greatest of this instant, because a job may have started before the limit was lowered. */
  get max(): number {
    const at = this.now;
    const before = this.limits.findLast((limit) => limit.at < at)?.max ?? 0;
    return Math.max(before, ...this.limits.filter((limit) => limit.at === at).map(({ max }) => max));
  }

  readonly onEvent = (event: PoolEvent<Job, string>): void => {
    const job = this.of(event.type === "ended" ? event.outcome.job : event.job);
    if (event.type === "started") {
      job.started.push({ at: this.now, worker: event.worker });
      if (this.held > this.max) this.addFinding(`job ${job.id} starts and ${this.held} jobs hold ${this.max} workers`);
      const same = this.jobs.filter((other) => holdsWorker(other) && other.started.at(-1)?.worker === event.worker);
      if (same.length > 1) this.addFinding(`jobs ${same.map(({ id }) => id).join(" and ")} have the same worker`);
      if (event.worker > Math.max(...this.limits.map(({ max }) => max)))
        this.addFinding(`worker ${event.worker} exceeds the maximum`);
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
