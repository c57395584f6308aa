// What can be locked.

import type { Operation } from "../goroutine/operations.ts";
import { park, unpark } from "../goroutine/parking.ts";
import { pass } from "../internal/gate.ts";
import type { Line } from "../internal/line.ts";
import { Parked, type Waiter } from "../internal/waiter.ts";

/** Something that one goroutine at a time can hold. Mirrors `sync.Locker`. */
export interface Locker {
  lock(): Promise<unknown>;
  unlock(): void;
}

/** A lock that is held: `using` gives it back when the scope ends. It does nothing if it has been given back before. */
export class Held implements Disposable {
  #release: ((held: Held) => void) | null;

  /** How much of it is held. */
  readonly units: number;

  constructor(release: (held: Held) => void, units: number = 1) {
    this.#release = release;
    this.units = units;
  }

  [Symbol.dispose](): void {
    const release = this.#release;
    this.#release = null;
    release?.(this);
  }
}

/** By what a lock of ours is held. */
export let holderOf: (lock: Exclusive) => Held | null;

/** Makes `held` that by which a lock of ours is held. */
export let setHolder: (lock: Exclusive, held: Held | null) => void;

/** A lock that knows by what it is held, and tells nobody but the other locks. */
export abstract class Exclusive {
  #holder: Held | null = null;

  static {
    holderOf = (lock) => lock.#holder;
    setHolder = (lock, held) => (lock.#holder = held);
  }
}

/** Somebody who waits for a lock, at the end of `line`, from the moment when this is made. */
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

  /** The lock is theirs. */
  grant(): void {
    unpark(this, this.#operation);
    pass(this.answer, this.held, this.world);
  }
}

function granted(waiter: LockWaiter): void {
  waiter.grant();
}
