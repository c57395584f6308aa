// The one clock: every timer of the library is an alarm of it. It keeps them in a heap, so that they go off in the order of
// their times whatever the order in which they were set, and keeps one timer of the host set for the earliest.
//
// Invariants, whenever no method is on the stack:
//   1. If the heap is not empty, the host wakes the clock no later than its first alarm is due.
//   2. If the heap is empty, nothing is set on the host: the clock keeps no process alive.

import { Heap, type HeapNode } from "../util/heap.ts";
import { hooks } from "./hooks.ts";
import { throwUncaught } from "./macrotask.ts";

/**
 * How far apart, in milliseconds, two readings of one instant may be, because sums of fractions are rounded: less than a quarter of a
 * nanosecond up to days of uptime.
 */
export const roundingError = 2.5e-7;

/** What tells the time and wakes the clock. */
export interface TimeSource {
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** Milliseconds since the epoch, as `Date.now()` has them. */
  wall(): number;
  /** Calls `ring` in `delay` milliseconds or somewhat earlier, instead of any time asked for before. */
  set(delay: number, runDueTimers: () => void): void;
  /** Takes that back. */
  clear(): void;
}

/** Something that happens at a time: see runtime/timer.ts. */
export interface ScheduledTimer extends HeapNode {
  readonly label: string;
  readonly fire: () => void;
  when: number;
  order: number;
}

/** The alarms, and the host's one timer. */
export class Clock {
  readonly #host: TimeSource;
  readonly #heap = new Heap<ScheduledTimer>(isBefore);
  readonly #nextOrder: () => number;
  readonly #ring = (): void => this.ring();
  #armedFor = Infinity;

  /** `nextOrder` decides which of equal times is first; without it, the one that was set first. */
  constructor(host: TimeSource, nextOrder: () => number = counter()) {
    this.#host = host;
    this.#nextOrder = nextOrder;
  }

  now(): number {
    return this.#host.now();
  }

  wall(): number {
    return this.#host.wall();
  }

  /** What the alarms that are set are for. */
  get purposes(): string[] {
    return this.#heap.nodes.map(({ label: purpose }) => purpose);
  }

  /** How many alarms are set. */
  get size(): number {
    return this.#heap.size;
  }

  /** When the first alarm is due, by `now()`; Infinity if there is none. */
  get next(): number {
    return this.#heap.first?.when ?? Infinity;
  }

  /** Sets `alarm`, which must not be set, for the time `when` of `now()`. */
  set(timer: ScheduledTimer, when: number): void {
    timer.when = when;
    timer.order = this.#nextOrder();
    this.#heap.add(timer);
    this.#rearm();
  }

  /** Takes `alarm` back, and tells whether it was set. */
  cancel(timer: ScheduledTimer): boolean {
    if (timer.index < 0) return false;
    this.#heap.remove(timer);
    this.#rearm();
    return true;
  }

  /** Fires every alarm that is due. What one of them throws does not keep the others from it, and is thrown as an uncaught exception. */
  ring(): void {
    this.#armedFor = Infinity;
    const now = this.#host.now() + roundingError;
    for (let timer = this.#heap.first; timer !== undefined && timer.when <= now; timer = this.#heap.first) {
      this.#heap.remove(timer);
      try {
        if (hooks === null) timer.fire();
        else hooks.timer(timer.label, timer.fire);
      } catch (error) {
        throwUncaught(error);
      }
    }
    this.#rearm();
  }

  #rearm(): void {
    const { first } = this.#heap;
    if (first === undefined) {
      this.#armedFor = Infinity;
      this.#host.clear();
    } else if (first.when < this.#armedFor || this.#armedFor === Infinity) {
      this.#armedFor = first.when;
      this.#host.set(first.when - this.#host.now(), this.#ring);
    }
  }
}

function counter(): () => number {
  let count = 0;
  return () => count++;
}

function isBefore(a: ScheduledTimer, b: ScheduledTimer): boolean {
  return a.when < b.when || (a.when === b.when && a.order < b.order);
}
