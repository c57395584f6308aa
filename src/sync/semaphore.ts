// A number of units that goroutines take and give back.
//
// Invariants, whenever no method is on the stack:
//   1. What is held is from 0 to the size.
//   2. The first who waits needs more than there is.

import type { Context } from "../context/context.ts";
import { onCancel } from "../context/cancel.ts";
import { background } from "../context/namespace.ts";
import { Check } from "../goroutine/check.ts";
import { semAcquire } from "../goroutine/operations.ts";
import { park, unpark } from "../goroutine/parking.ts";
import { PanicError } from "../goroutine/panic.ts";
import { fail, failed, pass, passedWith } from "../internal/gate.ts";
import { Line } from "../internal/line.ts";
import { Parked, type Waiter } from "../internal/waiter.ts";
import { currentWorld } from "../internal/world.ts";
import { Held } from "./locker.ts";

const acquireCheck = new Check("Semaphore.acquire");
const tryAcquireCheck = new Check("Semaphore.tryAcquire");
const releaseCheck = new Check("Semaphore.release");

/**
 * A weighted semaphore: `size` units, of which each goroutine takes as many as its work weighs. Who waits is served strictly in
 * the order of coming, so that one who needs many is not starved by those who need few.
 *
 * Mirrors `semaphore.Weighted` of golang.org/x/sync.
 *
 * @example
 * const connections = new Semaphore(10);
 * using _ = await connections.acquire(2);
 * console.log(connections.tryAcquire(9)); // false
 */
export class Semaphore {
  readonly #world = currentWorld();
  readonly #size: number;
  #held = 0;
  readonly #waiters = new Line<Waiter<void>>();

  /** `size` is a whole number from 0. Errors: throws `RangeError` for anything else. */
  constructor(size: number) {
    this.#size = new Check("Semaphore").count("size", 0, size);
  }

  /**
   * Waits until `n` units are free and nobody who came before waits, and takes them; `using` on what it answers gives them back
   * when the scope ends. For more than the size it waits for the end of `ctx`, and holds nobody up.
   *
   * Cancellation: rejects with `ctx.err()` when `ctx` ends, also if it has ended already; nothing is taken then.
   */
  acquire(n: number = 1, ctx: Context = background()): Promise<Disposable> {
    const held = new Held(this.#give, n);
    try {
      acquireCheck.count("n", 0, n);
      const ended = ctx.err();
      if (ended !== undefined) throw ended;
      if (this.tryAcquire(n)) return passedWith(held);
      const waiter = ctx === background() ? this.#join(held, null) : this.#joinUntilTheEndOf(ctx, held);
      return waiter.promise;
    } catch (error) {
      return failed(error);
    }
  }

  /** Takes `n` units if they are free and nobody waits, and tells whether it did. */
  tryAcquire(n: number = 1): boolean {
    tryAcquireCheck.count("n", 0, n);
    if (this.#size - this.#held < n || this.#waiters.first !== null) return false;
    this.#held += n;
    return true;
  }

  /** Gives `n` units back. Errors: throws {@link PanicError} if fewer are held. */
  release(n: number = 1): void {
    releaseCheck.count("n", 0, n);
    if (n > this.#held) throw new PanicError("semaphore: released more than held");
    this.#held -= n;
    this.#serve();
  }

  readonly #give = ({ units }: Held): void => this.release(units);

  // Kept separate: a function that contains a closure allocates a context on every call, including the fast path.
  #joinUntilTheEndOf(ctx: Context, held: Held): UnitWaiter {
    // A context of the user's own may throw here: nothing waits yet.
    const removeListener = onCancel(ctx, () => this.#cancelled(waiter));
    const waiter: UnitWaiter = this.#join(held, ctx);
    waiter.removeListener = removeListener;
    return waiter;
  }

  #join(held: Held, ctx: Context | null): UnitWaiter {
    const line = held.units <= this.#size ? this.#waiters : null;
    return new UnitWaiter(held, ctx, line, this.#world === currentWorld());
  }

  #serve(): void {
    for (let first = this.#waiters.first as UnitWaiter | null; first !== null;) {
      if (first.ctx?.err() !== undefined) {
        // The same cancellation calls its listener next, which finds it gone from the line.
        this.#waiters.leave(first);
        first = this.#waiters.first as UnitWaiter | null;
        continue;
      }
      if (this.#size - this.#held < first.held.units) return;
      this.#held += first.held.units;
      this.#waiters.leave(first);
      first.grant();
      first = this.#waiters.first as UnitWaiter | null;
    }
  }

  // Those behind may need less.
  #cancelled(waiter: UnitWaiter): void {
    if (waiter.line !== null) this.#waiters.leave(waiter);
    waiter.refuse();
    this.#serve();
  }
}

/** A caller that waits for units, in `line` if there is one, until it is granted them or its context is cancelled. */
class UnitWaiter extends Parked<void, Disposable> {
  readonly held: Held;
  readonly ctx: Context | null;
  removeListener: (() => void) | null = null;

  constructor(held: Held, ctx: Context | null, line: Line<Waiter<void>> | null, isDurable: boolean) {
    super(ignore);
    this.held = held;
    this.ctx = ctx;
    line?.join(this);
    park(this, semAcquire, isDurable);
  }

  grant(): void {
    this.removeListener?.();
    unpark(this, semAcquire);
    pass(this.answer, this.held, this.world);
  }

  refuse(): void {
    unpark(this, semAcquire);
    fail(this.answer, this.ctx?.err() as Error, this.world);
  }
}

function ignore(): void {
  // It is `grant` and `refuse` that tell this waiter how it ended.
}
