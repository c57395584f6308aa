// A lock for each key: keys are locked independently of each other.
//
// Invariant, whenever no method is on the stack: the mutex of a key exists if and only if the key is locked.

import { timeLimitOf } from "../context/time-limit.ts";
import { PanicError } from "../runtime/panic.ts";
import { rejected } from "../runtime/scheduler.ts";
import { Printable } from "../util/inspect.ts";
import { Check } from "../util/validate.ts";
import { type LockOptions, ownerOf, runHolding } from "./lock-guard.ts";
import { Mutex } from "./mutex.ts";

const lockCheck = /* @__PURE__ */ new Check("KeyedMutex.lock");

/** The mutex of a key, which is forgotten when it becomes free. */
class KeyMutex extends Mutex {
  readonly #forget: () => void;

  constructor(forget: () => void) {
    super();
    this.#forget = forget;
  }

  // Guards call it too. A mutex that goroutines wait for is handed over, and does not become free.
  override unlock(): void {
    super.unlock();
    this.forgetIfFree();
  }

  forgetIfFree(): void {
    if (ownerOf(this) === null) this.#forget();
  }
}

/**
 * A mutual exclusion lock for each key, such as the id of a user or the path of a file. Goroutines that lock different keys do not wait for
 * each other; those that lock the same key get it in the order of their calls, as of a {@link Mutex}. Nothing is kept for a key that is not
 * locked.
 *
 * Keys are compared as in a `Map`: objects by identity, and `NaN` is equal to itself.
 *
 * @example
 * const accounts = new KeyedMutex<string>();
 * const balances = new Map([["anna", 100]]);
 * async function deposit(name: string, amount: number): Promise<void> {
 *   using _ = await accounts.lock(name);
 *   const before = balances.get(name) ?? 0;
 *   await time.sleep(10);
 *   balances.set(name, before + amount);
 * }
 * await Promise.all([deposit("anna", 1), deposit("anna", 2), deposit("ben", 3)]);
 * console.log(balances.get("anna")); // 103
 */
export class KeyedMutex<K> extends Printable {
  readonly #mutexes = new Map<K, KeyMutex>();

  /** The number of keys that are locked. */
  get size(): number {
    return this.#mutexes.size;
  }

  /**
   * Waits until `key` is not locked, and locks it.
   *
   * Cancellation: as of {@link Mutex.lock}.
   *
   * @returns the guard of this hold: `using` unlocks the key at the end of the scope
   * @throws {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  lock(key: K, options?: LockOptions): Promise<Disposable> {
    try {
      if (options !== undefined) timeLimitOf(lockCheck, options, "the key was not free");
    } catch (error) {
      return rejected(error);
    }
    const mutex = this.#mutexOf(key);
    const guard = mutex.lock(options);
    // A call that was canceled before has not locked it.
    mutex.forgetIfFree();
    return guard;
  }

  /** Locks `key` if it is not locked, and reports whether it did. Such a hold has no guard: call {@link KeyedMutex.unlock}. */
  tryLock(key: K): boolean {
    return this.#mutexOf(key).tryLock();
  }

  /**
   * Unlocks `key`, or hands it to the waiter that has waited longest.
   *
   * @throws {PanicError} if it is not locked.
   */
  unlock(key: K): void {
    const mutex = this.#mutexes.get(key);
    if (mutex === undefined) throw new PanicError("sync: unlock of unlocked mutex");
    mutex.unlock();
  }

  /**
   * Locks `key`, calls `fn`, waits for its result, and unlocks the key again, also if `fn` throws.
   *
   * Cancellation: as of {@link Mutex.lock}, while it waits for the lock. `fn` is not called then.
   *
   * @returns what `fn` returns
   * @throws what `fn` throws (rejects); {TypeError} (rejects) if `fn` is not a function.
   */
  withLock<R>(key: K, fn: () => R | PromiseLike<R>, options?: LockOptions): Promise<R> {
    return runHolding("KeyedMutex.withLock", fn, () => this.lock(key, options));
  }

  /** The state, such as `KeyedMutex 2 keys locked`. */
  override toString(): string {
    return `KeyedMutex ${this.size} ${this.size === 1 ? "key" : "keys"} locked`;
  }

  #mutexOf(key: K): KeyMutex {
    let mutex = this.#mutexes.get(key);
    if (mutex === undefined) {
      mutex = new KeyMutex(() => this.#mutexes.delete(key));
      this.#mutexes.set(key, mutex);
    }
    return mutex;
  }
}
