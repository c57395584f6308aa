// The object by which a map calls its pool.

import type { Context } from "../context/context.ts";
import { withCancelCause } from "../context/derive.ts";
import type { AsyncContext } from "../runtime/async-context.ts";
import type { OutcomeListener, PoolJob } from "./job.ts";
import type { JobAdmission } from "./job-admission.ts";
import type { JobDispatcher } from "./job-dispatcher.ts";
import type { JobSubmitter, OrderedResults } from "./ordered-results.ts";
import type { PoolLifecycle } from "./pool-lifecycle.ts";

/** What a map calls. */
export class MapSubmitter<Job, Result> implements JobSubmitter<Job, Result> {
  readonly #dispatcher: JobDispatcher<Job, Result>;
  readonly #lifecycle: PoolLifecycle<Job, Result>;
  readonly #admission: JobAdmission<Job, Result>;

  /** The context of the call of `map`; undefined for that of the pool. */
  readonly #ctx: Context | undefined;
  readonly #maxInFlight: number | undefined;

  constructor(
    dispatcher: JobDispatcher<Job, Result>,
    lifecycle: PoolLifecycle<Job, Result>,
    admission: JobAdmission<Job, Result>,
    ctx: Context | undefined,
    maxInFlight: number | undefined,
  ) {
    this.#dispatcher = dispatcher;
    this.#lifecycle = lifecycle;
    this.#admission = admission;
    this.#ctx = ctx;
    this.#maxInFlight = maxInFlight;
  }

  maxInFlight(): number {
    return this.#maxInFlight ?? 2 * Math.max(this.#dispatcher.workers.limit, 1);
  }

  rejectionReason(): Error | undefined {
    return this.#admission.rejectionReason("WorkerPool", this.#ctx);
  }

  join(map: OrderedResults<Job, Result>): [ctx: Context, cancel: (cause?: Error) => void] {
    this.#lifecycle.addMap(map);
    return withCancelCause(this.#ctx ?? this.#dispatcher.runner.settings.ctx);
  }

  leave(map: OrderedResults<Job, Result>): void {
    this.#lifecycle.removeMap(map);
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
