// The outcomes of jobs, as jobs of a queue of their own. An outcome is stored before its job is acknowledged, so that none is lost; BullMQ's
// stream of events loses those that a slow reader has not read when the stream is trimmed.

import type { Context } from "../context/context.ts";
import { causeOf } from "../context/cancel.ts";
import type { JobDone, JobFailed } from "../pool/job.ts";
import { pause } from "../pool/retry.ts";
import type { JobDelivery, JobSource } from "../pool/source.ts";
import { toError } from "../util/inspect.ts";
import { type EngineSettings, isTemporary, ProducerConnection } from "./engine.ts";
import type { ResolvedQueueOptions } from "./options.ts";

/** The pauses while the server is away, in milliseconds. */
const shortestPause = 100;
const longestPause = 2000;

/** The outcome of a job of a queue. A job that was canceled has been given back, so that it has no outcome yet. */
export type QueueOutcome<Job, Result> = (JobDone<Job, Result> | JobFailed<Job>) & {
  /** The id of the job. */
  readonly id: string;
};

/** An outcome as it is stored. */
export interface StoredOutcome<Job, Result> {
  readonly id: string;
  readonly job: Job;
  readonly attempts: number;
  readonly value?: Result;
  readonly error?: { readonly name: string; readonly message: string };
}

/** Returns the settings of the queue of the outcomes of the queue with `settings`. */
export function outcomeSettings<Job>(settings: ResolvedQueueOptions<Job>): EngineSettings {
  return {
    ...settings,
    name: `${settings.name}-outcomes`,
    rate: undefined,
    retry: { ...settings.retry, retries: 0 },
    // An outcome is not the reason why its reader dies.
    maxStalls: 1_000_000_000,
  };
}

/** Stores outcomes. */
export class OutcomeWriter {
  readonly #settings: EngineSettings;
  #connection: Promise<ProducerConnection> | null = null;

  constructor(settings: EngineSettings) {
    this.#settings = settings;
  }

  /** Stores `outcome`. The outcome of a second delivery of the same job is not stored, while that of the first one is kept. */
  async write(outcome: StoredOutcome<unknown, unknown>): Promise<void> {
    this.#connection ??= this.#open();
    const connection = await this.#connection;
    await connection.add([{ id: `o-${outcome.id}`, data: outcome, priority: 0 }]);
  }

  async close(): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined);
    await connection?.close();
  }

  async #open(): Promise<ProducerConnection> {
    try {
      return await ProducerConnection.open(this.#settings);
    } catch (error) {
      this.#connection = null;
      throw error;
    }
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
    const now = Date.now();
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
 * Iterates over outcomes from `source`. An outcome is acknowledged when the next one is requested; one whose loop is left goes back. While
 * the server is away, the iteration waits.
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
  try {
    for (;;) {
      const delivery = await nextUnlessCanceled(ctx, source, onError);
      if (delivery === undefined) return;
      if (recent.add(delivery.id)) yield toOutcome(delivery.job);
      await delivery.ack(undefined);
    }
  } finally {
    await source.close();
  }
}

/** Returns the next delivery; undefined if the context is canceled or the source is closed. */
async function nextUnlessCanceled<Job>(
  ctx: Context,
  source: JobSource<Job, undefined>,
  onError: (error: Error) => void,
): Promise<JobDelivery<Job, undefined> | undefined> {
  for (let delay = shortestPause; ; delay = Math.min(2 * delay, longestPause)) {
    try {
      return await source.next(ctx);
    } catch (error) {
      if (causeOf(ctx) !== undefined) return undefined;
      if (!isTemporary(error)) throw error;
      onError(toError(error));
    }
    if (!(await pause(delay, ctx))) return undefined;
  }
}

function toOutcome<Job, Result>(stored: StoredOutcome<Job, Result>): QueueOutcome<Job, Result> {
  const { id, job, attempts, error } = stored;
  if (error === undefined) return { id, job, attempts, status: "done", value: stored.value as Result };
  const failure = new Error(error.message);
  failure.name = error.name;
  return { id, job, attempts, status: "failed", error: failure };
}
