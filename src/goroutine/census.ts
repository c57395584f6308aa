// How many goroutines live.

let others = 0;

/** A goroutine other than the main one has been started. */
export function born(): void {
  others++;
}

/** It has ended. */
export function died(): void {
  others--;
}

/** How many goroutines live, the main one counted. Mirrors `runtime.NumGoroutine`. */
export function numGoroutine(): number {
  return others + 1;
}
