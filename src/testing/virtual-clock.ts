// The virtual time of a bubble. It does not advance while goroutines run, and jumps to the next timer when all are blocked. While a goroutine
// awaits an external promise, it does not advance either, until the next timer would be due in real time: then it jumps to that timer. So
// the times that a program reads do not depend on the speed of the machine.

import type { TimeSource } from "../runtime/timer-queue.ts";
import { SystemClock } from "../runtime/system-clock.ts";
import { MAX_TIMEOUT_MS } from "../runtime/timeout.ts";

/** The start of time: midnight UTC, 2000-01-01, as in Go's synctest. */
const epoch = Date.UTC(2000, 0, 1);

/** The clock of a bubble. */
export class VirtualClock implements TimeSource {
  #now = 0;
  readonly #real = new SystemClock();
  readonly #onChange: () => void;

  /** @param onChange - called when time has advanced in real time, and when another timer is the first */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return epoch + this.#now;
  }

  set(): void {
    this.#onChange();
  }

  /** Ends {@link advanceInRealTime}. */
  clear(): void {
    this.#real.clear();
  }

  /** Sets the time. */
  advanceTo(when: number): void {
    this.#now = when;
  }

  /** Sets the time to `when` after the real time until then. */
  advanceInRealTime(when: number): void {
    this.clear();
    if (when === Infinity) return;
    const left = when - this.#now;
    const step = Math.min(left, MAX_TIMEOUT_MS);
    this.#real.set(step, () => {
      this.#now = step < left ? this.#now + step : when;
      this.#onChange();
    });
  }
}
