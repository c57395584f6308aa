// The pool as a function: jobs come from one channel, outcomes go to another, and it returns after the last worker has stopped.
//
// Invariants, whenever no method is on the stack:
//   1. `#here` counts the workers that have started and not stopped; `#leave` is the only place where a worker stops.
//   2. The run ends in `#finish`, once: when no worker is here and no outcome is to be delivered.
//   3. A run that was cut short receives no job.

import { Channel, channelStateOf, type ReceiveChannel, type SendChannel } from "../channel/channel.ts";
import type { ChannelState } from "../channel/channel-state.ts";
import { receive, select } from "../channel/select.ts";
import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { captureAsyncContext, runIn } from "../runtime/async-context.ts";
import { checkFunction, describe } from "../util/validate.ts";
import type { Goroutine } from "../runtime/goroutine.ts";
import { poolRun } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { rejected, resolved, resolvedPromise } from "../runtime/scheduler.ts";
import { JobRunner, guarded, type Hand } from "./job-runner.ts";
import { Delivery } from "./delivery.ts";
import { type PoolFunc, type RunPoolOptions, settleRun, type ResolvedPoolOptions } from "./options.ts";
import type { JobOutcome } from "./outcome.ts";
import { type RunReport, StoppedError } from "./report.ts";
import { TrackedPromise } from "./tracked-promise.ts";
import { type OutcomeListener, PoolJob } from "./job.ts";

/**
 * Calls `f` with each job that comes from `jobs`, with some workers at once, and sends each outcome to `results`. It returns when
 * `jobs` is closed and empty and the last worker has stopped; before that it closes `results`, once. The report says whether the
 * run was cut short.
 *
 * Run it beside the goroutines that send the jobs and read the results: both channels push back, as channels do.
 *
 * Errors: a failed job is an outcome. Rejects with `TypeError` or `RangeError` for arguments that make no sense, and then touches no
 * channel. Rejects with {@link PanicError} if other code closes `results`: the run is cut short with that error, and functions are
 * waited for `grace` at most.
 *
 * Cancellation: when `ctx` ends, or with `onError: "cancel"` at the first error, the run is cut short: it receives no more jobs,
 * the jobs at work are canceled, and the report has the cause. Jobs that are sent later stay in the channel, so a sender selects on
 * `ctx.done()`. Functions that ignore their context are waited for `grace` milliseconds at most. Outcomes are offered to the reader
 * as long as it keeps taking them, and for `grace` milliseconds after the last one; those that are left are in the report.
 *
 * Mirrors what a Go program writes by hand: workers that range over a channel, a `WaitGroup`, and a goroutine that closes the
 * results.
 *
 * @example
 * const jobs = new Channel<number>();
 * const results = new Channel<Outcome<number, number>>();
 * go(async () => {
 *   for (let n = 1; n <= 5; n++) await jobs.send(n);
 *   jobs.close();
 * });
 * go(async () => runPool(context.background(), jobs, results, async (_ctx, n) => n * n, { workers: 3 }));
 * for await (const { job, value } of results) console.log(`${job} squared is ${value}`);
 */
export function runPool<Job, Result>(
  ctx: Context,
  jobs: ReceiveChannel<Job>,
  results: SendChannel<JobOutcome<Job, Result>>,
  f: PoolFunc<Job, Result>,
  options: RunPoolOptions<Job, Result> = {},
): Promise<RunReport<Job, Result>> {
  try {
    checkFunction("runPool", f);
    const cores = [coreFor("jobs", jobs), coreFor("results", results)] as const;
    return new PoolRun(jobs, results, cores, f, settleRun(ctx, options)).report;
  } catch (error) {
    return rejected(error);
  }
}

/** A worker of a run. */
class RunWorker<Job, Result> implements Hand {
  readonly id: number;
  goroutine: Goroutine | null = null;
  work: PoolJob<Job, Result> | null = null;
  hasStarted = false;
  isHere = true;

  constructor(id: number) {
    this.id = id;
  }
}

/** The workers between two channels, from their start to the end of the last one. */
class PoolRun<Job, Result> implements OutcomeListener<Job, Result> {
  readonly #jobs: ReceiveChannel<Job>;
  readonly #jobsCore: ChannelState<Job>;
  readonly #results: SendChannel<JobOutcome<Job, Result>>;
  readonly #ctx: Context;
  readonly #runner: JobRunner<Job, Result, RunWorker<Job, Result>>;
  readonly #delivery: Delivery<Job, Result>;
  readonly #workers: RunWorker<Job, Result>[];
  readonly #scope = captureAsyncContext();
  readonly #wait = new TrackedPromise<RunReport<Job, Result>>(poolRun);
  #here: number;

  /** How many workers wait for the delivery of their outcome. */
  #held = 0;
  #lastOrder = 0;
  #isFinished = false;

  /** Closed when the run is cut short. */
  readonly #cut = new Channel<never>();

  /** Why `runPool` rejects: other code has closed the results. */
  #failure: Error | undefined;

  readonly #grace = new RuntimeTimer("pool grace", () => this.#giveUp());
  readonly #stopListening: (() => void)[];

