// The end of a submitted job that its submitter holds.

import { poolResult } from "../goroutine/operations.ts";
import type { Outcome } from "./outcome.ts";
import { Wait } from "./wait.ts";
import type { Owner, Work } from "./work.ts";

/** A job that a pool has accepted, for whoever submitted it. */
export interface Task<Job, Result> {
  readonly job: Job;

  /**
   * The result, once the job is done: the same promise each time. That it rejects is never an unhandled rejection, so that tasks
   * can be awaited one after the other.
   *
   * Errors: rejects with the error of the job, or with the cause if it is cancelled: by {@link Task.cancel}, by the context that it
   * was submitted with, or by the end of the pool.
   */
  readonly result: Promise<Result>;

  /** What has become of the job; undefined, as long as that is open. */
  readonly outcome: Outcome<Job, Result> | undefined;

  /**
   * Cancels this job and no other: if no worker has taken it yet, none will; else its context ends. `cause` is what `result` will
   * reject with; by default a `Canceled`.
   */
  cancel(cause?: Error): void;
}

/** The task of a job that was submitted. */
export class SubmittedTask<Job, Result> implements Task<Job, Result>, Owner<Job, Result> {
  readonly job: Job;
  #cancel: ((cause?: Error) => void) | null = null;
  #outcome: Outcome<Job, Result> | undefined;
  #wait: Wait<Result> | null = null;
  #result: Promise<Result> | null = null;

  constructor(job: Job) {
    this.job = job;
  }

  // Whoever asks for it begins to wait: so it is known of what, and a task that nobody asks is silent.
  get result(): Promise<Result> {
    if (this.#result === null) {
      this.#wait = new Wait(poolResult);
      this.#result = this.#wait.promise;
      if (this.#outcome !== undefined) this.#tell(this.#outcome);
    }
    return this.#result;
  }

  get outcome(): Outcome<Job, Result> | undefined {
    return this.#outcome;
  }

  /** Says what ends the context of the job. */
  cancelBy(cancel: (cause?: Error) => void): void {
    this.#cancel = cancel;
  }

  cancel(cause?: Error): void {
    this.#cancel?.(cause);
  }

  settled({ outcome }: Work<Job, Result>): void {
    this.#outcome = outcome;
    this.#tell(outcome as Outcome<Job, Result>);
  }

  #tell(outcome: Outcome<Job, Result>): void {
    const wait = this.#wait;
    this.#wait = null;
    if (outcome.status === "done") wait?.end(outcome.value);
    else wait?.fail(outcome.error);
  }
}
