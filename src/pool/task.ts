// A submitted job, as its submitter sees it.

import { poolResult } from "../runtime/wait-reasons.ts";
import { resolvedWith } from "../runtime/scheduler.ts";
import type { JobOutcome } from "./outcome.ts";
import { TrackedPromise } from "./tracked-promise.ts";
import type { OutcomeListener, PoolJob } from "./job.ts";

/** A job that a pool has accepted from `submit`. */
export interface PoolTask<Job, Result> {
  readonly job: Job;

  /**
   * The result of the job: the same promise each time. The first read starts a wait for the result, which a deadlock report names;
   * it changes nothing else. A rejection of the promise is never reported as unhandled, so that tasks can be awaited one after the
   * other; a failure is therefore silent if `result` is never awaited and `outcome` never read.
   *
   * Errors: rejects with the error of the job, or with the cause if it is canceled: by {@link PoolTask.cancel}, by the context that it
   * was submitted with, or by the end of the pool.
   */
  readonly result: Promise<Result>;

  /** The outcome of the job; undefined until it has one. */
  readonly outcome: JobOutcome<Job, Result> | undefined;

  /**
   * Cancels this job and no other: it is not started if no worker has taken it yet; otherwise its context ends. `cause` is what
   * `result` will reject with; by default a `Canceled`.
   *
   * Errors: throws `TypeError` if `cause` is neither an Error nor undefined.
   */
  cancel(cause?: Error): void;
}

/** The task of a job that was submitted. */
export class TaskImpl<Job, Result> implements PoolTask<Job, Result>, OutcomeListener<Job, Result> {
  readonly job: Job;
  #cancel: ((cause?: Error) => void) | null = null;
  #outcome: JobOutcome<Job, Result> | undefined;
  #wait: TrackedPromise<JobOutcome<Job, Result>> | null = null;
  #result: Promise<Result> | null = null;

  constructor(job: Job) {
    this.job = job;
  }

  get result(): Promise<Result> {
    if (this.#result === null) {
      this.#result = resultOf(this.#settlement());
      if (this.#outcome !== undefined) this.#handle();
    }
    return this.#result;
  }

  get outcome(): JobOutcome<Job, Result> | undefined {
    return this.#outcome;
  }

  /** Sets the function that cancels the job. */
  setCanceler(cancel: (cause?: Error) => void): void {
    this.#cancel = cancel;
  }

  cancel(cause?: Error): void {
    this.#cancel?.(cause);
  }

  settled({ outcome }: PoolJob<Job, Result>): void {
    this.#outcome = outcome;
    this.#cancel = null;
    this.#handle();
    this.#wait?.finish(outcome as JobOutcome<Job, Result>);
    this.#wait = null;
  }

  /** A rejection of the result is the caller's to handle, whenever the caller looks. */
  #handle(): void {
    if (this.#outcome?.status !== "done") this.#result?.catch(() => undefined);
  }

  #settlement(): Promise<JobOutcome<Job, Result>> {
    if (this.#outcome !== undefined) return resolvedWith(this.#outcome);
    this.#wait = new TrackedPromise<JobOutcome<Job, Result>>(poolResult);
    return this.#wait.promise;
  }
}

// The pool resolves with the outcome, a record of its own: to resolve with the user's value would look up its `then` while the
// pool is at work.
async function resultOf<Job, Result>(settlement: Promise<JobOutcome<Job, Result>>): Promise<Result> {
  const outcome = await settlement;
  if (outcome.status === "done") return outcome.value;
  throw outcome.error;
}
