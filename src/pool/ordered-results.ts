// Many jobs, and their results in the order of the jobs.
//
// User code (the steps of the source, and its release) runs in `fill` and in goroutines, never while the pool gives an outcome.
//
// Invariants, whenever no method is on the stack:
//   1. `#ahead` are the jobs that were brought and whose results were not taken, in their order, no more than the window.
//   2. While a call of `next` waits, the first of them has no outcome, or there is none and the source is being asked or closed.
//   3. After the end nothing is ahead, no call waits, and the context of the jobs has ended.

import { checkPullable, PullSource, type Step as Pulled } from "../channel/pull-source.ts";
import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { canceled } from "../context/errors.ts";
import { type AsyncContext, captureAsyncContext, runIn } from "../runtime/async-context.ts";
import { toError } from "../util/inspect.ts";
import { go, raise } from "../runtime/goroutine.ts";
import { poolResult } from "../runtime/wait-reasons.ts";
import { rejected, resolvedWith } from "../runtime/scheduler.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import type { JobOutcome } from "./outcome.ts";
import { TrackedPromise } from "./tracked-promise.ts";
import type { OutcomeListener, PoolJob } from "./job.ts";

/** Options of {@link WorkerPool.map}. */
export interface MapOptions {
  /**
   * How many jobs may be between the source and the results that are taken: a whole number from 1. By default twice the present
   * maximum of workers, also after `resize`.
   */
  readonly maxInFlight?: number;

  /** When it ends, so does the iteration, with its cause. Contexts of the jobs are derived from it. */
  readonly ctx?: Context;
}

/** What a pool does for a map. */
export interface JobSubmitter<Job, Result> {
  /** How many jobs may be ahead now. */
  window(): number;

  /** Why the pool accepts no jobs; undefined, if it does. */
  refusal(): Error | undefined;

  /** Makes the context of all the jobs. The pool calls `end` of a map that has joined, if it ends first. */
  join(map: OrderedResults<Job, Result>): [ctx: Context, cancel: (cause?: Error) => void];
  leave(map: OrderedResults<Job, Result>): void;

  /** Brings a job to the pool, which may have to wait until it is accepted. */
  enqueue(
    job: Job,
    ctx: Context,
    owner: OutcomeListener<Job, Result>,
    scope: AsyncContext | null,
  ): PoolJob<Job, Result>;

  /** Cancels a job. */
  cancel(work: PoolJob<Job, Result>, cause: Error): void;
}

type Step<Result> = IteratorResult<Result, undefined>;

const end: Step<never> = { value: undefined, done: true };

