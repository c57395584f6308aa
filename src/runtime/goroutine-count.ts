// How many goroutines live.

/** A goroutine, as far as it is counted. */
export interface CountedGoroutine {
  isCounted: boolean;
}

let liveCount = 0;

/** A goroutine other than the main one has been started. */
export function goroutineStarted(goroutine: CountedGoroutine): void {
  goroutine.isCounted = true;
  liveCount++;
}

/** It has ended, or will not go on; whoever is not counted, such as the main one, changes nothing. */
export function goroutineExited(goroutine: CountedGoroutine): void {
  if (!goroutine.isCounted) return;
  goroutine.isCounted = false;
  liveCount--;
}

/** How many goroutines live, the main one counted. Mirrors `runtime.NumGoroutine`. */
export function numGoroutine(): number {
  return liveCount + 1;
}
