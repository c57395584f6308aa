// The engine of both pools: what happens to a job, from the worker that takes it to its outcome. It knows attempts, pauses, rates
// and timeouts. Where jobs come from, and when a pool has ended, is decided by the door: WorkerPool or runPool.
//
// Whatever ends a job is decided synchronously, by a flag that `verdict` reads: its context, the timeout, the end of the pool. The
// outcome follows. A worker whose function returns gives it directly; all other ends go through `conclude` and are given by one
// goroutine, the sweeper, in slices that let timers run.
//
// Invariants, whenever no method is on the stack:
//   1. A job has at most one outcome, and exactly one once it has been accepted and the pool has ended.
//   2. `open` counts the accepted jobs without an outcome, `running` the functions that have not returned, and `abandoned` those of
//      them whose jobs have an outcome.
//   3. While a job is concluded and has no outcome, the sweeper runs.
//   4. `settle` is the only place that gives an outcome, and changes all state before it calls user code.

import { receive, select } from "../channel/select.ts";
import { after } from "../time/time.ts";
import { expiryIn } from "../context/cancel.ts";
import { canceled, DeadlineExceeded, deadlineExceeded } from "../context/errors.ts";
import { isStoreSetAfterAwait, runIn } from "../runtime/async-context.ts";
import { toError, functionName } from "../util/inspect.ts";
import { type Goroutine, raise, spawn } from "../runtime/goroutine.ts";
import { RuntimeTimer, currentClock } from "../runtime/timer.ts";
import type { Clock } from "../runtime/timer-queue.ts";
import { resolved, resolvedPromise } from "../runtime/scheduler.ts";
import { below } from "../runtime/realm.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import { hooks } from "../runtime/hooks.ts";
import { PoolCounters } from "./stats.ts";
import type { PoolEvent, PoolFunc, RetryOptions, ResolvedPoolOptions } from "./options.ts";
import type { JobCanceled, JobFailed, JobOutcome } from "./outcome.ts";
import type { PoolJob } from "./job.ts";

/** A worker, as far as the engine knows it. */
export interface Hand {
  readonly id: number;
  /** The goroutine that runs `Crew.work` for it. */
  goroutine: Goroutine | null;
}

/** What a pool does for its engine. Only `next` and `look` may run user code. */
export interface Door<Job, Result, W extends Hand> {
  /** The next job for `worker`; null, if there is none now. */
  next(worker: W): PoolJob<Job, Result> | null | Promise<PoolJob<Job, Result> | null>;

  /** A job that has come for `worker` immediately after `next` had none; null ends the goroutine of the worker. */
  late(worker: W): PoolJob<Job, Result> | null;

  /** `worker` has finished with `work` at the time `now`. If this returns a promise, the worker waits for it. */
  finished(worker: W, work: PoolJob<Job, Result>, now: number): Promise<void> | undefined;

  /** The jobs that workers have taken. */
  works(): Iterable<PoolJob<Job, Result>>;

  /** Removes a job that no worker has taken, after the end of the pool; undefined, if there is none left. */
  takeLeft(): PoolJob<Job, Result> | undefined;

  /** The pool has been cut short: `Crew.endedBy` is set. */
  cut(): void;

  /** The counters have changed so that the pool may have ended. */
  look(): void;
}

/** Runs the jobs of one pool. */
export class JobRunner<Job, Result, W extends Hand = Hand> {
  readonly #f: PoolFunc<Job, Result>;
  readonly #door: Door<Job, Result, W>;

  /** Whether a job consists of one call of the function. */
  readonly #isPlain: boolean;

  readonly settings: ResolvedPoolOptions<Job, Result>;
  readonly clock: Clock = currentClock();
  readonly counters: PoolCounters = new PoolCounters();

  /** Why the pool was cut short; undefined, if it was not. */
  endedBy: Error | undefined = undefined;

  open = 0;
  running = 0;
  abandoned = 0;

  /** How many of the running functions have called `stop`, by whether their jobs have an outcome. */
  openStopping = 0;
  abandonedStopping = 0;

  /** The job whose function is on the stack. */
  currentJob: PoolJob<Job, Result> | undefined = undefined;
  readonly #undone: { readonly job: Job; readonly order: number }[] = [];

  readonly #concluded = new RingBuffer<PoolJob<Job, Result>>();
  #sweeper: Goroutine | null = null;

  constructor(f: PoolFunc<Job, Result>, settings: ResolvedPoolOptions<Job, Result>, door: Door<Job, Result, W>) {
    this.#f = f;
    this.#door = door;
    this.settings = settings;
    this.#isPlain = settings.timeout === Infinity && settings.retry.retries === 0 && settings.limiter === undefined;
  }

