// The engine of both pools: runs a job that a worker has taken, and gives each job its outcome. It implements attempts, pauses, rates
// and timeouts. Its host, a WorkerPool or a run of runPool, decides where jobs come from and when the pool has ended.
//
// The end of a job is decided synchronously, by a field that `#verdict` reads: its context, the timeout, the end of the pool. The outcome
// follows. If the function returns, its worker records the outcome. In all other cases the job is passed to `conclude`, and the outcome
// is recorded by one goroutine, the sweeper, which yields to timers.
//
// Invariants, whenever no method is on the stack:
//   1. A job has at most one outcome, and exactly one once it has been accepted and the pool has ended.
//   2. `open` counts the accepted jobs without an outcome, `running` the functions that have not returned, and `abandoned` the running
//      functions whose jobs have an outcome.
//   3. While a job is concluded and has no outcome, the sweeper runs.
//   4. `#recordOutcome` is the only place that gives an outcome, and changes all state before it calls user code.

import { expiryIn } from "../context/cancel.ts";
import { DeadlineExceeded } from "../context/errors.ts";
import { pause } from "../context/pause.ts";
import { runIn } from "../runtime/async-context.ts";
import { type Goroutine, spawn } from "../runtime/goroutine.ts";
import { hooks } from "../runtime/hooks.ts";
import { resolved, resolvedPromise } from "../runtime/scheduler.ts";
import { RuntimeTimer, currentClock } from "../runtime/timer.ts";
import type { Clock } from "../runtime/timer-queue.ts";
import { toError } from "../util/inspect.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import type { JobCanceled, JobFailed, JobOutcome, PoolJob } from "./job.ts";
import { guarded, JobFunction } from "./job-function.ts";
import type { PoolFunc, ResolvedPoolOptions } from "./options.ts";
import { PoolCounters } from "./report.ts";
import { retryDelay } from "./retry.ts";
import { Stopping } from "./source.ts";
import { type LoopHost, type LoopRunner, type RunnerWorker, WorkerLoop } from "./worker-loop.ts";

/** The part of a pool that the engine calls. Only `nextJob` and `onChange` may run user code. */
export interface RunnerHost<Job, Result, W extends RunnerWorker> extends LoopHost<Job, Result, W> {
  /** Returns the jobs that workers have taken. */
  activeJobs(): Iterable<PoolJob<Job, Result>>;

  /** Removes and returns a job that no worker has taken; undefined if there is none. Called after the pool was cut short. */
  takeQueued(): PoolJob<Job, Result> | undefined;

  /** Called when the pool has been cut short: `JobRunner.canceledBy` is set. */
  onCutShort(): void;

  /** Called when the counters have changed in a way that may end the pool. */
  onChange(): void;
}

/** Runs the jobs of one pool. */
export class JobRunner<Job, Result, W extends RunnerWorker = RunnerWorker> implements LoopRunner<Job, Result, W> {
  readonly #function: JobFunction<Job, Result>;
  readonly #host: RunnerHost<Job, Result, W>;

  /** Whether a job consists of one call of the function. */
  readonly #hasNoPolicy: boolean;

  readonly caller: string;
  readonly settings: ResolvedPoolOptions<Job, Result>;
  readonly clock: Clock = currentClock();
  readonly counters: PoolCounters = new PoolCounters();

  /** Why the pool was cut short; undefined if it was not. */
  canceledBy: Error | undefined = undefined;

  open = 0;
  running = 0;
  abandoned = 0;

  /** The number of running functions that have called `stop`, by whether their jobs have an outcome. */
  openStopping = 0;
  abandonedStopping = 0;

  readonly #unfinished: { readonly input: Job; readonly order: number }[] = [];

  readonly #concluded = new RingBuffer<PoolJob<Job, Result>>();
  #sweeper: Goroutine | null = null;

  constructor(
    caller: string,
    f: PoolFunc<Job, Result>,
    settings: ResolvedPoolOptions<Job, Result>,
    host: RunnerHost<Job, Result, W>,
  ) {
    this.caller = caller;
    this.#function = new JobFunction(f, settings.onEvent);
    this.#host = host;
    this.settings = settings;
    this.#hasNoPolicy = settings.timeout === Infinity && settings.retry.retries === 0 && settings.limiter === undefined;
  }

  /** The name of the function; "" if it has none. */
  get name(): string {
    return this.#function.name;
  }

  /** The job whose function is on the stack. */
  get currentJob(): PoolJob<Job, Result> | undefined {
    return this.#function.currentJob;
  }

  /** Whether concluded jobs have no outcome yet. */
  get isSweeping(): boolean {
    return this.#sweeper !== null;
  }

  /** The accepted jobs that were canceled because the pool was cut short, in the order of their calls. */
  get unfinished(): Job[] {
    return this.#unfinished.sort((a, b) => a.order - b.order).map(({ input }) => input);
  }

