// Inspecting promises without awaiting them.

import { gosched } from "goro";

/** The capacities for which the tests of channels run. */
export const capacities: readonly number[] = [0, 1, 2, 64];

/** Waits until all goroutines are blocked or have ended. */
export async function quiet(): Promise<void> {
  // A turn of the event loop ends only when the microtask queue is empty.
  for (let turns = 0; turns < 3; turns++) await gosched();
}

/** Returns the state of `promise` after all goroutines are blocked. A rejection that is returned counts as handled. */
export async function stateOf(promise: Promise<unknown>): Promise<"pending" | "fulfilled" | "rejected"> {
  let state: "pending" | "fulfilled" | "rejected" = "pending";
  promise.then(
    () => (state = "fulfilled"),
    () => (state = "rejected"),
  );
  await quiet();
  return state;
}

/** Counts the turns of the event loop. The returned function stops the count and returns it. */
export function countTurns(): () => number {
  let turns = 0;
  let running = true;
  const count = (): void => {
    turns++;
    if (running) setImmediate(count);
  };
  setImmediate(count);
  return () => {
    running = false;
    return turns;
  };
}

/** Returns a promise with the functions that settle it. */
export function withResolvers<T>(): {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
} {
  let resolve!: (value: T) => void;
  let reject!: (reason: unknown) => void;
  const promise = new Promise<T>((...settle) => ([resolve, reject] = settle));
  return { promise, resolve, reject };
}
