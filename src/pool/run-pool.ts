// The pool as a function: jobs come from one channel, outcomes go to another, and it resolves after the last worker has stopped.
//
// Invariants, whenever no method is on the stack:
//   1. `#present` counts the workers that have started and not stopped; `#stopWorker` is the only place where a worker stops.
//   2. The run ends in `finish`, once: when no worker is present and no outcome is left to be delivered.
//   3. A run that was cut short receives no job.

import { Channel, channelStateOf, type ReceiveChannel, type SendChannel } from "../channel/channel.ts";
import type { ChannelState } from "../channel/channel-state.ts";
import { receive, select, send } from "../channel/select.ts";
import { causeOf, onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { captureAsyncContext, runIn } from "../runtime/async-context.ts";
import { spawn } from "../runtime/goroutine.ts";
import { PanicError } from "../runtime/panic.ts";
import { rejected, resolved, resolvedPromise } from "../runtime/scheduler.ts";
import { chanSend, poolRun } from "../runtime/wait-reasons.ts";
import { TimerChannel } from "../time/timer-channel.ts";
import { toError } from "../util/inspect.ts";
import { RingBuffer } from "../util/ring-buffer.ts";
import { checkFunction, describe } from "../util/validate.ts";
import { Listener } from "../util/wait-queue.ts";
import { type JobOutcome, type OutcomeListener, PoolJob, TrackedPromise } from "./job.ts";
import { guarded } from "./job-function.ts";
import { JobRunner } from "./job-runner.ts";
import type { RunnerWorker } from "./worker-loop.ts";
import { type PoolFunc, type ResolvedPoolOptions, resolveRunOptions, type RunPoolOptions } from "./options.ts";
import { type EndingPool, PoolEnd } from "./pool-end.ts";
import type { RunReport } from "./report.ts";

/**
 * Calls `f` with each job that it receives from `jobs`, several at a time, and sends each outcome to `results`. It resolves when `jobs`
 * is closed and empty and the last worker has stopped, after it has closed `results`. The report says whether the run was cut short.
 *
 * Run it beside the goroutines that send the jobs and read the results: both channels block as channels do.
 *
 * A failed job is an outcome. Mirrors what a Go program writes by hand: workers that range over a channel, a `WaitGroup`, and a goroutine
 * that closes the results.
 *
 * Cancellation: when `ctx` is canceled, or with `stopOnError` at the first failed job, the run is cut short. It receives no more jobs, the
 * running jobs are canceled, and the report has the cause. Jobs that are sent later stay in the channel: the sender selects on
 * `ctx.done()`. Functions that ignore their context are awaited until the grace period expires. Outcomes are offered to the reader until it
 * has taken none for the grace period; the report has the others.
 *
 * @param ctx the context of the run
 * @throws {TypeError | RangeError} (rejects) for invalid arguments; no channel is used then.
 * @throws {PanicError} (rejects) if `results` is closed by other code: the run is cut short with that error.
 * @example
 * const jobs = new Channel<number>();
 * const results = new Channel<JobOutcome<number, number>>();
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
    const states = [stateOf("jobs", jobs), stateOf("results", results)] as const;
    return new PoolRun(jobs, results, states, f, resolveRunOptions(ctx, options)).report;
  } catch (error) {
    return rejected(error);
  }
}

/** A worker of a run. */
class RunWorker<Job, Result> implements RunnerWorker {
  readonly id: number;
  hasGoroutine = false;
  loop: { start(): void } | null = null;
  job: PoolJob<Job, Result> | null = null;
  hasStarted = false;
  isPresent = true;

  constructor(id: number) {
    this.id = id;
  }
}

/** The workers between two channels, from their start to the end of the last worker. */
class PoolRun<Job, Result> implements OutcomeListener<Job, Result>, EndingPool {
  readonly #jobs: ReceiveChannel<Job>;
  readonly #jobsState: ChannelState<Job>;
  readonly #results: SendChannel<JobOutcome<Job, Result>>;
  readonly #ctx: Context;
  readonly #runner: JobRunner<Job, Result, RunWorker<Job, Result>>;
  readonly #delivery: Delivery<Job, Result>;
  readonly #end: PoolEnd<Job, Result, RunWorker<Job, Result>>;
  readonly #workers: RunWorker<Job, Result>[];
  readonly #scope = captureAsyncContext();
  readonly #wait = new TrackedPromise<RunReport<Job, Result>>(poolRun);
  #present: number;

  /** The number of workers that wait for the delivery of an outcome. */
  #held = 0;
  #lastOrder = 0;
  #isFinished = false;

  /** Closed when the run is cut short. */
  readonly #cut = new Channel<never>();

  /** Why `runPool` rejects: other code has closed the results. */
  #failure: Error | undefined;
  readonly #removeListeners: (() => void)[];

  constructor(
    jobs: ReceiveChannel<Job>,
    results: SendChannel<JobOutcome<Job, Result>>,
    [jobsState, resultsState]: readonly [ChannelState<Job>, ChannelState<JobOutcome<Job, Result>>],
    f: PoolFunc<Job, Result>,
    settings: ResolvedPoolOptions<Job, Result>,
  ) {
    const { ctx, gracePeriod, workers } = settings;
    this.#jobs = jobs;
    this.#jobsState = jobsState;
    this.#results = results;
    this.#ctx = ctx;
    this.#delivery = new Delivery(results, resultsState, this.#cut, gracePeriod, {
      onError: (error) => this.#fail(error),
      onEmpty: () => this.#checkState(),
    });
    this.#runner = new JobRunner("runPool", f, settings, {
      nextJob: (worker) => this.#nextJob(worker),
      lateJob: () => undefined,
      onReturn: (worker, job) => this.#onReturn(worker, job),
      activeJobs: () => this.#activeJobs(),
      takeQueued: () => undefined,
      onCutShort: () => this.#cut.close(),
      onChange: () => this.#checkState(),
    });
    this.#end = new PoolEnd(this.#runner, this);
    this.#present = workers;
    this.#workers = Array.from({ length: workers }, (_, i) => new RunWorker<Job, Result>(i + 1));
    this.#removeListeners = [
      onCancel(ctx, () => this.#runner.cutShort(causeOf(ctx) as Error)),
      onClose(jobsState, () => this.#checkState()),
      onClose(resultsState, () => this.#fail(new PanicError("send on closed channel"))),
    ];
    for (const worker of this.#workers) this.#runner.start(worker);
  }

  /** The report, once the run has ended. */
  get report(): Promise<RunReport<Job, Result>> {
    return this.#wait.promise;
  }

  onOutcome(job: PoolJob<Job, Result>): void {
    this.#delivery.add(job);
  }

  async #nextJob(worker: RunWorker<Job, Result>): Promise<PoolJob<Job, Result> | null> {
    if (!worker.hasStarted) {
      worker.hasStarted = true;
      this.#callHook(() => this.#runner.settings.onWorkerStart?.(worker.id));
    }
    const received = worker.isPresent ? await this.#receive() : undefined;
    if (received === undefined) {
      this.#stopWorker(worker);
      return null;
    }
    // Each job has its own async context, for what its function stores there.
    const scope = this.#scope === null ? null : this.#scope.runInAsyncScope(captureAsyncContext);
    const job = new PoolJob<Job, Result>(received.value, this.#ctx, this.#runner, scope, this, 0, ++this.#lastOrder);
    this.#runner.markAccepted(job);
    worker.job = job;
    return job;
  }

  /** Receives a job; undefined if the run gets no more jobs. */
  async #receive(): Promise<{ readonly value: Job } | undefined> {
    // First, because a select chooses at random if both cases are ready.
    if (this.#isCutShort) return undefined;
    const received = this.#jobs.tryReceive();
    if (received !== undefined) return received.ok ? received : undefined;
    const s = await select({ job: receive(this.#jobs), cut: receive(this.#cut) });
    return s.case === "job" && s.ok ? { value: s.value } : undefined;
  }

  // The cancellation of a context that is not the library's own may be noticed here first.
  get #isCutShort(): boolean {
    if (this.#ctx.err() !== undefined) this.#runner.cutShort(causeOf(this.#ctx) as Error);
    return this.#runner.canceledBy !== undefined;
  }

  // A slow reader holds the worker: it takes no job until the outcome of its job is delivered.
  #onReturn(worker: RunWorker<Job, Result>, job: PoolJob<Job, Result>): Promise<void> | undefined {
    worker.job = null;
    const delivered = worker.isPresent ? this.#delivery.whenDelivered(job) : undefined;
    if (delivered !== undefined) return this.#hold(delivered);
    const turn = resolved();
    return turn === resolvedPromise ? undefined : turn;
  }

  async #hold(delivered: Promise<void>): Promise<void> {
    this.#held++;
    this.#checkState();
    await delivered;
    this.#held--;
  }

  *#activeJobs(): Generator<PoolJob<Job, Result>, undefined> {
    for (const { job } of this.#workers) if (job !== null) yield job;
  }

  #stopWorker(worker: RunWorker<Job, Result>): void {
    if (!worker.isPresent) return;
    worker.isPresent = false;
    this.#present--;
    this.#callHook(() => this.#runner.settings.onWorkerStop?.(worker.id));
    this.#checkState();
  }

  #callHook(hook: () => unknown): void {
    guarded(() => {
      runIn(this.#scope, hook);
    });
  }

  /** Called when other code has closed the results. */
  #fail(error: Error): void {
    if (this.#isFinished) return;
    this.#failure ??= error;
    this.#runner.cutShort(error);
  }

  #checkState(): void {
    if (this.#isFinished || this.#runner.isSweeping) return;
    if (this.#jobsState.closed || this.#runner.canceledBy !== undefined) this.#end.check();
  }

  get active(): number {
    return this.#present - this.#held - this.#runner.abandoned;
  }

  get hasQueued(): boolean {
    return this.#runner.canceledBy === undefined && this.#jobsState.canReceive;
  }

  get limit(): number {
    return this.#workers.length;
  }

  finish(): void {
    if (this.#held > 0 || !this.#delivery.isEmpty) return;
    this.#isFinished = true;
    for (const worker of this.#workers) this.#stopWorker(worker);
    this.#end.close();
    for (const removeListener of this.#removeListeners) removeListener();
    const { unfinished, abandoned, canceledBy: cause } = this.#runner;
    if (this.#failure !== undefined) {
      this.#wait.fail(this.#failure);
      return;
    }
    this.#results.close();
    const { undelivered } = this.#delivery;
    this.#wait.finish({ isCutShort: cause !== undefined, cause, unfinished, abandoned, undelivered });
  }
}

/** The events of a delivery. */
interface DeliveryEvents {
  /** A send has panicked: the results are closed. */
  onError(error: Error): void;

  /** No outcome is left to be delivered. */
  onEmpty(): void;
}

/**
 * Sends the outcomes of a run to its reader.
 *
 * Invariants, whenever no method is on the stack:
 *   1. Outcomes are sent in the order in which they were added.
 *   2. While `#waiting` holds a job, one goroutine offers the outcome of the first job to the reader.
 *   3. A job is in `#waiting` until its outcome has been delivered, or delivery has ended.
 */
class Delivery<Job, Result> {
  readonly #results: SendChannel<JobOutcome<Job, Result>>;
  readonly #resultsState: ChannelState<JobOutcome<Job, Result>>;
  readonly #cut: ReceiveChannel<never>;
  readonly #gracePeriod: number;
  readonly #events: DeliveryEvents;
  readonly #waiting = new RingBuffer<PoolJob<Job, Result>>();

  /** The workers that wait until the outcome of their job is delivered. */
  readonly #held = new Map<PoolJob<Job, Result>, TrackedPromise<void> | null>();
  #isSending = false;

  /** Whether delivery has ended: the results are closed, or the grace period has expired. An outcome is then offered once. */
  #hasEnded = false;

  /** The outcomes that were not read. */
  readonly undelivered: JobOutcome<Job, Result>[] = [];

  /** Once `cut` is closed, delivery ends `gracePeriod` milliseconds after the reader has taken the last outcome. */
  constructor(
    results: SendChannel<JobOutcome<Job, Result>>,
    resultsState: ChannelState<JobOutcome<Job, Result>>,
    cut: ReceiveChannel<never>,
    gracePeriod: number,
    events: DeliveryEvents,
  ) {
    this.#results = results;
    this.#resultsState = resultsState;
    this.#cut = cut;
    this.#gracePeriod = gracePeriod;
    this.#events = events;
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Sends the outcome of a job, now or when the reader takes it. */
  add(job: PoolJob<Job, Result>): void {
    if (!this.#isSending && this.#offer(job)) return;
    if (this.#hasEnded) {
      this.undelivered.push(job.outcome as JobOutcome<Job, Result>);
      return;
    }
    this.#waiting.push(job);
    this.#held.set(job, null);
    if (this.#isSending) return;
    this.#isSending = true;
    // Reports and traces show the name of this function.
    const poolDelivery = (): Promise<void> => this.#sendAll();
    spawn("runPool", poolDelivery, [], null);
  }

  /** Waits until the outcome of a job has been delivered or delivery has ended; undefined if that is so. */
  whenDelivered(job: PoolJob<Job, Result>): Promise<void> | undefined {
    if (!this.#held.has(job)) return undefined;
    const wait = new TrackedPromise<void>(chanSend);
    this.#held.set(job, wait);
    return wait.promise;
  }

  async #sendAll(): Promise<void> {
    let grace: ReceiveChannel<number> | null = null;
    while (this.#waiting.length > 0 && !this.#hasEnded) {
      const job = this.#waiting.first as PoolJob<Job, Result>;
      let isTaken = this.#offer(job);
      if (this.#hasEnded) break;
      if (!isTaken) {
        try {
          const s = await select({
            sent: send(this.#results, job.outcome as JobOutcome<Job, Result>),
            cut: receive(grace === null ? this.#cut : null),
            expired: receive(grace),
          });
          isTaken = s.case === "sent";
          if (s.case === "expired") this.#hasEnded = true;
          else if (grace !== null || s.case === "cut") grace = new TimerChannel(this.#gracePeriod, 0).channel;
        } catch (error) {
          this.#fail(error);
        }
      }
      if (isTaken) this.#release(this.#waiting.shift());
    }
    this.#isSending = false;
    while (this.#waiting.length > 0) {
      const job = this.#waiting.shift();
      this.undelivered.push(job.outcome as JobOutcome<Job, Result>);
      this.#release(job);
    }
    this.#events.onEmpty();
  }

  #offer(job: PoolJob<Job, Result>): boolean {
    try {
      return this.#resultsState.sendIfReady(job.outcome as JobOutcome<Job, Result>);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #fail(error: unknown): void {
    this.#hasEnded = true;
    this.#events.onError(toError(error));
  }

  #release(job: PoolJob<Job, Result>): void {
    this.#held.get(job)?.finish();
    this.#held.delete(job);
  }
}

class CloseListener extends Listener {
  readonly notify: () => void;

  constructor(notify: () => void) {
    super();
    this.notify = notify;
  }
}

function onClose<T>(state: ChannelState<T>, notify: () => void): () => void {
  const listener = new CloseListener(notify);
  state.onClose(listener);
  return () => listener.queue?.remove(listener);
}

function stateOf<T>(name: string, channel: ReceiveChannel<T> | SendChannel<T>): ChannelState<T> {
  const state = typeof channel === "object" && channel !== null ? channelStateOf(channel) : undefined;
  if (state === undefined) throw new TypeError(`runPool: ${name} must be a Channel, got ${describe(channel)}`);
  return state;
}
