// A lock for many readers or one writer.
//
// Invariants, whenever no method is on the stack:
//   1. Readers hold the lock, or a writer, or neither.
//   2. While readers wait, a writer holds the lock or waits; while a writer waits, the lock is held.
// Between a cancellation and the call of its listeners, a canceled waiter counts as a waiter.

import { PanicError } from "../runtime/panic.ts";
import { currentRealm } from "../runtime/realm.ts";
import { resolvedWith } from "../runtime/scheduler.ts";
import { rwMutexLock, rwMutexRLock } from "../runtime/wait-reasons.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { Printable, waitingSuffix } from "../util/inspect.ts";
import { Check } from "../util/validate.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import { Holds } from "./holds.ts";
import {
  acquireCancelably,
  dequeue,
  type Locker,
  LockGuard,
  type LockOptions,
  LockWaiter,
  OwnedLock,
  ownerOf,
  runHolding,
  setOwner,
  type SuspendableLock,
  suspendHold,
} from "./lock-guard.ts";

const lockCheck = /* @__PURE__ */ new Check("RWMutex.lock");
const rLockCheck = /* @__PURE__ */ new Check("RWMutex.rLock");

/**
 * A lock for many readers or one writer. A waiting writer blocks readers that come later, so that it is not starved; a goroutine that
 * holds a read lock must therefore not lock for reading again. When a writer unlocks, all waiting readers are admitted first.
 *
 * Guards work as those of a `Mutex`: each releases its own hold, and does nothing if that was released by hand. For read locks use
 * either guards or `rUnlock`, not both: `rUnlock` does not say which hold it ends. If both are used, it first ends a hold of `tryRLock`,
 * which has no guard; otherwise it makes the next disposal of a guard a no-op.
 *
 * @see [sync.RWMutex](https://pkg.go.dev/sync#RWMutex)
 */
export class RWMutex extends OwnedLock {
  readonly #realm = currentRealm();
  readonly #waitingReaders = new WaitQueue<Waiter<void>>();
  readonly #waitingWriters = new WaitQueue<Waiter<void>>();
  readonly #readers = new Holds();

