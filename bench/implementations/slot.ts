// The unbuffered channel of the baseline.

/** What a send answers that need not wait: awaiting it costs the least that an await can. */
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