  /** Counts a job as accepted since `now`. */
  markAccepted(job: PoolJob<Job, Result>, now: number = this.clock.now()): void {
    job.isAccepted = true;
    job.acceptedAt = now;
    this.open++;
    if (hooks !== null) hooks.jobEvent(this, job, "accept");
  }

  /** Cuts the pool short: no job starts from now on, and all jobs without an outcome are canceled. Only the first call has an effect. */
  cutShort(cause: Error): void {
    if (this.canceledBy !== undefined) return;
    const isSourced = this.settings.source !== undefined;
    this.canceledBy = isSourced ? new Stopping(`the pool ends: ${cause.message}`, { cause }) : cause;
    this.#host.onCutShort();
    for (const job of this.#host.activeJobs()) this.conclude(job);
    this.#startSweeper();
  }

  /** Makes the sweeper record the outcome of a job whose end is decided, even if its function never returns. */
  conclude(job: PoolJob<Job, Result>): void {
    if (job.isConcluded || job.outcome !== undefined) return;
    job.isConcluded = true;
    job.canceledBy ??= this.canceledBy ?? job.cause;
    this.#concluded.push(job);
    this.#startSweeper();
  }

  /** Cancels one job with `cause`, unless its end is decided. */
  cancel(job: PoolJob<Job, Result>, cause: Error): void {
    if (this.#verdict(job) === undefined) job.canceledBy = cause;
    this.conclude(job);
  }

  /** Counts the function of a job, which is running, among those that have called `stop`. */
  markStopping(job: PoolJob<Job, Result>): void {
    if (job.isStopping) return;
    job.isStopping = true;
    if (job.outcome === undefined) this.openStopping++;
    else this.abandonedStopping++;
  }

  /** Whether the end of a job is decided although its function has not returned. */
  isDecided(job: PoolJob<Job, Result>): boolean {
    return this.#verdict(job) !== undefined;
  }

  /** Starts the goroutine of a worker, in an async context without a store: a job whose call had no store is called directly. */
  start(worker: W): void {
    worker.loop ??= new WorkerLoop(this, this.#host, worker);
    const { loop } = worker;
    runIn(null, () => {
      loop.start();
    });
  }

  call(job: PoolJob<Job, Result>, goroutine: Goroutine): Result | PromiseLike<Result | JobOutcome<Job, Result>> {
    return this.#hasNoPolicy ? this.#function.call(job, goroutine) : this.#runWithPolicies(job, goroutine);
  }

  markStarted(job: PoolJob<Job, Result>, worker: number, goroutine: Goroutine): JobOutcome<Job, Result> | undefined {
    const decided = job.outcome ?? this.#verdict(job);
    if (decided !== undefined) return decided;
    job.isRunning = true;
    job.worker = worker;
    this.running++;
    if (hooks !== null) hooks.jobEvent(this, job, "start");
    if (this.settings.onEvent === undefined) return undefined;
    this.#function.emit(job, goroutine, { type: "started", job: job.input, worker });
    // The hook may have canceled the job.
    return this.#verdict(job);
  }

  markReturned(job: PoolJob<Job, Result>, outcome: JobOutcome<Job, Result> | undefined, goroutine: Goroutine): number {
    const now = this.clock.now();
    if (job.isRunning) {
      job.isRunning = false;
      this.running--;
      if (job.outcome !== undefined) {
        this.abandoned--;
        if (job.isStopping) this.abandonedStopping--;
      }
    }
    if (job.outcome === undefined) this.#recordOutcome(job, outcome as JobOutcome<Job, Result>, goroutine, now);
    return now;
  }

  #recordOutcome(job: PoolJob<Job, Result>, outcome: JobOutcome<Job, Result>, goroutine: Goroutine, now: number): void {
    const { settings } = this;
    const { listener, isAccepted, isRunning, isStopping, pendingAcceptance } = job;
    job.outcome = outcome;
    job.removeListener?.();
    job.removeListener = null;
    if (isAccepted) {
      this.open--;
      if (isRunning) this.abandoned++;
      if (isStopping) {
        this.openStopping--;
        if (isRunning) this.abandonedStopping++;
      }
      this.counters.count(outcome, now - job.acceptedAt, job.isTimedOut);
      if (outcome.status === "canceled" && outcome.error === this.canceledBy)
        this.#unfinished.push({ input: job.input, order: job.order });
      if (hooks !== null) hooks.jobEvent(this, job, "finish");
    }
    if (!isAccepted && pendingAcceptance !== null) pendingAcceptance.fail(outcome.error as Error);
    else listener.onOutcome(job);
    if (settings.stopOnError && outcome.status === "failed") this.cutShort(outcome.error);

    // From here on user code runs.
    if (isAccepted && settings.onEvent !== undefined) {
      this.#function.emit(job, goroutine, { type: "ended", outcome, worker: job.worker });
    }
    if (job.derived !== null) guarded(() => job.end());
    else job.end();
    listener.afterOutcome?.();
    if (isRunning) this.#host.onChange();
  }

  #startSweeper(): void {
    if (this.#sweeper !== null) return;
    const poolSweeper = (): Promise<void> => this.#sweep();
    runIn(null, () => (this.#sweeper = spawn(this.caller, poolSweeper, [], null)));
  }

  async #sweep(): Promise<void> {
    for (let job = this.#nextConcluded(); job !== undefined; job = this.#nextConcluded()) {
      if (job.outcome === undefined) {
        const outcome = this.#verdict(job) as JobCanceled<Job> | JobFailed<Job>;
        this.#recordOutcome(job, outcome, this.#sweeper as Goroutine, this.clock.now());
      }
      const turn = resolved();
      if (turn !== resolvedPromise) await turn;
    }
    this.#sweeper = null;
    this.#host.onChange();
  }

  #nextConcluded(): PoolJob<Job, Result> | undefined {
    if (this.#concluded.length > 0) return this.#concluded.shift();
    return this.canceledBy === undefined ? undefined : this.#host.takeQueued();
  }

  /** The outcome of a job whose end is decided although its function has not returned; undefined if it is not decided. */
  #verdict(job: PoolJob<Job, Result>): JobCanceled<Job> | JobFailed<Job> | undefined {
    const { input, attempts } = job;
    if (job.isTimedOut) {
      const error = new DeadlineExceeded(`the job took longer than ${this.settings.timeout} ms`);
      return { status: "failed", job: input, attempts, error };
    }
    const error = job.canceledBy ?? this.canceledBy ?? job.cause;
    return error === undefined ? undefined : { status: "canceled", job: input, attempts, error };
  }

  toOutcome(job: PoolJob<Job, Result>, result: Result | JobOutcome<Job, Result>): JobOutcome<Job, Result> {
    return this.#hasNoPolicy ? this.#toDone(job, result as Result) : (result as JobOutcome<Job, Result>);
  }

  #toDone(job: PoolJob<Job, Result>, value: Result): JobOutcome<Job, Result> {
    return this.#verdict(job) ?? { status: "done", job: job.input, attempts: job.attempts, value };
  }

  toFailed(job: PoolJob<Job, Result>, thrown: unknown): JobCanceled<Job> | JobFailed<Job> {
    return this.#verdict(job) ?? { status: "failed", job: job.input, attempts: job.attempts, error: toError(thrown) };
  }

  async #runWithPolicies(job: PoolJob<Job, Result>, goroutine: Goroutine): Promise<JobOutcome<Job, Result>> {
    const { timeout } = this.settings;
    await this.#waitForRate(job);
    if (timeout === Infinity) return this.#retryLoop(job, goroutine);
    job.setDeadline(expiryIn(timeout));
    const timer = new RuntimeTimer("pool timeout", () => this.#onTimeout(job));
    if (timeout > 0) timer.start(timeout);
    else this.#onTimeout(job);
    try {
      return await this.#retryLoop(job, goroutine);
    } finally {
      timer.cancel();
    }
  }

  #onTimeout(job: PoolJob<Job, Result>): void {
    if (this.#verdict(job) !== undefined) return;
    job.isTimedOut = true;
    this.conclude(job);
  }

  /** Calls the function until it succeeds, as often as the options allow; the rate has allowed the first call. */
  async #retryLoop(job: PoolJob<Job, Result>, goroutine: Goroutine): Promise<JobOutcome<Job, Result>> {
    const { retry, onEvent } = this.settings;
    for (;;) {
      const decided = this.#verdict(job);
      if (decided !== undefined) return decided;
      if (job.attempts > 0) this.counters.retried++;
      let failed: JobCanceled<Job> | JobFailed<Job>;
      try {
        return this.#toDone(job, await this.#function.call(job, goroutine));
      } catch (thrown) {
        failed = this.toFailed(job, thrown);
        if (failed.status === "canceled" || job.isTimedOut) return failed;
      }
      const { error, attempts } = failed;
      const delay = this.#function.runInScope(job, goroutine, () => retryDelay(retry, error, attempts));
      if (delay === undefined) return failed;
      if (onEvent !== undefined) {
        const worker = job.worker as number;
        this.#function.emit(job, goroutine, { type: "retrying", job: job.input, worker, error, attempts, delay });
      }
      await pause(delay, job);
      await this.#waitForRate(job);
    }
  }

  /**
   * Waits until the rate allows a call, or the end of the job is decided. `RateLimiter.wait` rejects at once if a deadline is too near;
   * here a deadline is an outcome of its own.
   *
   * @throws {RangeError} (rejects) if the rate will never allow a call.
   */
  async #waitForRate(job: PoolJob<Job, Result>): Promise<void> {
    const { limiter } = this.settings;
    if (limiter === undefined || this.#verdict(job) !== undefined) return;
    const reservation = limiter.reserve();
    if (!reservation.ok) throw new RangeError(`rate: Wait(n=1) exceeds limiter's burst ${limiter.burst}`);
    const delay = reservation.delay();
    if (delay > 0 && !(await pause(delay, job))) reservation.cancel();
  }
}
