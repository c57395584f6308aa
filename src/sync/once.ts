// Functions that are called once, however many callers ask for it.

import { checkFunction } from "../util/validate.ts";
import { PanicError } from "../runtime/panic.ts";
import { rejected, fairly, resolved } from "../runtime/scheduler.ts";
import { Mutex } from "./mutex.ts";

/**
 * Performs an action exactly once.
 *
 * Mirrors `sync.Once`.
 */
export class Once {
  /** Locked by the first call while it runs: Go's lock, so that a report says what Go's would. */
  #running: Mutex | null = null;
  #isDone = false;

  /**
   * Calls `f` if this is the first call, and waits until it has returned; a later call waits for the first. Each call may
   * pass another `f`, and only that of the first is called. `f` must not call `do` of the same `Once`: it would wait for itself.
   *
   * Errors: the first call rejects with what `f` throws, and it counts as done all the same. Rejects with `TypeError` if `f` is
   * not a function, or is a generator function.
   */
  do(f: () => unknown): Promise<void> {
    try {
      checkFunction("Once.do", f);
    } catch (error) {
      return rejected(error);
    }
    return this.#isDone ? resolved() : fairly(this.#do(f));
  }

  async #do(f: () => unknown): Promise<void> {
    if (this.#running !== null) {
      const running = this.#running;
      await running.lock();
      running.unlock();
      return;
    }
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

/**
 * Returns a function that calls `f` the first time it is called, and not again. If `f` is async, every call returns the promise of the
 * first.
 *
 * Errors: each call throws what `f` throws. Throws `TypeError` if `f` is not a function, or is a generator function.
 *
 * Mirrors `sync.OnceFunc`.
 */
export function onceFunc<R extends void | PromiseLike<void>>(f: () => R): () => R {
  return once("onceFunc", f);
}

/**
 * Returns a function that calls `f` the first time it is called, and returns what `f` returned then each time; for an async `f`, its
 * promise.
 *
 * Errors: each call throws what `f` throws, the very same. Throws `TypeError` if `f` is not a function, or is a generator function.
 *
 * Mirrors `sync.OnceValue`, and `sync.OnceValues`: return an array.
 *
 * @example
 * const config = onceValue(async () => ({ port: 8080 }));
 * console.log((await config()) === (await config())); // true
 */
export function onceValue<T>(f: () => T): () => T {
  return once("onceValue", f);
}

function once<T>(caller: string, f: () => T): () => T {
  checkFunction(caller, f);
  // Not kept after it has been called: what it refers to may be large.
  let left: (() => T) | null = f;
  let result: () => T = () => {
    throw new PanicError(`${caller}: the function has called itself`);
  };
  return () => {
    const first = left;
    left = null;
    if (first !== null) result = capture(first);
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
