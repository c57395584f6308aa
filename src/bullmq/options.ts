// The options of a queue: checks and defaults.

import { resolveRetry, type RetryOptions, type RetryPolicy, retryAliases, retryOptionNames } from "../pool/retry.ts";
import { raise } from "../runtime/goroutine.ts";
import { writeStderr } from "../runtime/process.ts";
import { realClock } from "../runtime/timer.ts";
import { safeToString } from "../util/inspect.ts";
import { Check, checkBoolean, checkCount, checkOptionalFunction, describe } from "../util/validate.ts";

/** How long finished jobs stay in the engine. */
export interface KeepOptions {
  /**
   * How long a completed job is kept, in milliseconds, from 0, or Infinity. A job that is sent again with the same id within that time is not run again.
   *
   * @defaultValue 60,000
   */
  readonly done?: number;

  /**
   * How long a failed job is kept, in milliseconds, from 0, or Infinity.
   *
   * @defaultValue 86,400,000, which is a day
   */
  readonly failed?: number;

  /**
   * How long an outcome that is not read is kept, in milliseconds, from 1,000, or Infinity. Workers remove older ones, so that a reader that has vanished
   * does not fill the server: with 100 outcomes a second, a day holds 8,640,000.
   *
   * @defaultValue 86,400,000, which is a day
   */
  readonly outcomes?: number;
}

/** Options of {@link queue}. The processes that send and the processes that work use the same ones. */
export interface QueueOptions<Job> {
  /**
   * The Redis server: a URL, the options of an ioredis client, which are passed on as they are, or an ioredis client, which the queue
   * shares and does not close. A URL that begins with `rediss:`, or the option `tls`, encrypts the connection; the URL or `username` and
   * `password` hold the credentials. A client must have `maxRetriesPerRequest: null`.
   */
  readonly redis?: string | object;

  /**
   * The Postgres server instead of Redis: a URL, the options of a `pg.Pool`, which are passed on as they are, with `schema` for another
   * schema than `bullmq`, or a `pg.Pool`, which the queue shares and does not end. The option `ssl`, or `sslmode` in the URL, encrypts the
   * connection. A pool must have the option `options: "-c search_path=bullmq"`, and a place for each `deliveries()` and `outcomes()`, which
   * keep a connection for signals.
   */
  readonly postgres?: string | object;

  /**
   * How many jobs may wait for a worker before `send` waits: a whole number from 1, or Infinity. Up to 16 more for each producer may wait,
   * because producers on several machines look at the same length.
   *
   * @defaultValue 1,000
   */
  readonly depth?: number;

  /**
   * Returns the id of a job, which is the key for idempotency: a job with the id of a job that is in the engine, also as a finished one, is
   * not stored again. An id must not be a whole number, a name of a key of BullMQ such as `meta`, and must not contain a colon.
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
   * Whether workers store the outcome of each job for `outcomes`. Outcomes that are not read are removed after `keep.outcomes`.
   *
   * @defaultValue false
   */
  readonly outcomes?: boolean;

  /**
   * Called with each error that is not fatal, such as a server that cannot be reached: calls wait, and the connection is tried again.
   *
   * @defaultValue a function that writes an error to stderr, and the same one again after a minute
   */
  readonly onError?: (error: Error) => void;
}

/** The numbers of jobs in a queue. */
export interface QueueCounts {
  /** Jobs that wait for a worker. */
  readonly waiting: number;

  /** Jobs that workers hold. */
  readonly active: number;

  /** Jobs that wait for their next attempt. */
  readonly delayed: number;

  /** Completed jobs that are kept. */
  readonly done: number;

  /** Failed jobs that are kept. */
  readonly failed: number;
}

/** The options of a client, or a client. */
export type ServerOptions = Readonly<Record<string, unknown>>;

/** Options that have been checked, with their defaults. */
export interface ResolvedQueueOptions<Job> {
  readonly name: string;
  readonly redis: ServerOptions | undefined;
  readonly postgres: ServerOptions | undefined;
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
  readonly keepOutcomes: number;
  readonly maxBytes: number;
  readonly hasOutcomes: boolean;
  readonly onError: (error: Error) => void;
}

/** What a connection needs: the options of the user, or those that are derived for the queue of outcomes. */
export type EngineSettings = Pick<
  ResolvedQueueOptions<never>,
  | "name"
  | "redis"
  | "postgres"
  | "retry"
  | "rate"
  | "lease"
  | "sweep"
  | "maxStalls"
  | "keepDone"
  | "keepFailed"
  | "onError"
> & {
  /** How long a source pauses after it has taken the last job, before it waits for a signal of the server, in milliseconds. */
  readonly linger?: number;
};

const check = /* @__PURE__ */ new Check("queue");
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

const keepAliases = { completed: "done", complete: "done", fail: "failed", outcome: "outcomes" };
type Server = (typeof servers)[number];

const day = 86_400_000;

/** The greatest time, in milliseconds: that of a timer. */
const longestTime = 2 ** 31 - 1;

