// Tracks event listeners that the library adds to foreign objects, so that leak checks can report them. Disabled by default.

/** A listener on a foreign object. */
interface TrackedListener {
  readonly event: string;
}

const records = new Set<Set<TrackedListener>>();

/** Records a listener for `event`. Returns a function that calls `removeListener` and removes the record. */
export function trackListener(event: string, removeListener: () => void): () => void {
  const listener = { event };
  const current = [...records];
  for (const record of current) record.add(listener);
  return () => {
    for (const record of current) record.delete(listener);
    removeListener();
  };
}

/** Records all listeners from now on. Returns a function that lists the events of the remaining ones, and one that stops recording. */
export function startListenerTracking(): [remaining: () => string[], stop: () => void] {
  const record = new Set<TrackedListener>();
  records.add(record);
  return [() => Array.from(record, ({ event }) => event), () => void records.delete(record)];
}
