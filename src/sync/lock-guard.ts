// What the locks have in common: guards, the waiters for a lock, and the release of a lock for the time of a `Cond.wait`.

import type { WaitReason } from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { resolveFairly } from "../runtime/scheduler.ts";
import type { WaitQueue } from "../util/wait-queue.ts";
import { ParkedOperation, type Waiter } from "../runtime/waiter.ts";

/** A lock that one goroutine at a time can hold. Mirrors `sync.Locker`. */
export interface Locker {
  lock(): Promise<unknown>;
  unlock(): void;
}

/**
 * The guard of one hold of a lock: `using` releases that hold when the scope ends. Only the first disposal has an effect, and none
 * has if the hold was released by hand before.
 */
export class LockGuard implements Disposable {
  declare readonly [Symbol.dispose]: () => void;
  #release: ((held: LockGuard) => void) | null;

  /** How many units are held. */
  readonly permits: number;

  /** The epoch of its {@link Holds} in which the hold was granted. */
  epoch = 0;

  static {
    // A host without the symbol would get a method called "undefined".
    if ((Symbol.dispose as symbol | undefined) !== undefined) {
      Object.defineProperty(this.prototype, Symbol.dispose, {
        configurable: true,
        writable: true,
        value(this: LockGuard): void {
          const release = this.#release;
          this.#release = null;
          release?.(this);
        },
      });
    }
  }

  constructor(release: (held: LockGuard) => void, units: number = 1) {
    this.#release = release;
    this.permits = units;
  }

  /** Makes the guard do nothing when it is disposed. */
  detach(): void {
    this.#release = null;
  }
}

/**
 * Releases `lock`, one of the library's own, for the time of a `Cond.wait`. To the function that it returns goes what `lock()` has
 * resolved with: the guard from before the wait is then the guard of the new hold.
 *
 * @throws {PanicError} if `lock` is not held.
 */
export let suspend: (lock: SuspendableLock) => (again: unknown) => void;

/** A lock of the library: `Cond` can release it without the release being taken for one by hand. */
export abstract class SuspendableLock {
  protected abstract suspendHold(): (again: unknown) => void;

  static {
    suspend = (lock) => lock.suspendHold();
  }
}

/** The guard by which a lock is held; null, if it is not held. */
export let ownerOf: (lock: OwnedLock) => LockGuard | null;

/** Makes `held` the guard by which a lock is held. */
export let setOwner: (lock: OwnedLock, held: LockGuard | null) => void;

/** A lock that one goroutine at a time can hold, and that knows by which guard. */
export abstract class OwnedLock extends SuspendableLock implements Locker {
  #holder: LockGuard | null = null;

  static {
    ownerOf = (lock) => lock.#holder;
    setOwner = (lock, held) => (lock.#holder = held);
  }

  abstract lock(): Promise<Disposable>;
  abstract unlock(): void;

  protected suspendHold(): (again: unknown) => void {
    const held = this.#holder;
    this.unlock();
    return (again) => {
      // Another goroutine may have unlocked it meanwhile.
      if (this.#holder === again) this.#holder = held;
    };
  }
}

/** A waiter for a lock, at the end of `line` from the moment when it is made. */
export class LockWaiter extends ParkedOperation<void, LockGuard> {
  readonly held: LockGuard;
  readonly #operation: WaitReason;

  constructor(held: LockGuard, line: WaitQueue<Waiter<void>>, operation: WaitReason, isDurable: boolean) {
    super(granted as (waiter: ParkedOperation<void, LockGuard>) => void);
    this.held = held;
    this.#operation = operation;
    line.push(this);
    park(this, operation, isDurable);
  }

  /** Resolves with the guard. */
  grant(): void {
    unpark(this, this.#operation);
    resolveFairly(this.resolve, this.held, this.realm);
  }
}

function granted(waiter: LockWaiter): void {
  waiter.grant();
}
