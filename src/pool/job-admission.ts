// From the call that submits a job to WorkerPool to the acceptance of the job, or to the reason why the pool does not accept it.

import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { type AsyncContext, captureAsyncContext } from "../runtime/async-context.ts";
import { AcceptancePromise, type OutcomeListener, PoolJob, Task } from "./job.ts";
import type { JobDispatcher } from "./job-dispatcher.ts";
import type { JobRunner } from "./job-runner.ts";
import type { PoolLifecycle } from "./pool-lifecycle.ts";
import { StoppedError } from "./report.ts";
import type { Worker } from "./worker-set.ts";

export class JobAdmission<Job, Result> {
  readonly #runner: JobRunner<Job, Result, Worker<PoolJob<Job, Result>>>;
  readonly #dispatcher: JobDispatcher<Job, Result>;
  readonly #lifecycle: PoolLifecycle<Job, Result>;
  #lastOrder = 0;

  constructor(dispatcher: JobDispatcher<Job, Result>, lifecycle: PoolLifecycle<Job, Result>) {
    this.#runner = dispatcher.runner;
    this.#dispatcher = dispatcher;
    this.#lifecycle = lifecycle;
  }

  createJob(
    job: Job,
    ctx: Context | undefined,
    listener: OutcomeListener<Job, Result>,
    // User code first: it may throw.
    priority: number = this.#runner.settings.priorityOf(job),
    scope: AsyncContext | null = captureAsyncContext(),
  ): PoolJob<Job, Result> {
    const parent = ctx ?? this.#runner.settings.ctx;
    return new PoolJob(job, parent, this.#runner, scope, listener, priority, ++this.#lastOrder);
  }

  createTask(job: Job, ctx?: Context, priority?: number): [PoolJob<Job, Result>, Task<Job, Result>] {
    const task = new Task<Job, Result>(job, this.cancel);
    return [(task.record = this.createJob(job, ctx, task, priority)), task];
  }

  /** Accepts the job and returns true, or returns false if it has to wait. Throws the reason if the pool accepts no jobs. */
  tryAccept(caller: string, record: PoolJob<Job, Result>, ctx?: Context): boolean {
    const reason = this.rejectionReason(caller, ctx);
    if (reason !== undefined) throw reason;
    if (!this.#dispatcher.tryAccept(record)) return false;
    this.#cancelWith(record, ctx);
    return true;
  }

  /** Returns why the pool does not accept a job with the context `ctx`; undefined if it does. */
  rejectionReason(caller: string, ctx?: Context): Error | undefined {
    this.#lifecycle.checkContext();
    const { canceledBy } = this.#runner;
    if (this.#lifecycle.hasStopped) {
      return new StoppedError(`${caller}: the pool has been stopped`, canceledBy && { cause: canceledBy });
    }
    return canceledBy ?? (ctx === undefined ? undefined : causeOf(ctx));
  }

  /** Waits until a job is accepted that has to wait, and returns `value`. */
  waitForAcceptance<T>(record: PoolJob<Job, Result>, ctx: Context | undefined, value: T): Promise<T> {
    const acceptance = new AcceptancePromise(value);
    record.pendingAcceptance = acceptance;
    this.enqueue(record, ctx);
    return acceptance.promise;
  }

  /** Adds a job to the queue that has to wait. */
  enqueue(record: PoolJob<Job, Result>, ctx?: Context): void {
    this.#dispatcher.queue.add(record);
    this.#cancelWith(record, ctx);
  }

  /** Runs a job of a source: now, or when the worker that has just finished a job takes the next one. */
  runSourced(record: PoolJob<Job, Result>, ctx: Context | undefined): void {
    if (this.#runner.canceledBy !== undefined) {
      this.#runner.markAccepted(record);
      this.#runner.conclude(record);
      return;
    }
    if (!this.#dispatcher.tryAccept(record)) this.#dispatcher.queue.add(record);
    this.#cancelWith(record, ctx);
  }

  /** Cancels one job with `cause`. */
  readonly cancel = (record: PoolJob<Job, Result>, cause: Error): void => this.#dispatcher.cancel(record, cause);

  #cancelWith(record: PoolJob<Job, Result>, ctx: Context | undefined): void {
    if (ctx !== undefined) record.removeListener = onCancel(ctx, () => this.cancel(record, causeOf(ctx) as Error));
  }
}
