// Where a goroutine runs. Nearly always that is the real world, and nobody asks; but a test can make a world of its own, in
// which time, chance and the order of goroutines are its to choose.

import type { Clock } from "./clock.ts";
import type { Traced } from "./trace.ts";

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
