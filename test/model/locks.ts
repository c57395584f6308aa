// The models of WaitGroup and of the locks: what the documentation of packages sync and semaphore says, with a plain array of
// all who wait.

/** Somebody who waits, the operation of that number: for `units` of a semaphore, to write, or just so. */
export interface Waiting {
  readonly operation: number;
  readonly units: number;
  readonly writes: boolean;
}

/** A method of a model answers what its caller is told; or undefined, if it waits. */
type Word = string | undefined;

/** What they have in common. */
export abstract class LockModel {
  /** The operation that is being called. */
  operation = 0;

  /** Who waits, the longest first. */
  waiting: Waiting[] = [];

  /** What operations were told, by their number. */
  readonly told: Map<number, string> = new Map<number, string>();

  /** How what an operation holds is given back, while that has not been done. */
  readonly #held = new Map<number, () => Word>();

  /** Gives back what the operation holds: only the first time. */
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
    this.told.set(operation, "held");
    return "held";
  }
}

export class WaitGroupModel extends LockModel {
  #count = 0;

  add(delta: number): Word {
    if (this.#count + delta < 0) return "sync: negative WaitGroup counter";
    this.#count += delta;
    if (this.#count > 0) return "done";
    for (const { operation } of this.waiting) this.told.set(operation, "done");
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

export class RWMutexModel extends LockModel {
  #writer: number | null = null;
  #readers = 0;

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
      this.#letRead(reader.operation);
    }
    return this.#letWriterIn();
  }

  // "If any goroutine calls Lock while the lock is already held by one or more readers, concurrent calls to RLock will block
  // until the writer has acquired (and released) the lock."
  rLock(): Word {
    return this.#isOpen ? this.#letRead(this.operation) : this.stay();
  }

  tryRLock(): Word {
    if (!this.#isOpen) return "false";
    this.#readers++;
    return "true";
  }

  rUnlock(): Word {
    if (this.#readers === 0) return "sync: RUnlock of unlocked RWMutex";
    this.#readers--;
    return this.#letWriterIn();
  }

  get #isFree(): boolean {
    return this.#writer === null && this.#readers === 0;
  }

  get #isOpen(): boolean {
    return this.#writer === null && !this.waiting.some(({ writes }) => writes);
  }

  #letWriterIn(): Word {
    const next = this.waiting.find(({ writes }) => writes);
    if (next === undefined || !this.#isFree) return "done";
    this.leave(next);
    this.#letWrite(next.operation);
    return "done";
  }

  #letWrite(operation: number): Word {
    this.#writer = operation;
    return this.holds(operation, () => (this.#writer === operation ? this.unlock() : "done"));
  }

  #letRead(operation: number): Word {
    this.#readers++;
    return this.holds(operation, () => this.rUnlock());
  }
}

/** A semaphore. Who wants more than there will ever be waits beside the line, and holds nobody up. */
export class SemaphoreModel extends LockModel {
  readonly #size: number;
  #taken = 0;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  acquire(units: number): Word {
    return this.tryAcquire(units) === "true" ? this.#give(this.operation, units) : this.stay(units);
  }

  tryAcquire(units: number): Word {
    if (this.#line.length > 0 || this.#taken + units > this.#size) return "false";
    this.#taken += units;
    return "true";
  }

  release(units: number): Word {
    if (units > this.#taken) return "semaphore: released more than held";
    this.#taken -= units;
    this.#serve();
    return "done";
  }

  /** The context of the operation, if it waits, has ended. */
  cancel(operation: number): void {
    const waiting = this.waiting.find((each) => each.operation === operation);
    if (waiting === undefined) return;
    this.leave(waiting);
    this.told.set(operation, "context canceled");
    this.#serve();
  }

  get #line(): Waiting[] {
    return this.waiting.filter(({ units }) => units <= this.#size);
  }

  #serve(): void {
    for (const first of this.#line) {
      if (this.#taken + first.units > this.#size) return;
      this.#taken += first.units;
      this.leave(first);
      this.#give(first.operation, first.units);
    }
  }

  #give(operation: number, units: number): Word {
    return this.holds(operation, () => this.release(units));
  }
}
