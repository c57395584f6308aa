// Where the jobs of a WorkerPool come from if the pool does not have a queue of its own: an engine that other machines share, or a channel.

import { channelStateOf, type ReceiveChannel } from "../channel/channel.ts";
import type { Context, Key } from "../context/context.ts";
import { backgroundContext } from "../context/value-context.ts";
import { key } from "../context/derive.ts";
import { Check, describe } from "../util/validate.ts";

/**
 * One delivery of a job by a {@link JobSource}. The job is leased: while the source renews the lease, no other worker gets the job. A
 * delivery ends by one call of `ack`, `nack` or `release`, or because its lease is lost.
 *
 * A source delivers a job at least once. A job is delivered again if its lease ran out, even if its function has returned by then.
 */
export interface JobDelivery<Job, Result> {
  /** The id of the job, chosen by its sender. It is the same in all deliveries of the job: the key for idempotency. */
  readonly id: string;

  /** How often the job has been delivered to any worker, from 1. */
  readonly attempt: number;

  /** How often the lease of the job ran out. A pool runs a job with `stalls` above 0 alone, because it may have blocked its process. */
  readonly stalls: number;

  /** The job. */
  readonly job: Job;

  /**
   * The context of the delivery. The context of the job is derived from it.
   *
   * Cancellation: by the source, with a {@link LeaseLost} or a {@link Stopping} as the cause. It is not canceled with the context of the
   * call of `next`: a pool cancels that context to get no more jobs, and then finishes what it holds.
   */
  readonly ctx: Context;

  /**
   * Ends the delivery with the result of the job. The source repeats the call to its engine until the engine replies or the lease is lost.
   *
   * @returns false if the lease was lost: another delivery decides the outcome.
   * @throws (rejects) if the source has no reply and stops waiting for one. The lease then runs out.
   */
  ack(value: Result): Promise<boolean>;

  /**
   * Ends the delivery with an error. The retry policy of the source decides whether the job has failed or is delivered again.
   *
   * @returns false if the lease was lost: another delivery decides the outcome.
   * @throws (rejects) as `ack` does.
   */
  nack(error: Error): Promise<boolean>;

  /**
   * Gives the job back. It is delivered again at once, to this pool or another one, and the delivery does not count as an attempt of the
   * retry policy.
   *
   * @returns false if the lease was lost.
   * @throws (rejects) as `ack` does.
   */
  release(): Promise<boolean>;
}

/**
 * A source of jobs for a {@link WorkerPool}, such as a queue in Redis or Postgres. The source leases jobs, renews the leases of all its
 * deliveries, and applies the policies for retries, rate and priority.
 */
export interface JobSource<Job, Result> {
  /**
   * Waits for a job. A pool calls it once for each free worker, and never to have a job in reserve. When the function of a job has
   * returned, the pool calls `next` and then, in the same turn, `ack`, `nack` or `release`: a source may do both by one request to its
   * engine. The next job runs after the reply to the latter.
   *
   * Cancellation: the promise settles soon after `ctx` is canceled: it resolves with undefined, or rejects with any error. A delivery that
   * is made in spite of the cancellation is released by the pool.
   *
   * @returns undefined if the source has no job now. The pool calls again, after a pause if `ctx` is not canceled.
   * @throws (rejects) if the engine fails. The pool calls again after a pause that grows with each failure.
   */
  next(ctx: Context): Promise<JobDelivery<Job, Result> | undefined>;

  /** Releases the connections. A pool calls it once, when it holds no delivery and no call of `next` waits. */
  close(): Promise<void>;
}

/** The cause of a job's context when its lease has been lost: another worker runs the job, and the result of this function is ignored. */
export class LeaseLost extends Error {
  static {
    this.prototype.name = "LeaseLost";
  }
}

/**
 * The cause of a job's context when its pool ends before the job does: the job is given back to its source. The `cause` of this error is
 * the reason for the end of the pool.
 */
export class Stopping extends Error {
  static {
    this.prototype.name = "Stopping";
  }
}

const check = /* @__PURE__ */ new Check("deliveryOf");

/** The part of a delivery that the function of a pool may read. */
export type DeliveryInfo = Pick<JobDelivery<unknown, unknown>, "id" | "attempt">;

/** The key of the delivery in the context of its job. */
export const deliveryKey: Key<DeliveryInfo> = /* @__PURE__ */ key<DeliveryInfo>("goro delivery");

/**
 * Returns the id and the attempt of the delivery whose job has the context `ctx`, or a context from which `ctx` is derived.
 *
 * @param ctx the context that the function of the pool was called with
 * @returns undefined if the job does not come from a {@link JobSource}.
 * @throws {TypeError} if `ctx` is not a context.
 * @example
 * async function charge(ctx: Context, cents: number): Promise<string> {
 *   return `charged ${cents} cents once for the key ${deliveryOf(ctx)?.id ?? "none"}`;
 * }
 * console.log(await charge(context.background(), 100)); // charged 100 cents once for the key none
 */
export function deliveryOf(ctx: Context):
  | {
      /** The id of the job, which is the same for each of its deliveries. */
      id: string;

      /** How often the job has been delivered, from 1. */
      attempt: number;
    }
  | undefined {
  if (ctx === undefined) throw check.error("ctx must be a context, got undefined");
  check.isContext("ctx", ctx);
  const delivery = ctx.value(deliveryKey);
  return delivery === undefined ? undefined : { id: delivery.id, attempt: delivery.attempt };
}

/** Returns whether `source` is a channel. Throws a TypeError if it is neither a channel nor a source. */
export function isChannelSource<Job, Result>(
  source: JobSource<Job, Result> | ReceiveChannel<Job>,
): source is ReceiveChannel<Job> {
  if (typeof source === "object" && source !== null) {
    if (channelStateOf(source as ReceiveChannel<Job>) !== undefined) return true;
    const { next, close } = source as Partial<JobSource<Job, Result>>;
    if (typeof next === "function" && typeof close === "function") return false;
  }
  throw new TypeError(`WorkerPool: source must be a JobSource or a channel, got ${describe(source)}`);
}

/**
 * The jobs of a channel as a source, for a pool on one event loop. A channel has no leases and cannot take a job back. The channel stays
 * open when the pool ends: a later pool receives the remaining jobs.
 */
export class ChannelSource<Job, Result> implements JobSource<Job, Result> {
  readonly #jobs: ReceiveChannel<Job>;
  #lastId = 0;

  constructor(jobs: ReceiveChannel<Job>) {
    this.#jobs = jobs;
  }

  async next(ctx: Context): Promise<JobDelivery<Job, Result> | undefined> {
    if (ctx.err() !== undefined) return undefined;
    let received = this.#jobs.tryReceive();
    if (received === undefined) {
      try {
        received = await this.#jobs.receive({ ctx });
      } catch {
        // The context was canceled.
        return undefined;
      }
    }
    if (received.ok) return this.#deliver(received.value);
    // Closed: the pool waits until it is stopped.
    await ctx.done().receive();
    return undefined;
  }

  async close(): Promise<void> {
    // The channel belongs to its sender.
  }

  #deliver(job: Job): JobDelivery<Job, Result> {
    const id = String(++this.#lastId);
    return { id, attempt: 1, stalls: 0, job, ctx: backgroundContext, ack: yes, nack: yes, release: yes };
  }
}

async function yes(): Promise<boolean> {
  return true;
}
