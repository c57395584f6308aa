// The pool as a service: it has a queue and workers of its own, and a method for each way of asking.
//
// Invariants, whenever no method is on the stack:
//   1. A worker is idle only while no job waits, accepted or not.
//   2. There are never more workers than the maximum, but for those that still work when it has been lowered.
//   3. A job that was accepted gets one outcome, and a call that waits for acceptance is settled, however the pool ends.
//   4. A pool with a job, a map or a reader that waits listens on its context; any other is in no list of a context.
//   5. Once the pool has ended there is neither a worker nor a job nor an alarm.

import { Channel, channelStateOf, type ReceiveChannel } from "../channel/channel.ts";
import type { ChannelState } from "../channel/channel-state.ts";
import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { canceled } from "../context/errors.ts";
import { withCancelCause } from "../context/api.ts";
import { type AsyncContext, captureAsyncContext } from "../runtime/async-context.ts";
import { Check, checkFunction, describe } from "../util/validate.ts";
import { isError } from "../util/inspect.ts";
import { poolStop, poolSubmit } from "../runtime/wait-reasons.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { rejected, resolved, resolvedWith, resolvedPromise } from "../runtime/scheduler.ts";
import { JobQueue } from "./job-queue.ts";
import { JobRunner } from "./job-runner.ts";
import { type MapOptions, OrderedResults } from "./ordered-results.ts";
import type { PoolStats } from "./stats.ts";
import { type PoolFunc, type PoolOptions, settlePool, type ResolvedPoolOptions } from "./options.ts";
import type { JobOutcome } from "./outcome.ts";
import { StoppedError, type StopReport } from "./report.ts";
import { WorkerSet, type Worker } from "./worker-set.ts";
import { TaskImpl, type PoolTask } from "./task.ts";
import { TrackedPromise } from "./tracked-promise.ts";
import { type OutcomeListener, PoolJob } from "./job.ts";

const checks = {
  send: new Check("WorkerPool.send"),
  submit: new Check("WorkerPool.submit"),
  map: new Check("WorkerPool.map"),
  resize: new Check("WorkerPool.resize"),
  stop: new Check("WorkerPool.stop"),
};

/**
 * A fixed or elastic number of workers that call `f` with each job, and never more of them at once. There are three ways to ask:
 * `send` for jobs whose outcomes are read from `results`, `submit` for those whose outcome belongs to the caller, and `map` for
 * many whose results are wanted in order.
 *
 * Accepting waits, and never fails because the pool is busy. A job that throws has failed, and its worker lives on. A worker is
 * held until its function has really returned. Every promise that the pool returns settles, whatever happens. A job runs in the
 * async context (`AsyncLocalStorage`) of the call that brought it.
 *
 * An idle pool costs nothing: an idle worker has no goroutine, and a pool that is dropped without `stop` leaves nothing behind, not
 * even at a context that outlives it.
 *
 * Errors: throws `TypeError` or `RangeError` for options that make no sense, such as fewer workers than one.
 *
 * @example
 * await using pool = new WorkerPool(async (_ctx, n: number) => n * n, { workers: 3 });
 * for await (const square of pool.map([1, 2, 3, 4, 5])) console.log(square);
 */
export class WorkerPool<Job, Result> implements AsyncDisposable {
  readonly #settings: ResolvedPoolOptions<Job, Result>;
  readonly #runner: JobRunner<Job, Result, Worker<PoolJob<Job, Result>>>;
  readonly #workers: WorkerSet<PoolJob<Job, Result>>;
  readonly #queue: JobQueue<PoolJob<Job, Result>>;
  readonly #results = new Channel<JobOutcome<Job, Result>>(2 ** 32 - 1, { name: "results" });
  readonly #resultsCore = channelStateOf(this.#results) as ChannelState<JobOutcome<Job, Result>>;
  #lastOrder = 0;

