// The results of many jobs, in the order of the jobs.
//
// User code (the steps of the source, and its release) runs in `#fillWindow` and in goroutines, never while the pool records an outcome.
//
// Invariants, whenever no method is on the stack:
//   1. `#inFlight` has the jobs that were pulled and whose results were not taken, in their order, `maxInFlight` at most.
//   2. While a call of `next` waits, the first job in flight has no outcome, or no job is in flight and a step or the release of the source
//      is pending.
//   3. After the end no job is in flight, no call waits, and the context of the jobs is canceled.

import { checkPullable, PullSource, type Step as Pulled } from "../channel/pull-source.ts";
import { causeOf, onCancel } from "../context/cancel.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { canceled } from "../context/errors.ts";
import { type AsyncContext, captureAsyncContext, runIn } from "../runtime/async-context.ts";
import { go, raise } from "../runtime/goroutine.ts";
import { rejected, resolvedWith } from "../runtime/scheduler.ts";
import { poolResult } from "../runtime/wait-reasons.ts";
import { toError } from "../util/inspect.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import { type OutcomeListener, type PoolJob, TrackedPromise } from "./job.ts";

/** Options of {@link WorkerPool.map}. The iteration ends with the cause when `ctx` is canceled or `signal` aborts. */
export interface MapOptions extends WaitOptions {
  /**
   * The number of jobs that may be between the source and the results that were taken: a whole number from 1.
   *
   * @defaultValue twice the number of workers, also after `resize`
   */
  readonly maxInFlight?: number | undefined;
}

/** The part of a pool that a map uses. */
export interface JobSubmitter<Job, Result> {
  /** The number of jobs that may be in flight now. */
  maxInFlight(): number;

  /** Returns why the pool accepts no jobs; undefined if it does. */
  rejectionReason(): Error | undefined;

  /** Makes the context of all jobs of the map. The pool calls `end` of a map that has joined, if the pool ends first. */
  join(map: OrderedResults<Job, Result>): [ctx: Context, cancel: (cause?: Error) => void];
  leave(map: OrderedResults<Job, Result>): void;

  /** Passes a job to the pool, where it may have to wait until it is accepted. */
  enqueue(
    job: Job,
    ctx: Context,
    listener: OutcomeListener<Job, Result>,
    scope: AsyncContext | null,
  ): PoolJob<Job, Result>;

  cancel(job: PoolJob<Job, Result>, cause: Error): void;
}

type Step<Result> = IteratorResult<Result, undefined>;

const end: Step<never> = { value: undefined, done: true };

