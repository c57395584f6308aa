// The options of pools, their checks and defaults.

import { background } from "../context/derive.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import { contextOf } from "../context/wait-context.ts";
import type { Context } from "../context/context.ts";
import { numCPU } from "../runtime/goroutine.ts";
import { RateLimiter } from "../sync/rate-limiter.ts";
import type { ReceiveChannel } from "../channel/channel.ts";
import { Check, checkBoolean, checkCount, checkOptionalFunction, describe } from "../util/validate.ts";
import type { JobOutcome } from "./job.ts";
import { resolveRetry, retryAliases, type RetryOptions, retryOptionNames, type RetryPolicy } from "./retry.ts";
import { isChannelSource, type JobSource } from "./source.ts";

/**
 * The function of a pool, called with each job. It runs in the async context (`AsyncLocalStorage`) of the call that submitted the job.
 *
 * @param ctx the context of the job. It is canceled when the job has its outcome, with the pool, with the context or signal that the
 *   job was submitted with, and at the timeout; the function should then return.
 * @param job the job
 * @param worker the number of the worker, from 1
 */
export type PoolFunc<Job, Result> = (ctx: Context, job: Job, worker: number) => Result | PromiseLike<Result>;

/** An event in the life of a job, distinguished by `type`. */
export type PoolEvent<Job, Result> =
  | {
      /** "started": the function is about to be called for the first time. */
      readonly type: "started";
      /** The job. */
      readonly job: Job;
      /** The number of the worker, from 1. */
      readonly worker: number;
    }
  | {
      /** "retrying": an attempt has failed, and another follows. */
      readonly type: "retrying";
      /** The job. */
      readonly job: Job;
      /** The number of the worker, from 1. */
      readonly worker: number;
      /** The error of the attempt. */
      readonly error: Error;
      /** The number of attempts so far, from 1. */
      readonly attempts: number;
      /** The pause before the next attempt, in milliseconds. */
      readonly delay: number;
    }
  | {
      /** "ended": the job has its outcome. */
      readonly type: "ended";
      /** The outcome, which has the job. */
      readonly outcome: JobOutcome<Job, Result>;
      /** The number of the worker, from 1; undefined if the job was canceled before a worker took it. */
      readonly worker: number | undefined;
    };

/** Options of how a job is run. */
export interface JobPolicyOptions {
  /**
   * When a failed job is retried, or the number of retries: `retry: 3` is `retry: { retries: 3 }`.
   *
   * @defaultValue 0
   */
  readonly retry?: number | RetryOptions | undefined;

  /**
   * How long a job may take from the first call of its function, in milliseconds, with all its attempts and pauses. Then the job fails
   * with a `DeadlineExceeded` and its context is canceled. Its worker takes no other job until the function has returned.
   *
   * @defaultValue Infinity
   */
  readonly timeout?: number | undefined;

  /**
   * How often the function may be called: the number of calls per second of all workers together, or a limiter, which can be shared. A
   * number up to 100 spaces the calls evenly. Above 100, calls of 10 ms may start together, so that late timers do not lower the rate.
   *
   * @defaultValue Infinity
   */
  readonly rate?: number | RateLimiter | undefined;
}

/** Options of {@link runPool}, and of a {@link WorkerPool}. */
export interface RunPoolOptions<Job, Result> extends JobPolicyOptions {
  /**
   * The number of workers, from 1: how many calls of the function run at once. For work that waits for I/O, set it above the default.
   *
   * @defaultValue {@link numCPU}
   */
  readonly workers?: number | undefined;

  /**
   * Whether the first failed job ends the pool, with the error of the job as cause. Otherwise the pool continues with the other jobs.
   *
   * @defaultValue false
   */
  readonly stopOnError?: boolean;

  /**
   * How long the end of the pool waits for running functions whose jobs have their outcome, in milliseconds. A `runPool` that was cut
   * short also waits that long for the next read of an outcome.
   *
   * @defaultValue 1,000
   */
  readonly gracePeriod?: number;

  /** Called with the number of a worker when the worker starts. An error that it throws is a panic. */
  readonly onWorkerStart?: (worker: number) => void;

  /** Called with the number of a worker when the worker stops, once for each start. An error that it throws is a panic. */
  readonly onWorkerStop?: (worker: number) => void;

  /**
   * Called for each accepted job when it starts, before each retry, and when it has its outcome, in the async context of the call that
   * submitted the job. An error that it throws is a panic.
   */
  readonly onEvent?: (event: PoolEvent<Job, Result>) => void;
}

