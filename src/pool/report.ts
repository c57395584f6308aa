// What a pool reports: its statistics while it runs, and how it ended.

import type { JobOutcome } from "./job.ts";

/** The error of a call on a pool that accepts no more jobs. */
export class StoppedError extends Error {
  static {
    this.prototype.name = "StoppedError";
  }
}

/** How a pool ended. */
export interface StopReport<Job> {
  /** The accepted jobs that were canceled because the pool ended, in the order of their calls; empty if the pool ran all jobs. */
  readonly unfinished: readonly Job[];

  /** The number of functions that had not returned when the grace period expired. */
  readonly abandoned: number;

  /** Why jobs are unfinished; undefined if `unfinished` is empty. */
  readonly cause: Error | undefined;
}

/** How a run of `runPool` ended. */
export interface RunReport<Job, Result> extends StopReport<Job> {
  /** Whether the run ended before the jobs did: because of its context, a failed job, or functions that did not return. */
  readonly isCutShort: boolean;

  /** Why the run was cut short; undefined if it was not. */
  readonly cause: Error | undefined;

  /** The received jobs that were canceled because the run was cut short, in the order in which they were received. */
  readonly unfinished: readonly Job[];

  /** The outcomes that were not read before the grace period expired, the earliest first. */
  readonly undelivered: readonly JobOutcome<Job, Result>[];
}

/** The activity of one worker. */
export interface WorkerStats {
  /** The number of the worker, from 1. */
  readonly worker: number;

  /** The number of jobs that the worker has run. */
  readonly jobs: number;

  /** How long the worker has been running jobs, in milliseconds. */
  readonly busyMs: number;
}

/** Latencies in milliseconds; all figures are 0 if `count` is 0. Percentiles are exact to within 5 %. */
export interface LatencyStats {
  /** The number of measured jobs. */
  readonly count: number;

  /** The arithmetic mean, in milliseconds. */
  readonly mean: number;

  /** The longest latency, in milliseconds. */
  readonly max: number;

  /** The median, in milliseconds: half of the latencies are not longer. */
  readonly p50: number;

  /** The latency, in milliseconds, that 95 % of the latencies do not exceed. */
  readonly p95: number;

  /** The latency, in milliseconds, that 99 % of the latencies do not exceed. */
  readonly p99: number;
}

/** A snapshot of the counters of a pool. */
export interface PoolStats {
  /** The number of workers. */
  readonly workers: number;

  /** The activity of each worker, by its number, including workers that have stopped; a later worker reuses the number. */
  readonly perWorker: readonly WorkerStats[];

  /** Jobs that a worker has taken, from then on until their functions have returned. The function is called a little later. */
  readonly running: number;

  /** Running jobs that already have an outcome, because they timed out or were canceled. */
  readonly abandoned: number;

  /** Accepted jobs that wait for a worker. */
  readonly queued: number;

  /** Calls that wait until their jobs are accepted. */
  readonly waiting: number;

  /** Jobs that are done or have failed. */
  readonly processed: number;

  /** Processed jobs that have failed, including those that timed out. */
  readonly failed: number;

  /** Failed jobs that exceeded the timeout. */
  readonly timedOut: number;

  /** Accepted jobs that were canceled. One that waits for a worker counts from its cancellation on. */
  readonly canceled: number;

  /** Calls of the function after the first call for a job. */
  readonly retried: number;

  /** The time of processed jobs from acceptance to outcome. */
  readonly latency: LatencyStats;
}

/** The counters of one pool. */
export class PoolCounters {
  processed = 0;
  failed = 0;
  timedOut = 0;
  canceled = 0;
  retried = 0;
  readonly latency: Histogram = new Histogram();

  /** Counts the outcome of a job that was accepted `ms` milliseconds before. */
  count(outcome: JobOutcome<unknown, unknown>, ms: number, isTimeout: boolean): void {
    if (outcome.status === "canceled") {
      this.canceled++;
      return;
    }
    this.processed++;
    if (outcome.status === "failed") this.failed++;
    if (isTimeout) this.timedOut++;
    this.latency.add(ms);
  }
}

const bucketsPerDoubling = 16;

/**
 * The distribution of durations, in a few hundred counters. A bucket is 2 ** (1 / 16), or 4.4 %, wider than the bucket below it, which
 * bounds the error of a percentile.
 */
export class Histogram {
  readonly #buckets: number[] = [];
  #count = 0;
  #sum = 0;
  #max = 0;

  /** Adds a duration of `ms` milliseconds. The first bucket holds durations up to one microsecond, and counts them as 0. */
  add(ms: number): void {
    const bucket = ms <= 0.001 ? 0 : Math.ceil(Math.log2(ms * 1000) * bucketsPerDoubling);
    // Filled up to the bucket: V8 stores an array with holes less compactly, and reads it more slowly.
    while (this.#buckets.length <= bucket) this.#buckets.push(0);
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1;
    this.#count++;
    this.#sum += ms;
    if (ms > this.#max) this.#max = ms;
  }

  /** The duration that the share `p` of the durations, from 0 to 1, does not exceed. */
  percentile(p: number): number {
    let remaining = Math.ceil(this.#count * p);
    if (remaining === 0) return 0;
    const bucket = this.#buckets.findIndex((count) => (remaining -= count) <= 0);
    return Math.min(bucket === 0 ? 0 : 2 ** (bucket / bucketsPerDoubling) / 1000, this.#max);
  }

  summary(): LatencyStats {
    return {
      count: this.#count,
      mean: this.#count === 0 ? 0 : this.#sum / this.#count,
      max: this.#max,
      p50: this.percentile(0.5),
      p95: this.percentile(0.95),
      p99: this.percentile(0.99),
    };
  }
}