/** The iterator that `map` returns. */
export class OrderedResults<Job, Result>
  implements AsyncIterableIterator<Result>, AsyncDisposable, OutcomeListener<Job, Result>
{
  readonly #pool: JobSubmitter<Job, Result>;
  readonly #jobs: Iterable<Job> | AsyncIterable<Job>;

  /** The async context of the call of `map`. */
  readonly #scope: AsyncContext | null;

  /** Both are made by the first call of `next`: a map that is never iterated retains nothing. */
  #ctx: Context | null = null;
  #source: PullSource<Job> | null = null;
  readonly #inFlight = new RingBuffer<PoolJob<Job, Result>>();
  readonly #pendingNext = new RingBuffer<TrackedPromise<Step<Result>>>();
  #cancel: (cause?: Error) => void = () => undefined;
  #forget: () => void = () => undefined;

  #sourceIsOpen = true;
  #isPulling = false;
  #isFilling = false;

  /** Whether a step of the source is pending. */
  #isPending = false;

  /** Whether the end waits until the source is closed, and the calls of `return` that wait for it. */
  #isClosing = false;
  readonly #leaving: TrackedPromise<Step<Result>>[] = [];

  /** Why no more jobs are pulled, and the error of closing the source; both are thrown after the results of the earlier jobs. */
  #failure: Error | undefined;
  #closingFailure: Error | undefined;
  #isDone = false;

  constructor(jobs: Iterable<Job> | AsyncIterable<Job>, scope: AsyncContext | null, pool: JobSubmitter<Job, Result>) {
    checkPullable("WorkerPool.map", "jobs", jobs);
    this.#jobs = jobs;
    this.#scope = scope;
    this.#pool = pool;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Step<Result>> {
    if (this.#ctx === null) this.#initialize();
    if (this.#pendingNext.length === 0) {
      try {
        const step = this.#nextResult();
        if (step !== undefined) {
          // The workers continue while the caller handles the result.
          this.#fillWindow();
          return resolvedWith(step);
        }
      } catch (error) {
        return rejected(error);
      }
    }
    const call = new TrackedPromise<Step<Result>>(poolResult);
    this.#pendingNext.push(call);
    this.#fillWindow();
    return call.promise;
  }

  return(): Promise<Step<Result>> {
    if (this.#ctx === null) this.#initialize();
    this.#complete();
    this.#close(canceled, (f) => f());
    this.#resolvePending();
    if (this.#isClosing) {
      const leaving = new TrackedPromise<Step<Result>>(poolResult);
      this.#leaving.push(leaving);
      return leaving.promise;
    }
    const error = this.#takeClosingFailure();
    return error === undefined ? resolvedWith(end) : rejected(error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  onOutcome(job: PoolJob<Job, Result>): void {
    if (this.#inFlight.first === job) this.#resolvePending();
  }

  afterOutcome(): void {
    if (this.#hasRoom()) this.#fillWindow();
  }

  /** Ends the iteration with `cause`, after the results that are done. */
  end(cause: Error): void {
    this.#cancel(cause);
  }

  #initialize(): void {
    [this.#ctx, this.#cancel] = this.#pool.join(this);
    const ctx = this.#ctx;
    this.#failure = this.#pool.rejectionReason();
    try {
      this.#inScope(() => (this.#source = new PullSource(this.#jobs)));
    } catch (error) {
      this.#failure ??= toError(error);
      this.#sourceIsOpen = false;
    }
    this.#forget = onCancel(ctx, () => this.#abort(causeOf(ctx) as Error));
  }

  /** Returns the next step; undefined if it is pending. Throws the error that ends the iteration. */
  #nextResult(): Step<Result> | undefined {
    if (this.#isDone) return end;
    const outcome = this.#inFlight.first?.outcome;
    if (outcome?.status === "done") {
      this.#inFlight.shift();
      return { value: outcome.value, done: false };
    }
    if (outcome !== undefined) {
      this.#failure = outcome.error;
      this.#dropAll(outcome.error);
      this.#close(outcome.error);
    }
    if (this.#inFlight.length > 0 || this.#sourceIsOpen || this.#isClosing) return undefined;
    this.#complete();
    const closing = this.#takeClosingFailure();
    if (closing !== undefined && this.#failure !== undefined) throw combineErrors(this.#failure, closing);
    const error = this.#failure ?? closing;
    if (error !== undefined) throw error;
    return end;
  }

  // Each error is reported once.
  #takeClosingFailure(): Error | undefined {
    const error = this.#closingFailure;
    this.#closingFailure = undefined;
    return error;
  }

  /** Settles the waiting calls of `next` whose steps are not pending. */
  #resolvePending(): void {
    while (this.#pendingNext.length > 0) {
      try {
        const step = this.#nextResult();
        if (step === undefined) break;
        this.#pendingNext.shift().finish(step);
      } catch (error) {
        this.#pendingNext.shift().fail(error as Error);
      }
    }
  }

  #hasRoom(): boolean {
    return this.#sourceIsOpen && !this.#isDone && this.#inFlight.length < this.#pool.maxInFlight();
  }

  /** Pulls jobs while there is room for them. */
  #fillWindow(): void {
    if (!this.#hasRoom() || this.#isPulling || this.#isFilling) return;
    const source = this.#source as PullSource<Job>;
    if (!source.isSync) {
      this.#isPulling = true;
      this.#inScope(() => {
        go(() => this.#pullAsync(source));
      });
      return;
    }
    this.#isFilling = true;
    this.#inScope(() => {
      while (this.#canPull()) {
        try {
          this.#enqueue(source.next() as Pulled<Job>);
        } catch (error) {
          this.#failed(error);
        }
      }
    });
    this.#isFilling = false;
    this.#resolvePending();
  }

  /** Whether there is room for a job and the pool accepts jobs; ends the iteration if the pool does not. */
  #canPull(): boolean {
    if (!this.#hasRoom()) return false;
    const reason = this.#pool.rejectionReason();
    if (reason !== undefined) this.#endWith(reason);
    return reason === undefined;
  }

  async #pullAsync(source: PullSource<Job>): Promise<void> {
    while (this.#canPull()) {
      this.#isPending = true;
      try {
        const step = await source.next();
        this.#isPending = false;
        this.#enqueue(step);
      } catch (error) {
        this.#isPending = false;
        this.#failed(error);
      }
      this.#resolvePending();
    }
    this.#isPulling = false;
    this.#resolvePending();
  }

  /** Passes the job of a step to the pool; at the last step, stops pulling. */
  #enqueue(step: Pulled<Job>): void {
    // The iteration may have ended during the step.
    if (step.done || !this.#sourceIsOpen) {
      this.#sourceIsOpen = false;
      return;
    }
    try {
      const scope = this.#scope && captureAsyncContext();
      this.#inFlight.push(this.#pool.enqueue(step.value, this.#ctx as Context, this, scope));
    } catch (error) {
      this.#endWith(toError(error));
    }
  }

  /** Handles an error of the source, which has released itself. */
  #failed(error: unknown): void {
    this.#sourceIsOpen = false;
    this.#failure ??= toError(error);
  }

  #endWith(error: Error): void {
    this.#failure ??= error;
    this.#close(error);
  }

  /** Releases the source because of `reason`, which is user code: by default in a goroutine. */
  #close(reason: Error, run: (f: () => unknown) => void = go): void {
    const source = this.#source;
    if (!this.#sourceIsOpen || source === null) return;
    this.#sourceIsOpen = false;
    // A pending step may never settle: the iteration does not wait for it.
    const isWaited = !this.#isPending;
    this.#isClosing = isWaited;
    // After the end of the iteration, an error of the source is a panic.
    const report = (error: unknown, mayBeEcho: boolean): void => {
      if (this.#isClosing) this.#closingFailure ??= toError(error);
      else if (!mayBeEcho) raise(error);
    };
    this.#inScope(() =>
      run(async () => {
        await source.leave(reason, report);
        if (isWaited) this.#closed();
      }),
    );
  }

  #closed(): void {
    this.#isClosing = false;
    this.#resolvePending();
    for (const leaving of this.#leaving.splice(0)) {
      const error = this.#takeClosingFailure();
      if (error === undefined) leaving.finish(end);
      else leaving.fail(error);
    }
  }

  #complete(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#forget();
    this.#cancel();
    this.#dropAll(causeOf(this.#ctx as Context) as Error);
    this.#pool.leave(this);
  }

  /** Called when the context is canceled: the results that are done are still returned in their order, then `reason` is thrown. */
  #abort(reason: Error): void {
    const jobs = this.#drainInFlight();
    // If all jobs are done and the source has ended, the iteration is complete.
    if (this.#sourceIsOpen || jobs.some(({ outcome }) => outcome === undefined)) {
      this.#failure ??= reason;
      this.#close(reason);
      for (const job of jobs) this.#pool.cancel(job, reason);
    }
    for (const job of jobs) this.#inFlight.push(job);
    this.#resolvePending();
  }

  #dropAll(reason: Error): void {
    for (const job of this.#drainInFlight()) this.#pool.cancel(job, reason);
  }

  #drainInFlight(): PoolJob<Job, Result>[] {
    return Array.from({ length: this.#inFlight.length }, () => this.#inFlight.shift());
  }

  // The iterator of an array does not run user code, which may read the async context.
  #inScope(f: () => void): void {
    if (this.#scope === null && Array.isArray(this.#jobs)) f();
    else runIn(this.#scope, f);
  }
}

function combineErrors(error: Error, closing: Error): AggregateError {
  const message = `${error.message}; and closing the jobs failed: ${closing.message}`;
  return new AggregateError([error, closing], message, { cause: error });
}
