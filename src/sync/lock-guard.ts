// What the locks have in common: guards, the waiters for a lock, and the release of a lock for the time of a `Cond.wait`.

import type { Operation } from "../runtime/wait-reasons.ts";
import { park, unpark } from "../runtime/parking.ts";
import { pass } from "../runtime/scheduler.ts";
import type { Line } from "../util/wait-queue.ts";
import { Parked, type Waiter } from "../runtime/waiter.ts";

/** A lock that one goroutine at a time can hold. Mirrors `sync.Locker`. */
export interface Locker {
  lock(): Promise<unknown>;
  unlock(): void;
}

/**
 * The guard of one hold of a lock: `using` releases that hold when the scope ends. Only the first disposal has an effect, and none
 * has if the hold was released by hand before.
 */
export class Held implements Disposable {
  declare readonly [Symbol.dispose]: () => void;
  #release: ((held: Held) => void) | null;

  /** How many units are held. */
  readonly units: number;

  /** The epoch of its {@link Holds} in which the hold was granted. */
  epoch = 0;

  static {
    // A host without the symbol would get a method called "undefined".
    if ((Symbol.dispose as symbol | undefined) !== undefined) {
      Object.defineProperty(this.prototype, Symbol.dispose, {
        configurable: true,
        writable: true,
        value(this: Held): void {
          const release = this.#release;
          this.#release = null;
          release?.(this);
        },
      });
    }
  }

  constructor(release: (held: Held) => void, units: number = 1) {
    this.#release = release;
    this.units = units;
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
export let holderOf: (lock: Exclusive) => Held | null;

/** Makes `held` the guard by which a lock is held. */
export let setHolder: (lock: Exclusive, held: Held | null) => void;

/** A lock that one goroutine at a time can hold, and that knows by which guard. */
export abstract class Exclusive extends SuspendableLock implements Locker {
  #holder: Held | null = null;

  static {
    holderOf = (lock) => lock.#holder;
    setHolder = (lock, held) => (lock.#holder = held);
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
export class LockWaiter extends Parked<void, Held> {
  readonly held: Held;
  readonly #operation: Operation;

  constructor(held: Held, line: Line<Waiter<void>>, operation: Operation, isDurable: boolean) {
    super(granted as (waiter: Parked<void, Held>) => void);
    this.held = held;
    this.#operation = operation;
    line.join(this);
    park(this, operation, isDurable);
  }

  /** Resolves with the guard. */
  grant(): void {
    unpark(this, this.#operation);
    pass(this.answer, this.held, this.world);
  }
}

function granted(waiter: LockWaiter): void {
  waiter.grant();
}
