// The options of pools, their checks and defaults.

import type { Context } from "../context/context.ts";
import { background } from "../context/api.ts";
import { Check, describe } from "../util/validate.ts";
import { numCPU } from "../runtime/goroutine.ts";
import type { JobOutcome } from "./outcome.ts";
import { RateLimiter } from "../sync/rate-limiter.ts";

/**
 * The function that works on a job. `worker` is the number of the worker, from 1. `ctx` is the job's own context: it ends with the
 * job, with the pool, with the context that the job was brought with, or by the timeout, and then the work should stop. The
 * function runs in the async context (`AsyncLocalStorage`) of the call that brought the job.
 */
export type PoolFunc<Job, Result> = (ctx: Context, job: Job, worker: number) => Result | PromiseLike<Result>;

/** Options of retries. The pauses between attempts grow, and each ends early if the job's context does. */
export interface RetryOptions {
  /** How many times more, after the first: a whole number from 0. */
  readonly retries: number;

  /** The first pause, in milliseconds, from 0. By default 100. */
  readonly delay?: number;

  /** By how much each pause is longer than the one before, from 1. By default 2. */
  readonly factor?: number;

  /** The longest pause, in milliseconds. By default 30,000. */
  readonly maxDelay?: number;

  /** How much of each pause is left to chance, from 0 to 1, so that not all come back at once. By default 0.5. */
  readonly jitter?: number;

  /** Whether it makes sense to try again after `error`; `attempts` is how many there have been. By default always. */
  readonly shouldRetry?: (error: Error, attempts: number) => boolean;
}

/** An event in the life of a job. */
export type PoolEvent<Job, Result> =
  | { readonly type: "started"; readonly job: Job; readonly worker: number }
  | {
      readonly type: "retrying";
      readonly job: Job;
      readonly worker: number;
      readonly error: Error;
      readonly attempts: number;
      /** The pause that follows, in milliseconds. */
      readonly delay: number;
    }
  /** `worker` is undefined if the job was canceled before one took it. */
  | { readonly type: "ended"; readonly outcome: JobOutcome<Job, Result>; readonly worker: number | undefined };

/** Options of {@link runPool}, and of a {@link WorkerPool}. */
export interface RunPoolOptions<Job, Result> {
  /** How many functions run at once at most, from 1. By default {@link numCPU}; work that mostly waits needs more. */
  readonly workers?: number;

  /** What a failed job does: "collect" (the default) continues with the others, "cancel" ends the pool with the error as cause. */
  readonly onError?: "collect" | "cancel";

  /** Whether and when a job that failed is tried again. By default it is not. */
  readonly retry?: RetryOptions;

  /**
   * How many milliseconds a job may take from the first call of its function, with all attempts and pauses. After that it has failed
   * with a `DeadlineExceeded`, and its context ends; its worker takes no other job until the function has really returned. By
   * default it is unlimited.
   */
  readonly timeout?: number;

  /**
   * How often the function may be called: times a second for all workers together, or a limiter, which can be shared. A number up to 100
   * spaces the calls evenly; above that as many may come at once as belong to 10 ms, so that late timers do not lower the rate.
   */
  readonly rate?: number | RateLimiter;

  /**
   * How many milliseconds the end of the pool waits for functions that go on although their jobs are over. By default 1,000.
   * `runPool` also waits so long for a reader of its outcomes, once it was cut short.
   */
  readonly gracePeriod?: number;

  /** Called with the number of a worker when the worker starts. An error that it throws is a panic. */
  readonly onWorkerStart?: (worker: number) => void;

  /** Called with the number of a worker when the worker stops, once for each start. An error that it throws is a panic. */
  readonly onWorkerStop?: (worker: number) => void;

  /**
   * Called for each accepted job when it is started, before it is tried again, and when it has its outcome, in the async context of
   * the call that brought the job. An error that it throws is a panic.
   */
  readonly onEvent?: (event: PoolEvent<Job, Result>) => void;
}

/** Options of a {@link WorkerPool}. */
export interface PoolOptions<Job, Result> extends RunPoolOptions<Job, Result> {
  /** Instead of `workers`: the least number of workers, from 0. By default 1. */
  readonly min?: number;

  /** Instead of `workers`: the greatest number of workers, from 1, while there is enough to do. By default {@link numCPU}. */
  readonly max?: number;

  /** After how many idle milliseconds a worker above `min` stops. By default 1,000. */
  readonly idle?: number;

  /** How many accepted jobs may wait for a worker: a whole number from 0, or Infinity. By default 0: only a free worker accepts. */
  readonly queueSize?: number;

  /** When it ends, so does the pool. Contexts of the jobs are derived from it. By default the background context. */
  readonly ctx?: Context;

  /** The priority of a job: greater is sooner, and among equals the earlier job. Called once for each job. By default all are equal. */
  readonly priority?: (job: Job) => number;
}

/** Options that have been checked, with their defaults. */
export interface ResolvedPoolOptions<Job, Result> {
  readonly min: number;
  readonly max: number;
  readonly idle: number;
  readonly queue: number;
  readonly ctx: Context;
  readonly cancelsOnError: boolean;
  readonly retry: Required<RetryOptions>;
  readonly timeout: number;
  readonly limiter: RateLimiter | undefined;
  readonly grace: number;
  readonly priority: ((job: Job) => number) | undefined;
  readonly onWorkerStart: ((worker: number) => void) | undefined;
  readonly onWorkerStop: ((worker: number) => void) | undefined;
  readonly onEvent: ((event: PoolEvent<Job, Result>) => void) | undefined;
}

