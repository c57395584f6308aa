// A first-in, first-out buffer in a circle. It grows as it fills and shrinks as it empties, so that a channel of a large capacity costs
// what it holds and not what it could hold, or once held.

/** The length of a circular array that is first made. */
const initialCapacity = 8;

/** Up to this length an array is kept, so that a queue that is filled and emptied again and again is not copied each time. */
const largestKept = 32;

// What a ring has until something is put into it: most channels have no buffer.
const emptySlots: never[] = [];

/** A queue in a circular array whose length is a power of two. */
export class RingBuffer<T> {
  #slots: (T | undefined)[] = emptySlots;
  #head = 0;
  length = 0;

  /** The oldest value; undefined, if there is none. */
  get first(): T | undefined {
    return this.#slots[this.#head];
  }

  /** Puts `value` at the end. */
  push(value: T): void {
    if (this.length === this.#slots.length) this.#resize(this.length === 0 ? initialCapacity : this.length * 2);
    this.#slots[(this.#head + this.length) & (this.#slots.length - 1)] = value;
    this.length++;
  }

  /** Takes the oldest value; the ring must not be empty. Nothing of it stays behind in the slot. */
  shift(): T {
    const head = this.#head;
    const value = this.#slots[head] as T;
    this.#slots[head] = undefined;
    this.#head = (head + 1) & (this.#slots.length - 1);
    this.length--;
    // Half of the new array is free then, so that the next copy is far: push and shift take constant time on average.
    if (this.length * 4 === this.#slots.length && this.#slots.length > largestKept) this.#resize(this.length * 2);
    return value;
  }

  #resize(size: number): void {
    const old = this.#slots;
    const slots = new Array<T | undefined>(size).fill(undefined);
    for (let i = 0; i < this.length; i++) slots[i] = old[(this.#head + i) & (old.length - 1)];
    this.#slots = slots;
    this.#head = 0;
  }
}