/** The pause between two reports of the same error, in milliseconds. */
const reportPause = 60_000;

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
  const { outcomes = false, keep = {}, retry = 0, priority, rate, id, onError } = options;
  checkOptionalFunction(check, "id", id);
  checkOptionalFunction(check, "priority", priority);
  checkOptionalFunction(check, "onError", onError);
  checkBoolean(check, "outcomes", outcomes);
  const retryOptions = typeof retry === "number" ? { retries: retry } : retry;
  new Check("queue: retry").options(retryOptions, retryOptionNames, retryAliases);
  new Check("queue: keep").options(keep, ["done", "failed", "outcomes"], keepAliases);
  return {
    name,
    ...serverOf(options),
    depth: checkCount(check, "depth", 1, options.depth ?? 1000, Infinity),
    idOf: id ?? (() => crypto.randomUUID()),
    retry: resolveRetry(check, "retry.", {
      ...retryOptions,
      retries: checkCount(check, "retry.retries", 0, retryOptions.retries, 1_000_000),
    }),
    priorityOf: priority,
    rate: rate === undefined ? undefined : check.atLeast("rate", 0.001, rate, 1_000_000),
    lease: checkCount(check, "lease", 100, options.lease ?? 15_000, longestTime),
    sweep: checkCount(check, "sweep", 10, options.sweep ?? 5000, longestTime),
    maxStalls: checkCount(check, "maxStalls", 0, options.maxStalls ?? 3, 1_000_000),
    keepDone: check.atLeast("keep.done", 0, keep.done ?? 60_000),
    keepFailed: check.atLeast("keep.failed", 0, keep.failed ?? day),
    keepOutcomes: check.atLeast("keep.outcomes", 1000, keep.outcomes ?? day),
    maxBytes: checkCount(check, "maxBytes", 1, options.maxBytes ?? 1_048_576),
    hasOutcomes: outcomes,
    onError: onError === undefined ? reporter(name) : guarded(onError),
  };
}

/** Returns the options of the server. No error shows a value, which may hold a password. */
function serverOf({ redis, postgres }: Pick<QueueOptions<never>, Server>): Pick<ResolvedQueueOptions<never>, Server> {
  if ((redis === undefined) === (postgres === undefined)) {
    const problem = redis === undefined ? "has neither redis nor postgres" : "has both redis and postgres";
    throw check.error(
      `the options must have one server, got an object that ${problem}; ` +
        'write { redis: "redis://127.0.0.1:6379" } or { postgres: "postgres://127.0.0.1/jobs" }',
    );
  }
  if (redis !== undefined) return { redis: redisOf(redis), postgres: undefined };
  checkServer("postgres", postgres, /^postgres(ql)?:|^socket:/);
  return { redis: undefined, postgres: typeof postgres === "string" ? { connectionString: postgres } : postgres };
}

function redisOf(server: string | object): ServerOptions {
  checkServer("redis", server, /^rediss?:/);
  if (typeof server === "string") return { url: server };
  const redis = server;
  const options = isClient(redis) ? ((redis["options"] ?? {}) as ServerOptions) : redis;
  // The keys that the scripts of BullMQ build would not have it.
  if (options["keyPrefix"]) throw check.error("redis must not have keyPrefix; the name of the queue begins its keys");
  const { maxRetriesPerRequest } = options;
  if (isClient(redis) && maxRetriesPerRequest !== undefined && maxRetriesPerRequest !== null) {
    throw check.error(
      `the client that is passed as redis must have maxRetriesPerRequest null, got ${describe(maxRetriesPerRequest)}; ` +
        "create it by new Redis(url, { maxRetriesPerRequest: null })",
    );
  }
  return redis;
}

function checkServer(name: Server, value: unknown, protocols: RegExp): asserts value is string | ServerOptions {
  const isObject = typeof value === "object" && !Array.isArray(value);
  if (value === "" || (typeof value !== "string" && !isObject)) {
    throw check.error(`${name} must be a URL, an object of options or a client, got ${describe(value)}`);
  }
  const [, protocol] = typeof value === "string" ? (/^([a-z][a-z+]*:)\/\//.exec(value) ?? []) : [];
  if (protocol === undefined || protocols.test(protocol)) return;
  const other = name === "redis" ? "postgres" : "redis";
  const advice = protocol.startsWith(other) ? `; write { ${other}: url }` : "";
  throw check.error(`${name} must be a URL of ${name}, got one that begins with ${protocol}${advice}`);
}

/** Returns a function that calls `onError`. An error that it throws is a panic: BullMQ would report it as an error of the connection. */
function guarded(onError: (error: Error) => void): (error: Error) => void {
  return (error) => {
    try {
      onError(error);
    } catch (thrown) {
      raise(thrown);
    }
  };
}

/** Reports whether `server` is a client: of ioredis, or a `pg.Pool`. */
export function isClient(server: ServerOptions | undefined): boolean {
  return typeof server?.["connect"] === "function";
}

/** Returns a function that writes errors to stderr, each text at most once a minute: during an outage, attempts fail in each second. */
function reporter(name: string): (error: Error) => void {
  let last = "";
  let time = -Infinity;
  return (error) => {
    const text = `queue ${name}: ${textOf(error)}`;
    const now = realClock.now();
    if (text === last && now - time < reportPause) return;
    [last, time] = [text, now];
    writeStderr(`goro/bullmq: ${text}; it is tried again\n`);
  };
}

/** The message of an error of several addresses is empty. */
function textOf(error: Error): string {
  const { code } = error as { code?: unknown };
  return error.message === "" ? `${error.name} ${String(code)}` : safeToString(error);
}