  /** The name of its function; "", if it has none. */
  get name(): string {
    return functionName(this.#f);
  }

  /** Whether jobs that are over are still to be given their outcomes. */
  get isSweeping(): boolean {
    return this.#sweeper !== null;
  }

  /** The accepted jobs that were canceled because the pool was cut short, the earliest first. */
  get unfinished(): Job[] {
    return this.#undone.sort((a, b) => a.order - b.order).map(({ job }) => job);
  }

  /** Counts a job as accepted since `now`. */
  markAccepted(work: PoolJob<Job, Result>, now: number = this.clock.now()): void {
    work.isAccepted = true;
    work.acceptedAt = now;
    this.open++;
    if (hooks !== null) hooks.jobEvent(this, work, "accept");
  }

  /** Cuts the pool short: no job is started from now on, and all that have no outcome are canceled. Only the first call counts. */
  cut(cause: Error): void {
    if (this.endedBy !== undefined) return;
    this.endedBy = cause;
    this.#door.cut();
    for (const work of this.#door.works()) this.conclude(work);
    this.#sweepSoon();
  }

  /** Makes sure that a job whose end is decided gets its outcome soon, whatever its function does. */
  conclude(work: PoolJob<Job, Result>): void {
    if (work.isConcluded || work.outcome !== undefined) return;
    work.isConcluded = true;
    work.endedBy ??= this.endedBy ?? work.ctx.cause;
    this.#concluded.push(work);
    this.#sweepSoon();
  }

  /** Cancels one job, with `cause`, unless its end is decided. */
  cancel(work: PoolJob<Job, Result>, cause: Error): void {
    if (this.#verdict(work) === undefined) work.endedBy = cause;
    this.conclude(work);
  }

  /** Counts the function of a job, which is running, as one that has called `stop`. */
  stopsFrom(work: PoolJob<Job, Result>): void {
    if (work.isStopping) return;
    work.isStopping = true;
    if (work.outcome === undefined) this.openStopping++;
    else this.abandonedStopping++;
  }

  /** Whether the end of a job is decided although its function has not returned. */
  isOver(work: PoolJob<Job, Result>): boolean {
    return this.#verdict(work) !== undefined;
  }

  /** Starts the goroutine of a worker, for the public function `caller`. */
  start(caller: string, worker: W): void {
    // In reports and traces the goroutine is called after its function.
    const poolWorker = (): Promise<void> => this.work(worker);
    runIn(null, () => (worker.goroutine = spawn(caller, poolWorker, [], null)));
  }

  /**
   * The life of a worker: takes jobs as long as there are any, and works on each until its function has returned. It runs without a
   * store in its async context, so that a job whose caller has none is called directly.
   */
  async work(worker: W): Promise<void> {
    for (;;) {
      const next = this.#door.next(worker);
      let work = next instanceof Promise ? await next : next;
      if (work === null) {
        // The caller that gets the last outcome often brings the next job: to wait for that is cheaper than a new goroutine.
        await resolvedPromise;
        work = this.#door.late(worker);
        if (work === null) return;
      }
      const goroutine = worker.goroutine as Goroutine;
      let outcome = this.#begin(work, worker.id, goroutine);
      if (work.isRunning) {
        try {
          outcome ??= this.#isPlain
            ? this.#done(work, await this.#call(work, goroutine))
            : await this.#attempt(work, goroutine);
        } catch (thrown) {
          outcome = this.#threw(work, thrown);
        }
      }
      const wait = this.#door.finished(worker, work, this.#end(work, outcome, goroutine));
      if (wait !== undefined) await wait;
      // A function that was called directly has set a store by `enterWith`, which would be that of the next jobs too.
      if (work.scope === null && hooks === null && isStoreSetAfterAwait()) {
        this.start("WorkerPool", worker);
        return;
      }
    }
  }

  /** A worker has taken a job: its outcome, if its end is decided. Otherwise, or if a hook has decided it, the job is running. */
  #begin(work: PoolJob<Job, Result>, worker: number, goroutine: Goroutine): JobOutcome<Job, Result> | undefined {
    const over = work.outcome ?? this.#verdict(work);
    if (over !== undefined) return over;
    work.isRunning = true;
    work.worker = worker;
    this.running++;
    if (hooks !== null) hooks.jobEvent(this, work, "start");
    if (this.settings.onEvent === undefined) return undefined;
    this.#tell(work, goroutine, { type: "started", job: work.job, worker });
    return this.#verdict(work);
  }

  /** The function of a job has returned, for good. Returns when. */
  #end(work: PoolJob<Job, Result>, outcome: JobOutcome<Job, Result> | undefined, goroutine: Goroutine): number {
    const now = this.clock.now();
    if (work.isRunning) {
      work.isRunning = false;
      this.running--;
      if (work.outcome !== undefined) {
        this.abandoned--;
        if (work.isStopping) this.abandonedStopping--;
      }
    }
    this.#settle(work, outcome as JobOutcome<Job, Result>, goroutine, now);
    return now;
  }

  /** Gives a job its outcome, unless it has one. */
  #settle(work: PoolJob<Job, Result>, outcome: JobOutcome<Job, Result>, goroutine: Goroutine, now: number): void {
    if (work.outcome !== undefined) return;
    const { settings } = this;
    const { owner, isAccepted, isRunning, pendingAcceptance: acceptance } = work;
    work.outcome = outcome;
    work.dispose?.();
    work.dispose = null;
    if (isAccepted) {
      this.open--;
      if (isRunning) this.abandoned++;
      if (work.isStopping) {
        this.openStopping--;
        if (isRunning) this.abandonedStopping++;
      }
      this.counters.count(outcome, now - work.acceptedAt, work.timedOut);
      if (outcome.status === "canceled" && outcome.error === this.endedBy)
        this.#undone.push({ job: work.job, order: work.order });
      if (hooks !== null) hooks.jobEvent(this, work, "finish");
    }
    if (!isAccepted && acceptance !== null) acceptance.fail(outcome.error as Error);
    else owner.settled(work);
    if (settings.cancelsOnError && outcome.status === "failed") this.cut(outcome.error);

    // From here on user code runs.
    if (isAccepted && settings.onEvent !== undefined) {
      this.#tell(work, goroutine, { type: "ended", outcome, worker: work.worker });
    }
    const err = work.timedOut ? deadlineExceeded : canceled;
    const cause = outcome.status === "canceled" ? outcome.error : err;
    if (work.ctx.isDerived) guarded(() => work.ctx.end(err, cause));
    else work.ctx.end(err, cause);
    owner.proceed?.();
    if (isRunning) this.#door.look();
  }

