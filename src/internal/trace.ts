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

/**
 * What a listener hears, always of what whoever runs now does. `party` is the object that stands for one parked operation, from
 * `block` to `unblock`. Other objects are what the rooms above know them for: this one only passes them on.
 */
export interface Trace {
  /** `go` was called. */
  go(goroutine: Traced): void;
  /** Directly afterwards: the listener calls `start`, once and at once, in the async context that the goroutine shall have. */
  run(goroutine: Traced, start: () => void): void;
  /** The goroutine has panicked; its `end` follows. */
  panic(goroutine: Traced, error: unknown): void;
  /** The goroutine has returned or panicked. */
  end(goroutine: Traced): void;
  /**
   * An operation parks, `operation` by Go's name, such as "chan send"; durably, if only its own world can wake it. `subject` is what
   * it waits for, a channel's core for one; null, if nothing more is to be told.
   */
  block(party: object, operation: string, isDurable: boolean, subject: object | null): void;
  /** The operation is over. */
  unblock(party: object): void;
  /** A channel's core has been made. */
  make(channel: object): void;
  /**
   * A value changes hands at a channel's core. `from` and `to` are a parked operation that is about to be over, or `channel` itself
   * for its buffer, or null for whoever runs.
   */
  move(channel: object, value: unknown, from: object | null, to: object | null): void;
  /** A channel's core is closed. */
  close(channel: object): void;
  /** A select is decided, for one of its cases, or by default if that is null. */
  select(cases: readonly object[], chosen: object | null): void;
  /** An alarm goes off, set for `purpose`: the listener calls `fire`, once and at once. What it does is nobody's who runs. */
  timer(purpose: string, fire: () => void): void;
  /** A context ends. */
  cancel(context: object, cause: Error): void;
  /** A job of a pool's crew is accepted, or a worker begins with it, or it has its outcome. */
  job(crew: object, work: object, step: "accept" | "start" | "finish"): void;
}

/** Whoever listens, or null. */
export let trace: Trace | null = null;

const listeners = new Set<Trace>();

/** Adds a listener for what it has methods for; answers how to remove it. */
export function listen(listener: Partial<Trace>): () => void {
  const heard = (key: keyof Trace): unknown => (listener[key] ?? deaf[key]).bind(listener as Trace);
  const whole = Object.fromEntries(methods.map((key) => [key, heard(key)])) as unknown as Trace;
  listeners.add(whole);
  choose();
  return () => {
    listeners.delete(whole);
    choose();
  };
}

function choose(): void {
  const [first = null, ...rest] = listeners;
  trace = rest.length === 0 ? first : all;
}

function nothing(): void {
  // Not everybody listens to everything.
}

const deaf: Trace = {
  go: nothing,
  run: (_goroutine, start) => start(),
  panic: nothing,
  end: nothing,
  block: nothing,
  unblock: nothing,
  make: nothing,
  move: nothing,
  close: nothing,
  select: nothing,
  timer: (_purpose, fire) => fire(),
  cancel: nothing,
  job: nothing,
};

const methods = Object.keys(deaf) as (keyof Trace)[];

function tell<K extends Exclude<keyof Trace, "run" | "timer">>(key: K): Trace[K] {
  return (...event: unknown[]) => {
    for (const listener of listeners) (listener[key] as (...event: unknown[]) => void)(...event);
  };
}

/** Calls `f` inside of what each listener puts around it. */
function nested(f: () => void, around: (listener: Trace, inner: () => void) => void): void {
  let outer = f;
  for (const listener of listeners) {
    const inner = outer;
    outer = () => around(listener, inner);
  }
  outer();
}

const all: Trace = {
  go: tell("go"),
  run: (goroutine, start) => nested(start, (listener, inner) => listener.run(goroutine, inner)),
  panic: tell("panic"),
  end: tell("end"),
  block: tell("block"),
  unblock: tell("unblock"),
  make: tell("make"),
  move: tell("move"),
  close: tell("close"),
  select: tell("select"),
  timer: (purpose, fire) => nested(fire, (listener, inner) => listener.timer(purpose, inner)),
  cancel: tell("cancel"),
  job: tell("job"),
};
