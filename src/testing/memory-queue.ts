// A queue in memory with leases, for tests of programs that run on a queue of several machines. It can lose a lease, deliver twice, stall
// and fail on command. Its leases, pauses and latencies are timers of the library, so that they are virtual in a bubble.
//
// Invariants, whenever no method is on the stack:
//   1. A job is in exactly one of these states: in `#ready`, delayed by its timer, leased to its `delivery`, or ended.
//   2. A job that has ended has one outcome. Only its current delivery can end a job, so an earlier delivery has no effect.

import { Channel, type SendChannel } from "../channel/channel.ts";
import { receive, select } from "../channel/select.ts";
import type { Context } from "../context/context.ts";
import {
  resolveRetry,
  retryAliases,
  retryDelay,
  type RetryOptions,
  retryOptionNames,
  type RetryPolicy,
} from "../pool/retry.ts";
import type { JobSource } from "../pool/source.ts";
import { spawn } from "../runtime/goroutine.ts";
import { resolved } from "../runtime/scheduler.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { Check, checkCount, checkOptionalFunction } from "../util/validate.ts";
import { type DeliveryEnd, MemoryDelivery, QueuedJob } from "./memory-delivery.ts";

/** Options of {@link memoryQueue}. */
export interface MemoryQueueOptions<Job> {
  /**
   * How long a delivery stays leased after its source has stopped renewing the lease, in milliseconds.
   *
   * @defaultValue 15,000
   */
  readonly lease?: number;

  /**
   * How often the lease of a job may run out. Then the job fails.
   *
   * @defaultValue 3
   */
  readonly maxStalls?: number;

  /**
   * When a job is delivered again after `nack`, or the number of retries.
   *
   * @defaultValue 0
   */
  readonly retry?: number | RetryOptions;

  /**
   * How many jobs may wait for their delivery, from 1: a send waits while there are that many.
   *
   * @defaultValue Infinity
   */
  readonly depth?: number;

  /**
   * How long the queue takes to reply to `ack`, `nack` and `release`, in milliseconds. The call takes effect at the end of this time.
   *
   * @defaultValue 0
   */
  readonly latency?: number;

  /**
   * Returns the id of a job that is sent by the channel {@link MemoryQueue.jobs}.
   *
   * @defaultValue a function that returns "1", "2" and so on
   */
  readonly id?: (job: Job) => string;
}

/** The outcome of one job in a {@link MemoryQueue}. */
export type MemoryQueueOutcome<Job, Result> = {
  /** The id of the job. */
  readonly id: string;
  /** The job. */
  readonly job: Job;
  /** How often the job was delivered. */
  readonly attempts: number;
} & (
  | {
      /** "done": the job was acknowledged. */
      readonly status: "done";
      /** The result of the job. */
      readonly value: Result;
      /** Absent: the job has no error. */
      readonly error?: undefined;
    }
  | {
      /** "failed": the last attempt failed, or the lease of the job ran out too often. */
      readonly status: "failed";
      /** The error of the last attempt. */
      readonly error: Error;
      /** Absent: the job has no result. */
      readonly value?: undefined;
    }
);

/** How many jobs of a {@link MemoryQueue} are in each state. */
export interface MemoryQueueCounts {
  /** Jobs that wait for their delivery. */
  readonly ready: number;
  /** Jobs that wait for the pause before their next attempt. */
  readonly delayed: number;
  /** Jobs that are leased. */
  readonly leased: number;
  /** Jobs that are done. */
  readonly done: number;
  /** Jobs that have failed. */
  readonly failed: number;
}

/**
 * Creates a queue in memory for tests: a source of jobs with the promises of a queue that several machines share, and with faults that a
 * test chooses. In a {@link bubble} its leases are virtual.
 *
 * @throws {TypeError | RangeError} for invalid options.
 * @example
 * await bubble(async () => {
 *   const queue = memoryQueue<number, number>();
 *   await queue.send(7, "seven");
 *   const square = async (_ctx: Context, n: number) => time.sleep(100).then(() => n * n);
 *   const pool = new WorkerPool(square, { workers: 1, source: queue.deliveries() });
 *   await waitUntilBlocked();
 *   queue.loseLease("seven"); // the context of the job is canceled, and the job is delivered again
 *   await time.sleep(1000);
 *   await pool.stop();
 *   console.log(queue.counts.done); // 1
 * });
 */
export function memoryQueue<Job, Result>(options: MemoryQueueOptions<Job> = {}): MemoryQueue<Job, Result> {
  return new MemoryQueue(options);
}

const check = /* @__PURE__ */ new Check("memoryQueue");
const optionNames = ["lease", "maxStalls", "retry", "depth", "latency", "id"];

