// A world of a test's own: time stands still until everybody in it waits, and then jumps; and in which order goroutines go
// on is drawn from a seed.
//
// Invariants, whenever no goroutine of the bubble runs:
//   1. Whatever could go on stands in `held`; the bubble has asked for the next turn of the event loop to let some of it.
//   2. Time jumps only when nothing is held and nobody is awake; while somebody is, it comes to the next alarm in real time.
//   3. After the end nothing goes on: what is held then is never given.
//
// Mirrors testing/synctest and the bubbles of runtime/synctest.go.

import { withdraw } from "../channel/select.ts";
import { died } from "../runtime/goroutine-count.ts";
import { otherCopies } from "../util/copies.ts";
import { place } from "../runtime/goroutine-tracking.ts";
import { Check, checkFunction } from "../util/validate.ts";
import { asText } from "../util/inspect.ts";
import { Goroutine, start } from "../runtime/goroutine.ts";
import { environment } from "../runtime/process.ts";
import { operations } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { Roster } from "../runtime/goroutine-registry.ts";
import { Clock } from "../runtime/timer-queue.ts";
import { failed, fairly } from "../runtime/scheduler.ts";
import { Chance } from "../util/prng.ts";
import type { Traced } from "../runtime/hooks.ts";
import { nextTurn } from "../runtime/macrotask.ts";
import { Pending } from "../runtime/waiter.ts";
import { Passage } from "./virtual-clock.ts";
import { type Inhabited, Places } from "./realm-tracker.ts";

/** What a bubble can be told. */
export interface BubbleOptions {
  /** What chance is drawn from: a whole number. The same seed gives the same run. Without it, GORO_SEED or 1. */
  readonly seed?: number;
}

/**
 * Runs `f` and all the goroutines that come of it in a bubble, and answers what `f` returns once all of them have ended.
 *
 * In a bubble the clock of the library is virtual: it starts at midnight UTC, 2000-01-01, and when every goroutine is
 * durably blocked it jumps to the next timer. The order in which goroutines go on, and every choice of `select`, are drawn
 * from the seed.
 *
 * Durably blocked is who waits for a channel, a `select`, a `WaitGroup` or a timer made in the bubble, or for
 * {@link settled}. Whoever awaits any other promise, such as that of a `fetch`, is not: then time stands still, unless that
 * takes longer than the next timer.
 *
 * Errors: rejects with what a goroutine of the bubble panics with; with {@link PanicError} if all are blocked and no timer is
 * left, or if some are once `f` has returned, naming each; and at once, if it is called inside a bubble. Then the goroutines
 * that are left do not go on.
 *
 * Mirrors `synctest.Test`.
 *
 * @example
 * await bubble(async () => {
 *   const start = now();
 *   await time.sleep(10 * time.hour);
 *   console.log(now() - start); // 36000000, at once
 * });
 */
export function bubble<R>(f: () => R | PromiseLike<R>, options: BubbleOptions = {}): Promise<R> {
  return fairly(runBubble(f, options));
}

const check = new Check("bubble");

async function runBubble<R>(f: () => R | PromiseLike<R>, options: BubbleOptions): Promise<R> {
  checkFunction("bubble", f);
  check.options(options, ["seed"]);
  const made = new Bubble(options.seed ?? defaultSeed());
  if (places.here !== undefined) throw new PanicError("bubble called from within a bubble");
  const close = places.open();
  try {
    const { way, value } = await made.run(f);
    if (way === "returned") return value as R;
    throw value;
  } finally {
    // Goroutines that are left may come back from a promise that is not goro's: as long as that can be, they must be known.
    if (!made.hasLeft) close();
  }
}

/** The seed of a bubble that is given none. */
export function defaultSeed(): number {
  return Number(environment("GORO_SEED") ?? 1);
}

/**
 * Waits until every other goroutine of the bubble is durably blocked or has ended. Time does not advance meanwhile.
 *
 * Errors: rejects with {@link PanicError} outside of a bubble.
 *
 * Mirrors `synctest.Wait`.
 */
export function settled(): Promise<void> {
  const { here } = places;
  if (here === undefined) return failed(new PanicError("goroutine is not in a bubble"));
  return here.world.settled(here.goroutine);
}

/** The instant by the clock of the bubble, in milliseconds since the epoch; outside of one, by the real clock. */
export function now(): number {
  return places.here?.world.clock.wall() ?? Date.now();
}

/** How a bubble ends, and with what: a value, or what was panicked with. */
export interface Ending {
  readonly way: "returned" | "panicked" | "deadlocked";
  readonly value: unknown;
  /** For a panic, the number of the goroutine; for a deadlock, what is to be told of everybody. */
  readonly goroutine: number;
  readonly report: string;
}

/** Where everybody is. */
export const places: Places<Bubble> = new Places<Bubble>();

type Held = readonly [answer: (result: never) => void, result: unknown];

export class Bubble implements Inhabited {
  readonly #roster = new Roster();
  readonly clock: Clock;
  readonly #chance: Chance;
  readonly #ending = new Pending<Ending>();
  #value: unknown;
  #lastId = 0;
  #held: Held[] = [];
  #settling: Pending<void>[] = [];
  #hasBegun = false;
  #hasReturned = false;
  #hasProgram = false;
  #asked = false;
  #over = false;
  readonly #passage = new Passage(() => this.#ask());

