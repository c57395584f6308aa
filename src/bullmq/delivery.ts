// One delivery of one job: its lease, and the requests that end it. They are repeated until the engine has responded or the lease is lost.
//
// Invariants, whenever no method is on the stack:
//   1. Only the first call of `ack`, `nack` and `release` sends requests, and none is sent after the lease was lost.
//   2. A delivery that has ended has no lease, its context is canceled, and `ended` is resolved.

import { background, type CancelCauseFunc, withCancelCause } from "../context/derive.ts";
import type { Context } from "../context/context.ts";
import { type JobDelivery, LeaseLost, Stopping } from "../pool/source.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import { type FetchedJob, type FetchResult, isLeaseError, type WorkerConnection } from "./engine.ts";
import type { Lease, Leases } from "./leases.ts";
import type { OutcomeWriter } from "./outcomes.ts";
import { checkPlainData, type DataLimits } from "./plain-data.ts";

/** The longest pause between two requests that end a delivery, in milliseconds. */
const longestPause = 2000;

/** The part of its source that a delivery uses. */
export interface DeliveryHost {
  readonly connection: WorkerConnection;
  readonly outcomes: OutcomeWriter | null;
  readonly limits: DataLimits;
  readonly leases: Leases;
  report(error: unknown): void;
  complete(send: (isFetching: boolean) => Promise<FetchResult>): Promise<void>;
  onEnd(): void;
}

/** A job that a source holds, with its lease. */
export class Delivery<Job, Result> implements JobDelivery<Job, Result>, Lease {
  readonly id: string;
  readonly token: string;
  readonly attempt: number;
  readonly stalls: number;
  readonly job: Job;
  readonly ctx: Context;
  confirmedAt: number;

  /** Resolves when the delivery has ended. */
  readonly ended: Promise<void>;
  readonly #resolveEnded: () => void;
  readonly #fetched: FetchedJob;
  readonly #host: DeliveryHost;
  readonly #cancel: CancelCauseFunc;
  #isEnding = false;

  /** Interrupts a request or a pause of the end. */
  #interrupt: (() => void) | null = null;

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
    [this.ctx, this.#cancel] = withCancelCause(background());
    let resolveEnded: () => void = () => undefined;
    this.ended = new Promise((resolve) => (resolveEnded = resolve));
    this.#resolveEnded = resolveEnded;
  }

  async ack(value: Result): Promise<boolean> {
    try {
      if (value !== undefined) checkPlainData("WorkerPool", "the result", value, this.#host.limits);
    } catch (error) {
      // The next attempt would have such a result too.
      return this.#fail(toError(error), undefined);
    }
    return this.#end(async () => {
      await this.#host.complete(async (isFetching) => {
        await this.#writeOutcome(value === undefined ? {} : { value });
        return this.#host.connection.complete(this.#fetched, value, isFetching);
      });
    });
  }

  async nack(error: Error): Promise<boolean> {
    try {
      return await this.#fail(error, this.#host.connection.pauseBeforeRetry(this.#fetched, error));
    } catch (thrown) {
      return this.#fail(toError(thrown), undefined);
    }
  }

  release(): Promise<boolean> {
    return this.#end(() => this.#host.connection.release(this.#fetched));
  }

  lose(): void {
    this.#cancel(new LeaseLost("the lease of the job has run out"));
    this.#interrupt?.();
    if (!this.#isEnding) this.#finish();
  }

  /** Cancels the context, because the source is being closed. */
  stop(): void {
    if (!this.#isEnding) this.#cancel(new Stopping("the source of the job is closed"));
  }

  /** Ends the delivery without a request: its lease runs out. */
  abandon(): void {
    this.#isEnding = true;
    this.#interrupt?.();
    this.#finish();
  }

  #fail(error: Error, pause: number | undefined): Promise<boolean> {
    const { name, message } = error;
    return this.#end(async () => {
      if (pause === undefined) await this.#writeOutcome({ error: { name, message } });
      await this.#host.connection.fail(this.#fetched, error, pause);
    });
  }

  async #writeOutcome(
    end: { readonly value?: Result } | { readonly error: { readonly name: string; readonly message: string } },
  ): Promise<void> {
    const { outcomes, leases } = this.#host;
    if (outcomes === null) return;
    const { id, job, attempt } = this;
    await outcomes.write({ id, job, attempts: attempt, ...end });
    if (!leases.isValid(this)) throw new LeaseLost("the lease of the job has run out");
  }

  /** Repeats `request` until the engine has responded or the lease is lost. */
  async #end(request: () => Promise<void>): Promise<boolean> {
    if (this.#isEnding) return false;
    this.#isEnding = true;
    try {
      for (let pause = 50; this.#host.leases.isValid(this); pause = Math.min(2 * pause, longestPause)) {
        const result = await this.#attempt(request);
        if (typeof result === "boolean") return result;
        this.#host.report(result);
        await this.#pause(pause);
      }
      return false;
    } finally {
      this.#finish();
    }
  }

  /** Sends a request. Returns whether this delivery has ended by it, or the error if that is unknown. */
  async #attempt(request: () => Promise<void>): Promise<boolean | Error> {
    try {
      return await this.#unlessInterrupted(request());
    } catch (error) {
      if (error instanceof LeaseLost) return false;
      if (!isLeaseError(error)) return toError(error);
    }
    try {
      return this.#host.leases.isValid(this) && (await this.#host.connection.hasEnded(this.#fetched));
    } catch (error) {
      return toError(error);
    }
  }

  /** Returns true when `request` is fulfilled, and false when the lease is lost before. */
  #unlessInterrupted(request: Promise<void>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#interrupt = () => resolve(false);
      request.then(() => resolve(true), reject);
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

  #finish(): void {
    this.#interrupt = null;
    this.#host.leases.drop(this);
    this.#cancel();
    this.#host.onEnd();
    this.#resolveEnded();
  }
}
