// The end of a WorkerPool: the calls of `stop`, and when they resolve.

import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { resolvedWith } from "../runtime/scheduler.ts";
import { poolStop } from "../runtime/wait-reasons.ts";
import { type PoolJob, TrackedPromise } from "./job.ts";
import type { JobDispatcher } from "./job-dispatcher.ts";
import type { JobRunner } from "./job-runner.ts";
import { StoppedError, type StopReport } from "./report.ts";
import type { SourceFeeder } from "./source-feeder.ts";
import type { Worker } from "./worker-set.ts";

type Runner<Job, Result> = JobRunner<Job, Result, Worker<PoolJob<Job, Result>>>;

export class PoolShutdown<Job, Result> {
  readonly #runner: Runner<Job, Result>;
  readonly #dispatcher: JobDispatcher<Job, Result>;
  readonly #feeder: SourceFeeder<Job, Result> | null;
  readonly #onFinish: () => void;

  /** The calls of `stop` from outside of the pool, and the calls of jobs, which cannot return before these calls resolve. */
  readonly #waiters: TrackedPromise<StopReport<Job>>[] = [];
  readonly #innerWaiters: TrackedPromise<StopReport<Job>>[] = [];

  /** Whether a context limits how long `stop` waits for jobs. */
  #hasDeadline = false;
  #graceExpired = false;

  /** Whether `stop` has been called. */
  hasBegun = false;

  /** How the pool ended; undefined before its end. */
  report: StopReport<Job> | undefined;

  /** `onFinish` is called once, at the end of the pool. */
  constructor(
    runner: Runner<Job, Result>,
    dispatcher: JobDispatcher<Job, Result>,
    feeder: SourceFeeder<Job, Result> | null,
    onFinish: () => void,
  ) {
    this.#runner = runner;
    this.#dispatcher = dispatcher;
    this.#feeder = feeder;
    this.#onFinish = onFinish;
  }

  /**
   * Accepts all waiting jobs, and waits for the end of the pool. The caller calls `check` afterwards.
   *
   * @param caller the running job that called `stop`; undefined for a call from outside of the pool
   */
  begin(ctx: Context | undefined, caller: PoolJob<Job, Result> | undefined): Promise<StopReport<Job>> {
    this.hasBegun = true;
    this.#dispatcher.admitWaiting(true);
    if (this.report !== undefined) return resolvedWith(this.report);
    const wait = new TrackedPromise<StopReport<Job>>(poolStop);
    if (caller !== undefined) this.#runner.markStopping(caller);
    (caller === undefined ? this.#waiters : this.#innerWaiters).push(wait);
    // The job's own context identifies the caller. It does not limit how long `stop` waits.
    if (ctx !== undefined && ctx !== caller) {
      this.#hasDeadline = true;
      const forget = onCancel(ctx, () => {
        // A context that is derived from the context of a job ends with the job: the other jobs continue.
        if (caller?.outcome === undefined) this.#runner.cutShort(causeOf(ctx) as Error);
      });
      void wait.promise.then(forget);
    }
    return wait.promise;
  }

  /** Called when the grace period has expired: from now on `check` does not wait for abandoned functions if no other job runs. */
  expireGrace(): void {
    this.#graceExpired = this.#runner.open - this.#dispatcher.queue.queued === this.#runner.openStopping;
  }

  /** Ends the pool if nothing remains to wait for; starts the grace period if only abandoned functions remain. */
  check(): void {
    const { open, running, abandoned, openStopping, abandonedStopping } = this.#runner;
    const { queued } = this.#dispatcher.queue;
    const { limit } = this.#dispatcher.workers;
    const others = abandoned - abandonedStopping;
    if (queued > 0) {
      // If jobs that wait in `stop` hold all workers that the queued jobs need, their calls resolve first.
      if (running >= limit && running === abandoned + openStopping) this.#resolveInner(others);
      // If no function returns, no worker takes the queued jobs. Without a deadline, nothing cancels them either.
      if (this.#hasDeadline || abandoned < limit || abandoned < running || open > queued) return;
      if (!this.#graceExpired) this.#runner.startGrace();
      else this.#runner.cutShort(new StoppedError("WorkerPool: abandoned jobs did not return within the grace period"));
      return;
    }
    if (open > openStopping) return;
    // Only jobs that wait for the others remain, and functions whose jobs have an outcome.
    if (others === 0 || this.#graceExpired) this.#resolveInner(others);
    if (open === 0 && this.#mustWaitForSource) return;
    const isBusy = abandoned > 0 || this.#feeder?.isBusy === true;
    if (open === 0 && (!isBusy || this.#graceExpired)) this.#finish();
    else if (isBusy && !this.#graceExpired) this.#runner.startGrace();
  }

  // Without a deadline, an outcome is confirmed before the end, which the lease of its delivery limits.
  get #mustWaitForSource(): boolean {
    return this.#feeder !== null && this.#feeder.held > 0 && this.#runner.canceledBy === undefined;
  }

  #finish(): void {
    const report = this.#buildReport(this.#runner.running);
    this.report = report;
    this.#onFinish();
    resolveAll(this.#waiters, report);
    resolveAll(this.#innerWaiters, report);
  }

  #resolveInner(abandoned: number): void {
    if (this.#innerWaiters.length > 0) resolveAll(this.#innerWaiters, this.#buildReport(abandoned));
  }

  #buildReport(abandoned: number): StopReport<Job> {
    const { unfinished, canceledBy } = this.#runner;
    return { unfinished, abandoned, cause: unfinished.length === 0 ? undefined : canceledBy };
  }
}

/** Resolves all waiting calls with `result`. */
export function resolveAll<R>(waiters: TrackedPromise<R>[], result: R): void {
  for (const wait of waiters.splice(0)) wait.finish(result);
}