/** Options of a {@link WorkerPool}. */
export interface PoolOptions<Job, Result> extends RunPoolOptions<Job, Result> {
  /**
   * How many accepted jobs may wait for a worker: a whole number from 0, or Infinity. At 0, a job is accepted when a worker takes it.
   *
   * @defaultValue 0
   */
  readonly queueSize?: number;

  /**
   * The context of the pool: its cancellation ends the pool, and contexts of jobs are derived from it.
   *
   * @defaultValue the background context
   */
  readonly ctx?: Context | undefined;

  /** An AbortSignal instead of `ctx`: its abort ends the pool. */
  readonly signal?: AbortSignal | undefined;

  /**
   * Returns the priority of a job, once per job. The pool takes the job with the greatest priority first, and the earliest of equals.
   *
   * @defaultValue a function that always returns 0
   */
  readonly priority?: (job: Job) => number;
}

/** The options of a {@link WorkerPool} that do not go together with a source, which has policies of its own, and what to write instead. */
const sourcePolicies = {
  retry: "set the retries of its queue, or call retry() in the function",
  rate: "set the rate of its queue",
  priority: "set the priority of its queue",
  queueSize: "set the depth of its queue",
  stopOnError: "call stop() in onEvent",
} as const;

/**
 * Options of a {@link WorkerPool} that gets its jobs from a source. The options `retry`, `rate`, `priority`, `queueSize` and `stopOnError` are
 * not among them: the source has policies of its own.
 */
export interface SourcePoolOptions<Job, Result>
  extends
    Omit<PoolOptions<Job, Result>, keyof typeof sourcePolicies>,
    Readonly<Partial<Record<keyof typeof sourcePolicies, never>>> {
  /**
   * Where the jobs come from: a {@link JobSource}, such as a queue that several machines share, or a channel. The pool takes a job only
   * while a worker is free. The outcome of a job goes to the source; outcomes of jobs from a channel are sent to `results`. Jobs run in the
   * async context (`AsyncLocalStorage`) in which the pool was created. A source is for one pool, which closes it.
   */
  readonly source: JobSource<Job, Result> | ReceiveChannel<Job>;

  /**
   * Called when a call of the source fails. The pool continues: a failed `next` is called again after `retryIn` milliseconds; `retryIn` is
   * undefined for the other methods. An error that the function throws is a panic.
   *
   * @defaultValue a function that writes the first error of an outage to stderr
   */
  readonly onSourceError?: (error: Error, retryIn: number | undefined) => void;
}

/** Options of {@link WorkerPool.run}. */
export interface RunJobOptions extends WaitOptions {
  /**
   * The priority of the job: a job with a greater priority is run before the others.
   *
   * @defaultValue what the `priority` function of the pool returns for the job
   */
  readonly priority?: number;
}

/** Options that have been checked, with their defaults. */
export interface ResolvedPoolOptions<Job, Result> {
  readonly workers: number;
  readonly queueSize: number;
  readonly ctx: Context;
  readonly stopOnError: boolean;
  readonly retry: RetryPolicy;
  readonly timeout: number;
  readonly limiter: RateLimiter | undefined;
  readonly gracePeriod: number;
  readonly priorityOf: (job: Job) => number;
  readonly onWorkerStart: ((worker: number) => void) | undefined;
  readonly onWorkerStop: ((worker: number) => void) | undefined;
  readonly onEvent: ((event: PoolEvent<Job, Result>) => void) | undefined;
  readonly source: JobSource<Job, Result> | ReceiveChannel<Job> | undefined;
  readonly onSourceError: ((error: Error, retryIn: number | undefined) => void) | undefined;
}

export const policyNames: readonly string[] = ["retry", "timeout", "rate"];
const hookNames = ["onWorkerStart", "onWorkerStop", "onEvent"] as const;
const runNames = ["workers", "stopOnError", ...policyNames, "gracePeriod", ...hookNames];
const poolNames = [...runNames, "queueSize", "ctx", "signal", "priority", "source", "onSourceError"];

/** The names of earlier versions and of other libraries. */
const aliases = {
  concurrency: "workers",
  limit: "workers",
  max: "workers",
  maxConcurrency: "workers",
  maxConcurrent: "workers",
  maxThreads: "workers",
  maxWorkers: "workers",
  min: "workers",
  minThreads: "workers",
  minWorkers: "workers",
  size: "workers",
  threads: "workers",
  onError: "stopOnError",
  retries: "retry",
  interval: "rate",
  intervalCap: "rate",
  capacity: "queueSize",
  highWater: "queueSize",
  maxQueue: "queueSize",
  queue: "queueSize",
  grace: "gracePeriod",
  closeTimeout: "gracePeriod",
};

