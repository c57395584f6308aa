// What other parts of the library add to the detection of deadlocks and to its reports. Kept apart from the reports, so that a bundle
// without `main` does not carry them.

const wakeSources: (() => boolean)[] = [];

/** Adds a function that reports whether something outside of the program may wake a goroutine, although the host is idle. */
export function addWakeSource(mayWake: () => boolean): void {
  wakeSources.push(mayWake);
}

const hints: (() => string)[] = [];

/** Adds a function that returns a sentence for deadlock reports; "" if the sentence does not apply to the state of the program. */
export function addDeadlockHint(hint: () => string): void {
  hints.push(hint);
}

/** The paragraphs of the hints that apply. */
export function deadlockHints(): string {
  return hints
    .map((hint) => hint())
    .filter((text) => text !== "")
    .map((text) => `\n${text}\n`)
    .join("");
}

/** How long the process is kept alive, in milliseconds, before the wake sources are checked again. */
const wakeInterval = 50;

/** Reports whether a source outside of the library may still wake a goroutine. If so, keeps the process alive until the next check. */
export function mayBeWoken(): boolean {
  if (!wakeSources.some((mayWake) => mayWake())) return false;
  setTimeout(() => undefined, wakeInterval);
  return true;
}
