// A lock for stretches of code with an `await` inside. Between two awaits nobody needs one.
//
// Invariants, whenever no method is on the stack:
//   1. While somebody waits, somebody holds the lock.
//   2. Whoever holds it has got it from `lock` or `tryLock`, and nobody else has.

import { mutexLock } from "../goroutine/operations.ts";
import { PanicError } from "../goroutine/panic.ts";
import { passedWith } from "../internal/gate.ts";
import { Line } from "../internal/line.ts";
import type { Waiter } from "../internal/waiter.ts";
import { currentWorld } from "../internal/world.ts";
import { Exclusive, Held, holderOf, type Locker, LockWaiter, setHolder } from "./locker.ts";

/**
 * Lets one goroutine at a time go on. Who waits is served in the order of coming, and the lock goes from hand to hand, so that
 * nobody can overtake. It is not reentrant, and any goroutine may unlock it.
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
export class Mutex extends Exclusive implements Locker {
  readonly #world = currentWorld();
  readonly #waiters = new Line<Waiter<void>>();

  /** Waits until the lock is free, and holds it; `using` on what it answers unlocks it when the scope ends. */
  lock(): Promise<Disposable> {
    const held = new Held(this.#give);
    if (holderOf(this) === null) {
      setHolder(this, held);
      return passedWith(held);
    }
    return new LockWaiter(held, this.#waiters, mutexLock, this.#world === currentWorld()).promise;
  }

  /** Holds the lock if it is free, and tells whether it does. */
  tryLock(): boolean {
    if (holderOf(this) !== null) return false;
    setHolder(this, new Held(this.#give));
    return true;
  }

  /** Gives the lock to whoever has waited longest. Errors: throws {@link PanicError} if nobody holds it. */
  unlock(): void {
    if (holderOf(this) === null) throw new PanicError("sync: unlock of unlocked mutex");
    const next = this.#waiters.shift() as LockWaiter | null;
    setHolder(this, next?.held ?? null);
    next?.grant();
  }

  // Whoever has unlocked by hand has nothing left to give.
  readonly #give = (held: Held): void => {
    if (holderOf(this) === held) this.unlock();
  };
}
