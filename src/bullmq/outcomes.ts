// The outcomes of jobs, in batches, which are jobs of a queue of their own. An outcome is stored before its job is acknowledged, so that none
// is lost; BullMQ's stream of events loses those that a slow reader has not read when the stream is trimmed. A job for each outcome would cost
// the server as much as the jobs themselves.

import { causeOf } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import type { JobDone, JobFailed } from "../pool/job.ts";
import { pause } from "../context/pause.ts";
import type { JobDelivery, JobSource } from "../pool/source.ts";
import { realClock } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import { isTemporary } from "./errors.ts";
import type { EngineSettings, ResolvedQueueOptions } from "./options.ts";
import { outcomesName, type WorkerConnection } from "./worker-connection.ts";

/** The greatest number of outcomes in a batch, and the length of the texts beyond which a batch gets no more. */
const batchSize = 64;
const batchLength = 1_000_000;

/**
 * The longest time for which a batch waits for more outcomes, in milliseconds, where the server does not keep the order of requests. A batch
 * costs three transactions, as much as two jobs.
 */
const longestGathering = 10;

/** How many batches a reader takes in advance, so that the requests for them overlap. */
const readAhead = 4;

/**
 * How long a reader that has taken the last batch pauses before it waits for the next one, in milliseconds. Without it, each batch costs three
 * requests that find nothing: a signal wakes one reader, and it looks for more. On Postgres these are transactions, which cost as much as jobs.
 */
const linger = 50;

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
    linger,
  };
}

/** A batch of outcomes that a reader has taken. */
export interface OutcomeBatch<Job, Result> extends JobDelivery<readonly StoredOutcome<Job, Result>[], undefined> {
  /** Stores the outcomes that the batch has when it is delivered again. */
  update(rest: readonly StoredOutcome<Job, Result>[]): Promise<void>;
}

/** A source of batches. */
export interface OutcomeSource<Job, Result> extends JobSource<readonly StoredOutcome<Job, Result>[], undefined> {
  next(ctx: Context): Promise<OutcomeBatch<Job, Result> | undefined>;
}

/** An outcome that is being stored. */
export interface OutcomeWrite {
  /** Resolves when a request that is sent from now on is executed after the outcome has been stored, unless that fails. */
  readonly sent: Promise<void>;

  /** Resolves when the outcome has been stored. */
  readonly stored: Promise<void>;
}

interface PendingWrite {
  readonly text: string;
  readonly markSent: () => void;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Stores outcomes in batches. Redis executes the requests of a connection in order: a batch has the outcomes of one turn of the event loop, and
 * the jobs are acknowledged directly after it. With Postgres, whose requests are sent by several connections, a batch has the outcomes that
 * are written while the one before it is being stored, and then for as long again, unless no other job is held.
 */
export class OutcomeWriter {
  readonly #keep: number;
  readonly #countHeld: () => number;
  readonly #pending: PendingWrite[] = [];
  #isRunning = false;

  /** How long the last batch took to be stored, in milliseconds. */
  #storingTime = 0;

  /**
   * The socket whose server has the script that stores outcomes. ioredis sends the script only when a request has failed for want of it, and
   * then other requests may come before. A server that has been started again has no script.
   */
  #readySocket: object | null = null;
  #removedAt = -Infinity;

  /**
   * @param keep how long outcomes are kept that are not read, in milliseconds
   * @param countHeld returns how many jobs are held, those included whose outcomes are being stored
   */
  constructor(keep: number, countHeld: () => number) {
    this.#keep = keep;
    this.#countHeld = countHeld;
  }