  #isStopped = false;
  #report: StopReport<Job> | undefined;

  /** The calls of `stop` from outside, and those of jobs, which cannot end before they are settled. */
  readonly #stopWaiters: TrackedPromise<StopReport<Job>>[] = [];
  readonly #innerStopWaiters: TrackedPromise<StopReport<Job>>[] = [];
  readonly #maps = new Set<OrderedResults<Job, Result>>();

  /** Whether a context decides how long jobs are waited for. */
  #stopHasDeadline = false;
  #graceExpired = false;
  readonly #grace = new RuntimeTimer("pool grace", () => {
    this.#graceExpired = this.#runner.open - this.#queue.queued === this.#runner.openStopping;
    this.#look();
  });

  /** Removes the listener on the pool's context; null, while there is none. */
  #detach: (() => void) | null = null;

  /**
   * The outcomes of the jobs sent with `send`, in the order in which the jobs end. The channel keeps them until they are read, so
   * that no order of sending, stopping and reading can block; use `submit` for outcomes that are not going to be read.
   *
   * Closed once the last worker has stopped, and so not before `stop`: a loop over `results` inside the scope of an
   * `await using pool` never ends, because that stops the pool after the loop. Call `stop` first, or run the loop in a goroutine.
   */
  readonly results: ReceiveChannel<JobOutcome<Job, Result>> = this.#results;

  constructor(f: PoolFunc<Job, Result>, options: PoolOptions<Job, Result> & object = {}) {
    checkFunction("WorkerPool", f);
    const settings = settlePool(options);
    this.#settings = settings;
    this.#queue = new JobQueue(settings.queue);
    this.#runner = new JobRunner(f, settings, {
      next: (worker) => this.#next(worker),
      late: (worker) => this.#late(worker),
      finished: (worker, _work, now) => this.#finished(worker, now),
      works: () => this.#workers.activeJobs(),
      takeLeft: () => this.#queue.take(),
      cut: () => this.#cut(),
      look: () => this.#look(),
    });
    this.#workers = new WorkerSet(settings);
    this.#resultsCore.source = {
      showsBuffer: true,
      poll: () => this.#noticeEnd(),
      arm: () => this.#attach(),
      disarm: () => this.#look(),
    };
  }

  /**
   * Waits until `job` is accepted: a worker takes it, or there is room in the queue. Its outcome goes to `results`.
   *
   * Errors: rejects with {@link StoppedError} once the pool was stopped, and with the cause if the pool was canceled before or is
   * canceled meanwhile; then the job was not accepted.
   *
   * Cancellation: if `ctx` ends first, it rejects with the cause and the job is not accepted; a job that was accepted before is
   * canceled instead.
   */
  send(job: Job, ctx?: Context): Promise<void> {
    try {
      checks.send.isContext("ctx", ctx);
      const work = this.#work(job, ctx, this.#toResults);
      return this.#tryAccept("WorkerPool.send", work, ctx) ? resolved() : this.#waitForAcceptance(work, ctx, undefined);
    } catch (error) {
      return rejected(error);
    }
  }

  /** Like {@link WorkerPool.send}, but never waits: returns false if the job would have to. Errors: throws what `send` rejects with. */
  trySend(job: Job): boolean {
    return this.#tryAccept("WorkerPool.trySend", this.#work(job, undefined, this.#toResults), undefined);
  }

  /**
   * Waits until `job` is accepted, as {@link WorkerPool.send} does, and returns the task whose `result` is its outcome. The context
   * of the job is derived from `ctx`, if it is given.
   *
   * A failure of the job is reported by the task and by `onEvent`, and by nothing else: if neither is looked at, it is silent.
   */
  submit(job: Job, ctx?: Context): Promise<PoolTask<Job, Result>> {
    try {
      checks.submit.isContext("ctx", ctx);
      const [work, task] = this.#createTask(job, ctx);
      return this.#tryAccept("WorkerPool.submit", work, ctx)
        ? resolvedWith(task)
        : this.#waitForAcceptance(work, ctx, task);
    } catch (error) {
      return rejected(error);
    }
  }

  /** Like {@link WorkerPool.submit}, but never waits: returns undefined if the job would have to. Errors: as with `trySend`. */
  trySubmit(job: Job): PoolTask<Job, Result> | undefined {
    const [work, task] = this.#createTask(job, undefined);
    return this.#tryAccept("WorkerPool.trySubmit", work, undefined) ? task : undefined;
  }

  /**
   * The bare results of `jobs`, in their order. It asks for jobs no faster than results are taken: at most `maxInFlight` are between
   * the two. So it needs no more memory for a million jobs than for a hundred, and cannot block. `jobs` is iterated in the async
   * context of this call.
   *
   * Errors: the first job, in their order, that failed or was canceled ends it with its error, as does an error of `jobs`. If
   * closing `jobs` then fails too, the error is an `AggregateError` of both.
   *
   * Cancellation: leaving the loop, by `break` or an error, cancels the jobs that are left and releases `jobs`, also while it is silent: a
   * Node stream is destroyed, a web stream canceled, an iterator returned from, and a channel left as it is. An error of `jobs` that
   * comes after that is a panic.
   */
  map(
    jobs: Iterable<Job> | AsyncIterable<Job>,
    options: MapOptions = {},
  ): AsyncIterableIterator<Result> & AsyncDisposable {
    checks.map.options(options, ["maxInFlight", "ctx"], {
      concurrency: "maxInFlight",
      window: "maxInFlight",
      signal: "ctx: context.fromSignal(signal)",
    });
    const { ctx, maxInFlight } = options;
    checks.map.isContext("ctx", ctx);
    if (maxInFlight !== undefined) checks.map.count("maxInFlight", 1, maxInFlight);
    return new OrderedResults(jobs, captureAsyncContext(), {
      window: () => maxInFlight ?? 2 * Math.max(this.#workers.max, 1),
      refusal: () => this.#rejectionReason("WorkerPool", ctx),
      join: (map) => {
        this.#maps.add(map);
        this.#attach();
        return withCancelCause(ctx ?? this.#settings.ctx);
      },
      leave: (map) => {
        this.#maps.delete(map);
        this.#look();
      },
      enqueue: (job, mapCtx, owner, scope) => {
        const work = this.#work(job, mapCtx, owner, scope);
        if (!this.#tryAccept("WorkerPool", work, undefined)) this.#queue.add(work);
        return work;
      },
      cancel: (work, cause) => this.#cancel(work, cause),
    });
  }

  /**
   * Changes the number of workers, or the least and the greatest number. Surplus workers stop as soon as they are idle: each
   * finishes its job first.
   *
   * Errors: throws `RangeError` for numbers that make no sense.
   */
  resize(min: number, max: number = min): void {
    checks.resize.count("max", 1, max);
    checks.resize.count("min", min === max ? 1 : 0, min, max);
    if (this.#report !== undefined) return;
    this.#workers.resize(min, max);
    while (!this.#queue.isEmpty) {
      const worker = this.#workers.acquire();
      if (worker === undefined || this.#report !== undefined) break;
      const work = this.#nextJob();
      if (work === null) {
        this.#workers.rest(worker, this.#runner.clock.now());
        break;
      }
      this.#start(worker, work);
    }
  }

  /** A snapshot of the pool's counters. */
  stats(): PoolStats {
    const { processed, failed, timedOut, canceled, retried, latency } = this.#runner.counters;
    return {
      workers: this.#workers.size,
      perWorker: this.#workers.stats(),
      running: this.#runner.running,
      abandoned: this.#runner.abandoned,
      queued: this.#queue.queued,
      waiting: this.#queue.waiting,
      processed,
      failed,
      timedOut,
      canceled,
      retried,
      latency: latency.summary(),
    };
  }

  /**
   * Accepts no more jobs, waits until those that it has been asked for are done, also those that still wait to be accepted, and
   * until all workers have stopped. It can be called any number of times. A job may call it; to await it, it passes the context that
   * it was given, or one derived from that, and then the job itself is not waited for. If jobs are left that need the worker of a job
   * that waits here, its call resolves before they are done.
   *
   * Cancellation: when `ctx` ends first, all jobs that are left are canceled, with its cause, and the report lists them. For
   * functions that ignore their context it waits `grace` at most; without `ctx` it waits as long as it takes, unless nothing is left
   * but functions whose jobs have timed out or were canceled.
   */
  stop(ctx?: Context): Promise<StopReport<Job>> {
    let caller: PoolJob<Job, Result> | undefined;
    try {
      checks.stop.isContext("ctx", ctx);
      caller = this.#runner.currentJob ?? (ctx?.value(this.#runner) as PoolJob<Job, Result> | undefined);
    } catch (error) {
      return rejected(error);
    }
    this.#noticeEnd();
    this.#isStopped = true;
    this.#admitWaiting(true);
    if (this.#report !== undefined) return resolvedWith(this.#report);
    const wait = new TrackedPromise<StopReport<Job>>(poolStop);
    const stopper = caller?.isRunning === true ? caller : undefined;
    if (stopper !== undefined) this.#runner.stopsFrom(stopper);
    (stopper === undefined ? this.#stopWaiters : this.#innerStopWaiters).push(wait);
    // The context that the job was given identifies the job, and says nothing about how long it is willing to wait.
    if (ctx !== undefined && ctx !== stopper?.ctx) {
      this.#stopHasDeadline = true;
      const forget = onCancel(ctx, () => {
        // A context derived from a job's ends with the job: that must not cancel the others.
        if (stopper?.outcome === undefined) this.#runner.cut(causeOf(ctx) as Error);
      });
      void wait.promise.then(forget);
    }
    this.#look();
    return wait.promise;
  }

  /** Stops the pool at the end of an `await using` scope: every job that was accepted is done then. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  readonly #toResults: OutcomeListener<Job, Result> = {
    settled: ({ outcome }) => void this.#results.trySend(outcome as JobOutcome<Job, Result>),
  };

  #work(
    job: Job,
    ctx: Context | undefined,
    owner: OutcomeListener<Job, Result>,
    scope: AsyncContext | null = captureAsyncContext(),
  ): PoolJob<Job, Result> {
    // User code first: it may throw.
    const priority = this.#priority(job);
    return new PoolJob(job, ctx ?? this.#settings.ctx, this.#runner, scope, owner, priority, ++this.#lastOrder);
  }

  #priority(job: Job): number {
    const { priority: rank } = this.#settings;
    const priority = rank === undefined ? 0 : rank(job);
    if (typeof priority !== "number" || Number.isNaN(priority)) {
      throw new RangeError(`WorkerPool: priority must return a number, got ${describe(priority)}`);
    }
    return priority;
  }

  #createTask(job: Job, ctx: Context | undefined): [PoolJob<Job, Result>, PoolTask<Job, Result>] {
    const task = new TaskImpl<Job, Result>(job);
    const work = this.#work(job, ctx, task);
    task.setCanceler((cause = canceled) => this.#cancel(work, cause));
    return [work, task];
  }

  /** Reports whether the job is accepted at once. Throws the reason if the pool accepts none. */
  #tryAccept(caller: string, work: PoolJob<Job, Result>, ctx: Context | undefined): boolean {
    const error = this.#rejectionReason(caller, ctx);
    if (error !== undefined) throw error;
    const worker = this.#workers.acquire();
    // The hook of a new worker may just have stopped the pool, or canceled the context.
    const late = this.#settings.onWorkerStart && this.#rejectionReason(caller, ctx);
    if (late !== undefined) {
      if (worker !== undefined && this.#report === undefined) this.#workers.rest(worker, worker.since);
      throw late;
    }
    if (worker === undefined && !this.#queue.hasRoom) return false;
    this.#accept(work, worker?.since);
    if (worker === undefined) this.#queue.add(work);
    else this.#start(worker, work);
    this.#follow(work, ctx);
    return true;
  }

  /** Why the pool does not accept a job with the context `ctx`; undefined, if it does. */
  #rejectionReason(caller: string, ctx: Context | undefined): Error | undefined {
    this.#noticeEnd();
    const { endedBy } = this.#runner;
    if (this.#isStopped) return new StoppedError(`${caller}: the pool has been stopped`, endedBy && { cause: endedBy });
    return endedBy ?? (ctx === undefined ? undefined : causeOf(ctx));
  }

  #accept(work: PoolJob<Job, Result>, now?: number): void {
    this.#runner.markAccepted(work, now);
    this.#attach();
    work.pendingAcceptance?.finish(work.acceptedValue);
    work.pendingAcceptance = null;
  }

  #waitForAcceptance<T>(work: PoolJob<Job, Result>, ctx: Context | undefined, token: T): Promise<T> {
    const acceptance = new TrackedPromise<T>(poolSubmit);
    work.pendingAcceptance = acceptance as TrackedPromise<unknown>;
    work.acceptedValue = token;
    this.#queue.add(work);
    this.#follow(work, ctx);
    return acceptance.promise;
  }

  /** Cancels the job when `ctx` ends. */
  #follow(work: PoolJob<Job, Result>, ctx: Context | undefined): void {
    if (ctx !== undefined) work.dispose = onCancel(ctx, () => this.#cancel(work, causeOf(ctx) as Error));
  }

  /** Cancels one job, accepted or not: no worker will take it. */
  #cancel(work: PoolJob<Job, Result>, cause: Error): void {
    if (!isError(cause)) throw new TypeError(`Task.cancel: cause must be an Error, got ${describe(cause)}`);
    this.#queue.remove(work);
    this.#runner.cancel(work, cause);
    this.#admitWaiting();
  }

  #start(worker: Worker<PoolJob<Job, Result>>, work: PoolJob<Job, Result>): void {
    worker.work = work;
    if (worker.isLoopRunning) return;
    worker.isLoopRunning = true;
    this.#runner.start("WorkerPool", worker);
  }

  // Goroutines must not starve others, however short their jobs are: so each job passes the gate.
  #finished(worker: Worker<PoolJob<Job, Result>>, now: number): Promise<void> | undefined {
    worker.work = null;
    worker.jobs++;
    worker.finishedAt = now;
    const gate = resolved();
    return gate === resolvedPromise ? undefined : gate;
  }

  #next(worker: Worker<PoolJob<Job, Result>>): PoolJob<Job, Result> | null {
    if (worker.work !== null) return worker.work;
    if (this.#report === undefined) {
      const work = this.#workers.isOverLimit ? null : this.#nextJob();
      if (work !== null) return (worker.work = work);
      this.#workers.rest(worker, worker.finishedAt);
      this.#look();
    }
    return null;
  }

  #late(worker: Worker<PoolJob<Job, Result>>): PoolJob<Job, Result> | null {
    if (worker.work === null) worker.isLoopRunning = false;
    return worker.work;
  }

  /** Removes the best of the jobs that wait, which makes room for another; null, if there is none. */
  #nextJob(): PoolJob<Job, Result> | null {
    this.#noticeEnd();
    if (this.#runner.endedBy !== undefined) return null;
    for (let work = this.#queue.take(); work !== undefined; work = this.#queue.take()) {
      // The end of a context that is not the library's own may be seen here first.
      if (this.#runner.isOver(work)) {
        this.#runner.conclude(work);
        continue;
      }
      if (!work.isAccepted) this.#accept(work);
      this.#admitWaiting();
      return work;
    }
    return null;
  }

  /** Accepts the jobs for which there is room, or all. */
  #admitWaiting(areAll: boolean = false): void {
    if (this.#runner.endedBy !== undefined) return;
    for (let work = this.#queue.admitNext(areAll); work !== undefined; work = this.#queue.admitNext(areAll)) {
      this.#accept(work);
      this.#queue.add(work);
    }
  }

  /** Listens on the pool's context. */
  #attach(): void {
    const { ctx } = this.#settings;
    if (this.#report === undefined) this.#detach ??= onCancel(ctx, () => this.#runner.cut(causeOf(ctx) as Error));
  }

  /** An idle pool does not listen on its context, so that it has to look at it. */
  #noticeEnd(): void {
    const { ctx } = this.#settings;
    if (this.#report === undefined && ctx.err() !== undefined) this.#runner.cut(causeOf(ctx) as Error);
  }

  #cut(): void {
    const cause = this.#runner.endedBy as Error;
    for (const map of this.#maps) map.end(cause);
  }

  /** Ends the pool, if nothing is left to wait for; stops listening, if it is idle. */
  #look(): void {
    const runner = this.#runner;
    if (this.#report !== undefined || runner.isSweeping) return;
    if (this.#isStopped || runner.endedBy !== undefined) {
      this.#checkFinished();
    } else if (
      runner.open === 0 &&
      runner.running === 0 &&
      this.#maps.size === 0 &&
      this.#resultsCore.receivers.first === null
    ) {
      this.#detach?.();
      this.#detach = null;
    }
  }

  #checkFinished(): void {
    const { open, running, abandoned, openStopping, abandonedStopping } = this.#runner;
    const { queued } = this.#queue;
    if (queued > 0) {
      // The workers that the queued jobs need may all be held by jobs that wait in `stop`: these must go on.
      const areAllHeld = running >= this.#workers.max && running === abandoned + openStopping;
      if (areAllHeld) this.#resolveStops(this.#innerStopWaiters, this.#buildReport(abandoned - abandonedStopping));
      // If no function ever returns, no worker will take what is queued, and no context will cancel it.
      if (this.#stopHasDeadline || abandoned < this.#workers.max || abandoned < running || open > queued) return;
      if (this.#graceExpired) this.#runner.cut(new StoppedError("WorkerPool: no function has come back"));
      else this.#startGrace();
      return;
    }
    if (open > openStopping) return;
    // What is left are jobs that wait for the others, and functions whose jobs are over.
    const others = abandoned - abandonedStopping;
    if (others === 0 || this.#graceExpired) this.#resolveStops(this.#innerStopWaiters, this.#buildReport(others));
    if (open === 0 && (abandoned === 0 || this.#graceExpired)) this.#finish();
    else if (abandoned > 0 && !this.#graceExpired) this.#startGrace();
  }

  #startGrace(): void {
    if (!this.#grace.isSet) this.#grace.start(this.#settings.grace);
  }

  #finish(): void {
    const report = this.#buildReport(this.#runner.running);
    this.#report = report;
    this.#grace.cancel();
    this.#detach?.();
    this.#resultsCore.source = null;
    for (const map of this.#maps) map.end(new StoppedError("WorkerPool: the pool has been stopped"));
    this.#workers.close();
    this.#results.close();
    this.#resolveStops(this.#stopWaiters, report);
    this.#resolveStops(this.#innerStopWaiters, report);
  }

  #resolveStops(stops: TrackedPromise<StopReport<Job>>[], report: StopReport<Job>): void {
    for (const wait of stops.splice(0)) wait.finish(report);
  }

  #buildReport(abandoned: number): StopReport<Job> {
    const { unfinished: undone, endedBy } = this.#runner;
    return { undone, abandoned, cause: undone.length === 0 ? undefined : endedBy };
  }
}
