// One job in a pool, from the call that submits it to its outcome: its record, which is also the context of its function, and the task
// that its submitter gets.

import type { ReceiveChannel } from "../channel/channel.ts";
import { BaseContext, NOT_FOUND } from "../context/base-context.ts";
import { CancelContext, cancelContextKey, causeOf, type Expiry, expiryOf, isEarlier } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { canceled, deadlineExceeded } from "../context/errors.ts";
import type { AsyncContext } from "../runtime/async-context.ts";
import { resolvedWith } from "../runtime/scheduler.ts";
import { park, poolResult, poolSubmit, type WaitReason } from "../runtime/wait-reasons.ts";
import { Deferred } from "../runtime/waiter.ts";
import { describe } from "../util/validate.ts";
import { isError } from "../util/inspect.ts";

/** The part that all outcomes share. */
interface OutcomeBase<Job> {
  /** The job. */
  readonly job: Job;

  /** The number of calls of the function for the job; 0 if the job was canceled before the first. */
  readonly attempts: number;
}

/** The outcome of a job whose function returned. */
export interface JobDone<Job, Result> extends OutcomeBase<Job> {
  /** "done": the function has returned. */
  readonly status: "done";

  /** The result of the function. */
  readonly value: Result;

  /** Absent: the job has no error. */
  readonly error?: undefined;
}

/** The outcome of a job whose last attempt threw, or that exceeded its timeout. */
export interface JobFailed<Job> extends OutcomeBase<Job> {
  /** "failed": the last attempt threw, or the job exceeded its timeout. */
  readonly status: "failed";

  /** The thrown error, or a `DeadlineExceeded`. If a value was thrown that is not an Error, it is the `cause` of this error. */
  readonly error: Error;

  /** Absent: the job has no result. */
  readonly value?: undefined;
}

/** The outcome of a job that was canceled before it was done. What its function returns afterwards is ignored. */
export interface JobCanceled<Job> extends OutcomeBase<Job> {
  /** "canceled": the job was canceled before it was done. */
  readonly status: "canceled";

  /** The cause of the cancellation. */
  readonly error: Error;

  /** Absent: the job has no result. */
  readonly value?: undefined;
}

/** The outcome of one job, distinguished by `status`. Exactly one of `value` and `error` is present. */
export type JobOutcome<Job, Result> = JobDone<Job, Result> | JobFailed<Job> | JobCanceled<Job>;

/** The receiver of the outcome of a job. */
export interface OutcomeListener<Job, Result> {
  /** Called with a job that has just been given its outcome. It must not run user code. */
  onOutcome(job: PoolJob<Job, Result>): void;

  /** Called after `onOutcome`, when the state of the pool is consistent and all hooks have been called. It may run user code. */
  afterOutcome?(): void;
}

/**
 * One job in a pool. It is the context that its function gets: one object, because a pool makes one for each job. The derived context,
 * with the channel, the signal and the children, is made on the first use.
 *
 * Invariants:
 *   1. The context is canceled if and only if `end` has been called or the parent has been canceled.
 *   2. The derived context, once made, has the same error and cause.
 *   3. `end` is called after the outcome is set.
 */
export class PoolJob<Job, Result> extends BaseContext {
  declare readonly parent: Context;

  /** The position in the heap of the queue; -1 if the job is not in the queue. */
  index = -1;

  /** The argument of the function. */
  readonly input: Job;

  /** The async context of the call that submitted the job: its function and hooks run in it; null for one without a store. */
  readonly scope: AsyncContext | null;
  readonly listener: OutcomeListener<Job, Result>;
  readonly priority: number;
  readonly order: number;
  isAccepted = false;

  /** When the job was accepted, by the clock of the pool, in milliseconds. */
  acceptedAt = 0;

  /** The call that waits until the job is accepted. */
  pendingAcceptance: PendingAcceptance | null = null;

  /** Whether the function has been called and has not returned. */
  isRunning = false;

  /** The number of the worker that has taken the job. */
  worker: number | undefined = undefined;

  /** The number of calls of the function. */
  attempts = 0;

  /** Whether the function has called `stop` and has not returned since. */
  isStopping = false;
  isTimedOut = false;

  /** The cause of a cancellation that is decided, and whether the runner is to record the outcome of the job before its function returns. */
  canceledBy: Error | undefined = undefined;
  isConcluded = false;
  outcome: JobOutcome<Job, Result> | undefined = undefined;

  /** Removes the listener on the context that the job was submitted with. */
  removeListener: (() => void) | null = null;

  // Not private: V8 defines a private field by a slower instruction, which for three fields takes 5 % of the time of a job.
  readonly runner: object;
  isEnded = false;
  expiry: Expiry | undefined = undefined;
  derived: CancelContext | null = null;

  /** `runner` is the key under which `value` of the context returns the job. */
  constructor(
    input: Job,
    parent: Context,
    runner: object,
    scope: AsyncContext | null,
    listener: OutcomeListener<Job, Result>,
    priority: number,
    order: number,
  ) {
    super(parent);
    this.input = input;
    this.scope = scope;
    this.listener = listener;
    this.priority = priority;
    this.order = order;
    this.runner = runner;
  }

  done(): ReceiveChannel<never> {
    return this.#derive().done();
  }

  err(): Error | undefined {
    if (this.isEnded) return this.isTimedOut ? deadlineExceeded : canceled;
    return this.parent.err();
  }

  get cause(): Error | undefined {
    if (!this.isEnded) return causeOf(this.parent);
    return this.outcome?.status === "canceled" ? this.outcome.error : this.err();
  }

  deadline(): number | undefined {
    return this.expiry === undefined ? this.parent.deadline() : this.expiry.deadline;
  }

  get signal(): AbortSignal {
    return this.#derive().signal;
  }

