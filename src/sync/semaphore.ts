// A weighted semaphore.
//
// Invariants, whenever no method is on the stack:
//   1. From 0 to `size` units are held.
//   2. The first waiter needs more units than are free.

import type { Context } from "../context/context.ts";
import { onCancel } from "../context/cancel.ts";
import { background } from "../context/api.ts";
import { Check } from "../util/validate.ts";
import { semAcquire } from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { PanicError } from "../runtime/panic.ts";
import { rejectFairly, rejected, resolveFairly, resolvedWith } from "../runtime/scheduler.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { ParkedOperation, type Waiter } from "../runtime/waiter.ts";
import { currentRealm } from "../runtime/realm.ts";
import { Holds } from "./lock-holders.ts";
import { LockGuard } from "./lock-guard.ts";

const sizeCheck = new Check("Semaphore");
const acquireCheck = new Check("Semaphore.acquire");
const tryAcquireCheck = new Check("Semaphore.tryAcquire");
const releaseCheck = new Check("Semaphore.release");

/**
 * A weighted semaphore: `size` units, of which each goroutine takes as many as its work needs. Waiters are served strictly in the order
 * in which they came, so that one that needs many units is not starved by those that need few.
 *
 * A guard releases its own hold and no other: of what was released by hand before, it releases nothing more. Use either guards or
 * `release` for one semaphore, not both: `release` does not say which hold it ends. Beside guards it first ends holds of `tryAcquire`,
 * which have no guard; otherwise the guards that are disposed next are taken for those of the hold that has ended, and release so
 * many units less.
 *
 * Mirrors `semaphore.Weighted` of golang.org/x/sync.
 *
 * @example
 * const connections = new Semaphore(10);
 * using _ = await connections.acquire(2);
 * console.log(connections.tryAcquire(9)); // false
 */
export class Semaphore {
  readonly #realm = currentRealm();
  readonly #size: number;
  readonly #holds = new Holds();
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /** `size` is a whole number from 0. Errors: throws `RangeError` for anything else. */
  constructor(size: number) {
    this.#size = sizeCheck.count("size", 0, size);
  }

  /**
   * Waits until `n` units are free and all waiters that came before are served, and takes them. Resolves with the guard of this hold:
   * `using` releases it when the scope ends. A call for more than `size` units waits for the cancellation of `ctx`, and blocks no
   * other waiter.
   *
   * Errors: rejects with `RangeError` if `n` is not a whole number from 0, with `TypeError` if `ctx` is not a context.
   *
   * Cancellation: rejects with `ctx.err()` when `ctx` is canceled, also if it has been canceled before; no units are taken then.
   */
  acquire(n: number = 1, ctx: Context = background()): Promise<Disposable> {
    const held = new LockGuard(this.#dispose, n);
    try {
      acquireCheck.count("n", 0, n);
      acquireCheck.isContext("ctx", ctx);
      const ended = ctx.err();
      if (ended !== undefined) throw ended;
      if (this.#hasFree(n)) {
        this.#holds.take(held);
        return resolvedWith(held);
      }
      const waiter = ctx === background() ? this.#enqueue(held, null) : this.#enqueueWithContext(ctx, held);
      return waiter.promise;
    } catch (error) {
      return rejected(error);
    }
  }

  /** Takes `n` units if they are free and there are no waiters, and reports whether it did. Such a hold has no guard. */
  tryAcquire(n: number = 1): boolean {
    tryAcquireCheck.count("n", 0, n);
    if (!this.#hasFree(n)) return false;
    this.#holds.takeUnguarded(n);
    return true;
  }

  /** Releases `n` units; see {@link Semaphore} for whose. Errors: throws {@link PanicError} if fewer are held. */
  release(n: number = 1): void {
    releaseCheck.count("n", 0, n);
    if (n > this.#holds.total) throw new PanicError("semaphore: released more than held");
    this.#holds.release(n);
    this.#grantWaiters();
  }

  readonly #dispose = (held: LockGuard): void => {
    this.#holds.dispose(held);
    this.#grantWaiters();
  };

  #hasFree(n: number): boolean {
    return this.#size - this.#holds.total >= n && this.#waiters.first === null;
  }

  // Kept separate: a function that contains a closure allocates a context on every call, including the fast path.
  #enqueueWithContext(ctx: Context, held: LockGuard): PermitWaiter {
    // A context of the user's own may throw here: nothing waits yet.
    const removeListener = onCancel(ctx, () => this.#canceled(waiter));
    const waiter: PermitWaiter = this.#enqueue(held, ctx);
    waiter.removeListener = removeListener;
    return waiter;
  }

  #enqueue(held: LockGuard, ctx: Context | null): PermitWaiter {
    const line = held.permits <= this.#size ? this.#waiters : null;
    return new PermitWaiter(held, ctx, line, this.#realm === currentRealm());
  }

  #grantWaiters(): void {
    for (let first = this.#waiters.first as PermitWaiter | null; first !== null;) {
      if (first.ctx?.err() !== undefined) {
        // The same cancellation calls its listener next, which finds it gone from the line.
        this.#waiters.remove(first);
        first = this.#waiters.first as PermitWaiter | null;
        continue;
      }
      if (this.#size - this.#holds.total < first.held.permits) return;
      this.#holds.take(first.held);
      this.#waiters.remove(first);
      first.grant();
      first = this.#waiters.first as PermitWaiter | null;
    }
  }

  // Those behind may need less.
  #canceled(waiter: PermitWaiter): void {
    if (waiter.queue !== null) this.#waiters.remove(waiter);
    waiter.reject();
    this.#grantWaiters();
  }
}

/** A caller that waits for units, in `line` if there is one, until it is granted them or its context is canceled. */
class PermitWaiter extends ParkedOperation<void, Disposable> {
  readonly held: LockGuard;
  readonly ctx: Context | null;
  removeListener: (() => void) | null = null;

  constructor(held: LockGuard, ctx: Context | null, line: WaitQueue<Waiter<void>> | null, isDurable: boolean) {
    super(ignore);
    this.held = held;
    this.ctx = ctx;
    line?.push(this);
    park(this, semAcquire, isDurable);
  }

  grant(): void {
    this.removeListener?.();
    unpark(this, semAcquire);
    resolveFairly(this.resolve, this.held, this.realm);
  }

  reject(): void {
    unpark(this, semAcquire);
    rejectFairly(this.resolve, this.ctx?.err() as Error, this.realm);
  }
}

function ignore(): void {
  // `grant` and `refuse` resolve this waiter.
}
