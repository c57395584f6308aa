// A lock for many readers or one writer.
//
// Invariants, whenever no method is on the stack:
//   1. There are readers, or a writer, or neither.
//   2. While readers wait, there is a writer or one waits; while a writer waits, there is a writer or there are readers.

import { rwMutexLock, rwMutexRLock } from "../goroutine/operations.ts";
import { PanicError } from "../goroutine/panic.ts";
import { passedWith } from "../internal/gate.ts";
import { Line } from "../internal/line.ts";
import type { Waiter } from "../internal/waiter.ts";
import { currentWorld } from "../internal/world.ts";
import { Exclusive, Held, holderOf, type Locker, LockWaiter, setHolder } from "./locker.ts";

/**
 * Lets many readers, or one writer, go on. A writer that waits holds back readers who come later, so that it is not starved;
 * a goroutine that reads must therefore not begin to read once more. When a writer has ended, all readers who wait go first.
 *
 * Mirrors `sync.RWMutex`.
 */
export class RWMutex extends Exclusive implements Locker {
  readonly #world = currentWorld();
  readonly #waitingReaders = new Line<Waiter<void>>();
  readonly #waitingWriters = new Line<Waiter<void>>();
  #readers = 0;

  /** Waits until nobody writes or reads, and holds the lock for writing. */
  lock(): Promise<Disposable> {
    const held = new Held(this.#giveWriting);
    if (this.#isFree) {
      setHolder(this, held);
      return passedWith(held);
    }
    return new LockWaiter(held, this.#waitingWriters, rwMutexLock, this.#world === currentWorld()).promise;
  }

  /** Holds the lock for writing if nobody writes or reads, and tells whether it does. */
  tryLock(): boolean {
    if (!this.#isFree) return false;
    setHolder(this, new Held(this.#giveWriting));
    return true;
  }

  /** Ends writing. Errors: throws {@link PanicError} if nobody writes. */
  unlock(): void {
    if (holderOf(this) === null) throw new PanicError("sync: Unlock of unlocked RWMutex");
    setHolder(this, null);
    if (this.#waitingReaders.first === null) {
      this.#letWriterIn();
      return;
    }
    for (let next = this.#waitingReaders.shift(); next !== null; next = this.#waitingReaders.shift()) {
      this.#readers++;
      next.settle(next as never);
    }
  }

  /** Waits until nobody writes or waits to write, and holds the lock for reading, beside others. */
  rLock(): Promise<Disposable> {
    const held = new Held(this.#giveReading);
    if (this.#isOpenToReaders) {
      this.#readers++;
      return passedWith(held);
    }
    return new LockWaiter(held, this.#waitingReaders, rwMutexRLock, this.#world === currentWorld()).promise;
  }

  /** Holds the lock for reading if nobody writes or waits to write, and tells whether it does. */
  tryRLock(): boolean {
    if (!this.#isOpenToReaders) return false;
    this.#readers++;
    return true;
  }

  /** Ends reading. Errors: throws {@link PanicError} if nobody reads. */
  rUnlock(): void {
    if (this.#readers === 0) throw new PanicError("sync: RUnlock of unlocked RWMutex");
    this.#readers--;
    if (this.#readers === 0) this.#letWriterIn();
  }

  /** The reading side as a lock. Mirrors `RWMutex.RLocker`. */
  rLocker(): Locker {
    return { lock: () => this.rLock(), unlock: () => this.rUnlock() };
  }

  get #isFree(): boolean {
    return holderOf(this) === null && this.#readers === 0;
  }

  get #isOpenToReaders(): boolean {
    return holderOf(this) === null && this.#waitingWriters.first === null;
  }

  #letWriterIn(): void {
    const next = this.#waitingWriters.shift() as LockWaiter | null;
    if (next === null) return;
    setHolder(this, next.held);
    next.grant();
  }

  readonly #giveWriting = (held: Held): void => {
    if (holderOf(this) === held) this.unlock();
  };

  readonly #giveReading = (): void => this.rUnlock();
}
