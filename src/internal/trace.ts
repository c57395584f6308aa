// The one hook through which everything that happens can be seen. It costs one comparison when nobody listens.

/** A goroutine, as far as a listener needs to know it. */
export interface Traced {
  /** 1 is the main goroutine; the others count up from 2 in the order of their `go`. */
  readonly id: number;
  /** The name of its function, or "" if that has none. */
  readonly name: string;
  /** Where it was started in the program, one frame a line; empty if places are not captured. */
  readonly origin: readonly string[];
  /** Whether it is one of those that are counted as living. */
  isCounted: boolean;
}

/** A listener. `party` is the object that stands for one parked operation, from `block` to `unblock`. */
export interface Trace {
  /** `go` was called. */
  go(goroutine: Traced): void;
  /** Directly afterwards: the listener calls `start`, once and at once, in the async context that the goroutine shall have. */
  run(goroutine: Traced, start: () => void): void;
  /** The goroutine has returned or panicked. */
  end(goroutine: Traced): void;
  /** An operation parks, `operation` by Go's name, such as "chan send"; durably, if only its own world can wake it. */
  block(party: object, operation: string, isDurable: boolean): void;
  /** The operation is over. */
  unblock(party: object): void;
}

/** Whoever listens, or null. */
export let trace: Trace | null = null;

const listeners = new Set<Trace>();

/** Adds a listener; answers how to remove it. */
export function listen(listener: Trace): () => void {
  listeners.add(listener);
  choose();
  return () => {
    listeners.delete(listener);
    choose();
  };
}

function choose(): void {
  const [first = null, ...rest] = listeners;
  trace = rest.length === 0 ? first : all;
}

const all: Trace = {
  go(goroutine) {
    for (const listener of listeners) listener.go(goroutine);
  },
  run(goroutine, start) {
    let nested = start;
    for (const listener of listeners) {
      const inner = nested;
      nested = () => listener.run(goroutine, inner);
    }
    nested();
  },
  end(goroutine) {
    for (const listener of listeners) listener.end(goroutine);
  },
  block(party, operation, isDurable) {
    for (const listener of listeners) listener.block(party, operation, isDurable);
  },
  unblock(party) {
    for (const listener of listeners) listener.unblock(party);
  },
};
