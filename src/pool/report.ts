// What a pool returns when it has ended, and the error of calls that come afterwards.

import type { JobOutcome } from "./outcome.ts";

/** The error of a call that came when the pool accepted no more jobs. */
export class StoppedError extends Error {
  static {
    this.prototype.name = "StoppedError";
  }
}

/** What a pool left undone when it ended. */
export interface StopReport<Job> {
  /** The jobs that were accepted and then canceled because the pool ended, the earliest first; none after a full drain. */
  readonly undone: readonly Job[];

  /** How many functions had not returned when the pool stopped waiting for them. */
  readonly abandoned: number;

  /** Why jobs were left undone; undefined, if none were. */
  readonly cause: Error | undefined;
}

/** How a run of `runPool` ended. */
export interface RunReport<Job, Result> extends StopReport<Job> {
  /** Whether the run ended before the jobs did: by its context, by an error, or because no function returned any more. */
  readonly isCutShort: boolean;

  /** Why the run was cut short; undefined, if it was not. */
  readonly cause: Error | undefined;

  /** The jobs that were received and then canceled because the run was cut short, the earliest first. */
  readonly undone: readonly Job[];

  /** The outcomes that no reader took after the run was cut short, the earliest first. */
  readonly undelivered: readonly JobOutcome<Job, Result>[];
}