  /**
   * Waits until the lock is not held, and locks it for writing.
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
    const waiter = this.#acquireWrite(guard);
    return waiter === null ? resolvedWith(guard) : waiter.promise;
  }

  /** Locks for writing if the lock is not held, and reports whether it did. Such a hold has no guard. */
  tryLock(): boolean {
    if (!this.#isUnlocked) return false;
    setOwner(this, new LockGuard(this.#unlockIfOwner));
    return true;
  }

  /**
   * Releases a write lock.
   *
   * @throws {PanicError} if it is not locked for writing.
   */
  unlock(): void {
    if (ownerOf(this) === null) throw new PanicError("sync: Unlock of unlocked RWMutex");
    setOwner(this, null);
    if (!this.#admitReaders()) this.#grantNextWriter();
  }

  /**
   * Waits until no writer holds the lock or waits for it, and locks it for reading.
   *
   * Cancellation: as of {@link RWMutex.lock}.
   *
   * @returns the guard of this hold
   * @throws {TypeError} (rejects) for options that are unknown or of a wrong type; {RangeError} (rejects) if `timeout` is out of range.
   */
  rLock(options?: LockOptions): Promise<Disposable> {
    const guard = new LockGuard(this.#endReading);
    if (options !== undefined) return this.#rLockCancelably(guard, options);
    const waiter = this.#acquireRead(guard);
    return waiter === null ? resolvedWith(guard) : waiter.promise;
  }

  /** Locks for reading if no writer holds the lock or waits for it, and reports whether it did. Such a hold has no guard. */
  tryRLock(): boolean {
    if (!this.#canRead) return false;
    this.#readers.takeUnguarded(1);
    return true;
  }

  /**
   * Releases one read lock; see {@link RWMutex} for which.
   *
   * @throws {PanicError} if it is not locked for reading.
   */
  rUnlock(): void {
    this.#checkReader();
    this.#readers.release(1);
    this.#grantNextWriter();
  }

  /**
   * Returns a {@link Locker} that locks and unlocks for reading.
   *
   * @see [RWMutex.RLocker](https://pkg.go.dev/sync#RWMutex.RLocker)
   */
  rLocker(): Locker {
    return new ReadLocker(this, this.#suspendReader);
  }

  /**
   * Locks for writing, calls `fn`, waits for its result, and unlocks, also if `fn` throws.
   *
   * Cancellation: as of {@link RWMutex.lock}, while it waits for the lock. `fn` is not called then.
   *
   * @returns what `fn` returns
   * @throws what `fn` throws (rejects); {TypeError} (rejects) if `fn` is not a function.
   */
  withLock<R>(fn: () => R | PromiseLike<R>, options?: LockOptions): Promise<R> {
    return runHolding("RWMutex.withLock", fn, () => this.lock(options));
  }

  /**
   * Locks for reading, calls `fn`, waits for its result, and unlocks, also if `fn` throws.
   *
   * Cancellation: as of {@link RWMutex.lock}, while it waits for the lock. `fn` is not called then.
   *
   * @returns what `fn` returns
   * @throws what `fn` throws (rejects); {TypeError} (rejects) if `fn` is not a function.
   */
  withRLock<R>(fn: () => R | PromiseLike<R>, options?: LockOptions): Promise<R> {
    return runHolding("RWMutex.withRLock", fn, () => this.rLock(options));
  }

  /** The state of the lock, such as `RWMutex locked by 3 readers, 1 waiting`. */
  override toString(): string {
    const readers = this.#readers.total;
    const byReaders = readers === 0 ? "unlocked" : `locked by ${readers} ${readers === 1 ? "reader" : "readers"}`;
    const state = ownerOf(this) === null ? byReaders : "locked by a writer";
    return `RWMutex ${state}${waitingSuffix(this.#waitingReaders.count() + this.#waitingWriters.count())}`;
  }

  // Kept separate: a function that contains a closure allocates a context on every call, including the fast path.
  #lockCancelably(guard: LockGuard, options: LockOptions): Promise<Disposable> {
    return acquireCancelably(
      lockCheck,
      options,
      guard,
      () => this.#acquireWrite(guard),
      () => {
        if (this.#canRead) this.#admitReaders();
      },
    );
  }

  #rLockCancelably(guard: LockGuard, options: LockOptions): Promise<Disposable> {
    return acquireCancelably(rLockCheck, options, guard, () => this.#acquireRead(guard));
  }

  #acquireWrite(guard: LockGuard): LockWaiter | null {
    if (!this.#isUnlocked) {
      return new LockWaiter(guard, this.#waitingWriters, rwMutexLock, this.#realm === currentRealm());
    }
    setOwner(this, guard);
    return null;
  }

  #acquireRead(guard: LockGuard): LockWaiter | null {
    if (!this.#canRead) {
      return new LockWaiter(guard, this.#waitingReaders, rwMutexRLock, this.#realm === currentRealm());
    }
    this.#readers.take(guard);
    return null;
  }

  get #isUnlocked(): boolean {
    return ownerOf(this) === null && this.#readers.total === 0;
  }

  get #canRead(): boolean {
    return ownerOf(this) === null && this.#waitingWriters.first === null;
  }

  #checkReader(): void {
    if (this.#readers.total === 0) throw new PanicError("sync: RUnlock of unlocked RWMutex");
  }

  /** Grants a read lock to each waiting reader, and reports whether there was one. */
  #admitReaders(): boolean {
    const reader = dequeue(this.#waitingReaders);
    for (let next = reader; next !== null; next = dequeue(this.#waitingReaders)) {
      this.#readers.take(next.guard);
      next.grant();
    }
    return reader !== null;
  }

  #grantNextWriter(): void {
    if (!this.#isUnlocked) return;
    const next = dequeue(this.#waitingWriters);
    if (next === null) return;
    setOwner(this, next.guard);
    next.grant();
  }

  // A no-op if the hold was released by hand.
  readonly #unlockIfOwner = (guard: LockGuard): void => {
    if (ownerOf(this) === guard) this.unlock();
  };

  readonly #endReading = (guard: LockGuard): void => {
    this.#readers.dispose(guard);
    this.#grantNextWriter();
  };

  readonly #suspendReader = (): ((guard: unknown) => void) => {
    this.#checkReader();
    this.#readers.suspend();
    this.#grantNextWriter();
    return (guard) => this.#readers.resume(guard as LockGuard);
  };
}

class ReadLocker extends Printable implements SuspendableLock {
  readonly #rw: RWMutex;
  readonly [suspendHold]: () => (guard: unknown) => void;

  constructor(rw: RWMutex, suspend: () => (guard: unknown) => void) {
    super();
    this.#rw = rw;
    this[suspendHold] = suspend;
  }

  lock(): Promise<Disposable> {
    return this.#rw.rLock();
  }

  unlock(): void {
    this.#rw.rUnlock();
  }

  /** The state of its RWMutex. */
  override toString(): string {
    return `rLocker of ${String(this.#rw)}`;
  }
}
