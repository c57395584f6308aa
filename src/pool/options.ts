// What a pool can be told, and what it makes of it.

import type { Context } from "../context/context.ts";
import { background } from "../context/namespace.ts";
import { Check } from "../goroutine/check.ts";
import { asText } from "../goroutine/foreign.ts";
import { numCPU } from "../goroutine/go.ts";
import type { Outcome } from "./outcome.ts";
import { RateLimiter } from "./ratelimiter.ts";

/**
 * What is done with a job. `worker` is the number of the worker, from 1. The work should stop when `ctx` ends: with the pool, with
 * the context that the job was given, or by its timeout.
 */
export type PoolFunc<Job, Result> = (ctx: Context, job: Job, worker: number) => Result | PromiseLike<Result>;

/** When a job that failed is tried again. The pauses grow, and each ends early if the job's context does. */
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
  readonly when?: (error: Error, attempts: number) => boolean;
}

/** Something that has happened to a job. */
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
  /** `worker` is undefined if the job was cancelled before one took it. */
  | { readonly type: "ended"; readonly outcome: Outcome<Job, Result>; readonly worker: number | undefined };

/** What both doors of the pool can be told. */
export interface RunOptions<Job, Result> {
  /** How many jobs are worked on at once, from 1. By default {@link numCPU}: for work that mostly waits, take more. */
  readonly workers?: number;

  /** What a failed job does: "collect" goes on with the others, "cancel" ends the pool, with the error as the cause. */
  readonly onError?: "collect" | "cancel";

  readonly retry?: RetryOptions;

  /**
   * How many milliseconds a job may take from the first call of its function, with all attempts and pauses. After that it has failed with a
   * `DeadlineExceeded`, and its context ends; its worker takes no other job until the function has really returned.
   */
  readonly timeout?: number;

  /**
   * How often the function may be called: times a second for all workers together, or a limiter, which can be shared. A number up to 100
   * spaces the calls evenly; above that as many may come at once as belong to 10 ms, so that late timers do not lower the rate.
   */
  readonly rate?: number | RateLimiter;

  /** How many milliseconds, once the pool ends, it waits for functions that go on although their jobs are over. By default 1,000. */
  readonly grace?: number;

  /** Is called with the number of each worker, when it starts and once when it stops. What it throws is a panic. */
  readonly onWorkerStart?: (worker: number) => void;
  readonly onWorkerStop?: (worker: number) => void;

  /** Is called for each job when it is started, when it is about to be tried again, and when it has its outcome. */
  readonly onEvent?: (event: PoolEvent<Job, Result>) => void;
}

/** What a {@link WorkerPool} can be told. */
export interface PoolOptions<Job, Result> extends RunOptions<Job, Result> {
  /**
   * Instead of `workers`: the pool has `min` workers, from 0, as many as `max`, from 1, while there is more to do, and fewer
   * again once they have been idle for `idle` milliseconds. By default 1, {@link numCPU} and 1,000.
   */
  readonly min?: number;
  readonly max?: number;
  readonly idle?: number;

  /** How many accepted jobs may wait for a worker: a whole number from 0, or Infinity. By default 0: only a free worker accepts. */
  readonly queue?: number;

  /** When it ends, so does the pool. Contexts of the jobs are derived from it. */
  readonly ctx?: Context;

  /** The greater, the sooner; among equals the earlier. It is called once for each job. By default all are equal. */
  readonly priority?: (job: Job) => number;
}

/** Options that have been looked at. */
export interface Settings<Job, Result> {
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

/** `options` with what they leave open. Throws `RangeError` or `TypeError` for those that make no sense, for `caller`. */
export function settle<Job, Result>(caller: string, options: PoolOptions<Job, Result>): Settings<Job, Result> {
  const check = new Check(caller);
  check.isContext("ctx", options.ctx);
  const { workers, onError = "collect", retry, rate } = options;
  const [min, max] = staff(check, options);
  if (onError !== "collect" && onError !== "cancel") {
    throw new TypeError(`${caller}: onError must be "collect" or "cancel", got ${asText(onError)}`);
  }
  for (const name of ["priority", "onWorkerStart", "onWorkerStop", "onEvent"] as const) {
    check.isFunction(name, options[name]);
  }
  check.isFunction("retry.when", retry?.when);
  return {
    min,
    max,
    idle: check.atLeast("idle", 0, options.idle ?? 1000),
    queue: check.count("queue", 0, options.queue ?? 0, Infinity),
    ctx: options.ctx ?? background(),
    cancelsOnError: onError === "cancel",
    retry: {
      retries: check.count("retry.retries", 0, retry === undefined ? 0 : retry.retries, Infinity),
      delay: check.atLeast("retry.delay", 0, retry?.delay ?? 100),
      factor: check.atLeast("retry.factor", 1, retry?.factor ?? 2),
      maxDelay: check.atLeast("retry.maxDelay", 0, retry?.maxDelay ?? 30_000),
      jitter: check.atLeast("retry.jitter", 0, retry?.jitter ?? 0.5, 1),
      when: retry?.when ?? ((): boolean => true),
    },
    timeout: check.atLeast("timeout", 0, options.timeout ?? Infinity),
    limiter: rate === undefined || rate instanceof RateLimiter ? rate : limiterFor(check.atLeast("rate", 0, rate)),
    grace: check.atLeast("grace", 0, options.grace ?? 1000),
    priority: options.priority,
    onWorkerStart: options.onWorkerStart,
    onWorkerStop: options.onWorkerStop,
    onEvent: options.onEvent,
  };

  function staff(check: Check, { min, max }: PoolOptions<Job, Result>): [min: number, max: number] {
    if (min === undefined && max === undefined) {
      const fixed = check.count("workers", 1, workers ?? numCPU());
      return [fixed, fixed];
    }
    if (workers !== undefined) throw new TypeError(`${caller}: either workers or min and max, not both`);
    const most = check.count("max", 1, max ?? Math.max(numCPU(), check.count("min", 0, min ?? 0)));
    return [check.count("min", 0, min ?? Math.min(1, most), most), most];
  }
}