  /** Stores `outcome`. */
  write(connection: WorkerConnection, outcome: StoredOutcome<unknown, unknown>): OutcomeWrite {
    const text = JSON.stringify(outcome);
    let markSent = noop;
    const sent = new Promise<void>((resolve) => (markSent = resolve));
    const stored = new Promise<void>((resolve, reject) => this.#pending.push({ text, markSent, resolve, reject }));
    // The error is thrown by `sent`, or when the job has been acknowledged.
    stored.catch(noop);
    if (!this.#isRunning) {
      this.#isRunning = true;
      process.nextTick(() => void this.#run(connection));
    }
    const keepsOrder = connection.socket !== null && connection.socket === this.#readySocket;
    return keepsOrder ? { sent, stored } : { sent: stored, stored };
  }

  /** Removes the outcomes that have not been read for too long, from time to time. */
  async removeOld(connection: WorkerConnection, report: (error: Error) => void): Promise<void> {
    const now = realClock.now();
    if (now - this.#removedAt < Math.min(removalPause, this.#keep / 2) || this.#keep === Infinity) return;
    this.#removedAt = now;
    const count = await connection.removeOutcomes(this.#keep);
    if (count === 0) return;
    report(new Error(`outcomes that were not read for ${this.#keep} ms have been removed (batches: ${count})`));
  }

  async #run(connection: WorkerConnection): Promise<void> {
    while (this.#pending.length > 0) {
      if (connection.socket === null) {
        await this.#gather();
        const startedAt = realClock.now();
        await this.#store(connection, this.#takeBatch());
        this.#storingTime = realClock.now() - startedAt;
      } else {
        const batch = this.#takeBatch();
        void this.#store(connection, batch);
        // BullMQ hands a request to the client after some microtasks, and a tick comes after all of them.
        process.nextTick(() => batch.forEach(({ markSent }) => markSent()));
      }
    }
    this.#isRunning = false;
  }

  /** Waits for more outcomes, if there are jobs that may have some. */
  async #gather(): Promise<void> {
    const ms = Math.min(this.#storingTime, longestGathering);
    if (ms > 0 && this.#pending.length < this.#countHeld()) await new Promise((resolve) => setTimeout(resolve, ms));
  }

  async #store(connection: WorkerConnection, batch: readonly PendingWrite[]): Promise<void> {
    const { socket } = connection;
    try {
      await connection.storeOutcomes(`[${batch.map(({ text }) => text).join(",")}]`);
      this.#readySocket = socket;
      for (const write of batch) write.resolve();
    } catch (error) {
      for (const write of batch) write.reject(toError(error));
    }
  }

  /** Removes and returns the outcomes of the next batch. */
  #takeBatch(): PendingWrite[] {
    let count = 0;
    let length = 0;
    for (const { text } of this.#pending) {
      length += text.length;
      if (count === batchSize || (count > 0 && length > batchLength)) break;
      count++;
    }
    return this.#pending.splice(0, count);
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
 * Iterates over the outcomes of the batches of `source`. A batch is acknowledged when the outcome after its last one is requested. If the loop
 * is left, the outcome that was returned last and those after it go back, with the batches that have been taken in advance. While the server
 * is away, the iteration waits.
 *
 * @param keep for how long repeated outcomes are dropped, in milliseconds
 * @param onError called with each error after which the iteration tries again
 */
export async function* readOutcomes<Job, Result>(
  ctx: Context,
  source: OutcomeSource<Job, Result>,
  keep: number,
  onError: (error: Error) => void,
): AsyncGenerator<QueueOutcome<Job, Result>, void, undefined> {
  const recent = new RecentIds(keep);
  const reader = new OutcomeReader(ctx, source, onError);
  const calls = Array.from({ length: readAhead }, () => reader.next());
  const report = (error: unknown): void => onError(toError(error));
  let batch: OutcomeBatch<Job, Result> | undefined;
  let read = 0;
  try {
    while (calls.length > 0) {
      batch = await calls.shift();
      // The source is closed; the other calls may have got batches before.
      if (batch === undefined) continue;
      // Another reader gets the outcomes of a batch whose lease is lost meanwhile.
      for (read = 0; read < batch.job.length && batch.ctx.err() === undefined; read++) {
        if (causeOf(ctx) !== undefined) return;
        const outcome = batch.job[read] as StoredOutcome<Job, Result>;
        if (recent.add(outcome.id)) yield toOutcome(outcome);
      }
      // In the same turn: the request that removes this batch takes another one.
      calls.push(reader.next());
      batch.ack(undefined).catch(report);
      batch = undefined;
    }
  } finally {
    if (batch !== undefined && read > 0) await batch.update(batch.job.slice(read)).catch(report);
    await source.close();
  }
}

/** Calls `next` of a source of outcomes, several times at once. */
class OutcomeReader<Job, Result> {
  readonly #ctx: Context;
  readonly #source: OutcomeSource<Job, Result>;
  readonly #onError: (error: Error) => void;
  #delay = shortestPause;

  /** The pause after a failure, and whether the context was not canceled by its end. Calls that fail together have one. */
  #pause: Promise<boolean> | null = null;

  constructor(ctx: Context, source: OutcomeSource<Job, Result>, onError: (error: Error) => void) {
    this.#ctx = ctx;
    this.#source = source;
    this.#onError = onError;
  }

  /** Returns the next batch; undefined if the context is canceled or the source is closed. */
  next(): Promise<OutcomeBatch<Job, Result> | undefined> {
    const call = this.#next();
    // The error is thrown when the turn of the call comes, unless the loop has been left by then.
    call.catch(() => undefined);
    return call;
  }

  async #next(): Promise<OutcomeBatch<Job, Result> | undefined> {
    for (;;) {
      try {
        const batch = await this.#source.next(this.#ctx);
        this.#delay = shortestPause;
        return batch;
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

function noop(): void {
  // Nothing to do.
}
