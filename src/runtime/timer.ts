// An alarm: what a timer of the library is to the clock.

import { Clock, type ScheduledTimer } from "./timer-queue.ts";
import { SystemClock } from "./system-clock.ts";
import { currentRealm } from "./realm.ts";

/** The clock of the real world. */
export const realClock: Clock = new Clock(new SystemClock());

/** The clock of the world that asks. */
export function currentClock(): Clock {
  return currentRealm()?.clock ?? realClock;
}

/** Something that happens at a time, by the clock of the world in which it was made. */
export class RuntimeTimer implements ScheduledTimer {
  readonly clock: Clock = currentClock();

  /** What the alarm is for, in the words of whoever uses it. */
  readonly label: string;
  readonly fire: () => void;
  when = 0;
  order = 0;
  index = -1;

  constructor(purpose: string, fire: () => void) {
    this.label = purpose;
    this.fire = fire;
  }

  get isSet(): boolean {
    return this.index >= 0;
  }

  /**
   * Sets the alarm, which must not be set, for `ms` milliseconds from now; below 0 is now. For Infinity it is not set: the clock
   * would keep the process and all that the alarm refers to alive, for a time that never comes.
   */
  start(ms: number): void {
    if (ms < Infinity) this.clock.set(this, this.clock.now() + Math.max(ms, 0));
  }

  /** Takes the alarm back, and tells whether it was set. */
  cancel(): boolean {
    return this.clock.cancel(this);
  }
}
