// A weighted semaphore.
//
// Invariants, whenever no method is on the stack:
//   1. From 0 to `size` permits are held.
//   2. The first waiter needs more permits than are free.
// Between a cancellation and the call of its listeners, the first waiter may be a canceled one.

import { PanicError } from "../runtime/panic.ts";
import { currentRealm } from "../runtime/realm.ts";
import { rejected, resolvedWith } from "../runtime/scheduler.ts";
import { semAcquire } from "../runtime/wait-reasons.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { Printable, waitingSuffix } from "../util/inspect.ts";
import { Check, checkCount, hasOptionsOnly } from "../util/validate.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { Holds } from "./holds.ts";
import { acquireCancelably, LockGuard, type LockOptions, LockWaiter, runHolding } from "./lock-guard.ts";

const sizeCheck = /* @__PURE__ */ new Check("Semaphore");
const acquireCheck = /* @__PURE__ */ new Check("Semaphore.acquire");
const tryAcquireCheck = /* @__PURE__ */ new Check("Semaphore.tryAcquire");
const withPermitsCheck = /* @__PURE__ */ new Check("Semaphore.withPermits");
const releaseCheck = /* @__PURE__ */ new Check("Semaphore.release");

/**
 * A weighted semaphore with a fixed number of permits, of which each goroutine takes as many as its work needs. Waiters are served
 * strictly in the order in which they came, so that one that needs many permits is not starved by those that need few.
 *
 * A guard releases its own hold and no other, and nothing of what was released by hand before. Use either guards or `release` for one
 * semaphore, not both: `release` does not say which hold it ends. If both are used, it first ends holds of `tryAcquire`, which have no
 * guard; otherwise the guards that are disposed next release as many permits less.
 *
 * @see [semaphore.Weighted](https://pkg.go.dev/golang.org/x/sync/semaphore#Weighted)
 *
 * @example
 * const connections = new Semaphore(10);
 * using _ = await connections.acquire(2);
 * console.log(connections.tryAcquire(9)); // false
 */
export class Semaphore extends Printable {
  readonly #realm = currentRealm();
  readonly #size: number;
  readonly #holds = new Holds();
  readonly #waiters = new WaitQueue<Waiter<void>>();

  /**
   * Makes a semaphore whose permits are all free.
   *
   * @param size - the number of permits: an integer, 0 or more
   * @throws {RangeError} for any other size.
   */
  constructor(size: number) {
    super();
    this.#size = checkCount(sizeCheck, "size", 0, size);
  }

