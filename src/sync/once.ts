// What is done once, however often it is asked for.

import { asText } from "../goroutine/foreign.ts";
import { PanicError } from "../goroutine/panic.ts";
import { Mutex } from "./mutex.ts";

/**
 * Does something exactly once.
 *
 * Mirrors `sync.Once`.
 */
export class Once {
  /** Held by the first call while it runs: Go's lock, so that a report says what Go's would. */
  #running: Mutex | null = null;
  #isDone = false;

  /**
   * Calls `f` if this is the first call of all, and waits until it has returned; a later call waits for the first. Each may
   * bring another `f`, and only that of the first is called. `f` must not call `do` of the same `Once`: it would wait for itself.
   *
   * Errors: the first call rejects with what `f` throws, and it counts as done all the same. Rejects with `TypeError` if `f` is
   * no function.
   */
  async do(f: () => unknown): Promise<void> {
    checkFunction("Once.do", f);
    if (this.#isDone) return;
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
 * A function that calls `f` the first time and does nothing more. If `f` is async, every call answers the promise of the first.
 *
 * Errors: what `f` throws, each call throws.
 *
 * Mirrors `sync.OnceFunc`.
 */
export function onceFunc<R extends void | PromiseLike<void>>(f: () => R): () => R {
  return once("onceFunc", f);
}

/**
 * A function that calls `f` the first time, and answers every time what `f` answered then; for an async `f`, its promise.
 *
 * Errors: what `f` throws, each call throws, the very same.
 *
 * Mirrors `sync.OnceValue`, and `sync.OnceValues`: answer an array.
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
  // It is let go when it has been called: what it refers to may be large.
  let left: (() => T) | null = f;
  let result: () => T = () => {
    throw new PanicError(`${caller}: the function has called itself`);
  };
  return () => {
    const first = left;
    left = null;
    if (first !== null) result = resultOf(first);
    return result();
  };
}

function resultOf<T>(f: () => T): () => T {
  try {
    const value = f();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function checkFunction(caller: string, f: unknown): void {
  if (typeof f !== "function") throw new TypeError(`${caller}: f must be a function, got ${asText(f)}`);
}