  #sweepSoon(): void {
    if (this.#sweeper !== null) return;
    const poolSweeper = (): Promise<void> => this.#sweep();
    runIn(null, () => (this.#sweeper = spawn("WorkerPool", poolSweeper, [], null)));
  }

  async #sweep(): Promise<void> {
    for (let work = this.#takeOver(); work !== undefined; work = this.#takeOver()) {
      this.#settle(work, this.#verdict(work) as JobCanceled<Job>, this.#sweeper as Goroutine, this.clock.now());
      const gate = resolved();
      if (gate !== resolvedPromise) await gate;
    }
    this.#sweeper = null;
    this.#door.look();
  }

  /** Removes a job that is over. */
  #takeOver(): PoolJob<Job, Result> | undefined {
    if (this.#concluded.length > 0) return this.#concluded.shift();
    return this.endedBy === undefined ? undefined : this.#door.takeLeft();
  }

  /** The outcome of a job whose end is decided although its function has not returned; undefined, if it is not. */
  #verdict(work: PoolJob<Job, Result>): JobCanceled<Job> | JobFailed<Job> | undefined {
    const { job, attempts } = work;
    if (work.timedOut) {
      const error = new DeadlineExceeded(`the job took longer than ${this.settings.timeout} ms`);
      return { status: "failed", job, attempts, error };
    }
    const error = work.endedBy ?? this.endedBy ?? work.ctx.cause;
    return error === undefined ? undefined : { status: "canceled", job, attempts, error };
  }

