// The options of a queue: checks and defaults.

import { resolveRetry, type RetryOptions, type RetryPolicy, retryAliases, retryOptionNames } from "../pool/retry.ts";
import { Check, describe } from "../util/validate.ts";

/** How long finished jobs stay in the engine. */
export interface KeepOptions {
  /**
   * How long a completed job is kept, in milliseconds, from 0. A job that is sent again with the same id within that time is not run again.
   *
   * @defaultValue 60,000
   */
  readonly done?: number;

  /**
   * How long a failed job is kept, in milliseconds, from 0.
   *
   * @defaultValue 86,400,000, which is a day
   */
  readonly failed?: number;
}

/** Options of {@link queue}. The processes that send and the processes that work use the same ones. */
export interface QueueOptions<Job> {
  /**
   * The Redis server: a URL, or the options of an ioredis client, which are passed on as they are. A URL that begins with `rediss:`, or
   * the option `tls`, encrypts the connection; the URL or `username` and `password` hold the credentials.
   */
  readonly redis?: string | Readonly<Record<string, unknown>>;

  /**
   * The Postgres server instead of Redis: a URL, or the options of a `pg.Pool`, which are passed on as they are, with `schema` for another
   * schema than `bullmq`. The option `ssl`, or `sslmode` in the URL, encrypts the connection.
   */
  readonly postgres?: string | Readonly<Record<string, unknown>>;

  /**
   * How many jobs may wait for a worker before `send` waits: a whole number from 1, or Infinity. Up to 16 more for each producer may wait,
   * because producers on several machines look at the same length.
   *
   * @defaultValue 1,000
   */
  readonly depth?: number;

  /**
   * Returns the id of a job, which is the key for idempotency: a job with the id of a job that is in the engine, also as a finished one, is
   * not stored again. An id must not be a whole number and must not contain a colon.
   *
   * @defaultValue a function that returns a new UUID
   */
  readonly id?: (job: Job) => string;

  /**
   * When a failed job is delivered again, and after which pause: a number of retries, or an object. The sender decides the number of
   * retries, and the worker that had the failure the pause. A pause takes no worker.
   *
   * @defaultValue 0
   */
  readonly retry?: number | RetryOptions;

  /**
   * Returns the priority of a job: a whole number from -1,000,000 to 1,000,000. The greatest is delivered first.
   *
   * @defaultValue none: jobs are delivered in the order in which they were sent
   */
  readonly priority?: (job: Job) => number;

  /**
   * How many jobs all workers together start in a second. All workers must use the same number.
   *
   * @defaultValue none
   */
  readonly rate?: number;

  /**
   * How long a job belongs to a worker that does not renew it, in milliseconds, from 100. It is renewed while its worker lives. It must be
   * longer than the longest time for which the event loop is blocked.
   *
   * @defaultValue 15,000
   */
  readonly lease?: number;

  /**
   * How often workers look for jobs whose lease has run out, in milliseconds, from 10.
   *
   * @defaultValue 5,000
   */
  readonly sweep?: number;

  /**
   * How often the lease of a job may run out. A job that exceeds it has failed: it is likely that it ends the processes that run it.
   *
   * @defaultValue 3
   */
  readonly maxStalls?: number;

  /** How long finished jobs are kept. */
  readonly keep?: KeepOptions;

  /**
   * The largest size of a job or a result, in bytes of its JSON text.
   *
   * @defaultValue 1,048,576
   */
  readonly maxBytes?: number;

  /**
   * Whether workers store the outcome of each job for `outcomes`. Outcomes that are not read stay in the engine.
   *
   * @defaultValue false
   */
  readonly outcomes?: boolean;

  /**
   * Called with each error that is not fatal, such as a lost connection, which is then restored.
   *
   * @defaultValue a function that does nothing
   */
  readonly onError?: (error: Error) => void;
}