  /** Sets the deadline of the context, unless the deadline of the parent is earlier. The caller calls `end` at the deadline. */
  setDeadline(expiry: Expiry): void {
    const earlier = expiryOf(this.parent);
    if (earlier === undefined || isEarlier(expiry, earlier)) this.expiry = expiry;
  }

  /** Cancels the context, if it is not canceled. Listeners of its signal run before this returns. */
  end(): void {
    if (this.isEnded || this.parent.err() !== undefined) return;
    this.isEnded = true;
    this.derived?.cancel(this.err() as Error, this.cause);
  }

  protected override lookup(key: unknown): unknown {
    if (key === cancelContextKey) return this.#derive();
    return key === this.runner ? this : NOT_FOUND;
  }

  protected override describeSelf(): string {
    return ".WithJob";
  }

  #derive(): CancelContext {
    if (this.derived === null) {
      this.derived = new CancelContext(this.parent, this.expiry ?? expiryOf(this.parent));
      if (this.isEnded) this.derived.cancel(this.err() as Error, this.cause);
      else this.derived.propagateCancel();
    }
    return this.derived;
  }
}

/** The promise of a call that waits for the pool. It is parked until `finish` or `fail` is called, once. */
export class TrackedPromise<R> extends Deferred<R> {
  readonly #reason: WaitReason;

  constructor(reason: WaitReason) {
    super();
    this.#reason = reason;
    park(this, reason);
  }

  /** Resolves with `result`, which must not be a bare value of the user's. */
  finish(result: R): void {
    this.resume(this.#reason, result);
  }

  fail(error: Error): void {
    this.resumeWithError(this.#reason, error);
  }
}

/** A call that waits until its job is accepted. */
export interface PendingAcceptance {
  accept(): void;
  fail(error: Error): void;
}

/** The promise of such a call, which resolves with `value`. */
export class AcceptancePromise<R> extends TrackedPromise<R> implements PendingAcceptance {
  readonly #value: R;

  constructor(value: R) {
    super(poolSubmit);
    this.#value = value;
  }

  accept(): void {
    this.finish(this.#value);
  }
}

/** A job that a pool has accepted from `submit`. */
export interface PoolTask<Job, Result> {
  /** The submitted job. */
  readonly job: Job;

  /**
   * The result of the job, as the same promise each time. The first read starts a wait for the result, which a deadlock report lists.
   *
   * A rejection of this promise is never reported as unhandled, so that tasks can be awaited one after the other. A failed job is
   * therefore silent if neither `result` is awaited nor `outcome` read.
   *
   * @throws the error of the job (rejects), or the cause if the job was canceled: by {@link PoolTask.cancel}, by the context or signal
   *   that it was submitted with, or by the end of the pool.
   */
  readonly result: Promise<Result>;

  /** The outcome of the job; undefined while it has none. */
  readonly outcome: JobOutcome<Job, Result> | undefined;

  /**
   * Cancels this job: it is not started if no worker has taken it; otherwise its context is canceled. Does nothing if it has an outcome.
   *
   * @param cause the error with which `result` rejects; by default a `Canceled`
   * @throws {TypeError} if `cause` is neither an Error nor undefined.
   */
  cancel(cause?: Error): void;
}

/** The task of a submitted job. It does not retain the job's record after the outcome. */
export class Task<Job, Result> implements PoolTask<Job, Result>, OutcomeListener<Job, Result> {
  readonly job: Job;
  readonly #cancelJob: (job: PoolJob<Job, Result>, cause: Error) => void;
  #record: PoolJob<Job, Result> | null = null;
  #outcome: JobOutcome<Job, Result> | undefined;
  #pending: TrackedPromise<JobOutcome<Job, Result>> | null = null;
  #result: Promise<Result> | null = null;

  constructor(job: Job, cancelJob: (job: PoolJob<Job, Result>, cause: Error) => void) {
    this.job = job;
    this.#cancelJob = cancelJob;
  }

  get result(): Promise<Result> {
    if (this.#result === null) {
      this.#result = this.toResult();
      if (this.#outcome !== undefined) this.#markHandled();
    }
    return this.#result;
  }

  get outcome(): JobOutcome<Job, Result> | undefined {
    return this.#outcome;
  }

  cancel(cause: Error = canceled): void {
    if (!isError(cause)) throw new TypeError(`PoolTask.cancel: cause must be an Error, got ${describe(cause)}`);
    if (this.#record !== null) this.#cancelJob(this.#record, cause);
  }

  /** Sets the record of the job, which `cancel` cancels. */
  set record(record: PoolJob<Job, Result>) {
    this.#record = record;
  }

  onOutcome({ outcome }: PoolJob<Job, Result>): void {
    this.#outcome = outcome;
    this.#record = null;
    this.#markHandled();
    this.#pending?.finish(outcome as JobOutcome<Job, Result>);
    this.#pending = null;
  }

  /**
   * Waits for the outcome, and returns its value or throws its error. The pool resolves with the outcome, a record of its own: resolving
   * with the user's value would read its `then` while the pool changes its state.
   */
  toResult(): Promise<Result> {
    return this.#whenDone().then(resultOf);
  }

  #whenDone(): Promise<JobOutcome<Job, Result>> {
    if (this.#outcome !== undefined) return resolvedWith(this.#outcome);
    this.#pending = new TrackedPromise<JobOutcome<Job, Result>>(poolResult);
    return this.#pending.promise;
  }

  #markHandled(): void {
    if (this.#outcome?.status !== "done") this.#result?.catch(() => undefined);
  }
}

function resultOf<Job, Result>(outcome: JobOutcome<Job, Result>): Result {
  if (outcome.status === "done") return outcome.value;
  throw outcome.error;
}
