// One delivery of one job: its lease, and the requests that end it. They are repeated until the engine has responded or the lease is lost.
//
// Invariants, whenever no method is on the stack:
//   1. Only the first call of `ack`, `nack` and `release` sends requests, and none is sent after the lease was lost.
//   2. A delivery that has ended has no lease, its context is canceled, and the promise of `ended` is resolved.

import { CancelContext } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { canceled } from "../context/errors.ts";
import { backgroundContext } from "../context/value-context.ts";
import { type JobDelivery, LeaseLost, Stopping } from "../pool/source.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import type { WaitQueue } from "../util/wait-queue.ts";
import { isLeaseError, isTemporary } from "./errors.ts";
import type { Lease, Leases } from "./leases.ts";
import type { OutcomeEnd, OutcomeWriter } from "./outcomes.ts";
import { checkPlainData, type DataLimits, toStorableError } from "./plain-data.ts";
import type { FetchedJob, FetchResult, WorkerConnection } from "./worker-connection.ts";

/** The longest pause between two requests that end a delivery, in milliseconds. */
const longestPause = 2000;

/** How often a request is sent that the engine refuses with an error that does not end by itself. */
const longestRefusal = 5;

/** The part of its source that a delivery uses. */
export interface DeliveryHost {
  readonly connection: WorkerConnection;
  readonly outcomes: OutcomeWriter | null;
  readonly keepDone: number;
  readonly keepFailed: number;
  readonly limits: DataLimits;
  readonly leases: Leases;
  report(error: unknown): void;
  complete(send: (isFetching: boolean) => Promise<FetchResult>): Promise<unknown>;
}

/** A job that a source holds, with its lease. */
export class Delivery<Job, Result> implements JobDelivery<Job, Result>, Lease {
  readonly id: string;
  readonly token: string;
  readonly attempt: number;
  readonly stalls: number;
  readonly job: Job;
  confirmedAt: number;
  queue: WaitQueue<Lease> | null = null;
  prev: Lease | null = null;
  next: Lease | null = null;

  readonly #fetched: FetchedJob;
  readonly #host: DeliveryHost;

  /** The context, which is made when it is read. */
  #ctx: CancelContext | null = null;
  #cause: Error | undefined;
  #isEnding = false;
  #hasEnded = false;
  #onEnded: (() => void) | null = null;

  /** Interrupts a request or a pause of the end. */
  #interrupt: ((result: false) => void) | null = null;

  constructor(fetched: FetchedJob, host: DeliveryHost) {
    const { id, token, attempt, stalls, data, leasedAt } = fetched;
    this.id = id;
    this.token = token;
    this.attempt = attempt;
    this.stalls = stalls;
    this.job = data as Job;
    this.confirmedAt = leasedAt;
    this.#fetched = fetched;
    this.#host = host;
  }

