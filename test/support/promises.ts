// Helpers that inspect promises without waiting for them.

import { gosched } from "goro";

/** The capacities that all tests of channels run with. */
export const capacities: readonly number[] = [0, 1, 2, 64];

/** Yields until all goroutines are blocked or have ended. */
export async function quiet(): Promise<void> {
  // Each turn of the event loop ends only when the microtask queue is empty.
  for (let turns = 0; turns < 3; turns++) await gosched();
}

/** The state of `promise` after all goroutines are blocked. A rejection counts as handled. */
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
