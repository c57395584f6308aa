// A realm that resumes no operation. It records the result of each operation in the step that decides it,
// so a whole history runs synchronously, and the state can be checked after each step.

import { cancelWaiter } from "../../src/channel/select.ts";
import { unpark } from "../../src/runtime/wait-reasons.ts";
import { realClock } from "../../src/runtime/timer.ts";
import type { Clock } from "../../src/runtime/timer-queue.ts";
import { enableRealms } from "../../src/runtime/scheduler.ts";
import { addHooks, type BlockReason, type Hooks } from "../../src/runtime/hooks.ts";
import { realmLookup, type Realm } from "../../src/runtime/realm.ts";

interface Parked {
  readonly number: number | null;
  readonly reason: BlockReason;
}

/** Maps each waiter to its operation, by the hooks of the runtime. Operations have numbers. */
export class WaiterRegister implements Partial<Hooks>, Disposable {
  readonly #parked = new Map<object, Parked>();
  readonly #stop = addHooks(this);

  /** The operation that is being called; null if its result is not recorded. */
  acting: number | null = null;

  /** The operation of a waiter; undefined if it is not waiting. */
  numberOf(waiter: object): number | null | undefined {
    return this.#parked.get(waiter)?.number;
  }

  /** The number of waiters. */
  get size(): number {
    return this.#parked.size;
  }

  /** Removes a waiting operation from all its queues, as a bubble does at its end. It gets no result. */
  withdraw(number: number): void {
    for (const [waiter, record] of this.#parked) if (record.number === number) this.#remove(waiter, record);
  }

  /** Withdraws all waiting operations. */
  [Symbol.dispose](): void {
    for (const [waiter, record] of this.#parked) this.#remove(waiter, record);
    this.#stop();
  }

  #remove(waiter: object, { reason }: Parked): void {
    cancelWaiter(waiter);
    unpark(waiter, reason);
  }

  block(waiter: object, reason: BlockReason): void {
    this.#parked.set(waiter, { number: this.acting, reason });
  }

  unblock(waiter: object): void {
    this.#parked.delete(waiter);
  }

  go(): void {
    throw new Error("the operations of the model start no goroutines");
  }

  run(): void {
    this.go();
  }

  end(): void {
    this.go();
  }
}

/** The realm and its register. It is current for all code until it is disposed, which must happen before the next await. */
export class RecordingRealm extends WaiterRegister implements Realm {
  readonly clock: Clock = realClock;
  readonly randomInt: (n: number) => number;
  readonly #note: (operation: number, result: unknown) => void;
  // Another test may have left a bubble open.
  readonly #before = realmLookup;
  #woken: number | null | undefined;

  /** `randomInt` makes the random choices; `note` receives the result of each operation. */
  constructor(randomInt: (n: number) => number, note: (operation: number, result: unknown) => void) {
    super();
    this.randomInt = randomInt;
    this.#note = note;
    enableRealms(() => this);
  }

  override [Symbol.dispose](): void {
    enableRealms(this.#before);
    super[Symbol.dispose]();
  }

  // A waiter is unparked directly before it gets its result; a result without an unpark belongs to the current operation.
  override unblock(waiter: object): void {
    this.#woken = this.numberOf(waiter) ?? unknownOperation;
    super.unblock(waiter);
  }

  schedule(_: unknown, result: unknown): void {
    const operation = this.#woken === undefined ? this.acting : this.#woken;
    this.#woken = undefined;
    if (operation !== null) this.#note(operation, result);
  }

  override withdraw(number: number): void {
    super.withdraw(number);
    this.#woken = undefined;
  }

  nextId(): number {
    throw new Error("the operations of the model start no goroutines");
  }

  panicked(error: unknown): void {
    throw error;
  }

  runOutside(f: () => void): void {
    f();
  }

  main(f: () => void): void {
    f();
  }
}

/** Stands for a waiter that is woken without having record; the comparison then fails. */
const unknownOperation = -2;