/** Options that have been checked, with their defaults. */
export interface ResolvedQueueOptions<Job> {
  readonly name: string;
  readonly redis: Readonly<Record<string, unknown>> | undefined;
  readonly postgres: Readonly<Record<string, unknown>> | undefined;
  readonly depth: number;
  readonly idOf: (job: Job) => string;
  readonly retry: RetryPolicy;
  readonly priorityOf: ((job: Job) => number) | undefined;
  readonly rate: number | undefined;
  readonly lease: number;
  readonly sweep: number;
  readonly maxStalls: number;
  readonly keepDone: number;
  readonly keepFailed: number;
  readonly maxBytes: number;
  readonly hasOutcomes: boolean;
  readonly onError: (error: Error) => void;
}

const check = new Check("queue");
const servers = ["redis", "postgres"] as const;
const policies = ["depth", "id", "retry", "priority", "rate", "lease", "sweep", "maxStalls", "keep"];
const names = [...servers, ...policies, "maxBytes", "outcomes", "onError"];
const aliases = {
  connection: "redis or postgres",
  attempts: "retry, which does not count the first attempt,",
  backoff: "retry",
  limiter: "rate",
  lockDuration: "lease",
  maxStalledCount: "maxStalls",
  queueSize: "depth",
  capacity: "depth",
  removeOnComplete: "keep",
  removeOnFail: "keep",
  sizeLimit: "maxBytes",
  stalledInterval: "sweep",
  jobId: "id",
};

/** The greatest priority, and the negative of the least. */
export const maxPriority = 1_000_000;

/**
 * Checks the name and the options of a queue, and fills in the defaults.
 *
 * @throws {TypeError | RangeError} for invalid arguments.
 */
export function resolveQueueOptions<Job>(name: string, options: QueueOptions<Job>): ResolvedQueueOptions<Job> {
  if (typeof name !== "string" || name === "" || name.includes(":")) {
    throw check.error(`name must be a string that is not empty and has no colon, got ${describe(name)}`);
  }
  if (options === undefined) throw check.error("options must be an object with redis or postgres, got undefined");
  check.options(options, names, aliases);
  const { redis, postgres, outcomes = false, keep = {}, retry = 0, priority, rate, id, onError } = options;
  if ((redis === undefined) === (postgres === undefined)) {
    throw check.error("the options must have either redis or postgres");
  }
  for (const server of servers) {
    const value = options[server];
    if (value !== undefined && typeof value !== "string" && typeof value !== "object") {
      throw check.error(`${server} must be a URL or an object, got ${describe(value)}`);
    }
  }
  check.isFunction("id", id);
  check.isFunction("priority", priority);
  check.isFunction("onError", onError);
  if (typeof outcomes !== "boolean") throw check.error(`outcomes must be a boolean, got ${describe(outcomes)}`);
  const retryOptions = typeof retry === "number" ? { retries: retry } : retry;
  new Check("queue: retry").options(retryOptions, retryOptionNames, retryAliases);
  new Check("queue: keep").options(keep, ["done", "failed"], { completed: "done", complete: "done", fail: "failed" });
  const lease = check.count("lease", 100, options.lease ?? 15_000);
  return {
    name,
    redis: typeof redis === "string" ? { url: redis } : redis,
    postgres: typeof postgres === "string" ? { connectionString: postgres } : postgres,
    depth: check.count("depth", 1, options.depth ?? 1000, Infinity),
    idOf: id ?? (() => crypto.randomUUID()),
    retry: resolveRetry(check, "retry.", {
      ...retryOptions,
      retries: check.count("retry.retries", 0, retryOptions.retries, 1_000_000),
    }),
    priorityOf: priority,
    rate: rate === undefined ? undefined : check.atLeast("rate", 0.001, rate, 1_000_000),
    lease,
    sweep: check.count("sweep", 10, options.sweep ?? 5000),
    maxStalls: check.count("maxStalls", 0, options.maxStalls ?? 3),
    keepDone: check.atLeast("keep.done", 0, keep.done ?? 60_000),
    keepFailed: check.atLeast("keep.failed", 0, keep.failed ?? 86_400_000),
    maxBytes: check.count("maxBytes", 1, options.maxBytes ?? 1_048_576),
    hasOutcomes: outcomes,
    onError: onError ?? (() => undefined),
  };
}
