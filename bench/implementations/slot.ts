// The unbuffered channel of the baseline.

/** The result of a send that does not have to wait; an await of a resolved promise has the least cost. */
export const READY: Promise<void> = Promise.resolve();

/** A rendezvous of one sender and one receiver. */
export class Slot {
  #value = 0;
  #give: (() => void) | null = null;
  #take: ((value: number) => void) | null = null;

  send(value: number): Promise<void> {
    const take = this.#take;
    if (take !== null) {
      this.#take = null;
      take(value);
      return READY;
    }
    this.#value = value;
    return new Promise((resolve) => (this.#give = resolve));
  }

  receive(): Promise<number> | number {
    const give = this.#give;
    if (give !== null) {
      this.#give = null;
      give();
      return this.#value;
    }
    return new Promise((resolve) => (this.#take = resolve));
  }
}