  get ctx(): Context {
    if (this.#ctx === null) {
      this.#ctx = new CancelContext(backgroundContext);
      if (this.#cause !== undefined) this.#ctx.cancel(canceled, this.#cause);
    }
    return this.#ctx;
  }

  async ack(value: Result): Promise<boolean> {
    const { connection, outcomes, keepDone, limits, complete } = this.#host;
    try {
      if (value !== undefined) checkPlainData("WorkerPool", "the result", value, limits);
    } catch (error) {
      // The next attempt would have such a result too.
      return this.#fail(toError(error), undefined);
    }
    return this.#end(keepDone, () =>
      complete(async (isFetching) => {
        if (outcomes !== null) await this.#writeOutcome(outcomes, value === undefined ? {} : { value });
        return connection.complete(this.#fetched, value, isFetching);
      }),
    );
  }

  async nack(error: Error): Promise<boolean> {
    try {
      return await this.#fail(error, this.#host.connection.pauseBeforeRetry(this.#fetched, error));
    } catch (thrown) {
      return this.#fail(toError(thrown), undefined);
    }
  }

  release(): Promise<boolean> {
    return this.#end(this.#host.keepDone, () => this.#host.connection.release(this.#fetched));
  }

  /** Waits until the delivery has ended. Called once. */
  ended(): Promise<void> {
    return this.#hasEnded ? Promise.resolve() : new Promise((resolve) => (this.#onEnded = resolve));
  }

  lose(): void {
    this.#cancel(new LeaseLost("the lease of the job has run out"));
    this.#interrupt?.(false);
    if (!this.#isEnding) this.#finish();
  }

  /** Cancels the context, because the source is being closed. */
  stop(): void {
    if (!this.#isEnding) this.#cancel(new Stopping("the source of the job is closed"));
  }

  /** Ends the delivery without a request: its lease runs out. */
  abandon(): void {
    this.#isEnding = true;
    this.#interrupt?.(false);
    this.#finish();
  }

  #fail(thrown: Error, pause: number | undefined): Promise<boolean> {
    const { connection, outcomes, keepDone, keepFailed } = this.#host;
    const error = toStorableError(thrown);
    return this.#end(pause === undefined ? keepFailed : keepDone, async () => {
      const { name, message } = error;
      if (outcomes !== null && pause === undefined) await this.#writeOutcome(outcomes, { error: { name, message } });
      await connection.fail(this.#fetched, error, pause);
    });
  }

  async #writeOutcome(outcomes: OutcomeWriter, end: OutcomeEnd): Promise<void> {
    const { connection, leases } = this.#host;
    const { id, job, attempt } = this;
    await outcomes.write(connection, { id, job, attempts: attempt, ...end });
    if (!leases.isValid(this)) throw new LeaseLost("the lease of the job has run out");
  }

  /**
   * Repeats `request` until the engine has responded or the lease is lost.
   *
   * @param keep how long the engine keeps the job after the request, in milliseconds
   * @param request resolves with false if the lease has been lost
   * @throws an error (rejects) by which the engine refuses the request again and again. The lease then runs out.
   */
  async #end(keep: number, request: () => Promise<unknown>): Promise<boolean> {
    if (this.#isEnding) return false;
    this.#isEnding = true;
    let refusals = 0;
    try {
      for (let pause = 50; this.#host.leases.isValid(this); pause = Math.min(2 * pause, longestPause)) {
        let result: boolean | Error;
        try {
          return (await this.#unlessInterrupted(request())) !== false;
        } catch (error) {
          result = await this.#stateAfter(toError(error), keep);
        }
        if (typeof result === "boolean") return result;
        if (!isTemporary(result) && ++refusals === longestRefusal) throw result;
        this.#host.report(result);
        await this.#pause(pause);
      }
      return false;
    } finally {
      this.#finish();
    }
  }

  /** Returns whether this delivery has ended by a request that failed with `failure`, or an error if that is unknown. */
  async #stateAfter(failure: Error, keep: number): Promise<boolean | Error> {
    if (failure instanceof LeaseLost) return false;
    if (!isLeaseError(failure)) return failure;
    if (!this.#host.leases.isValid(this)) return false;
    try {
      const state = await this.#host.connection.stateOf(this.#fetched);
      if (state !== "unknown" || keep === 0) return state !== "not ended";
      this.#host.report(
        new Error(`job ${this.id} is not in its queue: the server has lost data, or the job was removed`),
      );
      return false;
    } catch (error) {
      return toError(error);
    }
  }

  /** Returns the result of `request`, and false when the lease is lost before. */
  #unlessInterrupted(request: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#interrupt = resolve;
      request.then(resolve, reject);
    });
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = new RuntimeTimer("goro/bullmq", resolve);
      timer.start(ms);
      this.#interrupt = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #cancel(cause: Error): void {
    this.#cause ??= cause;
    this.#ctx?.cancel(canceled, cause);
  }

  #finish(): void {
    this.#interrupt = null;
    this.#host.leases.drop(this);
    this.#cancel(canceled);
    this.#hasEnded = true;
    this.#onEnded?.();
  }
}
