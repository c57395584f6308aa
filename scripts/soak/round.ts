// One round of the soak: its goroutines, the checks at its end, and the check for leftovers.

import { type Context, gosched, numGoroutine, WaitGroup } from "goro";
// The pending operations and timers are internal, so the entry point does not export them.
import { waitReasons } from "../../src/runtime/wait-reasons.ts";
import { realClock } from "../../src/runtime/timer.ts";
import { Prng } from "../../src/util/prng.ts";
import type { Tally } from "./tally.ts";

/** Starts its goroutines in the round, and returns the check that runs after all of them have ended. */
export type Load = (round: Round, chance: Prng) => () => void;

export class Round {
  readonly ctx: Context;
  readonly tally: Tally;
  readonly faults: string[] = [];
  readonly #chance: Prng;
  readonly #group = new WaitGroup();
  readonly #checks: (() => void)[] = [];

  constructor(ctx: Context, tally: Tally, seed: number) {
    this.ctx = ctx;
    this.tally = tally;
    this.#chance = new Prng(seed);
  }

  add(load: Load): void {
    this.#checks.push(load(this, this.#fork()));
  }

  /** Starts a goroutine of this round. It has random numbers of its own, so that its plan does not depend on the schedule. */
  go(f: (chance: Prng) => Promise<void>): void {
    const chance = this.#fork();
    this.#group.go(async () => {
      try {
        await f(chance);
      } catch (error) {
        this.faults.push(`a goroutine failed: ${describe(error)}`);
      }
    });
  }

  /** Records a fault unless `actual` is `expected`. */
  equal(name: string, actual: number | boolean | undefined, expected: number | boolean | undefined): void {
    if (actual !== expected) this.faults.push(`${name}: ${String(actual)} instead of ${String(expected)}`);
  }

  /** Waits for all goroutines, and checks. `before` has the leftovers before the round. */
  async end(before: Left): Promise<void> {
    await this.#group.wait();
    for (const check of this.#checks) check();
    // Internal goroutines of the library, such as for the end of a context, need a few turns to end.
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
    return new Prng(this.#chance.randomInt(2 ** 32));
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
  return { goroutines: numGoroutine(), waiting, timers: realClock.labels.length };
}

/** Returns the number of waiting operations of each kind. */
export function parked(): string {
  const active = waitReasons.filter((operation) => operation.waiting !== 0);
  return active.map((operation) => `${operation.name}: ${operation.waiting}`).join(", ");
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Returns an element of `list`, each with the same probability. */
export function pick<T>(chance: Prng, list: readonly T[]): T {
  return list[chance.randomInt(list.length)] as T;
}

function isSame(a: Left, b: Left): boolean {
  return a.goroutines === b.goroutines && a.waiting === b.waiting && a.timers === b.timers;
}
