// The listeners that the library registers on objects of others, so that a test can report those that are left behind. Nothing is
// recorded unless a test asks for it.

/** A listener on an object that is not the library's. */
interface TrackedListener {
  readonly event: string;
}

const records = new Set<Set<TrackedListener>>();

/** Records a listener for `event` that `silence` removes. Returns a function that does both: removes it, and its records. */
export function trackListener(event: string, removeListener: () => void): () => void {
  const ear = { event };
  const noted = [...records];
  for (const record of noted) record.add(ear);
  return () => {
    for (const record of noted) record.delete(ear);
    removeListener();
  };
}

/** Records all listeners from now on. Returns a function that lists the events of those that are left, and one that ends the record. */
export function startListenerTracking(): [left: () => string[], stop: () => void] {
  const record = new Set<TrackedListener>();
  records.add(record);
  return [() => Array.from(record, ({ event }) => event), () => void records.delete(record)];
}
