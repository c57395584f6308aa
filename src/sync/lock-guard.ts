// What the locks share: guards, waiters with their cancellation, and the suspension of a hold during `Cond.wait`.

import { timeLimitOf } from "../context/time-limit.ts";
import { CancelableOperation, shiftUncanceled, throwIfCanceled } from "../runtime/cancelable-wait.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import { dispose, makeDisposable } from "../runtime/defer.ts";
import { fairly, rejected, resolvedWith } from "../runtime/scheduler.ts";
import { park, type WaitReason } from "../runtime/wait-reasons.ts";
import type { Waiter, WakeFn } from "../runtime/waiter.ts";
import { Printable } from "../util/inspect.ts";
import { type Check, checkFunction } from "../util/validate.ts";
import type { WaitQueue } from "../util/wait-queue.ts";

/**
 * A lock that one goroutine at a time can hold.
 *
 * @see [sync.Locker](https://pkg.go.dev/sync#Locker)
 */
export interface Locker {
  /** Waits until the lock is free, and locks it. */
  lock(): Promise<unknown>;

  /** Unlocks the lock. */
  unlock(): void;
}

/** The options of a call that waits for a lock. */
export interface LockOptions extends WaitOptions {
  /**
   * How long the call waits, in milliseconds, from 0. Then it rejects with a `DeadlineExceeded`, and the lock is not taken. At 0 it
   * takes the lock only if that is free now.
   *
   * @defaultValue Infinity
   */
  readonly timeout?: number | undefined;
}

/**
 * The guard of one hold of a lock: `using` releases that hold at the end of the scope. Only the first disposal has an effect, and it has
 * none if the hold was released by hand before.
 */
export class LockGuard implements Disposable {
  declare readonly [Symbol.dispose]: () => void;
  #release: ((guard: LockGuard) => void) | null;

  /** The number of permits that the hold takes. */
  readonly permits: number;

  /** The epoch of its {@link Holds} in which the hold was granted. */
  epoch = 0;

  static {
    makeDisposable(this.prototype, (guard) => guard.release());
  }

  constructor(release: (guard: LockGuard) => void, permits: number = 1) {
    this.#release = release;
    this.permits = permits;
  }

  /** Releases the hold. */
  release(): void {
    const release = this.#release;
    this.#release = null;
    release?.(this);
  }

  /** Makes disposal a no-op. */
  detach(): void {
    this.#release = null;
  }
}

/** The guard that holds a lock; null, if it is not held. */
export let ownerOf: (lock: OwnedLock) => LockGuard | null;

/** Makes `guard` the holder of a lock. */
export let setOwner: (lock: OwnedLock, guard: LockGuard | null) => void;

/** A lock that one goroutine at a time can hold, and that stores the guard of that hold. */
export abstract class OwnedLock extends Printable implements Locker {
  #owner: LockGuard | null = null;

  static {
    ownerOf = (lock) => lock.#owner;
    setOwner = (lock, guard) => (lock.#owner = guard);
  }

  abstract lock(): Promise<Disposable>;
  abstract unlock(): void;
}

/** A lock of the library that stores its hold in another way. */
export interface SuspendableLock extends Locker {
  /** See {@link suspend}. */
  [suspendHold](): (guard: unknown) => void;
}

/** The key of the method by which {@link suspend} releases such a lock. */
export const suspendHold: unique symbol = Symbol("suspendHold");

/**
 * Releases a lock during a `Cond.wait`. Unlike a release by hand, that does not end the guarded hold: the returned function takes what
 * `lock()` has resolved with after the wait, and the guard from before the wait becomes the guard of the new hold.
 *
 * @throws {PanicError} if `lock` is a lock of the library and is not held.
 */
export function suspend(lock: Locker): (guard: unknown) => void {
  if (suspendHold in lock) return (lock as SuspendableLock)[suspendHold]();
  const before = lock instanceof OwnedLock ? ownerOf(lock) : null;
  lock.unlock();
  return (guard) => {
    // A user's own lock has no guards of the library, and another goroutine may have unlocked one of the library meanwhile.
    if (lock instanceof OwnedLock && ownerOf(lock) === guard) setOwner(lock, before);
  };
}

/** An operation that waits for a lock. */
export class LockWaiter extends CancelableOperation<void, Disposable> {
  readonly guard: LockGuard;

  /** Called when the waiter has been canceled and has left its queue. */
  onCanceled: (() => void) | undefined;

  /** Parks a new waiter at the end of `queue`; with null, it is in no queue and can only be canceled. */
  constructor(guard: LockGuard, queue: WaitQueue<Waiter<void>> | null, reason: WaitReason, isDurable: boolean) {
    super(grant as WakeFn<CancelableOperation<void, Disposable>>, reason);
    this.guard = guard;
    queue?.push(this);
    park(this, reason, isDurable);
  }

  /** Resolves with the guard. */
  grant(): void {
    this.resume(this.reason, this.guard);
  }

  override cancel(): void {
    super.cancel();
    this.onCanceled?.();
  }
}

function grant(waiter: LockWaiter): void {
  waiter.grant();
}

/**
 * Takes a lock for `guard`, or waits for it until the wait is canceled or its time is over.
 *
 * @param acquire - takes the lock and returns null, or returns a parked waiter
 * @param onCanceled - called when a canceled waiter has left its queue: waiters behind it may be able to proceed
 */
export function acquireCancelably(
  check: Check,
  options: LockOptions,
  guard: LockGuard,
  acquire: (guard: LockGuard) => LockWaiter | null,
  onCanceled?: () => void,
): Promise<Disposable> {
  try {
    const cancellation = timeLimitOf(check, options, "the lock was not free");
    throwIfCanceled(cancellation);
    const waiter = acquire(guard);
    if (waiter === null) return resolvedWith(guard);
    waiter.onCanceled = onCanceled;
    return waiter.cancelBy(cancellation);
  } catch (error) {
    return rejected(error);
  }
}

/** Removes the first waiter that is not canceled, and returns it. */
export function dequeue(queue: WaitQueue<Waiter<void>>): LockWaiter | null {
  return shiftUncanceled<void, Disposable>(queue) as LockWaiter | null;
}

/** Calls `fn` for `caller` while the lock that `acquire` takes is held. */
export function runHolding<R>(
  caller: string,
  fn: () => R | PromiseLike<R>,
  acquire: () => Promise<Disposable>,
): Promise<R> {
  return fairly(runWithGuard(caller, fn, acquire));
}

async function runWithGuard<R>(
  caller: string,
  fn: () => R | PromiseLike<R>,
  acquire: () => Promise<Disposable>,
): Promise<R> {
  checkFunction(caller, fn, "fn");
  const guard = await acquire();
  try {
    return await fn();
  } finally {
    guard[dispose]();
  }
}
