// One round of the soak: its goroutines, the checks at its end, and the check for leftovers.

import { type Context, gosched, numGoroutine, WaitGroup } from "goro";
// Waiting operations and pending timers are not in the public API, so they are imported from the source.
import { waitReasons } from "../../src/runtime/wait-reasons.ts";
import { realClock } from "../../src/runtime/timer.ts";
import { Prng } from "../../src/util/prng.ts";
import type { Tally } from "./tally.ts";

/** Starts its goroutines in the round; the returned function is called after all of them have ended, and checks the result. */
export type Load = (round: Round, random: Prng) => () => void;

export class Round {
  readonly ctx: Context;
  readonly tally: Tally;
  readonly faults: string[] = [];
  readonly #random: Prng;
  readonly #group = new WaitGroup();
  readonly #checks: (() => void)[] = [];

  constructor(ctx: Context, tally: Tally, seed: number) {
    this.ctx = ctx;
    this.tally = tally;
    this.#random = new Prng(seed);
  }

  add(load: Load): void {
    this.#checks.push(load(this, this.#fork()));
  }

  /** Starts a goroutine of this round. It has its own random numbers, so that they do not depend on the schedule. */
  go(f: (random: Prng) => Promise<void>): void {
    const random = this.#fork();
    this.#group.go(async () => {
      try {
        await f(random);
      } catch (error) {
        this.faults.push(`a goroutine failed: ${describe(error)}`);
      }
    });
  }

  /** Records a fault unless `actual` equals `expected`. */
  equal(what: string, actual: number | boolean | undefined, expected: number | boolean | undefined): void {
    if (actual !== expected) this.faults.push(`${what}: ${String(actual)} instead of ${String(expected)}`);
  }

  /** Waits for all goroutines, and runs the checks. `before` is the state before the round. */
  async end(before: Left): Promise<void> {
    await this.#group.wait();
    for (const check of this.#checks) check();
    // Goroutines of the library, such as those for the end of a context, may need up to 20 turns to end.
    let now = left();
    for (let turns = 0; turns < 20 && !isSame(now, before); turns++) {
      await gosched();
      now = left();
    }
    this.equal("goroutines", now.goroutines, before.goroutines);
    this.equal(`operations that wait (${parked()})`, now.waiting, before.waiting);
    this.equal("timers", now.timers, before.timers);
  }

  #fork(): Prng {
    return new Prng(this.#random.randomInt(2 ** 32));
  }
}

/** The possible leftovers of a round. */
export interface Left {
  readonly goroutines: number;
  readonly waiting: number;
  readonly timers: number;
}

export function left(): Left {
  const waiting = waitReasons.reduce((sum, { waiting: parked }) => sum + parked, 0);
  return { goroutines: numGoroutine(), waiting, timers: realClock.purposes.length };
}

/** The waiting operations, and the number of each. */
export function parked(): string {
  const waiting = waitReasons.filter((operation) => operation.waiting !== 0);
  return waiting.map((operation) => `${operation.name}: ${operation.waiting}`).join(", ");
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Returns a random element of `list`. */
export function pick<T>(random: Prng, list: readonly T[]): T {
  return list[random.randomInt(list.length)] as T;
}

function isSame(a: Left, b: Left): boolean {
  return a.goroutines === b.goroutines && a.waiting === b.waiting && a.timers === b.timers;
}
