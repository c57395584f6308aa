// The goroutine of a worker: takes jobs while there are any, and runs each until its function has returned.
//
// It is a chain of promise reactions, whose handlers are made once for a worker. In an `async` function, each `await` makes two closures.

import { isStoreSetAfterAwait } from "../runtime/async-context.ts";
import { type Goroutine, spawn } from "../runtime/goroutine.ts";
import { hooks } from "../runtime/hooks.ts";
import { resolvedPromise } from "../runtime/scheduler.ts";
import { Deferred } from "../runtime/waiter.ts";
import type { JobOutcome, PoolJob } from "./job.ts";

/**
 * How many rounds of the microtask queue a worker without a job waits before its goroutine ends. The caller that gets the last outcome often
 * submits the next job, after two rounds if it has called `run`. A round costs less than a new goroutine.
 */
const maxIdleRounds = 3;

/** The part of a worker that its loop uses. */
export interface RunnerWorker {
  readonly id: number;

  /** Whether a goroutine runs that takes the jobs of the worker. */
  hasGoroutine: boolean;

  /** Starts such a goroutine, one after another; null before the first. */
  loop: { start(): void } | null;
}

/** The part of a pool that a loop calls. Only `nextJob` may run user code. */
export interface LoopHost<Job, Result, W extends RunnerWorker> {
  /** Returns the next job for `worker`; null if there is none now. `now` is the time if it is known. */
  nextJob(worker: W, now: number | undefined): PoolJob<Job, Result> | null | Promise<PoolJob<Job, Result> | null>;

  /** Returns a job that was given to `worker` after `nextJob` returned null; undefined ends the goroutine of the worker at once. */
  lateJob(worker: W): PoolJob<Job, Result> | null | undefined;

  /** Called when the function of `job` has returned, at the time `now`. The worker waits for the promise that this returns. */
  onReturn(worker: W, job: PoolJob<Job, Result>, now: number): Promise<void> | undefined;
}

/** The steps of a job. */
export interface LoopRunner<Job, Result, W extends RunnerWorker> {
  /** The public function that made the pool. */
  readonly caller: string;

  /** Starts another goroutine for `worker`. */
  start(worker: W): void;

  /** Counts a job that a worker has taken as running, and returns undefined; returns its outcome if its end is decided. */
  markStarted(job: PoolJob<Job, Result>, worker: number, goroutine: Goroutine): JobOutcome<Job, Result> | undefined;

  /** Calls the function of a job that is running, with the policies of the pool. */
  call(job: PoolJob<Job, Result>, goroutine: Goroutine): Result | PromiseLike<Result | JobOutcome<Job, Result>>;

  /** Returns the outcome of a job for which `call` has returned `result`. */
  toOutcome(job: PoolJob<Job, Result>, result: Result | JobOutcome<Job, Result>): JobOutcome<Job, Result>;

  /** Returns the outcome of a job whose function has thrown. */
  toFailed(job: PoolJob<Job, Result>, thrown: unknown): JobOutcome<Job, Result>;

  /** Counts the function of a job as returned, and records the outcome. Returns the time. */
  markReturned(job: PoolJob<Job, Result>, outcome: JobOutcome<Job, Result>, goroutine: Goroutine): number;
}

/** What a worker does next: a job, nothing, or what a promise resolves with; undefined if the loop is resumed later or has ended. */
type Next<Job, Result> = PoolJob<Job, Result> | null | Promise<PoolJob<Job, Result> | null> | undefined;

export class WorkerLoop<Job, Result, W extends RunnerWorker> {
  readonly #runner: LoopRunner<Job, Result, W>;
  readonly #host: LoopHost<Job, Result, W>;
  readonly #worker: W;
  readonly #main: () => Promise<void>;
  #goroutine!: Goroutine;
  #exit!: Deferred<void>;

  /** The job that is run. */
  #job: PoolJob<Job, Result> | null = null;
  #idleRounds = 0;

  constructor(runner: LoopRunner<Job, Result, W>, host: LoopHost<Job, Result, W>, worker: W) {
    this.#runner = runner;
    this.#host = host;
    this.#worker = worker;
    // Reports and traces show the name of this function.
    const poolWorker = (): Promise<void> => {
      const { promise } = this.#exit;
      this.#resume();
      return promise;
    };
    this.#main = poolWorker;
  }

  /** Starts the goroutine. */
  start(): void {
    this.#worker.hasGoroutine = true;
    this.#exit = new Deferred<void>();
    this.#goroutine = spawn(this.#runner.caller, this.#main, [], null);
  }

  readonly #resume = (): void => this.#run(this.#takeNext());

  readonly #onNext = (next: PoolJob<Job, Result> | null): void => this.#run(next);

  readonly #onValue = (value: Result | JobOutcome<Job, Result>): void => {
    const job = this.#job as PoolJob<Job, Result>;
    this.#run(job, this.#runner.toOutcome(job, value));
  };

  readonly #onError = (thrown: unknown): void => {
    const job = this.#job as PoolJob<Job, Result>;
    this.#run(job, this.#runner.toFailed(job, thrown));
  };

  readonly #onIdleRound = (): void => {
    const job = this.#host.lateJob(this.#worker);
    if (job === null && ++this.#idleRounds < maxIdleRounds) {
      void resolvedPromise.then(this.#onIdleRound);
    } else if (job === null || job === undefined) {
      this.#worker.hasGoroutine = false;
      this.#exit.resolve();
    } else {
      this.#run(job);
    }
  };

  readonly #onPanic = (error: unknown): void => this.#exit.resolve(Promise.reject(error));

  /** Runs jobs, from `next` on, until one has to be waited for. `outcome` is that of `next` if its function has returned. */
  #run(next: Next<Job, Result>, outcome?: JobOutcome<Job, Result>): void {
    try {
      while (next !== undefined) {
        if (next instanceof Promise) {
          next.then(this.#onNext, this.#onPanic);
          return;
        }
        if (next === null) {
          this.#idleRounds = 0;
          void resolvedPromise.then(this.#onIdleRound);
          return;
        }
        outcome ??= this.#start(next);
        if (outcome === undefined) return;
        next = this.#finish(next, outcome);
        outcome = undefined;
      }
    } catch (error) {
      this.#onPanic(error);
    }
  }

  /** Calls the function of `job`. Returns the outcome if it is decided without waiting. */
  #start(job: PoolJob<Job, Result>): JobOutcome<Job, Result> | undefined {
    this.#job = job;
    const decided = this.#runner.markStarted(job, this.#worker.id, this.#goroutine);
    if (decided !== undefined) return decided;
    try {
      Promise.resolve(this.#runner.call(job, this.#goroutine)).then(this.#onValue, this.#onError);
      return undefined;
    } catch (thrown) {
      return this.#runner.toFailed(job, thrown);
    }
  }

  #finish(job: PoolJob<Job, Result>, outcome: JobOutcome<Job, Result>): Next<Job, Result> {
    const now = this.#runner.markReturned(job, outcome, this.#goroutine);
    const held = this.#host.onReturn(this.#worker, job, now);
    if (held === undefined) return this.#takeNext(now);
    held.then(this.#resume, this.#onPanic);
    return undefined;
  }

  #takeNext(now?: number): Next<Job, Result> {
    const last = this.#job;
    this.#job = null;
    // A function that was called directly may have set a store by `enterWith`, which the next jobs must not inherit.
    if (last !== null && last.scope === null && hooks === null && isStoreSetAfterAwait()) {
      this.#exit.resolve();
      this.#runner.start(this.#worker);
      return undefined;
    }
    return this.#host.nextJob(this.#worker, now);
  }
}
