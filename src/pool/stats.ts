// What a pool counts.

import { Histogram, type LatencyStats } from "./histogram.ts";
import type { JobOutcome } from "./outcome.ts";

/** What one worker has done. */
export interface WorkerStats {
  readonly worker: number;
  /** For how many jobs it has worked. */
  readonly jobs: number;
  /** For how many milliseconds. */
  readonly busyMs: number;
}

/** What a pool has done, and is doing. */
export interface PoolStats {
  /** How many workers there are now. */
  readonly workers: number;

  /** What each has done, by its number, also those who have gone: whoever comes in their place has their number. */
  readonly perWorker: readonly WorkerStats[];

  /** Functions that have been called and have not returned, and of these, those whose jobs have their outcome already. */
  readonly running: number;
  readonly abandoned: number;

  /** Accepted jobs that wait for a worker, and callers that wait for their jobs to be accepted. */
  readonly queued: number;
  readonly waiting: number;

  /** Jobs that were done or have failed, and those of them that have failed, and because they took too long. */
  readonly processed: number;
  readonly failed: number;
  readonly timedOut: number;

  /** Jobs that were canceled, and attempts after the first. */
  readonly canceled: number;
  readonly retried: number;

  /** From acceptance to outcome, in milliseconds, of the jobs that were processed. */
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

  /** Counts an outcome that came `ms` milliseconds after the job had been accepted, perhaps by its timeout. */
  count(outcome: JobOutcome<unknown, unknown>, ms: number, isTooLate: boolean): void {
    if (outcome.status === "canceled") {
      this.canceled++;
      return;
    }
    this.processed++;
    if (outcome.status === "failed") this.failed++;
    if (isTooLate) this.timedOut++;
    this.latency.add(ms);
  }
}
