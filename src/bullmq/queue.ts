// A queue on other machines, as users see it.

import { background } from "../context/derive.ts";
import type { Context } from "../context/context.ts";
import { checkCancellation, throwIfCanceled, untilCanceled } from "../runtime/cancelable-wait.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import type { JobSource } from "../pool/source.ts";
import { printAsString } from "../util/inspect.ts";
import { Check } from "../util/validate.ts";
import { Deliveries } from "./deliveries.ts";
import { migrate } from "./connection.ts";
import { type QueueCounts, type QueueOptions, type ResolvedQueueOptions, resolveQueueOptions } from "./options.ts";
import { outcomeSettings, type QueueOutcome, readOutcomes, type StoredOutcome } from "./outcomes.ts";
import type { DataLimits } from "./plain-data.ts";
import { ProducerConnection } from "./producer-connection.ts";
import { type JobChannel, Producer } from "./producer.ts";

/**
 * A queue that BullMQ keeps on a Redis or Postgres server. It is a description: each method that needs the server opens connections of its
 * own.
 */
export interface JobQueue<Job, Result> {
  /** The name of the queue. */
  readonly name: string;

  /**
   * Returns a channel that sends jobs. A send resolves when the server has stored the job, and it insists until then: a job is not stored
   * twice, because it has an id before it is sent. A send waits while `depth` jobs wait for a worker. `trySend` always returns false,
   * because it cannot wait for the server. The capacity is `depth`, and the length is the number of sends that wait.
   *
   * While the server cannot be reached, sends wait and `onError` is called: pass a context with a timeout to limit this.
   *
   * A send case of `select` is chosen when the channel takes the job, and not when it is stored; `flush` waits for that.
   *
   * Cancellation: all sends that wait reject with the cause of `ctx`, also before the first connection; some of these jobs may have been
   * stored.
   *
   * Closed: ends this producer, after all sends that wait. Workers continue.
   *
   * @throws {TypeError} (`send` rejects) for a job that is not plain JSON data, with the path of the property.
   * @throws {RangeError} (`send` rejects) for a job of more than `maxBytes`.
   */
  jobs(ctx?: Context): JobChannel<Job>;

  /** Returns the jobs for one `WorkerPool`, which closes the source when it is stopped. */
  deliveries(): JobSource<Job, Result>;

  /**
   * Iterates over the outcomes of jobs, each at least once. Several readers share the outcomes, which they take in batches: those that a
   * process has stored together. The queue must have the option `outcomes` in the processes of the workers, too. An outcome is over when the
   * next one is requested; if the loop is left, the last one and those that have been taken in advance are read again. If the process ends
   * without that, or the lease of a batch is lost, its outcomes are read again from the first one. A reader drops repeats within `keep.done`.
   * Outcomes that are not read are removed after `keep.outcomes`.
   *
   * Cancellation: the iteration ends.
   */
  outcomes(ctx?: Context): AsyncGenerator<QueueOutcome<Job, Result>, void, undefined>;

  /**
   * Returns how many jobs the queue has in each state.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call.
   */
  counts(options?: WaitOptions): Promise<QueueCounts>;

  /** Creates or updates the tables in Postgres, before the first use of a new version of BullMQ. Does nothing with Redis. */
  migrate(): Promise<void>;
}

/**
 * Describes a queue on a Redis or Postgres server, for programs on several machines. No connection is opened.
 *
 * @param name the name of the queue; all programs that use the name on one server use the same queue
 * @throws {TypeError | RangeError} for invalid arguments.
 *
 * @see [BullMQ](https://docs.bullmq.io), which stores the jobs
 */
export function queue<Job, Result = void>(name: string, options: QueueOptions<Job>): JobQueue<Job, Result> {
  return new BullQueue(resolveQueueOptions(name, options));
}

const checks = {
  jobs: /* @__PURE__ */ new Check("JobQueue.jobs"),
  outcomes: /* @__PURE__ */ new Check("JobQueue.outcomes"),
  counts: /* @__PURE__ */ new Check("JobQueue.counts"),
};

class BullQueue<Job, Result> implements JobQueue<Job, Result> {
  static {
    printAsString(this.prototype);
  }

  readonly #options: ResolvedQueueOptions<Job>;

  constructor(options: ResolvedQueueOptions<Job>) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.name;
  }

  jobs(ctx: Context = background()): JobChannel<Job> {
    checks.jobs.isContext("ctx", ctx);
    return new Producer<Job>(ctx, this.#options, this.#limits) as unknown as JobChannel<Job>;
  }

  deliveries(): JobSource<Job, Result> {
    const { hasOutcomes, keepOutcomes } = this.#options;
    return new Deliveries<Job, Result>(this.#options, hasOutcomes ? keepOutcomes : null, this.#limits);
  }

  outcomes(ctx: Context = background()): AsyncGenerator<QueueOutcome<Job, Result>, void, undefined> {
    checks.outcomes.isContext("ctx", ctx);
    if (!this.#options.hasOutcomes) {
      throw checks.outcomes.error(
        `queue ${this.name} stores no outcomes; pass { outcomes: true } to queue, in the programs of the workers too`,
      );
    }
    const settings = outcomeSettings(this.#options);
    const source = new Deliveries<readonly StoredOutcome<Job, Result>[], undefined>(settings, null, this.#limits);
    return readOutcomes(ctx, source, settings.keepDone, settings.onError);
  }

  async counts(options: WaitOptions = {}): Promise<QueueCounts> {
    const cancellation = checkCancellation(checks.counts, options);
    throwIfCanceled(cancellation);
    const connection = new ProducerConnection(this.#options);
    try {
      const counts = connection.ready().then(() => connection.counts());
      return await (cancellation === null ? counts : untilCanceled(counts, cancellation));
    } finally {
      const closed = connection.close();
      // The end of a connection to a server that is away takes seconds.
      if (cancellation?.isCanceled !== true) await closed;
    }
  }

  migrate(): Promise<void> {
    return migrate(this.#options);
  }

  toString(): string {
    return `queue(${this.name}) on ${this.#limits.isPostgres ? "Postgres" : "Redis"}`;
  }

  get #limits(): DataLimits {
    const { maxBytes, postgres } = this.#options;
    return { maxBytes, isPostgres: postgres !== undefined };
  }
}
