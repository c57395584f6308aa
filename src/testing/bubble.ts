// A world of a test's own: time stands still until everybody in it waits, and then jumps; and in which order goroutines go
// on is drawn from a seed.
//
// Invariants, whenever no goroutine of the bubble runs:
//   1. Whatever could go on stands in `held`; the bubble has asked for the next turn of the event loop to let some of it.
//   2. Time advances only in a turn in which nothing is held and nobody is awake.
//   3. After the end nothing goes on: what is held then is never given.
//
// Mirrors testing/synctest and the bubbles of runtime/synctest.go.

import { type AsyncStore, makeAsyncStore, place } from "../goroutine/debug.ts";
import { Goroutine, start } from "../goroutine/go.ts";
import { environment } from "../goroutine/host.ts";
import { operations } from "../goroutine/operations.ts";
import { PanicError } from "../goroutine/panic.ts";
import { Roster } from "../goroutine/roster.ts";
import { Clock } from "../internal/clock.ts";
import { nextTurn, openWorlds } from "../internal/gate.ts";
import { Chance } from "../internal/random.ts";
import { listen, type Traced } from "../internal/trace.ts";
import { Pending } from "../internal/waiter.ts";
import type { World } from "../internal/world.ts";
import { Passage } from "./passage.ts";

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
 * Durably blocked is who waits for a channel, a `select`, a `WaitGroup`, a sleep or {@link settled}. Who awaits any other
 * promise, such as that of a `fetch`, is not: meanwhile time passes as it really does, and only from timer to timer.
 *
 * Errors: rejects with what a goroutine of the bubble panics with; with {@link PanicError} if all are blocked and no timer is
 * left, naming each; and at once, if it is called inside a bubble. Then the goroutines that are left do not go on.
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
export async function bubble<R>(f: () => R | PromiseLike<R>, options: BubbleOptions = {}): Promise<R> {
  if (typeof f !== "function") throw new TypeError(`bubble: f must be a function, got ${String(f)}`);
  const seed = options.seed ?? Number(environment("GORO_SEED") ?? 1);
  if (!Number.isSafeInteger(seed)) throw new RangeError(`bubble: seed must be a whole number, got ${String(seed)}`);
  if (currentBubble() !== undefined) throw new PanicError("bubble called from within a bubble");
  const made = new Bubble(seed);
  openBubbles++;
  try {
    if (openBubbles === 1) open();
    return (await made.run(f)) as R;
  } finally {
    openBubbles--;
    if (openBubbles === 0) close();
  }
}

/**
 * Waits until every other goroutine of the bubble is durably blocked or has ended. Time does not advance meanwhile.
 *
 * Errors: rejects with {@link PanicError} outside of a bubble.
 *
 * Mirrors `synctest.Wait`.
 */
export async function settled(): Promise<void> {
  const found = currentBubble();
  if (found === undefined) throw new PanicError("goroutine is not in a bubble");
  await found.settled();
}

/** The instant by the clock of the bubble, in milliseconds since the epoch; outside of one, by the real clock. */
export function now(): number {
  return currentBubble()?.clock.wall() ?? Date.now();
}

interface Place {
  readonly bubble: Bubble;
  readonly goroutine: Traced | undefined;
}

let places: AsyncStore<Place> | undefined;
let openBubbles = 0;
let close = (): void => undefined;

// Which bubble a party waits in is asked by whoever wakes it, from anywhere.
const parties = new WeakMap<object, Bubble>();
const homes = new WeakMap<Traced, Bubble>();

function currentBubble(): Bubble | undefined {
  return places?.getStore()?.bubble;
}

function open(): void {
  places ??= makeAsyncStore<Place>();
  if (places === undefined)
    throw new TypeError("bubble: the host has no AsyncLocalStorage, and cannot tell who is inside");
  const stopListening = listen({
    go(goroutine) {
      const found = places?.getStore();
      if (found === undefined) return;
      homes.set(goroutine, found.bubble);
      found.bubble.roster.born(goroutine, found.goroutine);
    },
    run(goroutine, begin) {
      const found = currentBubble();
      if (found === undefined) begin();
      else places?.run({ bubble: found, goroutine }, begin);
    },
    end(goroutine) {
      homes.get(goroutine)?.ended(goroutine);
    },
    block(party, operation) {
      const found = places?.getStore();
      if (found === undefined) return;
      parties.set(party, found.bubble);
      found.bubble.blocked(party, operation, found.goroutine);
    },
    unblock(party) {
      parties.get(party)?.unblocked(party);
    },
  });
  openWorlds(currentBubble);
  close = () => {
    stopListening();
    openWorlds(null);
  };
}

