// One round of the soak: what starts in it, what must be true at its end, and that nothing of it is left.

import { type Context, gosched, numGoroutine, WaitGroup } from "goro";
// What waits and which timers are set is nobody's business but a test's, so the door does not show it.
import { waitReasons } from "../../src/runtime/wait-reasons.ts";
import { realClock } from "../../src/runtime/timer.ts";
import { Prng } from "../../src/util/prng.ts";
import type { Tally } from "./tally.ts";

/** Starts its goroutines in the round; the function that it answers is called after all have ended, and checks. */
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

  /** Starts a goroutine of this round. Its chance is its own, so that its plan does not depend on when it runs. */
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

  /** Notes a fault unless `is` is what it `shall` be. */
  equal(what: string, is: number | boolean | undefined, shall: number | boolean | undefined): void {
    if (is !== shall) this.faults.push(`${what}: ${String(is)}, and should be ${String(shall)}`);
  }

  /** Waits for all goroutines, and checks. `before` is what there was before the round. */
  async end(before: Left): Promise<void> {
    await this.#group.wait();
    for (const check of this.#checks) check();
    // Goroutines that the library starts for itself, as for the end of a context, are owed some turns.
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

/** What could be left of a round. */
export interface Left {
  readonly goroutines: number;
  readonly waiting: number;
  readonly timers: number;
}

export function left(): Left {
  const waiting = waitReasons.reduce((sum, { waiting: parked }) => sum + parked, 0);
  return { goroutines: numGoroutine(), waiting, timers: realClock.labels.length };
}

/** What operations wait now, and how many of each. */
export function parked(): string {
  const some = waitReasons.filter((operation) => operation.waiting !== 0);
  return some.map((operation) => `${operation.name}: ${operation.waiting}`).join(", ");
}

export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** One of `list`, each equally likely. */
export function pick<T>(chance: Prng, list: readonly T[]): T {
  return list[chance.randomInt(list.length)] as T;
}

function isSame(a: Left, b: Left): boolean {
  return a.goroutines === b.goroutines && a.waiting === b.waiting && a.timers === b.timers;
}
