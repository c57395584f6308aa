// The AbortSignals that something waits for, for the detection of deadlocks. It is not known what can abort a signal: `AbortSignal.timeout` has
// a timer that does not keep the process alive. Therefore the program is not reported as deadlocked while something waits for a signal.
//
// Kept apart from the waits, so that a bundle without that detection does not carry it.

import { type AbortWatch, setWatchTracker } from "./cancellation.ts";

/** The watches of signals that have not aborted. A signal holds its watch; these references must not. */
const watchRefs: Set<WeakRef<AbortWatch>> = /* @__PURE__ */ trackWatches();

/** Reports whether something waits for a signal. */
export function isSignalAwaited(): boolean {
  return [...watchRefs].some((ref) => {
    const watch = ref.deref();
    return watch !== undefined && (watch.listeners.first !== null || watch.follower?.isAwaited === true);
  });
}

function trackWatches(): Set<WeakRef<AbortWatch>> {
  const refs = new Set<WeakRef<AbortWatch>>();
  let pruneAt = 64;
  setWatchTracker((watch) => {
    // Cloudflare Workers of 2024 have neither WeakRef nor a `main` that could be deadlocked.
    if (typeof WeakRef !== "function") return () => undefined;
    const ref = new WeakRef(watch);
    refs.add(ref);
    if (refs.size >= pruneAt) {
      for (const other of refs) if (other.deref() === undefined) refs.delete(other);
      pruneAt = Math.max(64, 2 * refs.size);
    }
    return () => refs.delete(ref);
  });
  return refs;
}
