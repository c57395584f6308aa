// Where a goroutine runs. Nearly always that is the real world, and nobody asks; but a test can make a world of its own, in
// which time, chance and the order of goroutines are its to choose.

import { Chance } from "../util/prng.ts";
import type { Clock } from "./timer-queue.ts";
import type { Traced } from "./hooks.ts";

export interface World {
  /** The clock on which timers are set. */
  readonly clock: Clock;

  /** A whole number from 0 to `n` - 1. */
  below(n: number): number;

  /** Takes an answer that would go on at once in the real world, and gives it when the world wants to. */
  hold(answer: (result: never) => void, result: unknown): void;

  /** The number of the next goroutine. */
  nextId(): number;

  /** Hears of a panic, which so does not end the process. */
  panicked(error: unknown, goroutine: Traced): void;

  /** Runs `f` in the real world. */
  outside(f: () => void): void;

  /** Runs what was given to `main`. */
  main(f: () => unknown): void;
}

/** Tells in which world the code that runs now is: `undefined` for the real one. It is null as long as there is no other. */
export let findWorld: (() => World | undefined) | null = null;

/** Sets {@link findWorld}. */
export function lookForWorlds(find: (() => World | undefined) | null): void {
  findWorld = find;
}

/** The world of the code that runs now, if it is not the real one. */
export function currentWorld(): World | undefined {
  return findWorld === null ? undefined : findWorld();
}

let chance = new Chance(Math.random() * 0x1_0000_0000);

/** Starts the sequence of the real world anew; the same seed gives the same choices. */
export function seed(value: number): void {
  chance = new Chance(value);
}

/** A whole number from 0 to `n` - 1, each equally likely, from the sequence of the world that asks. */
export function below(n: number): number {
  return (currentWorld() ?? chance).below(n);
}
