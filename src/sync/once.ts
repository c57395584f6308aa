// Functions that are called once, however many callers there are.

import { checkCancellation, throwIfCanceled, untilCanceled } from "../runtime/cancelable-wait.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import { PanicError } from "../runtime/panic.ts";
import { fairly, rejected, resolved } from "../runtime/scheduler.ts";
import { Printable } from "../util/inspect.ts";
import { Check, checkFunction } from "../util/validate.ts";
import { Mutex } from "./mutex.ts";

const doCheck = /* @__PURE__ */ new Check("Once.do");

/**
 * Performs an action exactly once.
 *
 * @see [sync.Once](https://pkg.go.dev/sync#Once)
 */
export class Once extends Printable {
  /** Locked by the first call while it runs: Go's lock, so that a report names it as Go's does. */
  #running: Mutex | null = null;
  #isDone = false;

  /**
   * Calls `f` if this is the first call, and waits until it has returned; a later call waits for the first. Each call may
   * pass another `f`, and only that of the first is called. `f` must not call `do` of the same `Once`: it would wait for itself.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call; `f` is not called
   * then, and the call does not count. If the first call is canceled while `f` runs, `f` continues, later calls wait for it, and an error
   * that it throws is dropped.
   *
   * @throws (rejects) the first call with what `f` throws, and it counts as done all the same; {TypeError} if `f` is not a function, or is a
   * generator function, or for options that are unknown or of a wrong type.
   */
  do(f: () => unknown, options?: WaitOptions): Promise<void> {
    try {
      checkFunction("Once.do", f);
      const cancellation = options === undefined ? null : checkCancellation(doCheck, options);
      throwIfCanceled(cancellation);
      if (this.#isDone) return resolved();
      const running = this.#running;
      return fairly(running === null ? untilCanceled(this.#run(f), cancellation) : waitForUnlock(running, options));
    } catch (error) {
      return rejected(error);
    }
  }

  /** The state, such as `Once done`. */
  override toString(): string {
    return `Once ${this.#isDone ? "done" : this.#running === null ? "not called" : "running"}`;
  }

  async #run(f: () => unknown): Promise<void> {
    const running = new Mutex();
    running.tryLock();
    this.#running = running;
    try {
      await f();
    } finally {
      this.#isDone = true;
      this.#running = null;
      running.unlock();
    }
  }
}

async function waitForUnlock(running: Mutex, options: WaitOptions | undefined): Promise<void> {
  await running.lock(options);
  running.unlock();
}

/**
 * Returns a function that calls `f` the first time it is called, and not again. If `f` is async, every call returns the promise of the
 * first, for which {@link waitFor} waits with `ctx`, `signal` or a timeout.
 *
 * @throws {TypeError} if `f` is not a function, or is a generator function. Each call of the result throws what `f` throws.
 *
 * @see [sync.OnceFunc](https://pkg.go.dev/sync#OnceFunc)
 */
export function onceFunc<R extends void | PromiseLike<void>>(f: () => R): () => R {
  return callOnce("onceFunc", f);
}

/**
 * Returns a function that calls `f` the first time it is called, and returns the result of that call each time; for an async `f`, its
 * promise, for which {@link waitFor} waits with `ctx`, `signal` or a timeout.
 *
 * @throws {TypeError} if `f` is not a function, or is a generator function. Each call of the result throws the error that `f` has thrown.
 *
 * @see [sync.OnceValue](https://pkg.go.dev/sync#OnceValue), and `sync.OnceValues`: return an array
 *
 * @example
 * const config = onceValue(async () => ({ port: 8080 }));
 * console.log((await config()) === (await config())); // true
 */
export function onceValue<T>(f: () => T): () => T {
  return callOnce("onceValue", f);
}

function callOnce<T>(caller: string, f: () => T): () => T {
  checkFunction(caller, f);
  // Not kept after the call: the closure of `f` may be large.
  let pending: (() => T) | null = f;
  let result: () => T = () => {
    throw new PanicError(`${caller}: the function has called itself`);
  };
  return () => {
    const fn = pending;
    pending = null;
    if (fn !== null) result = capture(fn);
    return result();
  };
}

function capture<T>(f: () => T): () => T {
  try {
    const value = f();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
