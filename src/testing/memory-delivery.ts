// One delivery of a job of the queue in memory, with its lease. It ends once, by a reply of the pool or by the loss of the lease.

import type { Context } from "../context/context.ts";
import { type CancelCauseFunc, withCancelCause, withoutCancel } from "../context/derive.ts";
import { type JobDelivery, LeaseLost } from "../pool/source.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { resolved } from "../runtime/scheduler.ts";
import { sleep } from "../time/time.ts";

/** One job of the queue, from its acceptance on. */
export class QueuedJob<Job, Result> {
  readonly id: string;
  readonly job: Job;
  deliveries = 0;
  stalls = 0;
  failures = 0;
  state: "ready" | "delayed" | "leased" | "done" | "failed" = "ready";

  /** The delivery that decides the outcome. */
  delivery: MemoryDelivery<Job, Result> | null = null;

  constructor(id: string, job: Job) {
    this.id = id;
    this.job = job;
  }
}

/** How the lease of a delivery ends. */
export type DeliveryEnd<Result> =
  | { readonly type: "done"; readonly value: Result }
  | { readonly type: "failed"; readonly error: Error }
  | { readonly type: "released" }
  | { readonly type: "lost" };

/** A delivery with a lease. */
export class MemoryDelivery<Job, Result> implements JobDelivery<Job, Result> {
  readonly entry: QueuedJob<Job, Result>;
  readonly id: string;
  readonly attempt: number;
  readonly stalls: number;
  readonly job: Job;
  readonly ctx: Context;
  readonly #cancel: CancelCauseFunc;
  readonly #lease: number;
  readonly #latency: number;
  readonly #onEnd: (delivery: MemoryDelivery<Job, Result>, end: DeliveryEnd<Result>) => boolean;
  readonly #expiry = new RuntimeTimer("memoryQueue lease", () => this.lose());

  /** Whether the lease is lost at the next call. */
  isRefused = false;

  constructor(
    entry: QueuedJob<Job, Result>,
    ctx: Context,
    lease: number,
    latency: number,
    onEnd: (delivery: MemoryDelivery<Job, Result>, end: DeliveryEnd<Result>) => boolean,
  ) {
    this.entry = entry;
    this.id = entry.id;
    this.attempt = entry.deliveries;
    this.stalls = entry.stalls;
    this.job = entry.job;
    [this.ctx, this.#cancel] = withCancelCause(withoutCancel(ctx));
    this.#lease = lease;
    this.#latency = latency;
    this.#onEnd = onEnd;
  }

  ack(value: Result): Promise<boolean> {
    return this.#end({ type: "done", value });
  }

  nack(error: Error): Promise<boolean> {
    return this.#end({ type: "failed", error });
  }

  release(): Promise<boolean> {
    return this.#end({ type: "released" });
  }

  lose(): void {
    this.#expiry.cancel();
    if (this.#onEnd(this, { type: "lost" })) this.#cancel(new LeaseLost(`the lease of job ${this.id} was lost`));
  }

  stopRenewing(): void {
    if (this.entry.delivery === this && !this.#expiry.isSet) this.#expiry.start(this.#lease);
  }

  async #end(end: DeliveryEnd<Result>): Promise<boolean> {
    if (this.#latency > 0) await sleep(this.#latency);
    if (this.isRefused) this.lose();
    this.#expiry.cancel();
    const counts = this.#onEnd(this, end);
    await resolved();
    return counts;
  }
}
