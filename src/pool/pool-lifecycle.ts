// The life of a WorkerPool: its context, the calls that wait until it is idle or has ended, and its end.
//
// Invariants, whenever no method is on the stack:
//   1. A pool with a job, a map, a source or a waiting reader has a listener on its context; any other pool has none.
//   2. After the end, no call waits, and the pool has no listener, no worker and no timer.

import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { CancelableOperation } from "../runtime/cancelable-wait.ts";
import type { Cancellation } from "../runtime/cancellation.ts";
import { resolved, resolvedWith } from "../runtime/scheduler.ts";
import { park, poolIdle, poolStop } from "../runtime/wait-reasons.ts";
import type { ParkedOperation, Waiter } from "../runtime/waiter.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { type PoolJob, TrackedPromise } from "./job.ts";
import type { JobDispatcher } from "./job-dispatcher.ts";
import type { JobRunner } from "./job-runner.ts";
import type { OrderedResults } from "./ordered-results.ts";
import { type EndingPool, PoolEnd } from "./pool-end.ts";
import { StoppedError, type StopReport } from "./report.ts";
import type { ResultsChannel } from "./results-channel.ts";
import type { SourceFeeder } from "./source-feeder.ts";
import type { Worker } from "./worker-set.ts";

/** The parts of a pool that end with it. */
interface PoolParts<Job, Result> {
  readonly runner: JobRunner<Job, Result, Worker<PoolJob<Job, Result>>>;
  readonly dispatcher: JobDispatcher<Job, Result>;
  readonly results: ResultsChannel<Job, Result>;
  readonly feeder: SourceFeeder<Job, Result> | null;
}

export class PoolLifecycle<Job, Result> implements EndingPool {
  readonly #parts: PoolParts<Job, Result>;
  readonly #end: PoolEnd<Job, Result, Worker<PoolJob<Job, Result>>>;
  readonly #maps = new Set<OrderedResults<Job, Result>>();

  /** Removes the listener on the pool's context; null while there is none. */
  #detach: (() => void) | null = null;
  readonly #onCancel = (): void => this.checkContext();
  readonly #idleWaiters = new WaitQueue<Waiter<void>>();

  /** The calls of `stop` from outside of the pool, and the calls of jobs, which cannot return before these calls resolve. */
  readonly #stopWaiters: TrackedPromise<StopReport<Job>>[] = [];
  readonly #innerWaiters: TrackedPromise<StopReport<Job>>[] = [];

  /** Whether `stop` has been called, and whether a context limits how long it waits for jobs. */
  hasStopped = false;
  hasDeadline = false;

  /** How the pool ended; undefined before its end. */
  #report: StopReport<Job> | undefined;

  constructor(parts: PoolParts<Job, Result>) {
    this.#parts = parts;
    this.#end = new PoolEnd(parts.runner, this);
  }

  get hasEnded(): boolean {
    return this.#report !== undefined;
  }

  /** Adds the listener on the pool's context. */
  attach(): void {
    if (!this.hasEnded) this.#detach ??= onCancel(this.#parts.runner.settings.ctx, this.#onCancel);
  }

  /** Cuts the pool short if its context is canceled. An idle pool has no listener on its context, and notices the cancellation here. */
  checkContext(): void {
    const { runner } = this.#parts;
    const { ctx } = runner.settings;
    if (!this.hasEnded && ctx.err() !== undefined) runner.cutShort(causeOf(ctx) as Error);
  }

  /** Called when the pool has been cut short. */
  onCutShort(): void {
    this.#endMaps(this.#parts.runner.canceledBy as Error);
    this.#parts.feeder?.stop();
  }

  addMap(map: OrderedResults<Job, Result>): void {
    this.#maps.add(map);
    this.attach();
  }

  removeMap(map: OrderedResults<Job, Result>): void {
    this.#maps.delete(map);
    this.check();
  }

  /** Waits until no job is left, or `cancellation` occurs. */
  onIdle(cancellation: Cancellation | null): Promise<void> {
    if (this.hasEnded || this.#isIdle()) return resolved();
    const waiter = new CancelableOperation<void, void>(wakeIdle, poolIdle);
    this.#idleWaiters.push(waiter);
    park(waiter, poolIdle);
    return waiter.cancelBy(cancellation);
  }

  #wakeIdleWaiters(): void {
    this.#idleWaiters.drain(wakeIdle as (waiter: Waiter<void>) => void);
  }

