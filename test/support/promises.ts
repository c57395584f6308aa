// Looking at promises without waiting for them.

import { gosched } from "goro";

/** The capacities over which everything about channels is run. */
export const capacities: readonly number[] = [0, 1, 2, 64];

/** Lets everything run that can run, until all goroutines wait for something or have ended. */
export async function quiet(): Promise<void> {
  // Each turn of the event loop ends only when no promise is left that could be continued.
  for (let turns = 0; turns < 3; turns++) await gosched();
}

/** What has become of `promise` once all is quiet. A rejection that is seen here counts as handled. */
export async function stateOf(promise: Promise<unknown>): Promise<"pending" | "fulfilled" | "rejected"> {
  let state: "pending" | "fulfilled" | "rejected" = "pending";
  promise.then(
    () => (state = "fulfilled"),
    () => (state = "rejected"),
  );
  await quiet();
  return state;
}

/** Counts the turns of the event loop until the answer is called, which tells how many there were. */
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
