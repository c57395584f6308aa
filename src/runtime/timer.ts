// An alarm: what a timer of the library is to the clock.

import { Clock, type Due } from "./timer-queue.ts";
import { RealTime } from "./system-clock.ts";
import { currentWorld } from "./realm.ts";

/** The clock of the real world. */
export const realClock: Clock = new Clock(new RealTime());

/** The clock of the world that asks. */
export function currentClock(): Clock {
  return currentWorld()?.clock ?? realClock;
}

/** Something that happens at a time, by the clock of the world in which it was made. */
export class Alarm implements Due {
  readonly clock: Clock = currentClock();

  /** What the alarm is for, in the words of whoever uses it. */
  readonly purpose: string;
  readonly fire: () => void;
  when = 0;
  order = 0;
  index = -1;

  constructor(purpose: string, fire: () => void) {
    this.purpose = purpose;
    this.fire = fire;
  }

  get isSet(): boolean {
    return this.index >= 0;
  }

  /**
   * Sets the alarm, which must not be set, for `ms` milliseconds from now; below 0 is now. For Infinity it is not set: the clock
   * would keep the process and all that the alarm refers to alive, for a time that never comes.
   */
  setIn(ms: number): void {
    if (ms < Infinity) this.clock.set(this, this.clock.now() + Math.max(ms, 0));
  }

  /** Takes the alarm back, and tells whether it was set. */
  cancel(): boolean {
    return this.clock.cancel(this);
  }
}