  /**
   * Accepts all waiting jobs, and waits for the end of the pool.
   *
   * @param caller the running job that called `stop`; undefined for a call from outside of the pool
   */
  stop(ctx: Context | undefined, caller: PoolJob<Job, Result> | undefined): Promise<StopReport<Job>> {
    const { runner, dispatcher, feeder } = this.#parts;
    this.checkContext();
    this.hasStopped = true;
    dispatcher.admitWaiting(true);
    if (this.#report !== undefined) return resolvedWith(this.#report);
    const wait = new TrackedPromise<StopReport<Job>>(poolStop);
    if (caller !== undefined) runner.markStopping(caller);
    (caller === undefined ? this.#stopWaiters : this.#innerWaiters).push(wait);
    // The job's own context identifies the caller. It does not limit how long `stop` waits.
    if (ctx !== undefined && ctx !== caller) {
      this.hasDeadline = true;
      const forget = onCancel(ctx, () => {
        // A context that is derived from the context of a job ends with the job: the other jobs continue.
        if (caller?.outcome === undefined) runner.cutShort(causeOf(ctx) as Error);
      });
      void wait.promise.then(forget);
    }
    feeder?.stop();
    this.check();
    return wait.promise;
  }

  /** Ends the pool if nothing remains to wait for. Resolves `onIdle` and removes the listener on the context if the pool is idle. */
  check(): void {
    const { runner, results, feeder } = this.#parts;
    if (this.hasEnded || runner.isSweeping) return;
    if (this.#idleWaiters.first !== null && this.#isIdle()) this.#wakeIdleWaiters();
    if (this.hasStopped || runner.canceledBy !== undefined) {
      this.#end.check();
    } else if (
      this.#detach !== null &&
      this.#maps.size === 0 &&
      !results.isAwaited &&
      feeder === null &&
      this.#isIdle()
    ) {
      this.#detach();
      this.#detach = null;
    }
  }

  get active(): number {
    return this.#parts.runner.open - this.#parts.dispatcher.queue.queued;
  }

  get hasQueued(): boolean {
    return this.#parts.dispatcher.queue.queued > 0;
  }

  get limit(): number {
    return this.#parts.dispatcher.workers.limit;
  }

  // Without a deadline, an outcome is confirmed before the end, which the lease of its delivery limits.
  get isConfirming(): boolean {
    const { runner, feeder } = this.#parts;
    return feeder !== null && feeder.held > 0 && runner.canceledBy === undefined;
  }

  get isClosing(): boolean {
    return this.#parts.feeder?.isBusy === true;
  }

  resolveInner(abandoned: number): void {
    if (this.#innerWaiters.length > 0) resolveAll(this.#innerWaiters, this.#buildReport(abandoned));
  }

  finish(): void {
    const { runner, dispatcher, results, feeder } = this.#parts;
    const report = this.#buildReport(runner.running);
    this.#report = report;
    this.#end.close();
    feeder?.close();
    this.#detach?.();
    this.#endMaps(new StoppedError("WorkerPool: the pool has been stopped"));
    dispatcher.workers.close();
    results.close();
    this.#wakeIdleWaiters();
    resolveAll(this.#stopWaiters, report);
    resolveAll(this.#innerWaiters, report);
  }

  #isIdle(): boolean {
    const { runner, dispatcher, feeder } = this.#parts;
    return runner.open === 0 && runner.running === 0 && dispatcher.queue.isEmpty && (feeder?.held ?? 0) === 0;
  }

  #endMaps(reason: Error): void {
    for (const map of this.#maps) map.end(reason);
  }

  #buildReport(abandoned: number): StopReport<Job> {
    const { unfinished, canceledBy } = this.#parts.runner;
    return { unfinished, abandoned, cause: unfinished.length === 0 ? undefined : canceledBy };
  }
}

/** Resolves all waiting calls with `result`. */
function wakeIdle(waiter: ParkedOperation<void, void>): void {
  waiter.resume(poolIdle, undefined);
}

function resolveAll<R>(waiters: TrackedPromise<R>[], result: R): void {
  for (const wait of waiters.splice(0)) wait.finish(result);
}
