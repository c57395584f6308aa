// The calls of the user's code for a job: the function and `onEvent`. They run in the async context of the call that submitted the job.

import { tracingChannel, type TracingChannel } from "../runtime/diagnostics.ts";
import { type Goroutine, raise } from "../runtime/goroutine.ts";
import { hooks } from "../runtime/hooks.ts";
import { functionName } from "../util/inspect.ts";
import type { PoolJob } from "./job.ts";
import type { PoolEvent, PoolFunc } from "./options.ts";

const tracing = /* @__PURE__ */ tracingChannel("goro.pool.job");

export class JobFunction<Job, Result> {
  readonly #f: PoolFunc<Job, Result>;
  readonly #onEvent: ((event: PoolEvent<Job, Result>) => void) | undefined;

  /** The job whose function is on the stack. */
  currentJob: PoolJob<Job, Result> | undefined = undefined;

  constructor(f: PoolFunc<Job, Result>, onEvent: ((event: PoolEvent<Job, Result>) => void) | undefined) {
    this.#f = f;
    this.#onEvent = onEvent;
  }

  /** The name of the function; "" if it has none. */
  get name(): string {
    return functionName(this.#f);
  }

  /** Calls the function once. `goroutine` is that of the worker. */
  call(job: PoolJob<Job, Result>, goroutine: Goroutine): Result | PromiseLike<Result> {
    job.attempts++;
    const outer = this.currentJob;
    this.currentJob = job;
    const { scope, input } = job;
    const worker = job.worker as number;
    const f = tracing?.hasSubscribers === true ? this.#traced : this.#f;
    try {
      if (scope === null) return f(job, input, worker);
      if (hooks === null) return scope.runInAsyncScope(f, undefined, job, input, worker);
      return this.runInScope(job, goroutine, () => f(job, input, worker));
    } finally {
      this.currentJob = outer;
    }
  }

  /** Calls the function, with events for the subscribers of the diagnostics channels. */
  readonly #traced = (job: PoolJob<Job, Result>, input: Job, worker: number): Promise<Result> => {
    const message = { name: this.name, job: input, worker, attempt: job.attempts };
    return (tracing as TracingChannel).tracePromise(async () => this.#f(job, input, worker), message);
  };

  /** Calls `onEvent`. */
  emit(job: PoolJob<Job, Result>, goroutine: Goroutine, event: PoolEvent<Job, Result>): void {
    guarded(() => this.runInScope(job, goroutine, () => this.#onEvent?.(event)));
  }

  // The async context of the submitting call carries the goroutine of that call, but it is `goroutine` that runs.
  /** Calls `f` in the async context of the call that submitted the job. */
  runInScope<R>({ scope }: PoolJob<Job, Result>, goroutine: Goroutine, f: () => R): R {
    if (scope === null) return f();
    if (hooks === null) return scope.runInAsyncScope(f);
    const listener = hooks;
    let result!: R;
    scope.runInAsyncScope(() => listener.run(goroutine, () => void (result = f())));
    return result;
  }
}

/** Calls user code that the pool does not depend on. An error that it throws is a panic in a goroutine of its own. */
export function guarded(f: () => unknown): void {
  try {
    f();
  } catch (error) {
    raise(error);
  }
}