/** The results of jobs, in the order of the jobs. */
export class OrderedResults<Job, Result>
  implements AsyncIterableIterator<Result>, AsyncDisposable, OutcomeListener<Job, Result>
{
  readonly #pool: JobSubmitter<Job, Result>;
  readonly #jobs: Iterable<Job> | AsyncIterable<Job>;

  /** The async context of the call of `map`. */
  readonly #scope: AsyncContext | null;

  /** Both are made by the first call: a map that is never iterated leaves nothing anywhere. */
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

  /** Whether the end waits until the source is closed, and the calls of `return` that wait for that. */
  #isClosing = false;
  readonly #leaving: TrackedPromise<Step<Result>>[] = [];

  /** Why no more jobs came, and the error of closing the source; both are thrown after the results of the jobs before. */
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
    this.#fillWindow();
    if (this.#pendingNext.length === 0) {
      try {
        const step = this.#nextResult();
        if (step !== undefined) {
          // The workers go on while the result is looked at.
          this.#fillWindow();
          return resolvedWith(step);
        }
      } catch (error) {
        return rejected(error);
      }
    }
    const call = new TrackedPromise<Step<Result>>(poolResult);
    this.#pendingNext.push(call);
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

  /** One of the jobs has its outcome. */
  settled(work: PoolJob<Job, Result>): void {
    if (this.#inFlight.first === work) this.#resolvePending();
  }

  proceed(): void {
    if (this.#hasRoom) this.#fillWindow();
  }

  /** Ends the iteration, with `cause`, after the results that are there. */
  end(cause: Error): void {
    this.#cancel(cause);
  }

  #initialize(): void {
    [this.#ctx, this.#cancel] = this.#pool.join(this);
    const ctx = this.#ctx;
    this.#failure = this.#pool.refusal();
    try {
      this.#inScope(() => (this.#source = new PullSource(this.#jobs)));
    } catch (error) {
      this.#failure ??= toError(error);
      this.#sourceIsOpen = false;
    }
    this.#forget = onCancel(ctx, () => this.#abort(causeOf(ctx) as Error));
  }

  /** The next step; undefined, if it has to be waited for. Throws the error that ends the iteration. */
  #nextResult(): Step<Result> | undefined {
    if (this.#isDone) return end;
    const outcome: JobOutcome<Job, Result> | undefined = this.#inFlight.first?.outcome;
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
    if (closing !== undefined && this.#failure !== undefined) throw both(this.#failure, closing);
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

  /** Settles the calls that wait, as far as that is possible. */
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

  get #hasRoom(): boolean {
    return this.#sourceIsOpen && !this.#isDone && this.#inFlight.length < this.#pool.window();
  }

  /** Brings jobs as long as there is room. */
  #fillWindow(): void {
    if (!this.#hasRoom || this.#isPulling || this.#isFilling) return;
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
      while (this.#mayAsk()) {
        try {
          this.#pullOne(source.next() as Pulled<Job>);
        } catch (error) {
          this.#failed(error);
        }
      }
    });
    this.#isFilling = false;
    this.#resolvePending();
  }

  /** Whether there is room for a job, and a pool that accepts it. */
  #mayAsk(): boolean {
    if (!this.#hasRoom) return false;
    const refusal = this.#pool.refusal();
    if (refusal !== undefined) this.#refuse(refusal);
    return refusal === undefined;
  }

  /** Asks a source that needs time, as long as there is room. */
  async #pullAsync(source: PullSource<Job>): Promise<void> {
    while (this.#mayAsk()) {
      this.#isPending = true;
      try {
        const step = await source.next();
        this.#isPending = false;
        this.#pullOne(step);
      } catch (error) {
        this.#isPending = false;
        this.#failed(error);
      }
      this.#resolvePending();
    }
    this.#isPulling = false;
    this.#resolvePending();
  }

  /** Brings a job to the pool, or notes that there are no more. */
  #pullOne(step: Pulled<Job>): void {
    // The iteration may have ended since the step was there.
    if (step.done || !this.#sourceIsOpen) {
      this.#sourceIsOpen = false;
      return;
    }
    try {
      this.#inFlight.push(
        this.#pool.enqueue(step.value, this.#ctx as Context, this, this.#scope && captureAsyncContext()),
      );
    } catch (error) {
      this.#refuse(toError(error));
    }
  }

  /** The source has failed, and so released itself. */
  #failed(error: unknown): void {
    this.#sourceIsOpen = false;
    this.#failure ??= toError(error);
  }

  #refuse(error: Error): void {
    this.#failure ??= error;
    this.#close(error);
  }

  /** Releases the source because of `reason`; by default in a goroutine, because that is user code. */
  #close(reason: Error, run: (f: () => unknown) => void = go): void {
    const source = this.#source;
    if (!this.#sourceIsOpen || source === null) return;
    this.#sourceIsOpen = false;
    // A source that is being asked may never answer: the iteration does not wait for it.
    const isWaited = !this.#isPending;
    this.#isClosing = isWaited;
    // An error of the source that comes after the end of the iteration is a panic.
    const report = (error: unknown, mayBeEcho: boolean): void => {
      if (this.#isClosing) this.#closingFailure ??= toError(error);
      else if (!mayBeEcho) {
        raise(error);
      }
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

  /** The context has ended: what is done is still returned in its order, and then the reason of the end. */
  #abort(reason: Error): void {
    const works = this.#drainInFlight();
    // All jobs may have been done before, and then there is nothing to cut.
    if (this.#sourceIsOpen || works.some(({ outcome }) => outcome === undefined)) {
      this.#failure ??= reason;
      this.#close(reason);
      for (const work of works) this.#pool.cancel(work, reason);
    }
    for (const work of works) this.#inFlight.push(work);
    this.#resolvePending();
  }

  #dropAll(reason: Error): void {
    for (const work of this.#drainInFlight()) this.#pool.cancel(work, reason);
  }

  #drainInFlight(): PoolJob<Job, Result>[] {
    return Array.from({ length: this.#inFlight.length }, () => this.#inFlight.shift());
  }

  // The iterator of an array runs no user code.
  #inScope(f: () => void): void {
    if (this.#scope === null && Array.isArray(this.#jobs)) f();
    else runIn(this.#scope, f);
  }
}

function both(error: Error, closing: Error): AggregateError {
  const message = `${error.message}; and closing the jobs failed: ${closing.message}`;
  return new AggregateError([error, closing], message, { cause: error });
}
