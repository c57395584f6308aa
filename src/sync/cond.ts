// A place to wait until something has changed.

import { asText } from "../goroutine/foreign.ts";
import { condWait } from "../goroutine/operations.ts";
import { park, unpark } from "../goroutine/parking.ts";
import { pass } from "../internal/gate.ts";
import { Line } from "../internal/line.ts";
import { Parked, type Waiter } from "../internal/waiter.ts";
import { currentWorld } from "../internal/world.ts";
import { Exclusive, holderOf, type Locker, setHolder } from "./locker.ts";

/**
 * Lets goroutines wait for a condition that others make true. The condition is looked at, and changed, while `l` is held; since
 * it may have changed again when a waiter comes back, `wait` stands in a loop.
 *
 * For most things a channel is simpler: closing one is a broadcast, and sending on one a signal.
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
  readonly #world = currentWorld();
  readonly #waiters = new Line<Waiter<void>>();

  /** The lock that is held when the condition is looked at or changed. */
  readonly l: Locker;

  constructor(l: Locker) {
    if (typeof (l as Locker | undefined)?.lock !== "function" || typeof l.unlock !== "function") {
      throw new TypeError(`Cond: l must be a lock, got ${asText(l)}`);
    }
    this.l = l;
  }

  /**
   * Unlocks `l`, waits until it is woken, and locks `l` again; what `l.lock()` had answered holds it again. Nobody can slip
   * in between the unlocking and the waiting, and nobody is woken who was not signalled.
   *
   * Errors: rejects with what `l.unlock()` throws, if `l` is not held.
   */
  async wait(): Promise<void> {
    const waiter = new Parked<void, void>(woken);
    const { l } = this;
    const held = l instanceof Exclusive ? holderOf(l) : null;
    this.#waiters.join(waiter);
    park(waiter, condWait, this.#world === currentWorld());
    try {
      l.unlock();
    } catch (error) {
      if (waiter.line !== null) {
        this.#waiters.leave(waiter);
        unpark(waiter, condWait);
      }
      throw error;
    }
    await waiter.promise;
    const again = await l.lock();
    if (l instanceof Exclusive && holderOf(l) === again) setHolder(l, held);
  }

  /** Wakes the one who has waited longest, if there is one. */
  signal(): void {
    const waiter = this.#waiters.shift();
    waiter?.settle(waiter as never);
  }

  /** Wakes all who wait now. */
  broadcast(): void {
    for (let waiter = this.#waiters.shift(); waiter !== null; waiter = this.#waiters.shift()) {
      waiter.settle(waiter as never);
    }
  }
}

function woken(waiter: Parked<void, void>): void {
  unpark(waiter, condWait);
  pass(waiter.answer, undefined, waiter.world);
}
