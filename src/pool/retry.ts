// Repeated attempts with growing pauses: the policy, which pools share, and `retry`, which applies it to one function.

import { background } from "../context/derive.ts";
import { pause } from "../context/pause.ts";
import { contextOf } from "../context/wait-context.ts";
import { throwIfCanceled } from "../runtime/cancelable-wait.ts";
import { type Cancellation, cancellationOf, type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { below } from "../runtime/realm.ts";
import { fairly, rejected } from "../runtime/scheduler.ts";
import { currentClock } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import { Check, checkCount, checkFunction, checkOptionalFunction, describe, isDate } from "../util/validate.ts";

/** When a failed attempt is repeated, and how long the pause before the next attempt is. */
export interface RetryOptions {
  /** The number of attempts after the first one: a whole number from 0, or Infinity. */
  readonly retries: number;

  /**
   * The first pause, in milliseconds, from 0.
   *
   * @defaultValue 100
   */
  readonly delay?: number;

  /**
   * The factor by which each pause is longer than the previous one, from 1.
   *
   * @defaultValue 2
   */
  readonly factor?: number;

  /**
   * The longest pause, in milliseconds, from 0.
   *
   * @defaultValue 30,000
   */
  readonly maxDelay?: number;

  /**
   * The share of each pause that is random, from 0 to 1, so that clients that failed together do not retry together.
   *
   * @defaultValue 0.5
   */
  readonly jitter?: number;

  /**
   * Reports whether to retry after `error`. If it throws, the error that it throws is the failure, and no attempt follows.
   *
   * @param attempts the number of attempts so far, from 1
   * @defaultValue a function that always returns true
   */
  readonly shouldRetry?: (error: Error, attempts: number) => boolean;

  /**
   * Returns the pause before the next attempt that the failed attempt requires, as a server does with the header `Retry-After`: in
   * milliseconds, or as the `Date` at which it ends; undefined for the regular pause. {@link parseRetryAfter} reads the header. `maxDelay`
   * and `jitter` do not apply to this pause. If the function throws, the error that it throws is the failure, and no attempt follows; so is
   * a `RangeError` if it returns something that is neither of these.
   *
   * @defaultValue a function that always returns undefined
   */
  readonly retryAfter?: (error: Error) => number | Date | undefined;

  /**
   * The longest pause that `retryAfter` can require, in milliseconds, from 0.
   *
   * @defaultValue 300,000
   */
  readonly maxRetryAfter?: number;
}

/** Retry options that have been checked, with their defaults. */
export type RetryPolicy = Required<RetryOptions>;

export const retryOptionNames: readonly string[] = [
  "retries",
  "delay",
  "factor",
  "maxDelay",
  "jitter",
  "shouldRetry",
  "retryAfter",
  "maxRetryAfter",
];

/** The names that other libraries use. */
export const retryAliases: Readonly<Record<string, string>> = {
  attempts: "retries, the number of attempts after the first one,",
  limit: "retries",
  minTimeout: "delay",
  maxTimeout: "maxDelay",
  randomize: "jitter",
  when: "shouldRetry",
};

const check = /* @__PURE__ */ new Check("retry");

/** Checks the values of retry options, whose names errors begin with `prefix`, and fills in the defaults. */
export function resolveRetry(check: Check, prefix: string, options: RetryOptions): RetryPolicy {
  const { retries, delay = 100, factor = 2, maxDelay = 30_000, jitter = 0.5 } = options;
  const { shouldRetry = always, retryAfter = never, maxRetryAfter = 300_000 } = options;
  checkOptionalFunction(check, `${prefix}shouldRetry`, shouldRetry);
  checkOptionalFunction(check, `${prefix}retryAfter`, retryAfter);
  return {
    retries: checkCount(check, `${prefix}retries`, 0, retries, Infinity),
    delay: check.atLeast(`${prefix}delay`, 0, delay),
    factor: check.atLeast(`${prefix}factor`, 1, factor),
    maxDelay: check.atLeast(`${prefix}maxDelay`, 0, maxDelay),
    jitter: check.atLeast(`${prefix}jitter`, 0, jitter, 1),
    shouldRetry,
    retryAfter,
    maxRetryAfter: check.atLeast(`${prefix}maxRetryAfter`, 0, maxRetryAfter),
  };
}

/**
 * Returns the pause before the next attempt, in milliseconds; undefined if the last attempt has been made.
 *
 * @param attempts the number of attempts so far, from 1
 * @throws the error that `shouldRetry` or `retryAfter` throws; {RangeError} if `retryAfter` returns neither a number nor a date.
 */
export function retryDelay(policy: RetryPolicy, error: Error, attempts: number): number | undefined {
  const { retries, delay, factor, maxDelay, jitter, shouldRetry, retryAfter, maxRetryAfter } = policy;
  if (attempts > retries || !shouldRetry(error, attempts)) return undefined;
  const after = retryAfter(error);
  if (after !== undefined) return Math.min(toDelay(after, error), maxRetryAfter);
  // 0 * factor ** n is NaN once the power is Infinity.
  const longest = delay === 0 ? 0 : Math.min(delay * factor ** (attempts - 1), maxDelay);

  return longest * (1 - jitter * (below(1e6) / 1e6));
}

function toDelay(after: number | Date, error: Error): number {
  const delay = isDate(after) ? after.getTime() - currentClock().wall() : after;
  if (typeof delay === "number" && !Number.isNaN(delay)) return Math.max(0, delay);
  const problem = `must return a number of milliseconds, a valid Date or undefined, got ${describe(after)}`;
  throw new RangeError(`retryAfter ${problem}`, { cause: error });
}

/**
 * Calls `fn` until it succeeds, with growing pauses between the calls.
 *
 * Cancellation: no call follows, a pause ends early, and the promise rejects with `ctx.err()` or with the reason of `signal`, and not with the
 * error of `fn`. A call in progress is awaited: pass the same context or signal to the work in `fn`.
 *
 * @param fn is called with the number of the attempt, from 1
 * @returns the result of `fn`
 * @throws the error of the last attempt (rejects), or the error that `shouldRetry` throws.
 * @throws {TypeError | RangeError} (rejects) for invalid arguments; `fn` is not called.
 * @example
 * const status = await retry(
 *   async (attempt) => {
 *     if (attempt < 3) throw new Error("service unavailable");
 *     return `ok after ${attempt} attempts`;
 *   },
 *   { retries: 5, delay: 10 },
 * );
 * console.log(status); // ok after 3 attempts
 */
export function retry<Result>(
  fn: (attempt: number) => Result | PromiseLike<Result>,
  options: RetryOptions & WaitOptions,
): Promise<Awaited<Result>> {
  try {
    checkFunction("retry", fn, "fn");
    check.options(options, [...retryOptionNames, ...waitOptionNames], retryAliases);
    const cancellation = cancellationOf(check, options);
    return fairly(callWithRetries(fn, resolveRetry(check, "", options ?? {}), contextOf(check, options), cancellation));
  } catch (error) {
    return rejected(error);
  }
}

async function callWithRetries<Result>(
  fn: (attempt: number) => Result | PromiseLike<Result>,
  policy: RetryPolicy,
  ctx: Context = background(),
  cancellation: Cancellation | null,
): Promise<Awaited<Result>> {
  for (let attempt = 1; ; attempt++) {
    throwIfCanceled(cancellation);
    try {
      return await fn(attempt);
    } catch (thrown) {
      throwIfCanceled(cancellation);
      const delay = retryDelay(policy, toError(thrown), attempt);
      if (delay === undefined) throw thrown;
      await pause(delay, ctx);
    }
  }
}

function always(): boolean {
  return true;
}

function never(): undefined {
  return undefined;
}
