// The outcomes of jobs, as jobs of a queue of their own. An outcome is stored before its job is acknowledged, so that none is lost; BullMQ's
// stream of events loses those that a slow reader has not read when the stream is trimmed.

import { causeOf } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import type { JobDone, JobFailed } from "../pool/job.ts";
import { pause } from "../pool/retry.ts";
import type { JobDelivery, JobSource } from "../pool/source.ts";
import { realClock } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import type { NewJob } from "./connection.ts";
import { isTemporary } from "./errors.ts";
import type { EngineSettings, ResolvedQueueOptions } from "./options.ts";
import { outcomesName, type WorkerConnection } from "./worker-connection.ts";

/** The greatest number of outcomes that one request stores. */
const batchSize = 64;

/** How many outcomes a reader takes in advance, so that the requests for them overlap. */
const readAhead = 16;

/** The longest pause between two removals of old outcomes, in milliseconds. */
const removalPause = 60_000;

/** The pauses while the server is away, in milliseconds. */
const shortestPause = 100;
const longestPause = 2000;

/** The outcome of a job of a queue. A job that was canceled has been given back, so that it has no outcome yet. */
export type QueueOutcome<Job, Result> = (JobDone<Job, Result> | JobFailed<Job>) & {
  /** The id of the job. */
  readonly id: string;
};

/** How a job has ended. */
export interface OutcomeEnd {
  readonly value?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

/** An outcome as it is stored. */
export interface StoredOutcome<Job, Result> extends OutcomeEnd {
  readonly id: string;
  readonly job: Job;
  readonly attempts: number;
  readonly value?: Result;
}

/** Returns the settings of the queue of the outcomes of the queue with `settings`. */
export function outcomeSettings<Job>(settings: ResolvedQueueOptions<Job>): EngineSettings {
  return {
    ...settings,
    name: outcomesName(settings.name),
    rate: undefined,
    retry: { ...settings.retry, retries: 0 },
    // An outcome is not the reason why its reader dies.
    maxStalls: 1_000_000_000,
  };
}

interface PendingWrite extends NewJob {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Stores outcomes. Those that are written while a request is in progress are stored by the next one, together. */
export class OutcomeWriter {
  readonly #keep: number;
  readonly #pending: PendingWrite[] = [];
  #isRunning = false;
  #removedAt = -Infinity;

  /** @param keep how long outcomes are kept that are not read, in milliseconds */
  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Stores `outcome`. The outcome of a second delivery of the same job is not stored, while that of the first one is kept. */
  write(connection: WorkerConnection, outcome: StoredOutcome<unknown, unknown>): Promise<void> {
    const job = { id: `o-${outcome.id}`, data: JSON.stringify(outcome), priority: 0 };
    return new Promise((resolve, reject) => {
      this.#pending.push({ ...job, resolve, reject });
      if (!this.#isRunning) void this.#run(connection);
    });
  }

  /** Removes the outcomes that have not been read for too long, from time to time. */
  async removeOld(connection: WorkerConnection, report: (error: Error) => void): Promise<void> {
    const now = realClock.now();
    if (now - this.#removedAt < Math.min(removalPause, this.#keep / 2) || this.#keep === Infinity) return;
    this.#removedAt = now;
    const count = await connection.removeOutcomes(this.#keep);
    if (count > 0) report(new Error(`${count} outcomes have been removed that were not read for ${this.#keep} ms`));
  }

  async #run(connection: WorkerConnection): Promise<void> {
    this.#isRunning = true;
    // Outcomes of the same turn are stored by one request.
    await Promise.resolve();
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0, batchSize);
      try {
        await connection.storeOutcomes(batch);
        for (const write of batch) write.resolve();
      } catch (error) {
        for (const write of batch) write.reject(toError(error));
      }
    }
    this.#isRunning = false;
  }
}

/** The ids of outcomes that have been read during the last `keep` milliseconds. */
class RecentIds {
  readonly #keep: number;
  readonly #times = new Map<string, number>();

