// A limit on the number of functions that run at once: the functions that users call. limit-state.ts has the slots and the queue.

import { untilCanceled } from "../runtime/cancelable-wait.ts";
import { type Cancellation, cancellationOf, type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { background } from "../context/derive.ts";
import { contextOf } from "../context/wait-context.ts";
import { rejected, resolved } from "../runtime/scheduler.ts";
import { limitTask } from "../runtime/wait-reasons.ts";
import { printAsString } from "../util/inspect.ts";
import { Check, checkCount, checkFunction, describe } from "../util/validate.ts";
import { LimitState, type WaitingTask } from "./limit-state.ts";

const createCheck = /* @__PURE__ */ new Check("createLimit");
const callCheck = /* @__PURE__ */ new Check("limit");
const idleCheck = /* @__PURE__ */ new Check("limit.onIdle");

/** The error of a task that {@link LimitControls.clear} has removed before it started. */
export class ClearedError extends Error {
  static {
    this.prototype.name = "ClearedError";
  }
}

/** A function that a limit runs. `ctx` is the context of the call, or the context of its signal; without these, the background context. */
export type LimitTask<R> = (ctx: Context) => R | PromiseLike<R>;

/** Options of a call of a {@link Limit}. */
export interface LimitOptions extends WaitOptions {
  /**
   * A task with a greater priority starts before the others that wait.
   *
   * @defaultValue 0
   */
  readonly priority?: number;
}

/** What limits with and without keys have in common. The tasks of a limit include those of its groups. */
export interface LimitControls {
  /** The number of tasks that have started, or are about to, and have not returned. */
  readonly running: number;

  /** The number of tasks that wait. */
  readonly size: number;

  /**
   * Whether it has been paused by {@link LimitControls.pause} and not resumed. A group that is not paused itself starts no tasks either while
   * a limit above it is paused.
   */
  readonly isPaused: boolean;

  /** Starts no more tasks until {@link LimitControls.resume}. Running tasks continue. */
  pause(): void;

  /** Starts tasks again. */
  resume(): void;

  /**
   * Removes all tasks that wait. The promises of their calls reject with a {@link ClearedError}.
   *
   * @returns the number of removed tasks
   */
  clear(): number;

  /**
   * Waits until no task runs or waits: immediately if that is so. While the limit is paused and tasks wait, it is not idle. It does not wait
   * for handlers of the promises of the calls: for these, await the promises.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`.
   */
  onIdle(options?: WaitOptions): Promise<void>;
}

/**
 * Runs functions, of which only a number run at once. The others wait, and start in the order of their calls.
 *
 * A task starts when the caller reaches its next `await` or later, in the async context (`AsyncLocalStorage`) of the caller. The promise of
 * the call settles as the task does.
 *
 * Cancellation: a task that has not started never starts. The call rejects immediately with `ctx.err()` or with the reason of `signal`, also
 * if the task runs; the task keeps its slot until it returns, and its result is dropped.
 */
export interface Limit extends LimitControls {
  /**
   * Runs `task` as soon as the limit allows, and returns its result.
   *
   * @throws what `task` throws (rejects); {ClearedError} (rejects) if the task was removed; {TypeError | RangeError} (rejects) for invalid
   * arguments.
   */
  <R>(task: LimitTask<R>, options?: LimitOptions): Promise<Awaited<R>>;

  /**
   * How many tasks run at once: a whole number from 1, or Infinity. Can be set: a greater number starts waiting tasks, and a smaller one
   * starts none until enough have returned.
   */
  concurrency: number;

  /**
   * Returns a group: a limit whose tasks count in this limit too. A task of the group starts when both have a free slot; while it waits, it
   * holds neither. Groups can have groups.
   *
   * @param concurrency - a whole number from 1, or Infinity
   * @throws {RangeError} for another number.
   *
   * @example
   * const limit = createLimit(10);
   * const images = limit.group(2);
   * await Promise.all([limit(() => "a page"), images(() => "an image"), images(() => "another image")]);
   */
  group(concurrency: number): Limit;

  /**
   * Returns a limit for each key, which are groups of this limit. It keeps nothing for a key without tasks. Keys are compared as in a `Map`.
   *
   * @param concurrency - the number of tasks of a key that run at once, or a function that returns it for a key
   * @throws {RangeError} for a number that is not a whole number from 1 or Infinity.
   *
   * @example
   * const perHost = createLimit(20).keyed<string>(2);
   * const body = await perHost("example.com", () => "at most 2 of this host at once, and 20 of all");
   */
  keyed<K>(concurrency: number | ((key: K) => number)): KeyedLimit<K>;
}

/** A limit for each key: see {@link Limit.keyed}. */
export interface KeyedLimit<K> extends LimitControls {
  /**
   * Runs `task` as soon as the limit of `key` allows, and returns its result; as the call of a {@link Limit}.
   *
   * @throws {RangeError} (rejects) if the function for the number of a key returns an invalid one.
   */
  <R>(key: K, task: LimitTask<R>, options?: LimitOptions): Promise<Awaited<R>>;

  /** The number of keys with tasks. */
  readonly keys: number;
}

/**
 * Returns a {@link Limit}: a function that runs functions, of which at most `concurrency` run at once.
 *
 * For jobs of one kind, with retries, timeouts and reports, use a {@link WorkerPool}. To hold permits over several steps, use a
 * {@link Semaphore}.
 *
 * @param concurrency - a whole number from 1, or Infinity
 * @throws {RangeError} for another number.
 *
 * @example
 * const limit = createLimit(2);
 * const lengths = await Promise.all(["a", "bb", "ccc"].map((word) => limit(async () => word.length)));
 * console.log(lengths); // [ 1, 2, 3 ]
 */
export function createLimit(concurrency: number): Limit {
  return limitOf(new LimitState(checkConcurrency(createCheck, concurrency)));
}

function limitOf(state: LimitState): Limit {
  const limit = <R>(task: LimitTask<R>, options?: LimitOptions): Promise<Awaited<R>> => call(state, task, options);
  const group = (concurrency: number): Limit =>
    limitOf(new LimitState(checkConcurrency(new Check("limit.group"), concurrency), state));
  const keyed = <K>(concurrency: number | ((key: K) => number)): KeyedLimit<K> => keyedLimitOf(state, concurrency);
  Object.assign(limit, { group, keyed });
  Object.defineProperty(limit, "concurrency", {
    get: () => state.concurrency,
    set: (value: number) => (state.concurrency = checkConcurrency(callCheck, value)),
  });
  return addControls(limit, state, () => `Limit ${String(state)}`) as Limit;
}

function keyedLimitOf<K>(parent: LimitState, concurrency: number | ((key: K) => number)): KeyedLimit<K> {
  const check = new Check("limit.keyed");
  if (typeof concurrency !== "function") checkConcurrency(check, concurrency);
  const concurrencyOf = (key: K): number =>
    typeof concurrency === "function" ? checkConcurrency(check, concurrency(key)) : concurrency;
  const all = new LimitState(Infinity, parent);
  const states = new Map<K, LimitState>();
  const limit = <R>(key: K, task: LimitTask<R>, options?: LimitOptions): Promise<Awaited<R>> => {
    try {
      const state = states.get(key) ?? new LimitState(concurrencyOf(key), all, () => states.delete(key));
      const result = call(state, task, options);
      // A call with invalid arguments has no task.
      if (!state.isIdle) states.set(key, state);
      return result;
    } catch (error) {
      return rejected(error);
    }
  };
  Object.defineProperty(limit, "keys", { get: () => states.size });
  return addControls(limit, all, () => `KeyedLimit ${String(all)}, ${states.size} keys`) as KeyedLimit<K>;
}

function addControls(limit: object, state: LimitState, toString: () => string): LimitControls {
  const onIdle = (options?: WaitOptions): Promise<void> => waitForIdle(state, options);
  const pause = (): void => state.pause();
  const resume = (): void => state.resume();
  const clear = (): number => clearTasks(state);
  printAsString(limit);
  Object.defineProperty(limit, "toString", { value: toString });
  Object.defineProperty(limit, "running", { get: () => state.running });
  Object.defineProperty(limit, "size", { get: () => state.size });
  Object.defineProperty(limit, "isPaused", { get: () => state.isPaused });
  return Object.assign(limit, { pause, resume, clear, onIdle }) as LimitControls;
}

function call<R>(state: LimitState, task: LimitTask<R>, options: LimitOptions | undefined): Promise<Awaited<R>> {
  try {
    checkFunction("limit", task, "task");
    if (options === undefined) return run(state, task, background(), state.enter(0));
    callCheck.options(options, [...waitOptionNames, "priority"]);
    const { priority = 0 } = options;
    if (typeof priority !== "number" || Number.isNaN(priority)) {
      throw new RangeError(`limit: priority must be a number, got ${describe(priority)}`);
    }
    const cancellation = cancellationOf(callCheck, options);
    const reason = cancellation?.reason;
    if (reason !== undefined) return rejected(reason);
    const taskContext = contextOf(callCheck, options) ?? background();
    const waiting = state.enter(priority);
    if (cancellation === null) return run(state, task, taskContext, waiting);
    return runCancelably(state, task, taskContext, waiting, cancellation);
  } catch (error) {
    return rejected(error);
  }
}

// An async function, so that the task runs in the async context of the caller.
async function run<R>(
  state: LimitState,
  task: LimitTask<R>,
  ctx: Context,
  waiting: WaitingTask | null,
): Promise<Awaited<R>> {
  await (waiting === null ? resolved() : waiting.promise);
  try {
    return await task(ctx);
  } finally {
    state.leave();
  }
}

async function runCancelably<R>(
  state: LimitState,
  task: LimitTask<R>,
  ctx: Context,
  waiting: WaitingTask | null,
  cancellation: Cancellation,
): Promise<Awaited<R>> {
  if (waiting === null) await resolved();
  else await waiting.cancelBy(cancellation);
  // The cancellation may have occurred after the task got its slots.
  const { reason } = cancellation;
  if (reason !== undefined) {
    state.leave();
    throw reason;
  }
  return untilCanceled(run(state, task, ctx, null), cancellation);
}

async function waitForIdle(state: LimitState, options: WaitOptions | undefined): Promise<void> {
  idleCheck.options(options, waitOptionNames);
  const cancellation = cancellationOf(idleCheck, options);
  const reason = cancellation?.reason;
  if (reason !== undefined) return rejected(reason);
  if (state.isIdle) return resolved();
  return state.waitForIdle().cancelBy(cancellation);
}

function clearTasks(state: LimitState): number {
  const tasks = state.clear();
  if (tasks.length === 0) return 0;
  const error = new ClearedError("limit: the task was removed by clear() before it started");
  for (const task of tasks) task.resumeWithError(limitTask, error);
  return tasks.length;
}

function checkConcurrency(check: Check, concurrency: number): number {
  return checkCount(check, "concurrency", 1, concurrency, Infinity);
}