type Held = readonly [answer: (result: never) => void, result: unknown];

class Bubble implements World {
  readonly roster: Roster = new Roster();
  readonly clock: Clock;
  readonly #chance: Chance;
  readonly #result = new Pending<{ value: unknown }>();
  #value: unknown;
  #lastId = 0;
  #held: Held[] = [];
  #settling: Pending<void>[] = [];
  #hasProgram = false;
  #asked = false;
  #over = false;
  readonly #passage = new Passage(() => this.#ask());

  constructor(seed: number) {
    this.#chance = new Chance(seed);
    this.clock = new Clock(this.#passage);
  }

  /** Runs `f` as the first goroutine, to the end of the bubble. */
  async run(f: () => unknown): Promise<unknown> {
    const body = async (): Promise<void> => {
      this.#value = await f();
    };
    Object.defineProperty(body, "name", { value: f.name });
    this.#inside(() => start(new Goroutine(this.nextId(), body, [], null)));
    return (await this.#result.promise).value;
  }

  async settled(): Promise<void> {
    const settling = new Pending<void>();
    const goroutine = places?.getStore()?.goroutine;
    this.#settling.push(settling);
    this.blocked(settling, "synctest.Wait", goroutine);
    await settling.promise;
  }

  below(n: number): number {
    return this.#chance.below(n);
  }

  hold(answer: (result: never) => void, result: unknown): void {
    this.#held.push([answer, result]);
    this.#ask();
  }

  nextId(): number {
    return ++this.#lastId;
  }

  panicked(error: unknown): void {
    this.#end(Promise.reject(error));
  }

  /** A program inside a bubble is over when its `main` returns, and so is the bubble. */
  main(f: () => unknown): void {
    if (this.#hasProgram) throw new PanicError("main: another main is running");
    this.#hasProgram = true;
    const over = (): void => this.#end({ value: undefined });
    start(new Goroutine(this.nextId(), f, [], { returned: over, panicked: () => undefined }));
  }

  blocked(party: object, operation: string, goroutine: Traced | undefined): void {
    this.roster.waits(party, operation, goroutine, place());
    this.#ask();
  }

  unblocked(party: object): void {
    this.roster.over(party);
    this.#ask();
  }

  ended(goroutine: Traced): void {
    this.roster.ended(goroutine);
    this.#ask();
  }

  #ask(): void {
    if (this.#asked || this.#over) return;
    this.#asked = true;
    nextTurn(() => {
      this.#asked = false;
      if (!this.#over) this.#inside(() => this.#turn());
    });
  }

  // When a turn of the event loop comes, every goroutine has run as far as it can.
  #turn(): void {
    if (this.#held.length > 0) {
      this.#letSomeGoOn();
    } else if (this.roster.someoneIsAwake) {
      if (this.#passage.hasComeTo(this.clock.next)) this.clock.ring();
    } else if (this.#settling.length > 0) {
      for (const settling of this.#settling.splice(0)) {
        this.roster.over(settling);
        this.hold(settling.answer, undefined);
      }
    } else if (this.roster.living === 0) {
      this.#end({ value: this.#value });
    } else if (this.clock.next < Infinity) {
      this.#passage.jumpTo(this.clock.next);
      this.clock.ring();
      this.#ask();
    } else {
      this.panicked(new PanicError(`deadlock: all goroutines in bubble are blocked\n\n${this.roster.report()}`));
    }
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

  #inside(f: () => void): void {
    places?.run({ bubble: this, goroutine: undefined }, f);
  }

  #end(result: { value: unknown } | Promise<never>): void {
    if (this.#over) return;
    this.#over = true;
    this.#passage.clear();
    // What still waits is nobody's any more, and no reason for a warning when the process ends.
    for (const name of this.roster.operations) {
      const operation = operations.find((each) => each.name === name);
      if (operation !== undefined) operation.parked--;
    }
    this.#result.answer(result);
  }
}