  constructor(keep: number) {
    this.#keep = keep;
  }

  /** Adds `id` and reports whether it was not there. */
  add(id: string): boolean {
    const now = realClock.now();
    for (const [oldest, time] of this.#times) {
      if (now - time < this.#keep) break;
      this.#times.delete(oldest);
    }
    if (this.#times.has(id)) return false;
    this.#times.set(id, now);
    return true;
  }
}

/**
 * Iterates over outcomes from `source`. An outcome is acknowledged when the next one is requested; one whose loop is left goes back, with
 * those that have been taken in advance. While the server is away, the iteration waits.
 *
 * @param keep for how long repeated outcomes are dropped, in milliseconds
 * @param onError called with each error after which the iteration tries again
 */
export async function* readOutcomes<Job, Result>(
  ctx: Context,
  source: JobSource<StoredOutcome<Job, Result>, undefined>,
  keep: number,
  onError: (error: Error) => void,
): AsyncGenerator<QueueOutcome<Job, Result>, void, undefined> {
  const recent = new RecentIds(keep);
  const reader = new OutcomeReader(ctx, source, onError);
  const calls = Array.from({ length: readAhead }, () => reader.next());
  try {
    while (calls.length > 0) {
      const delivery = await calls.shift();
      if (causeOf(ctx) !== undefined) return;
      // The source is closed; the other calls may have got outcomes before.
      if (delivery === undefined) continue;
      // Another reader gets an outcome whose lease was lost while it waited for its turn.
      if (delivery.ctx.err() === undefined && recent.add(delivery.id)) yield toOutcome(delivery.job);
      // In the same turn: the request that removes this outcome takes another one.
      calls.push(reader.next());
      delivery.ack(undefined).catch((error: unknown) => onError(toError(error)));
    }
  } finally {
    await source.close();
  }
}

/** Calls `next` of a source of outcomes, several times at once. */
class OutcomeReader<Job, Result> {
  readonly #ctx: Context;
  readonly #source: JobSource<StoredOutcome<Job, Result>, undefined>;
  readonly #onError: (error: Error) => void;
  #delay = shortestPause;

  /** The pause after a failure, and whether the context was not canceled by its end. Calls that fail together have one. */
  #pause: Promise<boolean> | null = null;

  constructor(ctx: Context, source: JobSource<StoredOutcome<Job, Result>, undefined>, onError: (error: Error) => void) {
    this.#ctx = ctx;
    this.#source = source;
    this.#onError = onError;
  }

  /** Returns the next delivery; undefined if the context is canceled or the source is closed. */
  next(): Promise<JobDelivery<StoredOutcome<Job, Result>, undefined> | undefined> {
    const call = this.#next();
    // The error is thrown when the turn of the call comes, unless the loop has been left by then.
    call.catch(() => undefined);
    return call;
  }

  async #next(): Promise<JobDelivery<StoredOutcome<Job, Result>, undefined> | undefined> {
    for (;;) {
      try {
        const delivery = await this.#source.next(this.#ctx);
        this.#delay = shortestPause;
        return delivery;
      } catch (error) {
        if (causeOf(this.#ctx) !== undefined) return undefined;
        if (!isTemporary(error)) throw error;
        this.#pause ??= this.#startPause(toError(error));
      }
      if (!(await this.#pause)) return undefined;
    }
  }

  async #startPause(error: Error): Promise<boolean> {
    this.#onError(error);
    const isDue = await pause(this.#delay, this.#ctx);
    this.#delay = Math.min(2 * this.#delay, longestPause);
    this.#pause = null;
    return isDue;
  }
}

function toOutcome<Job, Result>(stored: StoredOutcome<Job, Result>): QueueOutcome<Job, Result> {
  const { id, job, attempts, error } = stored;
  if (error === undefined) return { id, job, attempts, status: "done", value: stored.value as Result };
  const failure = new Error(error.message);
  failure.name = error.name;
  return { id, job, attempts, status: "failed", error: failure };
}
