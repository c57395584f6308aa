// A first-in, first-out buffer in a circle. It starts small and grows as it fills, so that a channel of a large capacity
// costs what it holds and not what it could hold.

const smallest = 8;

// What a ring has until something is put into it: most channels have no buffer.
const none: never[] = [];

/** A queue in a circular array whose length is a power of two. */
export class Ring<T> {
  #slots: (T | undefined)[] = none;
  #head = 0;
  length = 0;

  /** The oldest value; undefined, if there is none. */
  get first(): T | undefined {
    return this.#slots[this.#head];
  }

  /** Puts `value` at the end. */
  push(value: T): void {
    if (this.length === this.#slots.length) this.#grow();
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
    return value;
  }

  #grow(): void {
    const old = this.#slots;
    const grown = new Array<T | undefined>(old.length === 0 ? smallest : old.length * 2).fill(undefined);
    for (let i = 0; i < this.length; i++) grown[i] = old[(this.#head + i) & (old.length - 1)];
    this.#slots = grown;
    this.#head = 0;
  }
}
