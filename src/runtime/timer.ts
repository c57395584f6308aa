// The timers of the library, and the clock that the calling code uses.

import { Clock, type ScheduledTimer } from "./timer-queue.ts";
import { SystemClock } from "./system-clock.ts";
import { currentRealm } from "./realm.ts";
import { setStartTimer } from "./timeout.ts";

/** The clock of code outside of realms. */
export const realClock: Clock = /* @__PURE__ */ new Clock(/* @__PURE__ */ new SystemClock());

/** Returns the clock of the current realm. */
export function currentClock(): Clock {
  return currentRealm()?.clock ?? realClock;
}

/** A timer of the clock of the realm in which it was created. */
export class RuntimeTimer implements ScheduledTimer {
  static {
    setStartTimer((label, ms, fire) => {
      const timer = new RuntimeTimer(label, fire);
      timer.start(ms);
      return () => timer.cancel();
    });
  }

  readonly clock: Clock = currentClock();

  /** The function that created the timer, for reports. */
  readonly label: string;
  readonly fire: () => void;
  when = 0;
  order = 0;
  index = -1;

  constructor(label: string, fire: () => void) {
    this.label = label;
    this.fire = fire;
  }

  get isSet(): boolean {
    return this.index >= 0;
  }

  /**
   * Sets the timer, which must not be set, for `ms` milliseconds from now; below 0 is now. With Infinity it is not set: otherwise the clock
   * would keep the process, and the objects to which the timer refers, alive forever.
   */
  start(ms: number): void {
    if (ms < Infinity) this.clock.set(this, this.clock.now() + Math.max(ms, 0));
  }

  /** Cancels the timer, and reports whether it was set. */
  cancel(): boolean {
    return this.clock.cancel(this);
  }
}
