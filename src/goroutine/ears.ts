// What the library listens to outside of itself, for a test to tell what was left behind. Nothing is noted unless one asks.

/** A listener on what is not the library's. */
interface Ear {
  readonly event: string;
}

let ears: Set<Ear> | null = null;

/** Notes a listener for `event` that `silence` takes away; answers what takes away both. */
export function listening(event: string, silence: () => void): () => void {
  const ear = { event };
  const noted = ears?.add(ear);
  return () => {
    noted?.delete(ear);
    silence();
  };
}

/** Notes all listeners from now on: answers what is heard by those that are left, one entry each, and how to stop. */
export function noteListeners(): [left: () => string[], stop: () => void] {
  const noted = (ears = new Set<Ear>());
  return [
    () => Array.from(noted, ({ event }) => event),
    () => {
      if (ears === noted) ears = null;
    },
  ];
}
