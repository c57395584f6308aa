// The time limit of one wait. It is a timer of the runtime's clock wherever that is loaded. A bundle with nothing but a lock does not carry
// the clock for it: there, the timer is the host's own.

/** Starts a timer, which `label` names in reports, and returns a function that cancels it. */
type StartTimer = (label: string, ms: number, fire: () => void) => () => void;

/** The longest delay that the host's timers support; with a longer one they fire at once. */
export const MAX_TIMEOUT_MS: number = 0x7fff_ffff;

/** Starts a timer of the host, which shows no label. */
export function startHostTimer(_label: string, ms: number, fire: () => void): () => void {
  const handle = setTimeout(fire, Math.min(ms, MAX_TIMEOUT_MS));
  return () => clearTimeout(handle);
}

let startTimer: StartTimer = startHostTimer;

/** Makes {@link startTimeout} use the timers of `start`. */
export function setStartTimer(start: StartTimer): void {
  startTimer = start;
}

/** Calls `fire` in `ms` milliseconds, more than 0, unless the returned function has been called before. */
export function startTimeout(label: string, ms: number, fire: () => void): () => void {
  return startTimer(label, ms, fire);
}
