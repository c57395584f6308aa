// The queue of all timers of a clock. It keeps them in a heap, so that they fire in the order of their times, and keeps one timer of the host
// set for the earliest.
//
// Invariants, whenever no method is on the stack:
//   1. If the heap is not empty, the host calls the clock no later than its first timer is due.
//   2. If the heap is empty, no timer of the host is set: the clock keeps no process alive.

import { Heap, type HeapNode } from "../util/heap.ts";
import { hooks } from "./hooks.ts";
import { throwUncaught } from "./macrotask.ts";

/**
 * The largest difference, in milliseconds, between two readings of the same instant that rounding causes: a quarter of a nanosecond up to
 * days of uptime.
 */
export const roundingError = 2.5e-7;

/** The time and the timer of a clock. */
export interface TimeSource {
  /** Returns the milliseconds of a monotonic clock. */
  now(): number;
  /** Returns the milliseconds since the epoch, as `Date.now()`. */
  wall(): number;
  /** Calls `runDueTimers` in `delay` milliseconds or earlier. Replaces an earlier call of `set`. */
  set(delay: number, runDueTimers: () => void): void;
  /** Cancels the call. */
  clear(): void;
}

/** A timer in the queue of a clock: see runtime/timer.ts. */
export interface ScheduledTimer extends HeapNode {
  readonly label: string;
  readonly fire: () => void;
  when: number;
  order: number;
}

/** A clock: the timers of a realm, and the timer of the host. */
export class Clock {
  readonly #host: TimeSource;
  readonly #heap = new Heap<ScheduledTimer>(isBefore);
  readonly #nextOrder: () => number;
  readonly #onHostTimer = (): void => this.runDueTimers();
  #armedFor = Infinity;

  /** @param nextOrder - returns the order of a timer among timers of the same time; by default, the order of `set` */
  constructor(host: TimeSource, nextOrder: () => number = counter()) {
    this.#host = host;
    this.#nextOrder = nextOrder;
  }

  /** Returns the monotonic time, in milliseconds. */
  now(): number {
    return this.#host.now();
  }

  /** Returns the wall time, in milliseconds since the epoch. */
  wall(): number {
    return this.#host.wall();
  }

  /** The labels of the timers that are set. */
  get labels(): string[] {
    return this.#heap.nodes.map(({ label }) => label);
  }

  /** The number of timers that are set. */
  get size(): number {
    return this.#heap.size;
  }

  /** The time by `now()` at which the first timer is due; Infinity if there is none. */
  get next(): number {
    return this.#heap.first?.when ?? Infinity;
  }

  /** Sets `timer`, which must not be set, for the time `when` of `now()`. */
  set(timer: ScheduledTimer, when: number): void {
    timer.when = when;
    timer.order = this.#nextOrder();
    this.#heap.add(timer);
    this.#rearm();
  }

  /** Cancels `timer`, and reports whether it was set. */
  cancel(timer: ScheduledTimer): boolean {
    if (timer.index < 0) return false;
    this.#heap.remove(timer);
    this.#rearm();
    return true;
  }

  /** Fires every timer that is due. An error of one is thrown as an uncaught exception, and the others fire nevertheless. */
  runDueTimers(): void {
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
      this.#host.set(first.when - this.#host.now(), this.#onHostTimer);
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
