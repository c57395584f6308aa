// Two operations on collections that several views share.

/** Returns the value of `key` in `map`, after storing the result of `create` if there is none. */
export function getOrInsert<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const created = create();
  map.set(key, created);
  return created;
}

interface ActiveWait<T> {
  value: T;
  hasEnded: boolean;
}

/**
 * The waits of one goroutine that have not ended, by their ids. A goroutine can have several, and all goroutines whose identity is not
 * known share one list. Each operation takes constant time, amortized.
 */
export class ActiveWaits<T> {
  readonly #active = new Map<number, ActiveWait<T>>();
  /** In the order in which the waits began. An ended wait is removed when it is the last: removing it earlier would need a search. */
  readonly #begun: ActiveWait<T>[] = [];

  /** Adds a wait. An id that is active already, as in an inconsistent trace, keeps its position. */
  begin(id: number, value: T): void {
    const existing = this.#active.get(id);
    if (existing !== undefined) {
      existing.value = value;
      return;
    }
    const wait = { value, hasEnded: false };
    this.#active.set(id, wait);
    this.#begun.push(wait);
  }

  /** Ends a wait. An unknown id is ignored. */
  end(id: number): void {
    const wait = this.#active.get(id);
    if (wait === undefined) return;
    wait.hasEnded = true;
    this.#active.delete(id);
    while (this.#begun.at(-1)?.hasEnded === true) this.#begun.pop();
  }

  /** The active wait that began last. */
  get latest(): T | undefined {
    return this.#begun.at(-1)?.value;
  }
}
