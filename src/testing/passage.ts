// The passage of virtual time. It stands still, or jumps to the next alarm; only while somebody in the bubble awaits something
// of the real world does it pass as it really does, and even then it is told only when an alarm is due. So what a program reads
// from the clock never depends on how fast the machine is.

import type { Host } from "../internal/clock.ts";

/** Where time starts: midnight UTC, 2000-01-01, as in Go's synctest. */
const epoch = Date.UTC(2000, 0, 1);

const longestDelay = 2 ** 31 - 1;

export class Passage implements Host {
  #now = 0;

  /** What has really passed since `#now` and has not been told. */
  #untold = 0;

  /** When the real time was looked at, if it counts. */
  #looked: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #due: () => void;

  /** `due` is called when real time has come to an alarm. */
  constructor(due: () => void) {
    this.#due = due;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return epoch + this.#now;
  }

  set(): void {
    // The bubble looks itself when the next alarm is due.
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#looked = undefined;
  }

  /** Nobody is awake: time is `when` at once. */
  jumpTo(when: number): void {
    this.clear();
    this.#now = when;
    this.#untold = 0;
  }

  /** Somebody is awake: tells whether real time has come to `when`, and calls `due` when it does. */
  hasComeTo(when: number): boolean {
    const real = performance.now();
    if (this.#looked !== undefined) this.#untold += real - this.#looked;
    this.#looked = real;
    clearTimeout(this.#timer);
    const left = when - this.#now - this.#untold;
    if (left <= 0) {
      this.#untold = -left;
      this.#now = when;
      return true;
    }
    if (left < Infinity) this.#timer = setTimeout(this.#due, Math.min(Math.ceil(left), longestDelay));
    return false;
  }
}
