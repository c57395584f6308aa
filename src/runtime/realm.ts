// Where a goroutine runs: normally in the process itself, which has no realm. A test bubble is a realm, which chooses time, random numbers
// and the order of goroutines.

import { Prng } from "../util/prng.ts";
import type { GoroutineInfo } from "./hooks.ts";
import type { Clock } from "./timer-queue.ts";

/** An environment in which goroutines run. */
export interface Realm {
  /** The clock on which timers are scheduled. */
  readonly clock: Clock;

  /** Returns a random integer from 0 to `n` - 1. */
  randomInt(n: number): number;

  /** Queues a promise resolution; the realm decides when to run it. */
  schedule(resolve: (result: never) => void, result: unknown): void;

  /** Returns the id of the next goroutine. */
  nextId(): number;

  /** Called when a goroutine panics; the process is not terminated. */
  panicked(error: unknown, goroutine: GoroutineInfo): void;

  /** Runs `f` outside of all realms. */
  runOutside(f: () => void): void;

  /** Runs the function that was passed to `main`. */
  main(f: () => unknown): void;
}

/** Returns the realm of the calling code; undefined outside of all realms. Null while no realm is open. */
export let realmLookup: (() => Realm | undefined) | null = null;

/** Sets {@link realmLookup}. */
export function setRealmLookup(lookup: (() => Realm | undefined) | null): void {
  realmLookup = lookup;
}

/** Returns the realm of the calling code; undefined outside of all realms. */
export function currentRealm(): Realm | undefined {
  return realmLookup === null ? undefined : realmLookup();
}

let prng = /* @__PURE__ */ randomPrng();

function randomPrng(): Prng {
  return new Prng(Math.random() * 0x1_0000_0000);
}

/** Restarts the random numbers outside of realms; the same seed gives the same choices. */
export function seed(value: number): void {
  prng = new Prng(value);
}

/** Returns a random integer from 0 to `n` - 1, with equal probabilities, of the current realm. */
export function below(n: number): number {
  return (currentRealm() ?? prng).randomInt(n);
}
