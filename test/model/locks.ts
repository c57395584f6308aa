// The models of WaitGroup and of the locks: they follow the documentation of packages sync and semaphore, with a plain array of
// all waiters.

/** A waiting operation: for `units` of a semaphore, for the write lock, or without either. */
export interface Waiting {
  readonly operation: number;
  readonly units: number;
  readonly writes: boolean;
}

/** The result of a method; undefined if the caller has to wait. */
type Word = string | undefined;

/** The common part of the models. */
export abstract class LockModel {
  /** The operation that is being called. */
  operation = 0;

  /** The waiting operations, the longest waiting first. */
  waiting: Waiting[] = [];

  /** The results of operations, by their number. */
  readonly results: Map<number, string> = new Map<number, string>();

  /** The release functions of the guards that have not been disposed, by operation. */
  readonly #held = new Map<number, () => Word>();

  /** Disposes the guard of the operation; a second call has no effect. */
  dispose(operation: number): Word {
    const giveBack = this.#held.get(operation);
    this.#held.delete(operation);
    return giveBack === undefined ? "done" : giveBack();
  }

  protected stay(units: number = 0, writes: boolean = false): Word {
    this.waiting.push({ operation: this.operation, units, writes });
    return undefined;
  }

  protected leave({ operation }: Waiting): void {
    this.waiting = this.waiting.filter((other) => other.operation !== operation);
  }

  protected holds(operation: number, giveBack: () => Word): "held" {
    this.#held.set(operation, giveBack);
    this.results.set(operation, "held");
    return "held";
  }
}

export class WaitGroupModel extends LockModel {
  #count = 0;

  add(delta: number): Word {
    if (this.#count + delta < 0) return "sync: negative WaitGroup counter";
    this.#count += delta;
    if (this.#count > 0) return "done";
    for (const { operation } of this.waiting) this.results.set(operation, "done");
    this.waiting = [];
    return "done";
  }

  done(): Word {
    return this.add(-1);
  }

  wait(): Word {
    return this.#count === 0 ? "done" : this.stay();
  }
}

export class MutexModel extends LockModel {
  #holder: number | null = null;

  lock(): Word {
    return this.#holder === null ? this.#give(this.operation) : this.stay();
  }

  tryLock(): Word {
    if (this.#holder !== null) return "false";
    this.#holder = this.operation;
    return "true";
  }

  unlock(): Word {
    if (this.#holder === null) return "sync: unlock of unlocked mutex";
    this.#holder = null;
    const [next] = this.waiting;
    if (next === undefined) return "done";
    this.leave(next);
    this.#give(next.operation);
    return "done";
  }

  #give(operation: number): Word {
    this.#holder = operation;
    return this.holds(operation, () => (this.#holder === operation ? this.unlock() : "done"));
  }
}

/**
 * A lock that several goroutines can hold. It records the guards that have not been disposed, the units held without a guard, and
 * the units released by hand while only guards were left; the units held follow from these.
 */
abstract class SharedModel extends LockModel {
  #guards = new Map<number, number>();
  #unguarded = 0;
  #debt = 0;

  get taken(): number {
    return this.#unguarded - this.#debt + [...this.#guards.values()].reduce((sum, units) => sum + units, 0);
  }

  protected take(operation: number, units: number): Word {
    this.#guards.set(operation, units);
    return this.holds(operation, () => {
      const left = this.#guards.get(operation) ?? 0;
      this.#guards.delete(operation);
      this.#debt -= Math.min(left, this.#debt);
      return this.#released();
    });
  }

  protected takeWithoutGuard(units: number): void {
    this.#unguarded += units;
  }

  protected releaseByHand(units: number): Word {
    for (let unit = 0; unit < units; unit++) {
      if (this.#unguarded > 0) this.#unguarded--;
      else this.#debt++;
    }
    return this.#released();
  }

  /** Serves the waiters. */
  protected abstract serve(): void;

  #released(): Word {
    if (this.taken === 0) {
      this.#guards.clear();
      this.#debt = 0;
    }
    this.serve();
    return "done";
  }
}

export class RWMutexModel extends SharedModel {
  #writer: number | null = null;

  lock(): Word {
    return this.#isFree ? this.#letWrite(this.operation) : this.stay(0, true);
  }

  tryLock(): Word {
    if (!this.#isFree) return "false";
    this.#writer = this.operation;
    return "true";
  }

  unlock(): Word {
    if (this.#writer === null) return "sync: Unlock of unlocked RWMutex";
    this.#writer = null;
    for (const reader of this.waiting.filter(({ writes }) => !writes)) {
      this.leave(reader);
      this.take(reader.operation, 1);
    }
    this.serve();
    return "done";
  }

  // "If any goroutine calls Lock while the lock is already held by one or more readers, concurrent calls to RLock will block
  // until the writer has acquired (and released) the lock."
  rLock(): Word {
    return this.#isOpen ? this.take(this.operation, 1) : this.stay();
  }

  tryRLock(): Word {
    if (!this.#isOpen) return "false";
    this.takeWithoutGuard(1);
    return "true";
  }

  rUnlock(): Word {
    return this.taken === 0 ? "sync: RUnlock of unlocked RWMutex" : this.releaseByHand(1);
  }

  get #isFree(): boolean {
    return this.#writer === null && this.taken === 0;
  }

  get #isOpen(): boolean {
    return this.#writer === null && !this.waiting.some(({ writes }) => writes);
  }

  protected serve(): void {
    const next = this.waiting.find(({ writes }) => writes);
    if (next === undefined || !this.#isFree) return;
    this.leave(next);
    this.#letWrite(next.operation);
  }

  #letWrite(operation: number): Word {
    this.#writer = operation;
    return this.holds(operation, () => (this.#writer === operation ? this.unlock() : "done"));
  }
}

/** A semaphore. A waiter for more units than its size is not in the queue, and blocks no other. */
export class SemaphoreModel extends SharedModel {
  readonly #size: number;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  acquire(units: number): Word {
    return this.#hasFree(units) ? this.take(this.operation, units) : this.stay(units);
  }

  tryAcquire(units: number): Word {
    if (!this.#hasFree(units)) return "false";
    this.takeWithoutGuard(units);
    return "true";
  }

  release(units: number): Word {
    return units > this.taken ? "semaphore: released more than held" : this.releaseByHand(units);
  }

  /** Cancels the context of the operation, if it is waiting. */
  cancel(operation: number): void {
    const waiting = this.waiting.find((other) => other.operation === operation);
    if (waiting === undefined) return;
    this.leave(waiting);
    this.results.set(operation, "context canceled");
    this.serve();
  }

  get #queue(): Waiting[] {
    return this.waiting.filter(({ units }) => units <= this.#size);
  }

  #hasFree(units: number): boolean {
    return this.#queue.length === 0 && this.taken + units <= this.#size;
  }

  protected serve(): void {
    for (const first of this.#queue) {
      if (this.taken + first.units > this.#size) return;
      this.leave(first);
      this.take(first.operation, first.units);
    }
  }
}
