// The one clock: every timer of the library is an alarm of it. It keeps them in a heap, so that they go off in the order of
// their times whatever the order in which they were set, and keeps one timer of the host set for the earliest.
//
// Invariants, whenever no method is on the stack:
//   1. Each alarm in the heap is due no later than its two children, and knows its own index; an alarm outside has -1.
//   2. If the heap is not empty, the host wakes the clock no later than its first alarm is due.
//   3. If the heap is empty, nothing is set on the host: the clock keeps no process alive.

/** What tells the time and wakes the clock. */
export interface Host {
  /** Milliseconds of a clock that never jumps. */
  now(): number;
  /** Milliseconds since the epoch, as `Date.now()` has them. */
  wall(): number;
  /** Calls `ring` in `delay` milliseconds or somewhat earlier, instead of any time asked for before. */
  set(delay: number, ring: () => void): void;
  /** Takes that back. */
  clear(): void;
}

/** Something that happens at a time: see internal/alarm.ts. */
export interface Due {
  readonly purpose: string;
  readonly fire: () => void;
  when: number;
  order: number;
  index: number;
}

/** The alarms, and the host's one timer. */
export class Clock {
  readonly #host: Host;
  readonly #heap: Due[] = [];
  readonly #nextOrder: () => number;
  readonly #ring = (): void => this.ring();
  #setFor = Infinity;

  /** `nextOrder` decides which of equal times is first; without it, the one that was set first. */
  constructor(host: Host, nextOrder: () => number = counter()) {
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
    return this.#heap.map(({ purpose }) => purpose);
  }

  /** How many alarms are set. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the first alarm is due, by `now()`; Infinity if there is none. */
  get next(): number {
    return this.#heap[0]?.when ?? Infinity;
  }

  /** Sets `alarm`, which must not be set, for the time `when` of `now()`. */
  set(alarm: Due, when: number): void {
    alarm.when = when;
    alarm.order = this.#nextOrder();
    this.#rise(alarm, this.#heap.length);
    if (alarm.index === 0) this.#wake();
  }

  /** Takes `alarm` back, and tells whether it was set. */
  cancel(alarm: Due): boolean {
    if (alarm.index < 0) return false;
    this.#remove(alarm);
    if (this.#heap.length === 0) this.#wake();
    return true;
  }

  /** Fires all that is due. */
  ring(): void {
    this.#setFor = Infinity;
    const now = this.#host.now();
    for (let alarm = this.#heap[0]; alarm !== undefined && alarm.when <= now; alarm = this.#heap[0]) {
      this.#remove(alarm);
      alarm.fire();
    }
    this.#wake();
  }

  #wake(): void {
    const first = this.#heap[0];
    if (first === undefined) {
      this.#setFor = Infinity;
      this.#host.clear();
    } else if (first.when < this.#setFor || this.#setFor === Infinity) {
      this.#setFor = first.when;
      this.#host.set(first.when - this.#host.now(), this.#ring);
    }
  }

  #remove(alarm: Due): void {
    const last = this.#heap.pop() as Due;
    const { index } = alarm;
    alarm.index = -1;
    if (last === alarm) return;
    if (index > 0 && isBefore(last, this.#heap[(index - 1) >> 1] as Due)) this.#rise(last, index);
    else this.#sink(last, index);
  }

  #rise(alarm: Due, index: number): void {
    const heap = this.#heap;
    while (index > 0) {
      const up = (index - 1) >> 1;
      const parent = heap[up] as Due;
      if (!isBefore(alarm, parent)) break;
      heap[index] = parent;
      parent.index = index;
      index = up;
    }
    heap[index] = alarm;
    alarm.index = index;
  }

  #sink(alarm: Due, index: number): void {
    const heap = this.#heap;
    for (;;) {
      let down = index * 2 + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && isBefore(heap[down + 1] as Due, heap[down] as Due)) down++;
      const child = heap[down] as Due;
      if (!isBefore(child, alarm)) break;
      heap[index] = child;
      child.index = index;
      index = down;
    }
    heap[index] = alarm;
    alarm.index = index;
  }
}

function counter(): () => number {
  let count = 0;
  return () => count++;
}

function isBefore(a: Due, b: Due): boolean {
  return a.when < b.when || (a.when === b.when && a.order < b.order);
}
