// A world in which nobody goes on. What an operation would be told is written down instead, in the very step that decides it.
// So a whole history runs in one synchronous go, and after each of its steps everything can be looked at.

import { cancelWaiter } from "../../src/channel/select.ts";
import { type WaitReason, waitReasons } from "../../src/runtime/wait-reasons.ts";
import { unpark } from "../../src/runtime/wait-reasons.ts";
import { realClock } from "../../src/runtime/timer.ts";
import type { Clock } from "../../src/runtime/timer-queue.ts";
import { enableRealms } from "../../src/runtime/scheduler.ts";
import { addHooks, type Hooks } from "../../src/runtime/hooks.ts";
import { realmLookup, type Realm } from "../../src/runtime/realm.ts";

interface Parked {
  readonly number: number | null;
  readonly name: string;
}

/** Knows which operation waits in which party, from the trace hook. Operations have numbers. */
export class Register implements Partial<Hooks>, Disposable {
  readonly #parked = new Map<object, Parked>();
  readonly #stop = addHooks(this);

  /** The operation that is being called; null, if nobody wants to know what it is told. */
  acting: number | null = null;

  /** The operation of a party that waits, or undefined. */
  numberOf(party: object): number | null | undefined {
    return this.#parked.get(party)?.number;
  }

  /** How many wait. */
  get size(): number {
    return this.#parked.size;
  }

  /** Takes an operation that waits out of all its lines, as a bubble does at its end. It will not be told anything. */
  withdraw(number: number): void {
    for (const [party, parked] of this.#parked) if (parked.number === number) this.#takeOut(party, parked);
  }

  /** Withdraws all who still wait. */
  [Symbol.dispose](): void {
    for (const [party, parked] of this.#parked) this.#takeOut(party, parked);
    this.#stop();
  }

  #takeOut(party: object, { name }: Parked): void {
    cancelWaiter(party);
    unpark(party, waitReasons.find((each) => each.name === name) as WaitReason);
  }

  block(party: object, name: string): void {
    this.#parked.set(party, { number: this.acting, name });
  }

  unblock(party: object): void {
    this.#parked.delete(party);
  }

  go(): void {
    throw new Error("nothing that is modelled starts a goroutine");
  }

  run(): void {
    this.go();
  }

  end(): void {
    this.go();
  }
}

/** The world and its register. It is the world of everybody until it is disposed of, which must be before the next await. */
export class Ledger extends Register implements Realm {
  readonly clock: Clock = realClock;
  readonly randomInt: (n: number) => number;
  readonly #note: (operation: number, result: unknown) => void;
  // Another test may have left a bubble open.
  readonly #before = realmLookup;
  #woken: number | null | undefined;

  /** `below` makes the random choices; `note` hears what each operation is told. */
  constructor(below: (n: number) => number, note: (operation: number, result: unknown) => void) {
    super();
    this.randomInt = below;
    this.#note = note;
    enableRealms(() => this);
  }

  override [Symbol.dispose](): void {
    enableRealms(this.#before);
    super[Symbol.dispose]();
  }

  // Whoever waited is unparked directly before it is answered; an answer to anybody else is that of the operation itself.
  override unblock(party: object): void {
    this.#woken = this.numberOf(party) ?? nobody;
    super.unblock(party);
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
    throw new Error("nothing that is modelled starts a goroutine");
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

/** Who is woken without having waited: it must show. */
const nobody = -2;