  #done(work: PoolJob<Job, Result>, value: Result): JobOutcome<Job, Result> {
    return this.#verdict(work) ?? { status: "done", job: work.job, attempts: work.attempts, value };
  }

  #threw(work: PoolJob<Job, Result>, thrown: unknown): JobCanceled<Job> | JobFailed<Job> {
    return this.#verdict(work) ?? this.#failed(work, toError(thrown));
  }

  #failed({ job, attempts }: PoolJob<Job, Result>, error: Error): JobFailed<Job> {
    return { status: "failed", job, attempts, error };
  }

  /** Works on a job that is not plain. */
  async #attempt(work: PoolJob<Job, Result>, goroutine: Goroutine): Promise<JobOutcome<Job, Result>> {
    const { timeout } = this.settings;
    const refusal = await this.#waitForRate(work);
    if (refusal !== undefined) return this.#failed(work, refusal);
    if (timeout === Infinity) return this.#retryLoop(work, goroutine);
    work.ctx.limit(expiryIn(timeout));
    const timer = new RuntimeTimer("pool timeout", () => this.#timedOut(work));
    if (timeout > 0) timer.start(timeout);
    else this.#timedOut(work);
    try {
      return await this.#retryLoop(work, goroutine);
    } finally {
      timer.cancel();
    }
  }

  #timedOut(work: PoolJob<Job, Result>): void {
    if (this.#verdict(work) !== undefined) return;
    work.timedOut = true;
    this.conclude(work);
  }

  /** Calls the function until it succeeds, as often as the options allow; the rate has allowed the first call. */
  async #retryLoop(work: PoolJob<Job, Result>, goroutine: Goroutine): Promise<JobOutcome<Job, Result>> {
    const { retry, onEvent } = this.settings;
    const { job, ctx } = work;
    for (;;) {
      const over = this.#verdict(work);
      if (over !== undefined) return over;
      let failed: JobFailed<Job>;
      try {
        if (work.attempts > 0) this.counters.retried++;
        return this.#done(work, await this.#call(work, goroutine));
      } catch (thrown) {
        const outcome = this.#threw(work, thrown);
        if (outcome.status === "canceled" || work.timedOut || work.attempts > retry.retries) return outcome;
        failed = outcome;
      }
      const { error, attempts } = failed;
      try {
        if (!this.#inScope(work, goroutine, () => retry.shouldRetry(error, attempts))) return failed;
      } catch (thrown) {
        return { ...failed, error: toError(thrown) };
      }
      const delay = backoffDelay(retry, attempts);
      if (onEvent !== undefined) {
        this.#tell(work, goroutine, { type: "retrying", job, worker: work.worker as number, error, attempts, delay });
      }
      await select({ pause: receive(after(delay)), done: receive(ctx.done()) });
      const refusal = await this.#waitForRate(work);
      if (refusal !== undefined) return { ...failed, error: refusal };
    }
  }

  /**
   * Waits until the rate allows a call, or the job is over; returns why the rate never will. (`limiter.wait` rejects at once if a
   * deadline is too near: here that end is an outcome of its own.)
   */
  async #waitForRate(work: PoolJob<Job, Result>): Promise<Error | undefined> {
    const { limiter } = this.settings;
    if (limiter === undefined || this.#verdict(work) !== undefined) return undefined;
    const reservation = limiter.reserve();
    if (!reservation.ok) return new RangeError(`rate: Wait(n=1) exceeds limiter's burst ${limiter.burst}`);
    const delay = reservation.delay();
    if (delay === 0) return undefined;
    const s = await select({ due: receive(after(delay)), done: receive(work.ctx.done()) });
    if (s.case === "done") reservation.cancel();
    return undefined;
  }

  /** Calls the function once. */
  #call(work: PoolJob<Job, Result>, goroutine: Goroutine): Result | PromiseLike<Result> {
    work.attempts++;
    const outer = this.currentJob;
    this.currentJob = work;
    const { scope, ctx, job } = work;
    const worker = work.worker as number;
    try {
      if (scope === null) return this.#f(ctx, job, worker);
      if (hooks === null) return scope.runInAsyncScope(this.#f, undefined, ctx, job, worker);
      return this.#inScope(work, goroutine, () => this.#f(ctx, job, worker));
    } finally {
      this.currentJob = outer;
    }
  }

  #tell(work: PoolJob<Job, Result>, goroutine: Goroutine, event: PoolEvent<Job, Result>): void {
    guarded(() => this.#inScope(work, goroutine, () => this.settings.onEvent?.(event)));
  }

  // The async context of the caller has the caller's goroutine in it, and it is `goroutine` that runs.
  /** Calls `f` in the async context of the call that brought the job. */
  #inScope<R>({ scope }: PoolJob<Job, Result>, goroutine: Goroutine, f: () => R): R {
    if (scope === null) return f();
    if (hooks === null) return scope.runInAsyncScope(f);
    const listener = hooks;
    let result!: R;
    scope.runInAsyncScope(() => listener.run(goroutine, () => void (result = f())));
    return result;
  }
}

/** Calls user code that nothing of the pool depends on. What it throws is a panic, in a goroutine of its own. */
export function guarded(f: () => unknown): void {
  try {
    f();
  } catch (error) {
    raise(error);
  }
}

function backoffDelay({ delay, factor, maxDelay, jitter }: Required<RetryOptions>, attempts: number): number {
  // Without a delay, a factor to a high power would make it no number.
  const full = delay === 0 ? 0 : Math.min(delay * factor ** (attempts - 1), maxDelay);
  return full * (1 - jitter * (below(1e6) / 1e6));
}
