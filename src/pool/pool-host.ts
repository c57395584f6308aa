// The objects by which the parts of a WorkerPool call each other, and by which a map calls its pool.
//
// They are classes, and not objects with closures. V8 compiles a closure of which there is one, and what it calls, for the objects that the
// closure refers to. With the second pool of a process there are two, and all of that is compiled again: a job of the second pool took 1.6 times
// as long as one of the third, and takes 1.4 times as long now.

import type { TimerSource } from "../channel/channel-state.ts";
import type { Context } from "../context/context.ts";
import { withCancelCause } from "../context/derive.ts";
import type { AsyncContext } from "../runtime/async-context.ts";
import type { OutcomeListener, PoolJob } from "./job.ts";
import type { JobAdmission } from "./job-admission.ts";
import type { DispatcherHost, JobDispatcher } from "./job-dispatcher.ts";
import type { RunnerHost } from "./job-runner.ts";
import type { JobSubmitter, OrderedResults } from "./ordered-results.ts";
import type { PoolLifecycle } from "./pool-lifecycle.ts";
import type { SourceFeeder } from "./source-feeder.ts";
import type { Worker } from "./worker-set.ts";

type WorkerOf<Job, Result> = Worker<PoolJob<Job, Result>>;

/** What the runner, the dispatcher and the channel of results call. The pool sets the fields while it is constructed. */
export class PoolHost<Job, Result>
  implements RunnerHost<Job, Result, WorkerOf<Job, Result>>, DispatcherHost, TimerSource
{
  dispatcher!: JobDispatcher<Job, Result>;
  lifecycle!: PoolLifecycle<Job, Result>;
  feeder: SourceFeeder<Job, Result> | null = null;

  nextJob(worker: WorkerOf<Job, Result>, now: number | undefined): PoolJob<Job, Result> | null {
    return this.dispatcher.nextJob(worker, now);
  }

  lateJob(worker: WorkerOf<Job, Result>): PoolJob<Job, Result> | null | undefined {
    return worker.isStarted ? worker.job : undefined;
  }

  onReturn(worker: WorkerOf<Job, Result>, _job: PoolJob<Job, Result>, now: number): Promise<void> | undefined {
    return this.dispatcher.onReturn(worker, now);
  }

  activeJobs(): Iterable<PoolJob<Job, Result>> {
    return this.dispatcher.workers.activeJobs();
  }

  takeQueued(): PoolJob<Job, Result> | undefined {
    return this.dispatcher.queue.take();
  }

  onCutShort(): void {
    this.lifecycle.onCutShort();
  }

  onChange(): void {
    this.lifecycle.check();
  }

  checkContext(): void {
    this.lifecycle.checkContext();
  }

  onAccept(): void {
    this.lifecycle.attach();
  }

  onWorkerIdle(): void {
    this.feeder?.check();
    this.lifecycle.check();
  }

  poll(): void {
    this.lifecycle.checkContext();
  }

  arm(): void {
    this.lifecycle.attach();
  }

  disarm(): void {
    this.lifecycle.check();
  }
}

/** What a map calls. */
export class MapSubmitter<Job, Result> implements JobSubmitter<Job, Result> {
  readonly #host: PoolHost<Job, Result>;
  readonly #admission: JobAdmission<Job, Result>;

  /** The context of the call of `map`; undefined for that of the pool. */
  readonly #ctx: Context | undefined;
  readonly #poolContext: Context;
  readonly #maxInFlight: number | undefined;

  constructor(
    host: PoolHost<Job, Result>,
    admission: JobAdmission<Job, Result>,
    ctx: Context | undefined,
    poolContext: Context,
    maxInFlight: number | undefined,
  ) {
    this.#host = host;
    this.#admission = admission;
    this.#ctx = ctx;
    this.#poolContext = poolContext;
    this.#maxInFlight = maxInFlight;
  }

  maxInFlight(): number {
    return this.#maxInFlight ?? 2 * Math.max(this.#host.dispatcher.workers.limit, 1);
  }

  rejectionReason(): Error | undefined {
    return this.#admission.rejectionReason("WorkerPool", this.#ctx);
  }

  join(map: OrderedResults<Job, Result>): [ctx: Context, cancel: (cause?: Error) => void] {
    this.#host.lifecycle.addMap(map);
    return withCancelCause(this.#ctx ?? this.#poolContext);
  }

  leave(map: OrderedResults<Job, Result>): void {
    this.#host.lifecycle.removeMap(map);
  }

  enqueue(
    job: Job,
    ctx: Context,
    listener: OutcomeListener<Job, Result>,
    scope: AsyncContext | null,
  ): PoolJob<Job, Result> {
    const record = this.#admission.createJob(job, ctx, listener, undefined, scope);
    if (!this.#admission.tryAccept("WorkerPool", record)) this.#admission.enqueue(record);
    return record;
  }

  cancel(job: PoolJob<Job, Result>, cause: Error): void {
    this.#admission.cancel(job, cause);
  }
}
