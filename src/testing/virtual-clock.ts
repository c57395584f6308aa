// The passage of virtual time. It stands still, or jumps to the next alarm. While somebody in the bubble awaits something of
// the real world it stands still too, unless that takes longer than the next alarm would: then it jumps when that is really
// over. So what a program reads from the clock never depends on how fast the machine is.

import type { TimeSource } from "../runtime/timer-queue.ts";
import { MAX_TIMEOUT_MS, SystemClock } from "../runtime/system-clock.ts";

/** Where time starts: midnight UTC, 2000-01-01, as in Go's synctest. */
const epoch = Date.UTC(2000, 0, 1);

export class VirtualClock implements TimeSource {
  #now = 0;
  readonly #real = new SystemClock();
  readonly #changed: () => void;

  /** `changed` is called when time has passed by itself, and when another alarm is the first. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return epoch + this.#now;
  }

  set(): void {
    this.#changed();
  }

  /** Time does not pass by itself any more. */
  clear(): void {
    this.#real.clear();
  }

  /** Time is `when`. */
  advanceTo(when: number): void {
    this.#now = when;
  }

  /** Time will be `when` as soon as it would really be. */
  advanceInRealTime(when: number): void {
    this.clear();
    if (when === Infinity) return;
    const left = when - this.#now;
    const step = Math.min(left, MAX_TIMEOUT_MS);
    this.#real.set(step, () => {
      this.#now = step < left ? this.#now + step : when;
      this.#changed();
    });
  }
}