  /**
   * Waits until `n` permits are free and all earlier waiters have been served, and takes them. A call for more than `size` permits waits
   * for its cancellation, and does not block other waiters.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call; with `timeout`,
   * rejects with a `DeadlineExceeded` when the permits were not free for that long. No permits are taken then.
   *
   * @param n - the number of permits: an integer, 0 or more
   * @returns the guard of this hold: `using` releases it at the end of the scope
   * @throws {RangeError} (rejects) for any other `n`, and if `timeout` is out of range; {TypeError} (rejects) for options that are unknown or of
   * a wrong type.
   */
  acquire(n?: number, options?: LockOptions): Promise<Disposable>;
  /**
   * Waits until a permit is free and all earlier waiters have been served, and takes it.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call; with `timeout`,
   * rejects with a `DeadlineExceeded` when no permit was free for that long. No permit is taken then.
   *
   * @returns the guard of this hold: `using` releases it at the end of the scope
   * @throws {RangeError} (rejects) if `timeout` is out of range; {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  acquire(options: LockOptions): Promise<Disposable>;
  acquire(n: number | LockOptions = 1, options?: LockOptions): Promise<Disposable> {
    if (hasOptionsOnly(n, options)) return this.#acquireCancelably(new LockGuard(this.#dispose, 1), n);
    const guard = new LockGuard(this.#dispose, n);
    try {
      checkCount(acquireCheck, "n", 0, n);
    } catch (error) {
      return rejected(error);
    }
    if (options !== undefined) return this.#acquireCancelably(guard, options);
    const waiter = this.#acquire(guard);
    return waiter === null ? resolvedWith(guard) : waiter.promise;
  }

  /**
   * Takes `n` permits if they are free and no goroutine waits, and reports whether it did. Such a hold has no guard.
   *
   * @param n - the number of permits: an integer, 0 or more
   * @throws {RangeError} for any other `n`.
   */
  tryAcquire(n: number = 1): boolean {
    checkCount(tryAcquireCheck, "n", 0, n);
    if (!this.#hasFree(n)) return false;
    this.#holds.takeUnguarded(n);
    return true;
  }

  /**
   * Releases `n` permits; see {@link Semaphore} for which.
   *
   * @param n - the number of permits: an integer, 0 or more
   * @throws {PanicError} if fewer are held; {RangeError} for any other `n`.
   */
  release(n: number = 1): void {
    checkCount(releaseCheck, "n", 0, n);
    if (n > this.#holds.total) throw new PanicError("semaphore: released more than held");
    this.#holds.release(n);
    this.#grantWaiters();
  }

  /**
   * Acquires one permit, calls `fn`, waits for its result, and releases the permit, also if `fn` throws.
   *
   * Cancellation: as of {@link Semaphore.acquire}, while it waits for the permits. `fn` is not called then.
   *
   * @returns what `fn` returns
   * @throws what `fn` throws (rejects); {TypeError} (rejects) if `fn` is not a function.
   */
  withPermits<R>(fn: () => R | PromiseLike<R>, options?: LockOptions): Promise<R>;
  /**
   * Acquires `n` permits, calls `fn`, waits for its result, and releases them, also if `fn` throws.
   *
   * Cancellation: as of {@link Semaphore.acquire}, while it waits for the permits. `fn` is not called then.
   *
   * @param n - the number of permits: an integer, 0 or more
   * @returns what `fn` returns
   * @throws what `fn` throws (rejects); {TypeError} (rejects) if `fn` is not a function; {RangeError} (rejects) if `n` is out of range.
   */
  withPermits<R>(n: number, fn: () => R | PromiseLike<R>, options?: LockOptions): Promise<R>;
  withPermits<R>(...args: readonly unknown[]): Promise<R> {
    const [n, fn, options] = typeof args[0] === "function" ? [1, ...args] : args;
    return runHolding(withPermitsCheck.caller, fn as () => R | PromiseLike<R>, () => {
      if (typeof options === "number") {
        throw withPermitsCheck.error(
          `options must be an object, got ${options}; the arguments are withPermits(n, fn, options)`,
        );
      }
      return this.acquire(n as number, options as LockOptions | undefined);
    });
  }

  /** The state of the semaphore for a log, such as `Semaphore 3/10 acquired, 1 waiting`. */
  override toString(): string {
    return `Semaphore ${this.#holds.total}/${this.#size} acquired${waitingSuffix(this.#waiters.count())}`;
  }

  // Kept separate: a function that contains a closure allocates a context on every call, including the fast path.
  #acquireCancelably(guard: LockGuard, options: LockOptions): Promise<Disposable> {
    return acquireCancelably(
      acquireCheck,
      options,
      guard,
      () => this.#acquire(guard),
      () => this.#grantWaiters(),
    );
  }

  #acquire(guard: LockGuard): LockWaiter | null {
    if (!this.#hasFree(guard.permits)) {
      const queue = guard.permits <= this.#size ? this.#waiters : null;
      return new LockWaiter(guard, queue, semAcquire, this.#realm === currentRealm());
    }
    this.#holds.take(guard);
    return null;
  }

  readonly #dispose = (guard: LockGuard): void => {
    this.#holds.dispose(guard);
    this.#grantWaiters();
  };

  #hasFree(n: number): boolean {
    return this.#size - this.#holds.total >= n && this.#waiters.first === null;
  }

  #grantWaiters(): void {
    for (let first = this.#firstWaiter(); first !== null; first = this.#firstWaiter()) {
      if (first.isCanceled) {
        // Its listener is called next, and rejects it.
        this.#waiters.remove(first);
      } else if (this.#size - this.#holds.total < first.guard.permits) {
        return;
      } else {
        this.#holds.take(first.guard);
        this.#waiters.remove(first);
        first.grant();
      }
    }
  }

  #firstWaiter(): LockWaiter | null {
    return this.#waiters.first as LockWaiter | null;
  }
}
