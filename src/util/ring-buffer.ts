// A first-in, first-out buffer in a circular array. It grows as it fills and shrinks as it empties, so that the memory of a channel
// depends on the number of its values and not on its capacity.

/** The length of the first array. */
const initialCapacity = 8;

/** Arrays up to this length are not shrunk, so that a queue that is repeatedly filled and emptied is not copied each time. */
const maxUnshrunk = 32;

// Shared by all empty buffers, because most channels are unbuffered.
const emptySlots: never[] = [];

/** A queue in a circular array whose length is a power of two. */
export class RingBuffer<T> {
  #slots: (T | undefined)[] = emptySlots;
  #head = 0;
  length = 0;

  /** The oldest value; undefined if the buffer is empty. */
  get first(): T | undefined {
    return this.#slots[this.#head];
  }

  /** Appends `value`. */
  push(value: T): void {
    if (this.length === this.#slots.length) this.#resize(this.length === 0 ? initialCapacity : this.length * 2);
    this.#slots[(this.#head + this.length) & (this.#slots.length - 1)] = value;
    this.length++;
  }

  /** Removes and returns the oldest value; the buffer must not be empty. The slot keeps no reference to it. */
  shift(): T {
    const head = this.#head;
    const value = this.#slots[head] as T;
    this.#slots[head] = undefined;
    this.#head = (head + 1) & (this.#slots.length - 1);
    this.length--;
    // Half of the new array is free then: push and shift take amortized constant time.
    if (this.length * 4 === this.#slots.length && this.#slots.length > maxUnshrunk) this.#resize(this.length * 2);
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
