// A lock for many readers or one writer.
//
// Invariants, whenever no method is on the stack:
//   1. There are readers, or a writer, or neither.
//   2. While readers wait, there is a writer or a waiting one; while a writer waits, there is a writer or there are readers.

import { rwMutexLock, rwMutexRLock } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { resolvedWith } from "../runtime/scheduler.ts";
import { WaitQueue } from "../util/wait-queue.ts";
import type { Waiter } from "../runtime/waiter.ts";
import { currentRealm } from "../runtime/realm.ts";
import { Holds } from "./lock-holders.ts";
import { OwnedLock, LockGuard, ownerOf, type Locker, LockWaiter, setOwner, SuspendableLock } from "./lock-guard.ts";

/**
 * A lock for many readers or one writer. A waiting writer blocks readers that come later, so that it is not starved; a goroutine that
 * reads must therefore not lock for reading again. When a writer unlocks, all waiting readers go first.
 *
 * Guards are as those of a `Mutex`: each releases its own hold, and does nothing if that was released by hand. For the reading side
 * use either guards or `rUnlock` for one lock, not both: `rUnlock` does not say which reader it ends. Beside guards it first ends
 * a hold of `tryRLock`, which has no guard; otherwise the next guard that is disposed is taken for that of the reader that has ended,
 * and does nothing.
 *
 * Mirrors `sync.RWMutex`.
 */
export class RWMutex extends OwnedLock {
  readonly #realm = currentRealm();
  readonly #waitingReaders = new WaitQueue<Waiter<void>>();
  readonly #waitingWriters = new WaitQueue<Waiter<void>>();
  readonly #readers = new Holds();

  /** Waits until there is neither a reader nor a writer, and locks for writing. Resolves with the guard of this hold. */
  lock(): Promise<Disposable> {
    const held = new LockGuard(this.#unlockIfHolder);
    if (this.#isUnlocked) {
      setOwner(this, held);
      return resolvedWith(held);
    }
    return new LockWaiter(held, this.#waitingWriters, rwMutexLock, this.#realm === currentRealm()).promise;
  }

  /** Locks for writing if there is neither a reader nor a writer, and reports whether it did. Such a hold has no guard. */
  tryLock(): boolean {
    if (!this.#isUnlocked) return false;
    setOwner(this, new LockGuard(this.#unlockIfHolder));
    return true;
  }

  /** Ends writing. Errors: throws {@link PanicError} if it is not locked for writing. */
  unlock(): void {
    if (ownerOf(this) === null) throw new PanicError("sync: Unlock of unlocked RWMutex");
    setOwner(this, null);
    if (this.#waitingReaders.first === null) {
      this.#grantNextWriter();
      return;
    }
    for (let next = this.#nextReader(); next !== null; next = this.#nextReader()) {
      this.#readers.take(next.held);
      next.grant();
    }
  }

  /** Waits until there is neither a writer nor a waiting one, and locks for reading. Resolves with the guard of this hold. */
  rLock(): Promise<Disposable> {
    const held = new LockGuard(this.#endReading);
    if (this.#canRead) {
      this.#readers.take(held);
      return resolvedWith(held);
    }
    return new LockWaiter(held, this.#waitingReaders, rwMutexRLock, this.#realm === currentRealm()).promise;
  }

  /** Locks for reading if there is neither a writer nor a waiting one, and reports whether it did. Such a hold has no guard. */
  tryRLock(): boolean {
    if (!this.#canRead) return false;
    this.#readers.takeUnguarded(1);
    return true;
  }

  /** Ends one hold for reading; see {@link RWMutex} for which. Errors: throws {@link PanicError} if it is not locked for reading. */
  rUnlock(): void {
    this.#checkReader();
    this.#readers.release(1);
    this.#grantNextWriter();
  }

  /** The reading side as a lock. Mirrors `RWMutex.RLocker`. */
  rLocker(): Locker {
    return new ReadLocker(this, this.#suspendReader);
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

  #nextReader(): LockWaiter | null {
    return this.#waitingReaders.shift() as LockWaiter | null;
  }

  #grantNextWriter(): void {
    if (!this.#isUnlocked) return;
    const next = this.#waitingWriters.shift() as LockWaiter | null;
    if (next === null) return;
    setOwner(this, next.held);
    next.grant();
  }

  readonly #unlockIfHolder = (held: LockGuard): void => {
    if (ownerOf(this) === held) this.unlock();
  };

  readonly #endReading = (held: LockGuard): void => {
    this.#readers.dispose(held);
    this.#grantNextWriter();
  };

  readonly #suspendReader = (): ((again: unknown) => void) => {
    this.#checkReader();
    this.#readers.suspend();
    this.#grantNextWriter();
    return (again) => this.#readers.resume(again as LockGuard);
  };
}

class ReadLocker extends SuspendableLock implements Locker {
  readonly #rw: RWMutex;
  protected readonly suspendHold: () => (again: unknown) => void;

  constructor(rw: RWMutex, suspendHold: () => (again: unknown) => void) {
    super();
    this.#rw = rw;
    this.suspendHold = suspendHold;
  }

  lock(): Promise<Disposable> {
    return this.#rw.rLock();
  }

  unlock(): void {
    this.#rw.rUnlock();
  }
}
