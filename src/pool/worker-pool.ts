// The pool as a service: it has a queue and workers of its own, and a method for each way of asking.
//
// Invariants, whenever no method is on the stack:
//   1. A worker is idle only while no job waits, accepted or not.
//   2. There are never more workers than the maximum, but for those that still work when it has been lowered.
//   3. A job that was accepted gets one outcome, and a call that waits for acceptance is settled, however the pool ends.
//   4. A pool with a job, a map or a reader that waits listens on its context; any other is in no list of a context.
//   5. Once the pool has ended there is neither a worker nor a job nor an alarm.

import { Channel, coreOf, type ReceiveChannel } from "../channel/channel.ts";
import type { Core } from "../channel/channel-state.ts";
import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { canceled } from "../context/errors.ts";
import { withCancelCause } from "../context/api.ts";
import { type AsyncContext, captureAsyncContext } from "../runtime/async-context.ts";
import { Check, checkFunction, describe } from "../util/validate.ts";
import { isError } from "../util/inspect.ts";
import { poolStop, poolSubmit } from "../runtime/wait-reasons.ts";
import { Alarm } from "../runtime/timer.ts";
import { failed, passed, passedWith, ready } from "../runtime/scheduler.ts";
import { Backlog } from "./job-queue.ts";
import { Crew } from "./job-runner.ts";
import { type MapOptions, OrderedResults } from "./ordered-results.ts";
import type { PoolStats } from "./stats.ts";
import { type PoolFunc, type PoolOptions, settlePool, type Settings } from "./options.ts";
import type { Outcome } from "./outcome.ts";
import { StoppedError, type StopReport } from "./report.ts";
import { Staff, type Worker } from "./worker-set.ts";
import { SubmittedTask, type Task } from "./task.ts";
import { Wait } from "./tracked-promise.ts";
import { type Owner, Work } from "./job.ts";

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
  readonly #settings: Settings<Job, Result>;
  readonly #crew: Crew<Job, Result, Worker<Work<Job, Result>>>;
  readonly #staff: Staff<Work<Job, Result>>;
  readonly #backlog: Backlog<Work<Job, Result>>;
  readonly #results = new Channel<Outcome<Job, Result>>(2 ** 32 - 1, { name: "results" });
  readonly #resultsCore = coreOf(this.#results) as Core<Outcome<Job, Result>>;
  #lastOrder = 0;

  #isStopped = false;
  #report: StopReport<Job> | undefined;

  /** The calls of `stop` from outside, and those of jobs, which cannot end before they are settled. */
  readonly #stops: Wait<StopReport<Job>>[] = [];
  readonly #stopsInside: Wait<StopReport<Job>>[] = [];
  readonly #maps = new Set<OrderedResults<Job, Result>>();

  /** Whether a context decides how long jobs are waited for. */
  #isPatient = false;
  #graceIsOver = false;
  readonly #grace = new Alarm("pool grace", () => {
    this.#graceIsOver = this.#crew.open - this.#backlog.queued === this.#crew.openStopping;
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
  readonly results: ReceiveChannel<Outcome<Job, Result>> = this.#results;

  constructor(f: PoolFunc<Job, Result>, options: PoolOptions<Job, Result> & object = {}) {
    checkFunction("WorkerPool", f);
    const settings = settlePool(options);
    this.#settings = settings;
    this.#backlog = new Backlog(settings.queue);
    this.#crew = new Crew(f, settings, {
      next: (worker) => this.#next(worker),
      late: (worker) => this.#late(worker),
      finished: (worker, _work, now) => this.#finished(worker, now),
      works: () => this.#staff.works(),
      takeLeft: () => this.#backlog.take(),
      cut: () => this.#cut(),
      look: () => this.#look(),
    });
    this.#staff = new Staff(settings);
    this.#resultsCore.source = {
      showsBuffer: true,
      refresh: () => this.#noticeEnd(),
      awaited: () => this.#attach(),
      abandoned: () => this.#look(),
    };
  }

  /**
   * Waits until `job` is accepted: a worker takes it, or there is room in the queue. Its outcome goes to `results`.
   *
   * Errors: rejects with {@link StoppedError} once the pool was stopped, and with the cause if the pool was cancelled before or is
   * cancelled meanwhile; then the job was not accepted.
   *
   * Cancellation: if `ctx` ends first, it rejects with the cause and the job is not accepted; a job that was accepted before is
   * cancelled instead.
   */
  send(job: Job, ctx?: Context): Promise<void> {
    try {
      checks.send.isContext("ctx", ctx);
      const work = this.#work(job, ctx, this.#toResults);
      return this.#offer("WorkerPool.send", work, ctx) ? passed() : this.#acceptance(work, ctx, undefined);
    } catch (error) {
      return failed(error);
    }
  }

  /** Like {@link WorkerPool.send}, but never waits: returns false if the job would have to. Errors: throws what `send` rejects with. */
  trySend(job: Job): boolean {
    return this.#offer("WorkerPool.trySend", this.#work(job, undefined, this.#toResults), undefined);
  }

  /**
   * Waits until `job` is accepted, as {@link WorkerPool.send} does, and returns the task whose `result` is its outcome. The context
   * of the job is derived from `ctx`, if it is given.
   *
   * A failure of the job is reported by the task and by `onEvent`, and by nothing else: if neither is looked at, it is silent.
   */
  submit(job: Job, ctx?: Context): Promise<Task<Job, Result>> {
    try {
      checks.submit.isContext("ctx", ctx);
      const [work, task] = this.#submitted(job, ctx);
      return this.#offer("WorkerPool.submit", work, ctx) ? passedWith(task) : this.#acceptance(work, ctx, task);
    } catch (error) {
      return failed(error);
    }
  }

  /** Like {@link WorkerPool.submit}, but never waits: returns undefined if the job would have to. Errors: as with `trySend`. */
  trySubmit(job: Job): Task<Job, Result> | undefined {
    const [work, task] = this.#submitted(job, undefined);
    return this.#offer("WorkerPool.trySubmit", work, undefined) ? task : undefined;
  }

  /**
   * The bare results of `jobs`, in their order. It asks for jobs no faster than results are taken: at most `window` are between
   * the two. So it needs no more memory for a million jobs than for a hundred, and cannot block. `jobs` is iterated in the async
   * context of this call.
   *
   * Errors: the first job, in their order, that failed or was cancelled ends it with its error, as does an error of `jobs`. If
   * closing `jobs` then fails too, the error is an `AggregateError` of both.
   *
   * Cancellation: leaving the loop, by `break` or an error, cancels the jobs that are left and releases `jobs`, also while it is silent: a
   * Node stream is destroyed, a web stream cancelled, an iterator returned from, and a channel left as it is. An error of `jobs` that
   * comes after that is a panic.
   */
  map(
    jobs: Iterable<Job> | AsyncIterable<Job>,
    options: MapOptions = {},
  ): AsyncIterableIterator<Result> & AsyncDisposable {
    checks.map.options(options, ["window", "ctx"], {
      concurrency: "window",
      signal: "ctx: context.fromSignal(signal)",
    });
    const { ctx, window } = options;
    checks.map.isContext("ctx", ctx);
    if (window !== undefined) checks.map.count("window", 1, window);
    return new OrderedResults(jobs, captureAsyncContext(), {
      window: () => window ?? 2 * Math.max(this.#staff.max, 1),
      refusal: () => this.#refusal("WorkerPool", ctx),
      join: (map) => {
        this.#maps.add(map);
        this.#attach();
        return withCancelCause(ctx ?? this.#settings.ctx);
      },
      leave: (map) => {
        this.#maps.delete(map);
        this.#look();
      },
      bring: (job, mapCtx, owner, scope) => {
        const work = this.#work(job, mapCtx, owner, scope);
        if (!this.#offer("WorkerPool", work, undefined)) this.#backlog.add(work);
        return work;
      },
      giveUp: (work, cause) => this.#cancel(work, cause),
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
    this.#staff.resize(min, max);
    while (!this.#backlog.isEmpty) {
      const worker = this.#staff.take();
      if (worker === undefined || this.#report !== undefined) break;
      const work = this.#taken();
      if (work === null) {
        this.#staff.rest(worker, this.#crew.clock.now());
        break;
      }
      this.#start(worker, work);
    }
  }

  /** A snapshot of the pool's counters. */
  stats(): PoolStats {
    const { processed, failed, timedOut, cancelled, retried, latency } = this.#crew.meter;
    return {
      workers: this.#staff.size,
      perWorker: this.#staff.stats(),
      running: this.#crew.running,
      abandoned: this.#crew.abandoned,
      queued: this.#backlog.queued,
      waiting: this.#backlog.waiting,
      processed,
      failed,
      timedOut,
      cancelled,
      retried,
      latency: latency.figures(),
    };
  }

  /**
   * Accepts no more jobs, waits until those that it has been asked for are done, also those that still wait to be accepted, and
   * until all workers have stopped. It can be called any number of times. A job may call it; to await it, it passes the context that
   * it was given, or one derived from that, and then the job itself is not waited for. If jobs are left that need the worker of a job
   * that waits here, its call resolves before they are done.
   *
   * Cancellation: when `ctx` ends first, all jobs that are left are cancelled, with its cause, and the report lists them. For
   * functions that ignore their context it waits `grace` at most; without `ctx` it waits as long as it takes, unless nothing is left
   * but functions whose jobs have timed out or were cancelled.
   */
  stop(ctx?: Context): Promise<StopReport<Job>> {
    let caller: Work<Job, Result> | undefined;
    try {
      checks.stop.isContext("ctx", ctx);
      caller = this.#crew.calling ?? (ctx?.value(this.#crew) as Work<Job, Result> | undefined);
    } catch (error) {
      return failed(error);
    }
    this.#noticeEnd();
    this.#isStopped = true;
    this.#letIn(true);
    if (this.#report !== undefined) return passedWith(this.#report);
    const wait = new Wait<StopReport<Job>>(poolStop);
    const stopper = caller?.isRunning === true ? caller : undefined;
    if (stopper !== undefined) this.#crew.stopsFrom(stopper);
    (stopper === undefined ? this.#stops : this.#stopsInside).push(wait);
    // The context that the job was given identifies the job, and says nothing about how long it is willing to wait.
    if (ctx !== undefined && ctx !== stopper?.ctx) {
      this.#isPatient = true;
      const forget = onCancel(ctx, () => {
        // A context derived from a job's ends with the job: that must not cancel the others.
        if (stopper?.outcome === undefined) this.#crew.cut(causeOf(ctx) as Error);
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

  readonly #toResults: Owner<Job, Result> = {
    settled: ({ outcome }) => void this.#results.trySend(outcome as Outcome<Job, Result>),
  };

  #work(
    job: Job,
    ctx: Context | undefined,
    owner: Owner<Job, Result>,
    scope: AsyncContext | null = captureAsyncContext(),
  ): Work<Job, Result> {
    // User code first: it may throw.
    const priority = this.#priority(job);
    return new Work(job, ctx ?? this.#settings.ctx, this.#crew, scope, owner, priority, ++this.#lastOrder);
  }

  #priority(job: Job): number {
    const { priority: rank } = this.#settings;
    const priority = rank === undefined ? 0 : rank(job);
    if (typeof priority !== "number" || Number.isNaN(priority)) {
      throw new RangeError(`WorkerPool: priority must return a number, got ${describe(priority)}`);
    }
    return priority;
  }

  #submitted(job: Job, ctx: Context | undefined): [Work<Job, Result>, Task<Job, Result>] {
    const task = new SubmittedTask<Job, Result>(job);
    const work = this.#work(job, ctx, task);
    task.cancelBy((cause = canceled) => this.#cancel(work, cause));
    return [work, task];
  }

  /** Reports whether the job is accepted at once. Throws the reason if the pool accepts none. */
  #offer(caller: string, work: Work<Job, Result>, ctx: Context | undefined): boolean {
    const error = this.#refusal(caller, ctx);
    if (error !== undefined) throw error;
    const worker = this.#staff.take();
    // The hook of a new worker may just have stopped the pool, or cancelled the context.
    const late = this.#settings.onWorkerStart && this.#refusal(caller, ctx);
    if (late !== undefined) {
      if (worker !== undefined && this.#report === undefined) this.#staff.rest(worker, worker.since);
      throw late;
    }
    if (worker === undefined && !this.#backlog.hasRoom) return false;
    this.#accept(work, worker?.since);
    if (worker === undefined) this.#backlog.add(work);
    else this.#start(worker, work);
    this.#follow(work, ctx);
    return true;
  }

  /** Why the pool does not accept a job with the context `ctx`; undefined, if it does. */
  #refusal(caller: string, ctx: Context | undefined): Error | undefined {
    this.#noticeEnd();
    const { endedBy } = this.#crew;
    if (this.#isStopped) return new StoppedError(`${caller}: the pool has been stopped`, endedBy && { cause: endedBy });
    return endedBy ?? (ctx === undefined ? undefined : causeOf(ctx));
  }

  #accept(work: Work<Job, Result>, now?: number): void {
    this.#crew.accept(work, now);
    this.#attach();
    work.acceptance?.end(work.token);
    work.acceptance = null;
  }

  #acceptance<T>(work: Work<Job, Result>, ctx: Context | undefined, token: T): Promise<T> {
    const acceptance = new Wait<T>(poolSubmit);
    work.acceptance = acceptance as Wait<unknown>;
    work.token = token;
    this.#backlog.add(work);
    this.#follow(work, ctx);
    return acceptance.promise;
  }

  /** Cancels the job when `ctx` ends. */
  #follow(work: Work<Job, Result>, ctx: Context | undefined): void {
    if (ctx !== undefined) work.release = onCancel(ctx, () => this.#cancel(work, causeOf(ctx) as Error));
  }

  /** Cancels one job, accepted or not: no worker will take it. */
  #cancel(work: Work<Job, Result>, cause: Error): void {
    if (!isError(cause)) throw new TypeError(`Task.cancel: cause must be an Error, got ${describe(cause)}`);
    this.#backlog.remove(work);
    this.#crew.cancel(work, cause);
    this.#letIn();
  }

  #start(worker: Worker<Work<Job, Result>>, work: Work<Job, Result>): void {
    worker.work = work;
    if (worker.isAwake) return;
    worker.isAwake = true;
    this.#crew.start("WorkerPool", worker);
  }

  // Goroutines must not starve others, however short their jobs are: so each job passes the gate.
  #finished(worker: Worker<Work<Job, Result>>, now: number): Promise<void> | undefined {
    worker.work = null;
    worker.jobs++;
    worker.finishedAt = now;
    const gate = passed();
    return gate === ready ? undefined : gate;
  }

  #next(worker: Worker<Work<Job, Result>>): Work<Job, Result> | null {
    if (worker.work !== null) return worker.work;
    if (this.#report === undefined) {
      const work = this.#staff.isTooMany ? null : this.#taken();
      if (work !== null) return (worker.work = work);
      this.#staff.rest(worker, worker.finishedAt);
      this.#look();
    }
    return null;
  }

  #late(worker: Worker<Work<Job, Result>>): Work<Job, Result> | null {
    if (worker.work === null) worker.isAwake = false;
    return worker.work;
  }

  /** Removes the best of the jobs that wait, which makes room for another; null, if there is none. */
  #taken(): Work<Job, Result> | null {
    this.#noticeEnd();
    if (this.#crew.endedBy !== undefined) return null;
    for (let work = this.#backlog.take(); work !== undefined; work = this.#backlog.take()) {
      // The end of a context that is not the library's own may be seen here first.
      if (this.#crew.isOver(work)) {
        this.#crew.conclude(work);
        continue;
      }
      if (!work.isAccepted) this.#accept(work);
      this.#letIn();
      return work;
    }
    return null;
  }

  /** Accepts the jobs for which there is room, or all. */
  #letIn(areAll: boolean = false): void {
    if (this.#crew.endedBy !== undefined) return;
    for (let work = this.#backlog.admit(areAll); work !== undefined; work = this.#backlog.admit(areAll)) {
      this.#accept(work);
      this.#backlog.add(work);
    }
  }

  /** Listens on the pool's context. */
  #attach(): void {
    const { ctx } = this.#settings;
    if (this.#report === undefined) this.#detach ??= onCancel(ctx, () => this.#crew.cut(causeOf(ctx) as Error));
  }

  /** An idle pool does not listen on its context, so that it has to look at it. */
  #noticeEnd(): void {
    const { ctx } = this.#settings;
    if (this.#report === undefined && ctx.err() !== undefined) this.#crew.cut(causeOf(ctx) as Error);
  }

  #cut(): void {
    const cause = this.#crew.endedBy as Error;
    for (const map of this.#maps) map.end(cause);
  }

  /** Ends the pool, if nothing is left to wait for; stops listening, if it is idle. */
  #look(): void {
    const crew = this.#crew;
    if (this.#report !== undefined || crew.isSweeping) return;
    if (this.#isStopped || crew.endedBy !== undefined) {
      this.#lookForTheEnd();
    } else if (
      crew.open === 0 &&
      crew.running === 0 &&
      this.#maps.size === 0 &&
      this.#resultsCore.receivers.first === null
    ) {
      this.#detach?.();
      this.#detach = null;
    }
  }

  #lookForTheEnd(): void {
    const { open, running, abandoned, openStopping, abandonedStopping } = this.#crew;
    const { queued } = this.#backlog;
    if (queued > 0) {
      // The workers that the queued jobs need may all be held by jobs that wait in `stop`: these must go on.
      const areAllHeld = running >= this.#staff.max && running === abandoned + openStopping;
      if (areAllHeld) this.#answer(this.#stopsInside, this.#reported(abandoned - abandonedStopping));
      // If no function ever returns, no worker will take what is queued, and no context will cancel it.
      if (this.#isPatient || abandoned < this.#staff.max || abandoned < running || open > queued) return;
      if (this.#graceIsOver) this.#crew.cut(new StoppedError("WorkerPool: no function has come back"));
      else this.#startGrace();
      return;
    }
    if (open > openStopping) return;
    // What is left are jobs that wait for the others, and functions whose jobs are over.
    const others = abandoned - abandonedStopping;
    if (others === 0 || this.#graceIsOver) this.#answer(this.#stopsInside, this.#reported(others));
    if (open === 0 && (abandoned === 0 || this.#graceIsOver)) this.#finish();
    else if (abandoned > 0 && !this.#graceIsOver) this.#startGrace();
  }

  #startGrace(): void {
    if (!this.#grace.isSet) this.#grace.setIn(this.#settings.grace);
  }

  #finish(): void {
    const report = this.#reported(this.#crew.running);
    this.#report = report;
    this.#grace.cancel();
    this.#detach?.();
    this.#resultsCore.source = null;
    for (const map of this.#maps) map.end(new StoppedError("WorkerPool: the pool has been stopped"));
    this.#staff.close();
    this.#results.close();
    this.#answer(this.#stops, report);
    this.#answer(this.#stopsInside, report);
  }

  #answer(stops: Wait<StopReport<Job>>[], report: StopReport<Job>): void {
    for (const wait of stops.splice(0)) wait.end(report);
  }

  #reported(abandoned: number): StopReport<Job> {
    const { undone, endedBy } = this.#crew;
    return { undone, abandoned, cause: undone.length === 0 ? undefined : endedBy };
  }
}