// Timers are late by some milliseconds: a burst of 1 would lose the tokens of that time.
function limiterFor(rate: number): RateLimiter {
  return new RateLimiter(rate, rate === Infinity ? 1 : Math.max(1, Math.ceil(rate / 100)));
}

const retryNames = ["retries", "delay", "factor", "maxDelay", "jitter", "shouldRetry"];
const runNames = [
  "workers",
  "onError",
  "retry",
  "timeout",
  "rate",
  "gracePeriod",
  "onWorkerStart",
  "onWorkerStop",
  "onEvent",
];
const poolNames = [...runNames, "min", "max", "idle", "queueSize", "ctx", "priority"];

/** The names that other libraries use. */
const aliases = {
  concurrency: "workers",
  maxConcurrency: "workers",
  limit: "workers",
  size: "workers",
  threads: "workers",
  retries: "retry: { retries }",
  minThreads: "min",
  maxThreads: "max",
  idleTimeout: "idle",
  maxQueue: "queueSize",
  capacity: "queueSize",
  queue: "queueSize",
  grace: "gracePeriod",
  signal: "ctx: context.fromSignal(signal)",
};

/** Checks the options of a {@link WorkerPool} and fills in the defaults. Throws `RangeError` or `TypeError`. */
export function settlePool<Job, Result>(options: PoolOptions<Job, Result>): ResolvedPoolOptions<Job, Result> {
  new Check("WorkerPool").options(options, poolNames, aliases);
  return resolveOptions("WorkerPool", options);
}

/** Checks the arguments of `runPool` and fills in the defaults. Throws `RangeError` or `TypeError`. */
export function settleRun<Job, Result>(
  ctx: Context,
  options: RunPoolOptions<Job, Result>,
): ResolvedPoolOptions<Job, Result> {
  const check = new Check("runPool");
  if (ctx === undefined)
    throw new TypeError("runPool: ctx must be a context, got undefined; pass context.background()");
  check.options(options, runNames, {
    ...aliases,
    ctx: "the context as the first argument",
    signal: "the context as the first argument",
  });
  return resolveOptions("runPool", { ...options, ctx });
}

function resolveOptions<Job, Result>(
  caller: string,
  options: PoolOptions<Job, Result>,
): ResolvedPoolOptions<Job, Result> {
  const check = new Check(caller);
  check.isContext("ctx", options.ctx);
  const { onError = "collect", retry, rate } = options;
  const [min, max] = resolveWorkerLimits(caller, check, options);
  if (onError !== "collect" && onError !== "cancel") {
    throw new TypeError(`${caller}: onError must be "collect" or "cancel", got ${describe(onError)}`);
  }
  for (const name of ["priority", "onWorkerStart", "onWorkerStop", "onEvent"] as const) {
    check.isFunction(name, options[name]);
  }
  if (retry !== undefined && typeof retry !== "object") {
    throw new TypeError(
      `${caller}: retry must be an object, got ${describe(retry)}; write retry: { retries: ${describe(retry)} }`,
    );
  }
  new Check(`${caller}: retry`).options(retry, retryNames, { when: "shouldRetry" });
  check.isFunction("retry.shouldRetry", retry?.shouldRetry);
  return {
    min,
    max,
    idle: check.atLeast("idle", 0, options.idle ?? 1000),
    queue: check.count("queueSize", 0, options.queueSize ?? 0, Infinity),
    ctx: options.ctx ?? background(),
    cancelsOnError: onError === "cancel",
    retry: {
      retries: check.count("retry.retries", 0, retry === undefined ? 0 : retry.retries, Infinity),
      delay: check.atLeast("retry.delay", 0, retry?.delay ?? 100),
      factor: check.atLeast("retry.factor", 1, retry?.factor ?? 2),
      maxDelay: check.atLeast("retry.maxDelay", 0, retry?.maxDelay ?? 30_000),
      jitter: check.atLeast("retry.jitter", 0, retry?.jitter ?? 0.5, 1),
      shouldRetry: retry?.shouldRetry ?? ((): boolean => true),
    },
    timeout: check.atLeast("timeout", 0, options.timeout ?? Infinity),
    limiter: rate === undefined || rate instanceof RateLimiter ? rate : limiterFor(check.atLeast("rate", 0, rate)),
    grace: check.atLeast("gracePeriod", 0, options.gracePeriod ?? 1000),
    priority: options.priority,
    onWorkerStart: options.onWorkerStart,
    onWorkerStop: options.onWorkerStop,
    onEvent: options.onEvent,
  };
}

function resolveWorkerLimits(
  caller: string,
  check: Check,
  { workers, min, max }: PoolOptions<never, never>,
): [min: number, max: number] {
  if (min === undefined && max === undefined) {
    const fixed = check.count("workers", 1, workers ?? numCPU());
    return [fixed, fixed];
  }
  if (workers !== undefined) throw new TypeError(`${caller}: either workers or min and max, not both`);
  const most = check.count("max", 1, max ?? Math.max(numCPU(), check.count("min", 0, min ?? 0)));
  return [check.count("min", 0, min ?? Math.min(1, most), most), most];
}
