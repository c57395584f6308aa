// What other parts of the library add to the detection of deadlocks and to its reports. Kept apart from the reports, so that a bundle
// without `main` does not carry them.

import { isSignalAwaited } from "./abort-watches.ts";

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

/** How long the process is kept alive, in milliseconds, before it is checked again whether it waits for a signal. */
const wakeInterval = 50;

/** Reports whether something outside of the library may still wake a goroutine. If so, keeps the process alive until the next check. */
export function mayBeWoken(): boolean {
  if (!isSignalAwaited()) return false;
  setTimeout(() => undefined, wakeInterval);
  return true;
}