function checkContext(caller: string, ctx: Context): void {
  const check = new Check(caller);
  if (ctx === undefined) throw check.error("ctx must be a context, got undefined");
  check.isContext("ctx", ctx);
}

/** A queue in memory; {@link memoryQueue} creates one. */
export class MemoryQueue<Job, Result> {
  readonly #lease: number;
  readonly #maxStalls: number;
  readonly #retry: RetryPolicy;
  readonly #depth: number;
  readonly #latency: number;
  readonly #id: (job: Job) => string;
  readonly #entries = new Map<string, QueuedJob<Job, Result>>();
  readonly #ready: QueuedJob<Job, Result>[] = [];
  readonly #outcomes: MemoryQueueOutcome<Job, Result>[] = [];
  #lastId = 0;
  #failure: Error | undefined;

  /** Closed and replaced at each change of the queue. */
  #changed = new Channel<never>();

  /**
   * Creates a queue in memory, as {@link memoryQueue} does.
   *
   * @throws {TypeError | RangeError} for invalid options.
   */
  constructor(options: MemoryQueueOptions<Job> = {}) {
    check.options(options, optionNames);
    const { retry = 0, id = () => String(++this.#lastId) } = options;
    const retryOptions = typeof retry === "number" ? { retries: retry } : retry;
    new Check("memoryQueue: retry").options(retryOptions, retryOptionNames, retryAliases);
    checkOptionalFunction(check, "id", id);
    this.#lease = check.atLeast("lease", 0, options.lease ?? 15_000);
    this.#maxStalls = checkCount(check, "maxStalls", 0, options.maxStalls ?? 3, Infinity);
    this.#retry = resolveRetry(check, "retry.", retryOptions);
    this.#depth = checkCount(check, "depth", 1, options.depth ?? Infinity, Infinity);
    this.#latency = check.atLeast("latency", 0, options.latency ?? 0);
    this.#id = id;
  }

  /** The number of jobs in each state. */
  get counts(): MemoryQueueCounts {
    const counts = { ready: 0, delayed: 0, leased: 0, done: 0, failed: 0 };
    for (const { state } of this.#entries.values()) counts[state]++;
    return counts;
  }

  /**
   * Waits until the queue has room, and sends `job`. A job whose id the queue knows is ignored, also after its end.
   *
   * @param id the id of the job, by default that of the option `id`
   */
  async send(job: Job, id: string = this.#id(job)): Promise<void> {
    while (!this.#hasRoom) await this.#changed.receive();
    this.#add(id, job);
    await resolved();
  }

  /**
   * Returns a channel whose sends are accepted while the queue has room. Closing it ends this sender.
   *
   * Cancellation: the queue accepts no more sends; the channel stays open.
   */
  jobs(ctx: Context): SendChannel<Job> {
    checkContext("MemoryQueue.jobs", ctx);
    const jobs = new Channel<Job>(0, { name: "jobs" });
    const memoryQueueJobs = async (): Promise<void> => {
      for (;;) {
        while (!this.#hasRoom) if (!(await this.#waitForChange(ctx))) return;
        const s = await select({ job: receive(jobs), canceled: receive(ctx.done()) });
        if (s.case === "canceled" || !s.ok) return;
        this.#add(this.#id(s.value), s.value);
      }
    };
    spawn("MemoryQueue.jobs", memoryQueueJobs, [], null);
    return jobs;
  }

  /** Returns a source of the jobs, for one pool. Several pools can have sources of the same queue, as on several machines. */
  deliveries(): JobSource<Job, Result> {
    const held = new Set<MemoryDelivery<Job, Result>>();
    return {
      next: async (ctx) => {
        const delivery = await this.#next(ctx);
        if (delivery !== undefined) held.add(delivery);
        return delivery;
      },
      close: async () => {
        for (const delivery of held) delivery.stopRenewing();
        held.clear();
        await resolved();
      },
    };
  }

  /** Returns the outcomes of the jobs, in the order in which the jobs end. It ends when `ctx` is canceled. */
  outcomes(ctx: Context): AsyncGenerator<MemoryQueueOutcome<Job, Result>, undefined> {
    checkContext("MemoryQueue.outcomes", ctx);
    return this.#readOutcomes(ctx);
  }

  /**
   * The lease of the job is lost now: the context of its delivery is canceled with a `LeaseLost`, and the job goes to the end of the queue.
   *
   * @throws {TypeError} if the job is not leased, as the other faults do.
   */
  loseLease(id: string): void {
    this.#leased("loseLease", id).lose();
  }

  /** No longer renews the lease of the job, as if its process were blocked. The lease is lost after `lease` milliseconds. */
  stall(id: string): void {
    this.#leased("stall", id).stopRenewing();
  }

  /**
   * The next reply to `ack`, `nack` or `release` of the current delivery is false: its lease was lost without its knowledge, and the job
   * goes to the end of the queue.
   */
  refuse(id: string): void {
    this.#leased("refuse", id).isRefused = true;
  }

  /**
   * Delivers the job again while its delivery lasts, and does not cancel the context of that one: two functions run at the same time, and
   * the second one decides the outcome.
   */
  deliverTwice(id: string): void {
    const delivery = this.#leased("deliverTwice", id);
    this.#makeReady(delivery.entry, "first");
  }

  /** Makes each `next` fail with `error`, also those that wait; undefined ends the outage. */
  fail(error: Error | undefined): void {
    this.#failure = error;
    this.#notify();
  }

  async *#readOutcomes(ctx: Context): AsyncGenerator<MemoryQueueOutcome<Job, Result>, undefined> {
    for (;;) {
      await resolved();
      const outcome = this.#outcomes.shift();
      if (outcome !== undefined) yield outcome;
      else if (!(await this.#waitForChange(ctx))) return undefined;
    }
  }

  get #hasRoom(): boolean {
    if (this.#depth === Infinity) return true;
    const { ready, delayed } = this.counts;
    return ready + delayed < this.#depth;
  }

  #add(id: string, job: Job): void {
    if (this.#entries.has(id)) return;
    const entry = new QueuedJob<Job, Result>(id, job);
    this.#entries.set(id, entry);
    this.#makeReady(entry, "last");
  }

  async #next(ctx: Context): Promise<MemoryDelivery<Job, Result> | undefined> {
    await resolved();
    for (;;) {
      if (ctx.err() !== undefined) return undefined;
      if (this.#failure !== undefined) throw this.#failure;
      const entry = this.#ready.shift();
      if (entry !== undefined) return this.#deliver(entry, ctx);
      await this.#waitForChange(ctx);
    }
  }

  #deliver(entry: QueuedJob<Job, Result>, ctx: Context): MemoryDelivery<Job, Result> {
    entry.deliveries++;
    entry.state = "leased";
    entry.delivery = new MemoryDelivery(entry, ctx, this.#lease, this.#latency, (delivery, end) =>
      this.#end(delivery, end),
    );
    this.#notify();
    return entry.delivery;
  }

  /** Ends the lease of `delivery`; returns false if it is not the current delivery of its job. */
  #end(delivery: MemoryDelivery<Job, Result>, end: DeliveryEnd<Result>): boolean {
    const { entry } = delivery;
    if (entry.delivery !== delivery) return false;
    entry.delivery = null;
    if (end.type === "released") {
      entry.deliveries--;
      this.#makeReady(entry, "first");
    } else if (end.type === "lost") {
      entry.stalls++;
      if (entry.stalls <= this.#maxStalls) this.#makeReady(entry, "last");
      else this.#conclude(entry, { status: "failed", error: new Error(`the job stalled ${entry.stalls} times`) });
    } else if (end.type === "done") {
      this.#conclude(entry, { status: "done", value: end.value });
    } else {
      const delay = retryDelay(this.#retry, end.error, ++entry.failures);
      if (delay === undefined) this.#conclude(entry, { status: "failed", error: end.error });
      else this.#delay(entry, delay);
    }
    return true;
  }

  #delay(entry: QueuedJob<Job, Result>, ms: number): void {
    entry.state = "delayed";
    new RuntimeTimer("memoryQueue retry", () => this.#makeReady(entry, "last")).start(ms);
    this.#notify();
  }

  #makeReady(entry: QueuedJob<Job, Result>, place: "first" | "last"): void {
    entry.state = "ready";
    entry.delivery = null;
    if (place === "first") this.#ready.unshift(entry);
    else this.#ready.push(entry);
    this.#notify();
  }

  #conclude(
    entry: QueuedJob<Job, Result>,
    end: { readonly status: "done"; readonly value: Result } | { readonly status: "failed"; readonly error: Error },
  ): void {
    const { id, job, deliveries: attempts } = entry;
    entry.state = end.status;
    this.#outcomes.push({ id, job, attempts, ...end });
    this.#notify();
  }

  #leased(caller: string, id: string): MemoryDelivery<Job, Result> {
    const delivery = this.#entries.get(id)?.delivery;
    if (delivery !== null && delivery !== undefined) return delivery;
    const state = this.#entries.get(id)?.state ?? "unknown";
    throw new TypeError(`MemoryQueue.${caller}: the job ${id} must be leased; it is ${state}`);
  }

  /** Waits until the queue changes; resolves with false if `ctx` is canceled. */
  async #waitForChange(ctx: Context): Promise<boolean> {
    const s = await select({ changed: receive(this.#changed), canceled: receive(ctx.done()) });
    return s.case === "changed";
  }

  #notify(): void {
    const changed = this.#changed;
    this.#changed = new Channel<never>();
    changed.close();
  }
}
