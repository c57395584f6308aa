// Where a goroutine runs. Nearly always that is the real world, and nobody asks; but a test can make a world of its own, in
// which time, chance and the order of goroutines are its to choose.

import { Prng } from "../util/prng.ts";
import type { Clock } from "./timer-queue.ts";
import type { GoroutineInfo } from "./hooks.ts";

export interface Realm {
  /** The clock on which timers are set. */
  readonly clock: Clock;

  /** A whole number from 0 to `n` - 1. */
  randomInt(n: number): number;

  /** Takes an answer that would go on at once in the real world, and gives it when the world wants to. */
  schedule(resolve: (result: never) => void, result: unknown): void;

  /** The number of the next goroutine. */
  nextId(): number;

  /** Hears of a panic, which so does not end the process. */
  panicked(error: unknown, goroutine: GoroutineInfo): void;

  /** Runs `f` in the real world. */
  runOutside(f: () => void): void;

  /** Runs what was given to `main`. */
  main(f: () => unknown): void;
}

/** Tells in which world the code that runs now is: `undefined` for the real one. It is null as long as there is no other. */
export let realmLookup: (() => Realm | undefined) | null = null;

/** Sets {@link realmLookup}. */
export function setRealmLookup(find: (() => Realm | undefined) | null): void {
  realmLookup = find;
}

/** The world of the code that runs now, if it is not the real one. */
export function currentRealm(): Realm | undefined {
  return realmLookup === null ? undefined : realmLookup();
}

let prng = new Prng(Math.random() * 0x1_0000_0000);

/** Starts the sequence of the real world anew; the same seed gives the same choices. */
export function seed(value: number): void {
  prng = new Prng(value);
}

/** A whole number from 0 to `n` - 1, each equally likely, from the sequence of the world that asks. */
export function below(n: number): number {
  return (currentRealm() ?? prng).randomInt(n);
}
