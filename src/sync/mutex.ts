// A lock for stretches of code with an `await` inside. Code without an `await` needs no lock.
//
// Invariants, whenever no method is on the stack:
//   1. While a goroutine waits, the lock is held.
//   2. The holder is the guard of the one call of `lock` or `tryLock` that was granted last.

import { mutexLock } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { resolvedWith } from "../runtime/scheduler.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { currentRealm } from "../runtime/realm.ts";
import { OwnedLock, LockGuard, ownerOf, LockWaiter, setOwner } from "./lock-guard.ts";

/**
 * A mutual exclusion lock. Waiters get it in the order in which they called `lock`, and it is handed over directly, so that no other
 * goroutine can overtake them. It is not reentrant, and any goroutine may unlock it.
 *
 * A guard releases the hold that it was returned for and no other: after `unlock()` by hand it does nothing at the end of its scope,
 * also if the same goroutine has locked again. Where Go defers `mu.Unlock()`, which unlocks whatever is locked then, write
 * `using _ = defer(() => mu.unlock())`.
 *
 * Mirrors `sync.Mutex`.
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

  /** Waits until the lock is free, and locks it. Resolves with the guard of this hold: `using` unlocks it when the scope ends. */
  lock(): Promise<Disposable> {
    const held = new LockGuard(this.#unlockIfHolder);
    if (ownerOf(this) === null) {
      setOwner(this, held);
      return resolvedWith(held);
    }
    return new LockWaiter(held, this.#waiters, mutexLock, this.#realm === currentRealm()).promise;
  }

  /** Locks it if it is free, and reports whether it did. Such a hold has no guard: call `unlock`. */
  tryLock(): boolean {
    if (ownerOf(this) !== null) return false;
    setOwner(this, new LockGuard(this.#unlockIfHolder));
    return true;
  }

  /** Unlocks it, or hands it to the waiter that has waited longest. Errors: throws {@link PanicError} if it is not locked. */
  unlock(): void {
    if (ownerOf(this) === null) throw new PanicError("sync: unlock of unlocked mutex");
    const next = this.#waiters.shift() as LockWaiter | null;
    setOwner(this, next?.held ?? null);
    next?.grant();
  }

  // A hold that was released by hand is not the holder's any more.
  readonly #unlockIfHolder = (held: LockGuard): void => {
    if (ownerOf(this) === held) this.unlock();
  };
}
