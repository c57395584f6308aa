// From a source to the workers of a pool: requests deliveries while workers are free, and ends each delivery with the outcome of its job.
//
// A slot is the part of a worker that the source sees. It is taken by a call of `next`, by a delivery from its arrival until the source
// has confirmed the outcome, or by a function that runs although its delivery has ended. The next call of `next` for a slot is made directly
// before the outcome is sent, but its job runs only after the source has confirmed the outcome.
//
// Invariants, whenever no method is on the stack:
//   1. `#requests` counts the goroutines that call `next` or are about to, `held` the deliveries that have arrived and have not ended.
//   2. No more slots are taken than there are workers, except after `resize` has lowered their number.
//   3. While there is a suspect, and after `stop`, the context of all calls of `next` is canceled.
//   4. The job of a suspect runs only while it is the only delivery and no call of `next` waits.
//   5. `close` of the source is called once: after `stop`, when no slot is taken, or at the end of the pool.

import type { ReceiveChannel } from "../channel/channel.ts";
import { onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { type CancelCauseFunc, withCancelCause, withValue } from "../context/derive.ts";
import { runIn } from "../runtime/async-context.ts";
import { spawn } from "../runtime/goroutine.ts";
import { writeStderr } from "../runtime/process.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { poolSource } from "../runtime/wait-reasons.ts";
import { safeToString, toError } from "../util/inspect.ts";
import { Check } from "../util/validate.ts";
import { type JobOutcome, type OutcomeListener, type PoolJob, TrackedPromise } from "./job.ts";
import { guarded } from "./job-function.ts";
import type { ResolvedPoolOptions } from "./options.ts";
import { resolveRetry, retryDelay } from "./retry.ts";
import { ChannelSource, deliveryKey, isChannelSource, type JobDelivery, type JobSource, LeaseLost } from "./source.ts";

/** The part of a pool that its feeder calls. */
interface FeederHost<Job, Result> {
  /** Returns the number of workers that the pool is to have. */
  limit(): number;

  /** Whether the pool was cut short, also by a cancellation that is noticed now: a job that is run then is canceled at once. */
  isCutShort(): boolean;

  /** The receiver of the outcomes of jobs that come from a channel. */
  readonly results: OutcomeListener<Job, Result>;

  /** Runs a job. Its context is derived from `ctx`; undefined for the context of the pool. */
  run(job: Job, ctx: Context | undefined, listener: OutcomeListener<Job, Result>): void;

  /** Called when a delivery has ended, and when the source has been closed. */
  onChange(): void;
}

/** The pauses between calls of `next` while the source fails. */
const failurePauses = /* @__PURE__ */ resolveRetry(/* @__PURE__ */ new Check("WorkerPool"), "", {
  retries: Infinity,
  delay: 100,
  maxDelay: 5000,
});

/** The pause after a call of `next` that had no job, in milliseconds: a source that does not wait must not keep the event loop busy. */
const emptyPause = 100;

export class SourceFeeder<Job, Result> {
  readonly #source: JobSource<Job, Result>;
  readonly #isChannel: boolean;
  readonly #settings: ResolvedPoolOptions<Job, Result>;
  readonly #host: FeederHost<Job, Result>;

  /** The context of all calls of `next`. */
  #requestContext: readonly [ctx: Context, cancel: CancelCauseFunc];
  #requests = 0;

  /** The deliveries that have arrived and have not ended. */
  held = 0;

  /** The deliveries among them whose outcome is being sent, and whose slot is used by another call of `next`. */
  #ending = 0;

  /** Jobs whose functions run although their deliveries have ended. */
  readonly #abandoned = new Set<PoolJob<Job, Result>>();

  /** A delivery whose lease has run out before: it runs alone. */
  #suspect: JobDelivery<Job, Result> | null = null;
  #suspectWait: TrackedPromise<void> | null = null;

  /** The number of failures of `next` since its last success. While there are any, at most one call of `next` is started at a time. */
  #failures = 0;
  readonly #pause = new RuntimeTimer("pool source", () => this.check());
  #hasStopped = false;
  #closing: "no" | "begun" | "done" = "no";

  constructor(
    source: JobSource<Job, Result> | ReceiveChannel<Job>,
    settings: ResolvedPoolOptions<Job, Result>,
    host: FeederHost<Job, Result>,
  ) {
    this.#isChannel = isChannelSource(source);
    this.#source = isChannelSource(source) ? new ChannelSource(source) : source;
    this.#settings = settings;
    this.#host = host;
    this.#requestContext = withCancelCause(settings.ctx);
  }

  /** Whether the end of the pool has to wait: a delivery is held, a call of `next` has not settled, or the source is not closed. */
  get isBusy(): boolean {
    return this.#closing !== "done";
  }

  /** Requests deliveries for all free slots, and resumes a suspect that is alone now. Called whenever a slot may have become free. */
  check(): void {
    for (const job of this.#abandoned) if (!job.isRunning) this.#abandoned.delete(job);
    while (this.#mayRequest) {
      const ctx = this.#takeSlot();
      // Reports and traces show the name of this function.
      const poolSource = (): Promise<void> => this.#useSlot(ctx);
      runIn(null, () => void spawn("WorkerPool", poolSource, [], null));
    }
    if (this.#suspectWait !== null && !this.#mustSuspectWait) {
      this.#suspectWait.finish();
      this.#suspectWait = null;
    }
    if (this.#hasStopped && this.#requests === 0 && this.held === 0) this.close();
  }

  /** Cancels the calls of `next` after the number of workers was lowered, and requests again. */
  resize(): void {
    if (this.#taken > this.#host.limit()) this.#cancelRequests("the pool has fewer workers");
    this.check();
  }

  /** Stops requesting. Deliveries that are held are finished. */
  stop(): void {
    if (this.#hasStopped) return;
    this.#hasStopped = true;
    this.#pause.cancel();
    this.#cancelRequests("the pool has been stopped");
    this.check();
  }

  /** Closes the source, once. */
  close(): void {
    if (this.#closing !== "no") return;
    this.#closing = "begun";
    const poolSourceClose = async (): Promise<void> => {
      try {
        await this.#source.close();
      } catch (error) {
        this.#report(toError(error), undefined);
      }
      this.#closing = "done";
      this.#host.onChange();
    };
    runIn(null, () => void spawn("WorkerPool", poolSourceClose, [], null));
  }

  get #mayRequest(): boolean {
    return this.#canRequest && this.#taken < this.#host.limit();
  }

  /** Whether the slot of a delivery whose function has returned may be used again although the delivery has not ended. */
  get #mayReuse(): boolean {
    return this.#canRequest && this.#taken <= this.#host.limit();
  }

  /** The number of slots that are taken. */
  get #taken(): number {
    return this.#requests + this.held - this.#ending + this.#abandoned.size;
  }

  get #canRequest(): boolean {
    if (this.#host.isCutShort() || this.#hasStopped || this.#suspect !== null || this.#pause.isSet) return false;
    // After a failure, one call tests whether the engine is available again.
    return this.#failures === 0 || this.#requests === 0;
  }

  get #mustSuspectWait(): boolean {
    if (this.#host.isCutShort() || this.#suspect?.ctx.err() !== undefined) return false;
    return this.#requests > 0 || this.held > 1;
  }

  #cancelRequests(reason: string): void {
    this.#requestContext[1](new Error(reason));
  }

  /** Takes a slot for a call of `next`, and returns the context of the call. */
  #takeSlot(): Context {
    this.#requests++;
    if (this.#requestContext[0].err() !== undefined) this.#requestContext = withCancelCause(this.#settings.ctx);
    return this.#requestContext[0];
  }

  /**
   * Requests and runs jobs while its slot may be used. When a function has returned, `next` is called directly before the outcome is sent,
   * so that a source can do both by one request to its engine. The next job runs after the outcome has been confirmed.
   */
  async #useSlot(ctx: Context): Promise<void> {
    let request: Promise<JobDelivery<Job, Result> | undefined> | null = this.#next(ctx);
    while (request !== null) {
      const delivery: JobDelivery<Job, Result> | undefined = await request;
      request = null;
      this.#requests--;
      if (delivery !== undefined) {
        const isLate = ctx.err() !== undefined;
        this.held++;
        this.check();
        try {
          // Without an outcome, the delivery is given back.
          let outcome: JobOutcome<Job, Result> | undefined;
          if (this.#mayRun(isLate) && (delivery.stalls === 0 || this.#isChannel || (await this.#isAlone(delivery)))) {
            ({ outcome } = await this.#run(delivery));
          }
          if (this.#mayReuse) {
            ctx = this.#takeSlot();
            this.#ending++;
            request = this.#next(ctx);
          }
          if (!this.#isChannel) await this.#end(delivery, outcome);
        } catch (error) {
          this.#report(toError(error), undefined);
        }
        if (request !== null) this.#ending--;
        if (this.#suspect === delivery) this.#suspect = null;
        this.held--;
        this.#host.onChange();
      }
      if (request === null && this.#mayRequest) {
        ctx = this.#takeSlot();
        request = this.#next(ctx);
      }
      this.check();
    }
  }

  /** Returns the next delivery; undefined if the call was canceled or has failed, or if there is none now. */
  async #next(ctx: Context): Promise<JobDelivery<Job, Result> | undefined> {
    if (ctx.err() !== undefined) return undefined;
    try {
      const delivery = await this.#source.next(ctx);
      if (delivery !== undefined || ctx.err() === undefined) this.#failures = 0;
      if (delivery === undefined && ctx.err() === undefined) this.#startPause(emptyPause);
      return delivery;
    } catch (thrown) {
      if (ctx.err() === undefined) this.#onFailure(toError(thrown));
      return undefined;
    }
  }

  #onFailure(error: Error): void {
    // The other calls that wait at the time of an outage fail with it: they are one failure.
    if (this.#pause.isSet) return;
    const delay = retryDelay(failurePauses, error, ++this.#failures) as number;
    this.#startPause(delay);
    this.#report(error, delay);
  }

  #startPause(ms: number): void {
    if (!this.#pause.isSet && !this.#hasStopped) this.#pause.start(ms);
  }

  #report(error: Error, retryIn: number | undefined): void {
    const { onSourceError } = this.#settings;
    if (onSourceError !== undefined) guarded(() => onSourceError(error, retryIn));
    else if (this.#failures <= 1) {
      const next =
        retryIn === undefined ? "" : `; the pool tries again, after pauses of up to ${failurePauses.maxDelay} ms`;
      writeStderr(`WorkerPool: the source has failed with ${safeToString(error)}${next}\n`);
    }
  }

  /** Whether a delivery that has just arrived may be run. `isLate` says whether the call of `next` was canceled before. */
  #mayRun(isLate: boolean): boolean {
    // A channel does not take a job back.
    return this.#isChannel || !(isLate || this.#host.isCutShort() || this.#suspect !== null);
  }

  /** Waits until a delivery whose lease has run out before is alone. Returns whether it may be run, or has been canceled. */
  async #isAlone(delivery: JobDelivery<Job, Result>): Promise<boolean> {
    await this.#waitUntilAlone(delivery);
    return !this.#host.isCutShort() || delivery.ctx.err() !== undefined;
  }

  /** Ends a delivery with the outcome of its job; without an outcome, gives it back. */
  #end(delivery: JobDelivery<Job, Result>, outcome: JobOutcome<Job, Result> | undefined): Promise<boolean> | undefined {
    if (outcome === undefined) return delivery.release();
    if (outcome.status === "done") return delivery.ack(outcome.value);
    if (outcome.status === "failed") return delivery.nack(outcome.error);
    return outcome.error instanceof LeaseLost ? undefined : delivery.release();
  }

  /** Makes a delivery the suspect, and waits until the pool holds nothing besides it. */
  async #waitUntilAlone(delivery: JobDelivery<Job, Result>): Promise<void> {
    this.#suspect = delivery;
    this.#cancelRequests("a job that stalled before runs alone");
    const forget = onCancel(delivery.ctx, () => this.check());
    if (this.#mustSuspectWait) await (this.#suspectWait = new TrackedPromise<void>(poolSource)).promise;
    forget();
  }

  /** Runs the job of a delivery, and resolves with it when it has an outcome, before its function returns if that is decided before. */
  #run({ job, id, attempt, ctx }: JobDelivery<Job, Result>): Promise<PoolJob<Job, Result>> {
    const wait = new TrackedPromise<PoolJob<Job, Result>>(poolSource);
    const jobContext = this.#isChannel ? undefined : withValue(ctx, deliveryKey, { id, attempt });
    this.#host.run(job, jobContext, {
      onOutcome: (record) => {
        if (this.#isChannel) this.#host.results.onOutcome(record);
        // It is removed when its function has returned.
        if (record.isRunning) this.#abandoned.add(record);
        wait.finish(record);
      },
    });
    return wait.promise;
  }
}