/**
 * Checks the options of a {@link WorkerPool} and fills in the defaults.
 *
 * @throws {TypeError | RangeError} for invalid options.
 */
export function resolvePoolOptions<Job, Result>(
  options: PoolOptions<Job, Result> | SourcePoolOptions<Job, Result>,
): ResolvedPoolOptions<Job, Result> {
  const check = new Check("WorkerPool");
  check.options(options, poolNames, aliases);
  const { source, onSourceError } = options as Partial<SourcePoolOptions<Job, Result>>;
  checkOptionalFunction(check, "onSourceError", onSourceError);
  if (source !== undefined) {
    isChannelSource(source);
    for (const [name, advice] of Object.entries(sourcePolicies)) {
      if (options[name as keyof typeof sourcePolicies] !== undefined) {
        throw check.error(`${name} does not go together with source; ${advice}`);
      }
    }
  }
  return { ...resolveOptions("WorkerPool", options), source, onSourceError };
}

/**
 * Checks the context and the options of `runPool` and fills in the defaults.
 *
 * @throws {TypeError | RangeError} for invalid arguments.
 */
export function resolveRunOptions<Job, Result>(
  ctx: Context,
  options: RunPoolOptions<Job, Result>,
): ResolvedPoolOptions<Job, Result> {
  const check = new Check("runPool");
  if (ctx === undefined) throw check.error("ctx must be a context, got undefined; pass context.background()");
  check.isContext("ctx", ctx);
  check.options(options, runNames, {
    ...aliases,
    ctx: "the context as the first argument",
    signal: "context.fromSignal(signal) as the first argument",
  });
  return resolveOptions("runPool", { ...options, ctx });
}

/** Checks the values of options for the public function `caller`, and fills in the defaults. */
export function resolveOptions<Job, Result>(
  caller: string,
  options: PoolOptions<Job, Result>,
): ResolvedPoolOptions<Job, Result> {
  const check = new Check(caller);
  const ctx = contextOf(check, options) ?? background();
  const workers = checkCount(check, "workers", 1, options.workers ?? numCPU());
  const { stopOnError = false, retry = 0, rate, priority } = options;
  checkBoolean(check, "stopOnError", stopOnError);
  for (const name of ["priority", ...hookNames] as const) checkOptionalFunction(check, name, options[name]);
  const retryOptions = typeof retry === "number" ? { retries: retry } : retry;
  if (typeof retryOptions !== "object") {
    throw check.error(`retry must be a number or an object, got ${describe(retryOptions)}`);
  }
  new Check(`${caller}: retry`).options(retryOptions, retryOptionNames, retryAliases);
  return {
    workers,
    queueSize: checkCount(check, "queueSize", 0, options.queueSize ?? 0, Infinity),
    ctx,
    stopOnError,
    retry: resolveRetry(check, "retry.", retryOptions),
    timeout: check.atLeast("timeout", 0, options.timeout ?? Infinity),
    limiter: rate === undefined || rate instanceof RateLimiter ? rate : limiterFor(check.atLeast("rate", 0, rate)),
    gracePeriod: check.atLeast("gracePeriod", 0, options.gracePeriod ?? 1000),
    priorityOf:
      priority === undefined
        ? noPriority
        : (job) => checkPriority("WorkerPool: priority must return a number", priority(job)),
    onWorkerStart: options.onWorkerStart,
    onWorkerStop: options.onWorkerStop,
    onEvent: options.onEvent,
    source: undefined,
    onSourceError: undefined,
  };
}

// One function for all pools: see job-dispatcher.ts.
function noPriority(): number {
  return 0;
}

/** @throws {RangeError} that says `problem`, if `priority` is not a number. */
export function checkPriority(problem: string, priority: number): number {
  if (typeof priority === "number" && !Number.isNaN(priority)) return priority;
  throw new RangeError(`${problem}, got ${describe(priority)}`);
}

// Timers are late by some milliseconds: a burst of 1 would lose the tokens of that time.
function limiterFor(rate: number): RateLimiter {
  return new RateLimiter(rate, rate === Infinity ? 1 : Math.max(1, Math.ceil(rate / 100)));
}