  constructor(
    jobs: ReceiveChannel<Job>,
    results: SendChannel<JobOutcome<Job, Result>>,
    [jobsCore, resultsCore]: readonly [ChannelState<Job>, ChannelState<JobOutcome<Job, Result>>],
    f: PoolFunc<Job, Result>,
    settings: ResolvedPoolOptions<Job, Result>,
  ) {
    const { ctx, grace, max } = settings;
    this.#jobs = jobs;
    this.#jobsCore = jobsCore;
    this.#results = results;
    this.#ctx = ctx;
    this.#delivery = new Delivery(results, this.#cut, grace, {
      failed: (error) => this.#fail(error),
      emptied: () => this.#look(),
    });
    this.#runner = new JobRunner(f, settings, {
      next: (worker) => this.#next(worker),
      late: () => null,
      finished: (worker, work) => this.#finished(worker, work),
      works: () => this.#activeJobs(),
      takeLeft: () => undefined,
      cut: () => this.#cut.close(),
      look: () => this.#look(),
    });
    this.#here = max;
    this.#workers = Array.from({ length: max }, (_, i) => new RunWorker<Job, Result>(i + 1));
    this.#stopListening = [
      onCancel(ctx, () => this.#runner.cut(causeOf(ctx) as Error)),
      jobsCore.onClose(() => this.#look()),
      resultsCore.onClose(() => this.#fail(new PanicError("send on closed channel"))),
    ];
    for (const worker of this.#workers) {
      this.#runner.start("runPool", worker);
    }
  }

  /** The report, once the run has ended. */
  get report(): Promise<RunReport<Job, Result>> {
    return this.#wait.promise;
  }

  settled(work: PoolJob<Job, Result>): void {
    this.#delivery.add(work);
  }

  async #next(worker: RunWorker<Job, Result>): Promise<PoolJob<Job, Result> | null> {
    if (!worker.hasStarted) {
      worker.hasStarted = true;
      this.#callHook(() => this.#runner.settings.onWorkerStart?.(worker.id));
    }
    const job = worker.isHere ? await this.#receive() : undefined;
    if (job === undefined) {
      this.#workerExited(worker);
      return null;
    }
    // Each job has an async context of its own, for what its function stores there.
    const scope = this.#scope === null ? null : this.#scope.runInAsyncScope(captureAsyncContext);
    const work = new PoolJob<Job, Result>(job.value, this.#ctx, this.#runner, scope, this, 0, ++this.#lastOrder);
    this.#runner.markAccepted(work);
    worker.work = work;
    return work;
  }

  /** Receives a job; undefined, if there will be none. */
  async #receive(): Promise<{ readonly value: Job } | undefined> {
    // A select would choose at random when both are ready.
    if (this.#isCut) return undefined;
    const received = this.#jobs.tryReceive();
    if (received !== undefined) return received.ok ? received : undefined;
    const s = await select({ job: receive(this.#jobs), cut: receive(this.#cut) });
    return s.case === "job" && s.ok ? { value: s.value } : undefined;
  }

  // The end of a context that is not the library's own may be seen here first.
  get #isCut(): boolean {
    if (this.#ctx.err() !== undefined) this.#runner.cut(causeOf(this.#ctx) as Error);
    return this.#runner.endedBy !== undefined;
  }

  // The reader holds back the worker: it takes no other job until the outcome of this one is delivered.
  #finished(worker: RunWorker<Job, Result>, work: PoolJob<Job, Result>): Promise<void> | undefined {
    worker.work = null;
    const delivered = worker.isHere ? this.#delivery.of(work) : undefined;
    if (delivered !== undefined) return this.#hold(delivered);
    const gate = resolved();
    return gate === resolvedPromise ? undefined : gate;
  }

  async #hold(delivered: Promise<void>): Promise<void> {
    this.#held++;
    this.#look();
    await delivered;
    this.#held--;
  }

  *#activeJobs(): Generator<PoolJob<Job, Result>, undefined> {
    for (const { work } of this.#workers) if (work !== null) yield work;
  }

  #workerExited(worker: RunWorker<Job, Result>): void {
    if (!worker.isHere) return;
    worker.isHere = false;
    this.#here--;
    this.#callHook(() => this.#runner.settings.onWorkerStop?.(worker.id));
    this.#look();
  }

  #callHook(hook: () => unknown): void {
    guarded(() => {
      runIn(this.#scope, hook);
    });
  }

  /** The results have been closed by other code. */
  #fail(error: Error): void {
    if (this.#isFinished) return;
    this.#failure ??= error;
    this.#runner.cut(error);
  }

  /** Ends the run, if nothing is left to wait for but functions whose jobs are over. */
  #look(): void {
    if (this.#isFinished || this.#runner.isSweeping) return;
    if (this.#here === 0 && this.#delivery.isEmpty) this.#finish();
    else if (this.#isStuck && !this.#grace.isSet) this.#grace.start(this.#runner.settings.grace);
  }

  /** Whether the run is to end, and the workers that could still do something for it wait for functions whose jobs are over. */
  get #isStuck(): boolean {
    const { abandoned, endedBy } = this.#runner;
    if (this.#here - this.#held !== abandoned || abandoned === 0) return false;
    return endedBy !== undefined || (this.#jobsCore.closed && (this.#held === 0 || !this.#jobsCore.canReceive));
  }

  #giveUp(): void {
    if (!this.#isStuck) return;
    if (this.#jobsCore.canReceive) this.#runner.cut(new StoppedError("runPool: no function has come back"));
    for (const worker of this.#workers) if (worker.work !== null) this.#workerExited(worker);
  }

  #finish(): void {
    this.#isFinished = true;
    this.#grace.cancel();
    for (const stop of this.#stopListening) stop();
    const { unfinished: undone, abandoned, endedBy: cause } = this.#runner;
    if (this.#failure !== undefined) {
      this.#wait.fail(this.#failure);
      return;
    }
    this.#results.close();
    const { undelivered } = this.#delivery;
    this.#wait.finish({ isCutShort: cause !== undefined, cause, undone, abandoned, undelivered });
  }
}

function coreFor<T>(name: string, channel: ReceiveChannel<T> | SendChannel<T>): ChannelState<T> {
  const state = typeof channel === "object" && channel !== null ? channelStateOf(channel) : undefined;
  if (state === undefined) throw new TypeError(`runPool: ${name} must be a Channel, got ${describe(channel)}`);
  return state;
}
