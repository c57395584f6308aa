// A condition variable: goroutines wait at it for a change of the state that a lock protects.

import { CancelableOperation, checkCancellation, throwIfCanceled } from "../runtime/cancelable-wait.ts";
import type { Cancellation, WaitOptions } from "../runtime/cancellation.ts";
import { currentRealm } from "../runtime/realm.ts";
import { rejected } from "../runtime/scheduler.ts";
import { condWait, park, unpark } from "../runtime/wait-reasons.ts";
import type { ParkedOperation, Waiter } from "../runtime/waiter.ts";
import { Printable } from "../util/inspect.ts";
import { Check, describe } from "../util/validate.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { type Locker, suspend } from "./lock-guard.ts";

/**
 * Lets goroutines wait for a condition that others make true. The condition is checked and changed while `l` is held. Since it may
 * have changed again by the time a waiter holds `l`, `wait` is called in a loop.
 *
 * For most purposes a channel is simpler: closing one corresponds to `broadcast`, and sending on one to `signal`.
 *
 * @see [sync.Cond](https://pkg.go.dev/sync#Cond)
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
export class Cond extends Printable {
  readonly #realm = currentRealm();
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /** The lock that is held while the condition is checked or changed. */
  readonly l: Locker;

  /**
   * Makes a condition variable.
   *
   * @param l - the lock that is held while the condition is checked or changed, such as a `Mutex`
   * @throws {TypeError} if `l` has no methods `lock` and `unlock`.
   */
  constructor(l: Locker) {
    super();
    if (typeof (l as Locker | undefined)?.lock !== "function" || typeof l.unlock !== "function") {
      throw new TypeError(`Cond: l must be a lock, got ${describe(l)}`);
    }
    this.l = l;
  }

  /**
   * Unlocks `l`, waits for `signal` or `broadcast`, and locks `l` again. The guard that held `l` before the wait holds it again. No other
   * goroutine runs between the unlocking and the waiting, and `wait` never resolves without a signal.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call. `l` is held then,
   * as after a signal: it is locked again first, which is not canceled. A canceled wait takes no signal from another waiter.
   *
   * @throws what `l.unlock()` throws (rejects) if `l` is not held; {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  async wait(options?: WaitOptions): Promise<void> {
    let cancellation: Cancellation | null = null;
    if (options !== undefined) {
      try {
        cancellation = checkCancellation(waitCheck, options);
        throwIfCanceled(cancellation);
      } catch (error) {
        return rejected(error);
      }
    }
    const waiter = new CancelableOperation<void, void>(wake, condWait);
    this.#waiters.push(waiter);
    park(waiter, condWait, this.#realm === currentRealm());
    let resume: (guard: unknown) => void;
    try {
      resume = suspend(this.l);
    } catch (error) {
      if (waiter.queue !== null) {
        this.#waiters.remove(waiter);
        unpark(waiter, condWait);
      }
      return rejected(error);
    }
    try {
      // The unlocking may have sent the signal.
      await (waiter.queue === null ? waiter.promise : waiter.cancelBy(cancellation));
    } finally {
      resume(await this.l.lock());
    }
  }

  /** Wakes the waiter that has waited longest, if there is one. */
  signal(): void {
    const waiter = this.#waiters.shift();
    waiter?.wake(waiter as never);
  }

  /** Wakes all waiters. */
  broadcast(): void {
    this.#waiters.drain(wake as (waiter: Waiter<void>) => void);
  }

  /** The state of the condition variable, such as `Cond 2 waiting`. */
  override toString(): string {
    return `Cond ${this.#waiters.count()} waiting`;
  }
}

const waitCheck = /* @__PURE__ */ new Check("Cond.wait");

function wake(waiter: ParkedOperation<void, void>): void {
  waiter.resume(condWait, undefined);
}