  constructor(seed: number) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`bubble: seed must be a whole number, got ${asText(seed)}`);
    this.#chance = new Chance(seed);
    this.clock = new Clock(this.#passage, () => this.below(2 ** 32));
  }

  /** Runs `f` as the first goroutine, to the end of the bubble. */
  run(f: () => unknown): Promise<Ending> {
    const body = async (): Promise<void> => {
      this.#value = await f();
      this.#hasReturned = true;
    };
    Object.defineProperty(body, "name", { value: f.name });
    this.#hasBegun = true;
    places.inside(this, undefined, () => start(new Goroutine(this.nextId(), body, [], null)));
    return this.#ending.promise;
  }

  /** Whether goroutines were left when it ended. */
  get hasLeft(): boolean {
    return this.#over && this.#roster.population > 0;
  }

  /** How it has ended. */
  get ending(): Promise<Ending> {
    return this.#ending.promise;
  }

  async settled(goroutine: Traced | undefined): Promise<void> {
    const settling = new Pending<void>();
    this.#settling.push(settling);
    this.blocked(settling, "synctest.Wait", true, goroutine);
    await settling.promise;
  }

  below(n: number): number {
    return this.#chance.below(n);
  }

  outside(f: () => void): void {
    places.outside(f);
  }

  hold(answer: (result: never) => void, result: unknown): void {
    if (this.#over) return;
    this.#held.push([answer, result]);
    this.#ask();
  }

  nextId(): number {
    return ++this.#lastId;
  }

  panicked(error: unknown, goroutine: Traced): void {
    this.#end({ way: "panicked", value: error, goroutine: goroutine.id, report: this.#roster.origin(goroutine) });
  }

  /** A program inside a bubble is over when its `main` returns, and so is the bubble. */
  main(f: () => unknown): void {
    if (this.#hasProgram) throw new PanicError("main: another main is running");
    this.#hasProgram = true;
    this.#hasBegun = true;
    const returned = (): void => this.#end(done(undefined));
    start(new Goroutine(this.nextId(), f, [], { returned, panicked: () => undefined }));
  }

  born(goroutine: Traced, creator: Traced | undefined): void {
    this.#roster.born(goroutine, creator);
  }

  blocked(party: object, operation: string, isDurable: boolean, goroutine: Traced | undefined): void {
    if (this.#over) {
      forget(operation);
      withdraw(party);
      return;
    }
    this.#roster.waits(party, operation, goroutine, place(), isDurable);
    this.#ask();
  }

  unblocked(party: object): void {
    this.#roster.over(party);
    this.#ask();
  }

  ended(goroutine: Traced): void {
    this.#roster.ended(goroutine);
    this.#ask();
  }

  #ask(): void {
    if (this.#asked || this.#over) return;
    this.#asked = true;
    nextTurn(() => {
      this.#asked = false;
      if (!this.#over) places.inside(this, undefined, () => this.#turn());
    });
  }

  // When a turn of the event loop comes, every goroutine has run as far as it can.
  #turn(): void {
    this.#passage.clear();
    // What is due now needs no jump.
    if (this.clock.next <= this.clock.now()) this.clock.ring();
    if (this.#held.length > 0) {
      this.#letSomeGoOn();
    } else if (this.#roster.someoneIsAwake) {
      this.#passage.passTo(this.clock.next);
    } else if (this.#settling.length > 0) {
      for (const settling of this.#settling.splice(0)) {
        this.#roster.over(settling);
        this.hold(settling.answer, undefined);
      }
    } else if (this.#hasBegun && this.#roster.population === 0) {
      this.#end(done(this.#value));
    } else if (this.#hasReturned && !this.#hasProgram) {
      this.#deadlock("main bubble goroutine has exited but blocked goroutines remain");
    } else if (this.clock.next < Infinity) {
      this.#passage.jumpTo(this.clock.next);
      this.clock.ring();
      this.#ask();
    } else if (this.#hasBegun) {
      this.#deadlock("all goroutines in bubble are blocked");
    }
  }

  #deadlock(why: string): void {
    const report = this.#roster.report() + otherCopies();
    this.#end({ way: "deadlocked", value: new PanicError(`deadlock: ${why}\n\n${report}`), goroutine: 1, report });
  }

  // At least one, at random: so any goroutine may get ahead of any other, and none is held for ever.
  #letSomeGoOn(): void {
    const held = this.#held;
    const some = 1 + this.below(held.length);
    for (let i = 0; i < some; i++) {
      const chosen = i + this.below(held.length - i);
      [held[i], held[chosen]] = [held[chosen] as Held, held[i] as Held];
    }
    this.#held = held.slice(some);
    for (const [answer, result] of held.slice(0, some)) answer(result as never);
    this.#ask();
  }

  #end(ending: Ending): void {
    if (this.#over) return;
    this.#over = true;
    this.#passage.clear();
    // Whoever is left will not go on, and is no reason for a warning when the process ends.
    for (const goroutine of this.#roster.goroutines) died(goroutine);
    // Nobody may meet them in a line either, and hand them a value that they would never use.
    for (const party of this.#roster.parties) withdraw(party);
    for (const name of this.#roster.operations) forget(name);
    this.#ending.answer(ending);
  }
}

function forget(name: string): void {
  const operation = operations.find((each) => each.name === name);
  if (operation !== undefined) operation.parked--;
}

function done(value: unknown): Ending {
  return { way: "returned", value, goroutine: 1, report: "" };
}
