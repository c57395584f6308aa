// A condition variable: goroutines wait at it for a change of what a lock protects.

import { safeToString } from "../util/inspect.ts";
import { condWait } from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { rejected, resolveFairly } from "../runtime/scheduler.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { ParkedOperation, type Waiter } from "../runtime/waiter.ts";
import { currentRealm } from "../runtime/realm.ts";
import { type Locker, suspend, SuspendableLock } from "./lock-guard.ts";

/**
 * Lets goroutines wait for a condition that others make true. The condition is checked and changed while `l` is held. Since it may
 * have changed again by the time a waiter holds `l`, `wait` is called in a loop.
 *
 * For most purposes a channel is simpler: closing one is a broadcast, and sending on one a signal.
 *
 * Mirrors `sync.Cond`.
 *
 * @example
 * const mu = new Mutex();
 * const cond = new Cond(mu);
 * let ready = false;
 * go(async () => {
 *   using _ = await mu.lock();
 *   ready = true;
 *   cond.broadcast();
 * });
 * using _ = await mu.lock();
 * while (!ready) await cond.wait();
 */
export class Cond {
  readonly #realm = currentRealm();
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /** The lock that is held while the condition is checked or changed. */
  readonly l: Locker;

  constructor(l: Locker) {
    if (typeof (l as Locker | undefined)?.lock !== "function" || typeof l.unlock !== "function") {
      throw new TypeError(`Cond: l must be a lock, got ${safeToString(l)}`);
    }
    this.l = l;
  }

  /**
   * Unlocks `l`, waits for `signal` or `broadcast`, and locks `l` again; the guard by which `l` was held holds it again. No other
   * goroutine runs between the unlocking and the waiting, and `wait` never resolves without a signal.
   *
   * Errors: rejects with what `l.unlock()` throws, if `l` is not held.
   */
  async wait(): Promise<void> {
    const waiter = new ParkedOperation<void, void>(woken);
    this.#waiters.push(waiter);
    park(waiter, condWait, this.#realm === currentRealm());
    let resume: (again: unknown) => void;
    try {
      resume = unlock(this.l);
    } catch (error) {
      if (waiter.queue !== null) {
        this.#waiters.remove(waiter);
        unpark(waiter, condWait);
      }
      return rejected(error);
    }
    await waiter.promise;
    resume(await this.l.lock());
  }

  /** Wakes the waiter that has waited longest, if there is one. */
  signal(): void {
    const waiter = this.#waiters.shift();
    waiter?.wake(waiter as never);
  }

  /** Wakes all waiters. */
  broadcast(): void {
    for (let waiter = this.#waiters.shift(); waiter !== null; waiter = this.#waiters.shift()) {
      waiter.wake(waiter as never);
    }
  }
}

function woken(waiter: ParkedOperation<void, void>): void {
  unpark(waiter, condWait);
  resolveFairly(waiter.resolve, undefined, waiter.realm);
}

function unlock(l: Locker): (again: unknown) => void {
  if (l instanceof SuspendableLock) return suspend(l);
  l.unlock();
  return ignore;
}

function ignore(): void {
  // A lock of the user's own has no guards of ours.
}
