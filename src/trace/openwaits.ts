// What somebody waits for who can wait for several things at once, such as all those together of whom nothing is known.

interface Begun<T> {
  what: T;
  isOver: boolean;
}

/** The waits that last, by their numbers. Each step takes the same time, however many they are. */
export class OpenWaits<T> {
  readonly #open = new Map<number, Begun<T>>();
  /** In the order in which they began. What is over goes when it comes to the end: to search for it would take time. */
  readonly #begun: Begun<T>[] = [];

  /** A number that still lasts, as in a trace that makes no sense, keeps its place. */
  begin(wait: number, what: T): void {
    const known = this.#open.get(wait);
    if (known !== undefined) {
      known.what = what;
      return;
    }
    const begun = { what, isOver: false };
    this.#open.set(wait, begun);
    this.#begun.push(begun);
  }

  end(wait: number): void {
    const known = this.#open.get(wait);
    if (known === undefined) return;
    known.isOver = true;
    this.#open.delete(wait);
    while (this.#begun.at(-1)?.isOver === true) this.#begun.pop();
  }

  /** Of those that last, the one that began last. */
  get last(): T | undefined {
    return this.#begun.at(-1)?.what;
  }
}
