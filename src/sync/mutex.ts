// A lock for critical sections that contain an `await`. Code without an `await` needs no lock.
//
// Invariants, whenever no method is on the stack:
//   1. While a goroutine waits, the lock is held.
//   2. The owner is the guard of the call of `lock` or `tryLock` that was granted last.

import { PanicError } from "../runtime/panic.ts";
import { currentRealm } from "../runtime/realm.ts";
import { resolvedWith } from "../runtime/scheduler.ts";
import { mutexLock } from "../runtime/wait-reasons.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { waitingSuffix } from "../util/inspect.ts";
import { Check } from "../util/validate.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import {
  acquireCancelably,
  dequeue,
  LockGuard,
  type LockOptions,
  LockWaiter,
  OwnedLock,
  ownerOf,
  runHolding,
  setOwner,
} from "./lock-guard.ts";

const lockCheck = /* @__PURE__ */ new Check("Mutex.lock");

/**
 * A mutual exclusion lock. Waiters get it in the order in which they called `lock`. It is handed over directly, so that no other
 * goroutine can overtake a waiter. It is not reentrant, and any goroutine may unlock it.
 *
 * A guard releases the hold for which it was returned and no other: after `unlock()` by hand it does nothing at the end of its scope,
 * also if the same goroutine has locked again. Where Go defers `mu.Unlock()`, which unlocks the current hold, write
 * `using _ = defer(() => mu.unlock())`.
 *
 * @see [sync.Mutex](https://pkg.go.dev/sync#Mutex)
 *
 * @example
 * const mu = new Mutex();
 * let balance = 100;
 * async function withdraw(amount: number): Promise<void> {
 *   using _ = await mu.lock();
 *   const before = balance;
 *   await time.sleep(10);
 *   balance = before - amount;
 * }
 * await Promise.all([withdraw(30), withdraw(20)]);
 * console.log(balance); // 50
 */
export class Mutex extends OwnedLock {
  readonly #realm = currentRealm();
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /**
   * Waits until the lock is free, and locks it.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call; with `timeout`,
   * rejects with a `DeadlineExceeded` when the lock was not free for that long. The lock is then not taken.
   *
   * @returns the guard of this hold: `using` unlocks it at the end of the scope
   * @throws {TypeError} (rejects) for options that are unknown or of a wrong type; {RangeError} (rejects) if `timeout` is out of range.
   */
  lock(options?: LockOptions): Promise<Disposable> {
    const guard = new LockGuard(this.#unlockIfOwner);
    if (options !== undefined) return this.#lockCancelably(guard, options);
    const waiter = this.#acquire(guard);
    return waiter === null ? resolvedWith(guard) : waiter.promise;
  }

  /** Locks it if it is free, and reports whether it did. Such a hold has no guard: call {@link Mutex.unlock}. */
  tryLock(): boolean {
    if (ownerOf(this) !== null) return false;
    setOwner(this, new LockGuard(this.#unlockIfOwner));
    return true;
  }

  /**
   * Unlocks it, or hands it to the waiter that has waited longest.
   *
   * @throws {PanicError} if it is not locked.
   */
  unlock(): void {
    if (ownerOf(this) === null) throw new PanicError("sync: unlock of unlocked mutex");
    const next = dequeue(this.#waiters);
    setOwner(this, next?.guard ?? null);
    next?.grant();
  }

  /**
   * Locks it, calls `fn`, waits for its result, and unlocks it again, also if `fn` throws.
   *
   * Cancellation: as of {@link Mutex.lock}, while it waits for the lock. `fn` is not called then.
   *
   * @returns what `fn` returns
   * @throws what `fn` throws (rejects); {TypeError} (rejects) if `fn` is not a function.
   */
  withLock<R>(fn: () => R | PromiseLike<R>, options?: LockOptions): Promise<R> {
    return runHolding("Mutex.withLock", fn, () => this.lock(options));
  }

  /** The state of the mutex for a log, such as `Mutex locked, 2 waiting`. */
  override toString(): string {
    return `Mutex ${ownerOf(this) === null ? "unlocked" : "locked"}${waitingSuffix(this.#waiters.count())}`;
  }

  // Kept separate: a function that contains a closure allocates a context on every call, including the fast path.
  #lockCancelably(guard: LockGuard, options: LockOptions): Promise<Disposable> {
    return acquireCancelably(lockCheck, options, guard, () => this.#acquire(guard));
  }

  #acquire(guard: LockGuard): LockWaiter | null {
    if (ownerOf(this) !== null) return new LockWaiter(guard, this.#waiters, mutexLock, this.#realm === currentRealm());
    setOwner(this, guard);
    return null;
  }

  // A no-op if the hold was released by hand.
  readonly #unlockIfOwner = (guard: LockGuard): void => {
    if (ownerOf(this) === guard) this.unlock();
  };
}
