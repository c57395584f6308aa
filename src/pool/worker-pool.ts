// The pool as a service: it has its own queue and workers, and one method for each way to submit jobs.
//
// Invariants, whenever no method is on the stack:
//   1. A worker is idle only while no job waits, accepted or not.
//   2. There are never more workers than the limit, except for workers that finish their jobs after the limit was lowered.
//   3. An accepted job gets one outcome, and a call that waits for acceptance settles, however the pool ends.
//   4. A pool that has ended has no worker and no job.

import type { ReceiveChannel } from "../channel/channel.ts";
import { contextOf } from "../context/wait-context.ts";
import { checkCancellation, throwIfCanceled } from "../runtime/cancelable-wait.ts";
import { type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { type AsyncContext, captureAsyncContext } from "../runtime/async-context.ts";
import { rejected, resolved, resolvedWith } from "../runtime/scheduler.ts";
import { Printable } from "../util/inspect.ts";
import { Check, checkCount, checkFunction } from "../util/validate.ts";
import type { JobOutcome, PoolJob, PoolTask } from "./job.ts";
import { JobAdmission } from "./job-admission.ts";
import { JobDispatcher } from "./job-dispatcher.ts";
import type { JobRunner } from "./job-runner.ts";
import {
  checkPriority,
  type PoolFunc,
  type PoolOptions,
  resolvePoolOptions,
  type RunJobOptions,
  type SourcePoolOptions,
} from "./options.ts";
import { MapSubmitter } from "./map-submitter.ts";
import { type MapOptions, OrderedResults } from "./ordered-results.ts";
import { PoolLifecycle } from "./pool-lifecycle.ts";
import type { PoolStats, StopReport } from "./report.ts";
import { ResultsChannel } from "./results-channel.ts";
import type { JobSource } from "./source.ts";
import { SourceFeeder } from "./source-feeder.ts";
import type { Worker } from "./worker-set.ts";

const checks = {
  run: /* @__PURE__ */ new Check("WorkerPool.run"),
  send: /* @__PURE__ */ new Check("WorkerPool.send"),
  trySend: /* @__PURE__ */ new Check("WorkerPool.trySend"),
  submit: /* @__PURE__ */ new Check("WorkerPool.submit"),
  trySubmit: /* @__PURE__ */ new Check("WorkerPool.trySubmit"),
  map: /* @__PURE__ */ new Check("WorkerPool.map"),
  resize: /* @__PURE__ */ new Check("WorkerPool.resize"),
  stop: /* @__PURE__ */ new Check("WorkerPool.stop"),
  onIdle: /* @__PURE__ */ new Check("WorkerPool.onIdle"),
};

/**
 * A fixed number of workers that call `f` with each job, so that no more than that number of calls run at once. There are four ways to
 * submit jobs: `run` returns the result, `submit` a task, `send` passes the outcome to `results`, and `map` iterates over the results of
 * many jobs in order.
 *
 * A busy pool never refuses a job: the call waits until the job is accepted. A job that throws has failed, and its worker continues. A
 * worker is held until its function has returned. Every promise that the pool returns settles. A job runs in the async context
 * (`AsyncLocalStorage`) of the call that submitted it.
 *
 * An idle worker has no goroutine. An idle pool that is dropped without `stop` can be collected, also if its context lives on.
 *
 * @example
 * await using pool = new WorkerPool(async (_ctx, n: number) => n * n, { workers: 3 });
 * for await (const square of pool.map([1, 2, 3, 4, 5])) console.log(square);
 */
export class WorkerPool<Job, Result> extends Printable implements AsyncDisposable {
  readonly #runner: JobRunner<Job, Result, Worker<PoolJob<Job, Result>>>;
  readonly #dispatcher: JobDispatcher<Job, Result>;
  readonly #admission: JobAdmission<Job, Result>;
  readonly #lifecycle: PoolLifecycle<Job, Result>;
  readonly #results: ResultsChannel<Job, Result>;
  readonly #feeder: SourceFeeder<Job, Result> | null;

  /**
   * The outcomes of the jobs that were submitted by `send`, in the order in which the jobs end. The channel keeps all outcomes until they
   * are read: no order of sending, stopping and reading blocks. For outcomes that are not read, use `submit`.
   *
   * Closed: when the last worker has stopped after a call of `stop`. A loop over `results` inside the scope of an `await using` pool waits
   * forever, because the scope stops the pool after the loop. Call `stop` before the loop, or run the loop in a goroutine.
   */
  readonly results: ReceiveChannel<JobOutcome<Job, Result>>;

  /**
   * Creates a pool and its workers. With the option `source`, the pool requests jobs from the source until it is stopped.
   *
   * @param f the function that is called with each job
   * @throws {TypeError | RangeError} for invalid options, such as fewer workers than one.
   */
  constructor(
    f: PoolFunc<Job, Result>,
    options: (PoolOptions<Job, Result> & object) | SourcePoolOptions<Job, Result> = {},
  ) {
    super();
    checkFunction("WorkerPool", f);
    const settings = resolvePoolOptions(options);
    const dispatcher = new JobDispatcher("WorkerPool", f, settings);
    this.#dispatcher = dispatcher;
    this.#runner = dispatcher.runner;
    this.#results = new ResultsChannel(dispatcher);
    this.results = this.#results.channel;
    this.#feeder = dispatcher.feeder =
      settings.source === undefined ? null : this.#createFeeder(settings.source, captureAsyncContext());
    this.#lifecycle = dispatcher.lifecycle = new PoolLifecycle({
      runner: this.#runner,
      dispatcher,
      results: this.#results,
      feeder: this.#feeder,
    });
    this.#admission = new JobAdmission(dispatcher, this.#lifecycle);
    if (this.#feeder === null) return;
    this.#lifecycle.attach();
    this.#feeder.check();
  }

  /**
   * Runs `job` and returns its result. The job waits for a free worker if necessary.
   *
   * Cancellation: the job is canceled, and the promise rejects with the cause.
   *
   * @returns the result of the function. A rejection that is not handled is an unhandled rejection.
   * @throws the error of the job (rejects), or the cause if the job was canceled, also by the end of the pool.
   * @throws {StoppedError} (rejects) if the pool has been stopped.
   * @example
   * await using pool = new WorkerPool(async (_ctx, name: string) => `hello, ${name}`, { workers: 2 });
   * console.log(await pool.run("gopher")); // hello, gopher
   */
  run(job: Job, options?: RunJobOptions): Promise<Result> {
    try {
      this.#checkSubmits(checks.run);
      checks.run.options(options, [...waitOptionNames, "priority"]);
      const ctx = options && contextOf(checks.run, options);
      const priority = options?.priority;
      if (priority !== undefined) checkPriority("WorkerPool.run: priority must be a number", priority);
      const [record, task] = this.#admission.createTask(job, ctx, priority);
      if (!this.#admission.tryAccept("WorkerPool.run", record, ctx)) this.#admission.enqueue(record, ctx);
      return task.toResult();
    } catch (error) {
      return rejected(error);
    }
  }

  /**
   * Submits `job`, and waits until it is accepted: a worker takes it, or the queue has room. Its outcome is sent to `results`.
   *
   * Cancellation: before the job is accepted, the promise rejects with the cause and the job is not run. An accepted job is canceled.
   *
   * @throws {StoppedError} (rejects) if the pool has been stopped.
   * @throws the cause (rejects) if the context of the pool is canceled before the job is accepted.
   */
  send(job: Job, options?: WaitOptions): Promise<void> {
    try {
      this.#checkSubmits(checks.send);
      const ctx = waitContext(checks.send, options);
      const record = this.#admission.createJob(job, ctx, this.#results);
      if (this.#admission.tryAccept("WorkerPool.send", record, ctx)) return resolved();
      return this.#admission.waitForAcceptance(record, ctx, undefined);
    } catch (error) {
      return rejected(error);
    }
  }

  /**
   * Submits `job` if it can be accepted without waiting, and reports whether it was. Its outcome is sent to `results`.
   *
   * Cancellation: an accepted job is canceled.
   *
   * @returns false if the job would have to wait; it is not accepted then.
   * @throws the errors with which `send` rejects.
   */
  trySend(job: Job, options?: WaitOptions): boolean {
    this.#checkSubmits(checks.trySend);
    const ctx = waitContext(checks.trySend, options);
    return this.#admission.tryAccept("WorkerPool.trySend", this.#admission.createJob(job, ctx, this.#results), ctx);
  }

  /**
   * Submits `job`, waits until it is accepted, and returns a task that has its result and its outcome. The context of the job is derived from
   * the context or signal in `options`.
   *
   * A failed job is reported by the task and by `onEvent`. It is silent if neither is used: {@link WorkerPool.run} is not.
   *
   * @throws the errors with which `send` rejects (rejects).
   */
  submit(job: Job, options?: WaitOptions): Promise<PoolTask<Job, Result>> {
    try {
      this.#checkSubmits(checks.submit);
      const ctx = waitContext(checks.submit, options);
      const [record, task] = this.#admission.createTask(job, ctx);
      if (this.#admission.tryAccept("WorkerPool.submit", record, ctx)) return resolvedWith(task);
      return this.#admission.waitForAcceptance(record, ctx, task);
    } catch (error) {
      return rejected(error);
    }
  }

  /**
   * Submits `job` if it can be accepted without waiting, and returns a task that has its result and its outcome.
   *
   * Cancellation: an accepted job is canceled.
   *
   * @returns undefined if the job would have to wait; it is not accepted then.
   * @throws the errors with which `send` rejects.
   */
  trySubmit(job: Job, options?: WaitOptions): PoolTask<Job, Result> | undefined {
    this.#checkSubmits(checks.trySubmit);
    const ctx = waitContext(checks.trySubmit, options);
    const [record, task] = this.#admission.createTask(job, ctx);
    return this.#admission.tryAccept("WorkerPool.trySubmit", record, ctx) ? task : undefined;
  }

  /**
   * Returns an iterator over the results of `jobs`, in the order of the jobs. It pulls the next job only while fewer than `maxInFlight`
   * jobs are between the source and the results that were taken, so that its memory does not grow with the number of jobs. The source is
   * iterated in the async context of this call.
   *
   * Cancellation: leaving the loop, by `break` or an error, cancels the remaining jobs and releases the source, also while it is silent:
   * a Node stream is destroyed, a web stream canceled, an iterator returned, and a channel left as it is. An error of the source after
   * that is a panic.
   *
   * @throws the error (`next` rejects) of the first job, in their order, that failed or was canceled, or of the source. If closing the
   *   source then fails too, an `AggregateError` of both.
   * @throws {TypeError | RangeError} for invalid arguments.
   */
  map(
    jobs: Iterable<Job> | AsyncIterable<Job>,
    options: MapOptions = {},
  ): AsyncIterableIterator<Result> & AsyncDisposable {
    this.#checkSubmits(checks.map);
    checks.map.options(options, ["maxInFlight", ...waitOptionNames], {
      concurrency: "maxInFlight",
      window: "maxInFlight",
    });
    const { maxInFlight } = options;
    const ctx = contextOf(checks.map, options);
    if (maxInFlight !== undefined) checkCount(checks.map, "maxInFlight", 1, maxInFlight);
    const submitter = new MapSubmitter(this.#dispatcher, this.#lifecycle, this.#admission, ctx, maxInFlight);
    return new OrderedResults(jobs, captureAsyncContext(), submitter);
  }

  /**
   * Changes the number of workers. Surplus workers stop when they are idle: a running job is finished first.
   *
   * @param workers the number of workers, from 1
   * @throws {RangeError} for any other number.
   */
  resize(workers: number): void {
    checkCount(checks.resize, "workers", 1, workers);
    if (this.#lifecycle.hasEnded) return;
    this.#dispatcher.resize(workers);
    this.#feeder?.resize();
  }

  /**
   * Returns a snapshot of the counters of the pool. Each accepted job is counted in one of `queued`, `running`, `processed` and `canceled`; one
   * that is `abandoned` is also counted in `running`.
   */
  stats(): PoolStats {
    const { open, abandoned, counters } = this.#runner;
    const { workers, queue } = this.#dispatcher;
    const { processed, failed, timedOut, retried, latency } = counters;
    const running = this.#running;
    // The other jobs without an outcome have been canceled: they have left the queue, and the sweeper records their outcomes.
    const canceled = counters.canceled + open - queue.queued - (running - abandoned);
    return {
      workers: workers.size,
      perWorker: workers.stats(),
      running,
      abandoned,
      queued: queue.queued,
      waiting: queue.waiting,
      processed,
      failed,
      timedOut,
      canceled,
      retried,
      latency: latency.summary(),
    };
  }

  /**
   * Resolves when no job is queued, waits for acceptance or runs; immediately, if that is so. Resolves at the end of the pool, too.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call. The jobs continue.
   *
   * @throws {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  onIdle(options: WaitOptions = {}): Promise<void> {
    try {
      const cancellation = checkCancellation(checks.onIdle, options);
      throwIfCanceled(cancellation);
      return this.#lifecycle.onIdle(cancellation);
    } catch (error) {
      return rejected(error);
    }
  }

  /**
   * Accepts no more jobs, and waits until all submitted jobs are done, including those that wait for acceptance, and all workers have
   * stopped. It can be called any number of times, also by a job. A job that awaits `stop` passes the context that it was given, or one
   * derived from it; then its call does not wait for the job itself. If jobs are left that need the worker of a job that waits in `stop`,
   * its call resolves before they are done.
   *
   * Cancellation: when `ctx` is canceled, all remaining jobs are canceled with its cause, and the report lists them. Then `stop` waits for
   * running functions until the grace period expires. Without `ctx`, `stop` waits without a limit, unless only functions remain whose jobs have timed
   * out or were canceled.
   *
   * A pool with a source requests no more jobs, finishes those that it holds, and closes the source. When `ctx` is canceled, the remaining
   * jobs are canceled with a {@link Stopping}, whose `cause` is that of `ctx`, and given back to the source. `stop` waits for the replies
   * of the source until the grace period expires, too.
   */
  stop(ctx?: Context): Promise<StopReport<Job>> {
    let caller: PoolJob<Job, Result> | undefined;
    try {
      checks.stop.isContext("ctx", ctx);
      caller = this.#runner.currentJob ?? (ctx?.value(this.#runner) as PoolJob<Job, Result> | undefined);
    } catch (error) {
      return rejected(error);
    }
    return this.#lifecycle.stop(ctx, caller?.isRunning === true ? caller : undefined);
  }

  /** Stops the pool at the end of an `await using` scope, as `stop()` does. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Returns the state of the pool in words, such as "WorkerPool 2/4 running, 3 queued". */
  override toString(): string {
    const { queue, workers } = this.#dispatcher;
    const waiting = queue.waiting > 0 ? `, ${queue.waiting} waiting` : "";
    const state = this.#lifecycle.hasEnded ? ", ended" : this.#lifecycle.hasStopped ? ", stopping" : "";
    return `WorkerPool ${this.#running}/${workers.limit} running, ${queue.queued} queued${waiting}${state}`;
  }

  /** The functions that have not returned, and those that workers are about to call. */
  get #running(): number {
    return this.#runner.running + this.#dispatcher.starting;
  }

  #createFeeder(
    source: JobSource<Job, Result> | ReceiveChannel<Job>,
    scope: AsyncContext | null,
  ): SourceFeeder<Job, Result> {
    return new SourceFeeder(source, this.#runner.settings, {
      limit: () => this.#dispatcher.workers.limit,
      isCutShort: () => {
        this.#lifecycle.checkContext();
        return this.#runner.canceledBy !== undefined;
      },
      results: this.#results,
      run: (job, ctx, listener) => {
        // Each job has its own async context, for what its function stores there.
        const jobScope = scope === null ? null : scope.runInAsyncScope(captureAsyncContext);
        this.#admission.runSourced(this.#admission.createJob(job, ctx, listener, 0, jobScope), ctx);
      },
      onChange: () => this.#lifecycle.check(),
    });
  }

  /** @throws {TypeError} if the jobs come from a source. */
  #checkSubmits(check: Check): void {
    if (this.#feeder !== null) {
      throw check.error(
        "the jobs of this pool come from its source; send them there, for example by queue.jobs(ctx).send(job)",
      );
    }
  }
}

function waitContext(check: Check, options: WaitOptions | undefined): Context | undefined {
  if (options === undefined) return undefined;
  check.options(options, waitOptionNames);
  return contextOf(check, options);
}
