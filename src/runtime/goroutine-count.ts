// How many goroutines live.

/** A goroutine, as far as it is counted. */
export interface Counted {
  isCounted: boolean;
}

let others = 0;

/** A goroutine other than the main one has been started. */
export function born(goroutine: Counted): void {
  goroutine.isCounted = true;
  others++;
}

/** It has ended, or will not go on; whoever is not counted, such as the main one, changes nothing. */
export function died(goroutine: Counted): void {
  if (!goroutine.isCounted) return;
  goroutine.isCounted = false;
  others--;
}

/** How many goroutines live, the main one counted. Mirrors `runtime.NumGoroutine`. */
export function numGoroutine(): number {
  return others + 1;
}
