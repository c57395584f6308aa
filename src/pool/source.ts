// The seam between a pool and an engine that stores jobs outside the process: where the pool gets its jobs, and what it does with each.

import type { Context } from "../context/context.ts";

/** One delivery of one job: the job, its lease, and the three ways to end it. Only the first call of these three has an effect. */
export interface JobDelivery<Job, Result> {
  /** The id of the job, which its sender has chosen: the key for idempotency. */
  readonly id: string;

  /** How often the job has been delivered, to any process, from 1. */
  readonly attempt: number;

  /** How often the lease of the job has run out. A pool runs a job with more than 0 alone. */
  readonly stalls: number;

  /** The job. */
  readonly job: Job;

  /** The context of the delivery. It is canceled with a {@link LeaseLost} or {@link Stopping} as the cause. */
  readonly ctx: Context;

  /**
   * Ends the delivery with a result. Repeats the request until the engine has responded or the lease is lost.
   *
   * @returns false if the lease was lost; then the outcome of another delivery counts.
   */
  ack(value: Result): Promise<boolean>;

  /**
   * Ends the delivery with a failure. The retry policy of the queue decides whether the job is delivered again.
   *
   * @returns false if the lease was lost; then the outcome of another delivery counts.
   */
  nack(error: Error): Promise<boolean>;

  /**
   * Gives the job back to the queue, which costs no attempt of its retry policy.
   *
   * @returns false if the lease was lost.
   */
  release(): Promise<boolean>;
}

/** A source of jobs for a pool. */
export interface JobSource<Job, Result> {
  /**
   * Waits for the next job. A pool calls it only while a worker is free, so that no job is held that is not run.
   *
   * Cancellation: the promise rejects with the cause of `ctx`, and the call has taken no job.
   *
   * @returns undefined if the source has been closed.
   */
  next(ctx: Context): Promise<JobDelivery<Job, Result> | undefined>;

  /** Gives back all jobs that are still held, and releases the connections. */
  close(): Promise<void>;
}

/** The cause of the context of a delivery whose lease has run out: another worker may run the job, and this result is not counted. */
export class LeaseLost extends Error {
  static {
    this.prototype.name = "LeaseLost";
  }

  constructor(message: string = "the lease of the job has run out", options?: ErrorOptions) {
    super(message, options);
  }
}

/** The cause of the context of a delivery that is given back because its worker stops. */
export class Stopping extends Error {
  static {
    this.prototype.name = "Stopping";
  }

  constructor(message: string = "the worker stops, and the job is given back", options?: ErrorOptions) {
    super(message, options);
  }
}
