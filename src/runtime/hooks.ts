// The one hook through which everything that happens can be seen. Without a listener an event costs one comparison.

/** A goroutine, as far as a listener needs to know it. */
export interface GoroutineInfo {
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
 * The events that a listener is called for. Each is caused by the code that runs now, and comes after the change of state that it
 * reports, so that a listener sees every channel and context in a valid state. `party` is the object that stands for one parked
 * operation, from `block` to `unblock`. The types of other objects are known to the rooms that make and read them.
 */
export interface Hooks {
  /** `go` was called. */
  go(goroutine: GoroutineInfo): void;
  /** Directly afterwards: the listener calls `start`, once and at once, in the async context that the goroutine shall have. */
  run(goroutine: GoroutineInfo, start: () => void): void;
  /** The goroutine has panicked; its `end` follows. */
  panic(goroutine: GoroutineInfo, error: unknown): void;
  /** The goroutine has returned or panicked. */
  end(goroutine: GoroutineInfo): void;
  /**
   * An operation parks, `operation` by Go's name, such as "chan send"; durably, if only its own world can wake it. `subject` is what
   * it waits for, a channel's core for one; null, if nothing more is to be told.
   */
  block(waiter: object, operation: string, isDurable: boolean, target: object | null): void;
  /** The operation is over. */
  unblock(waiter: object): void;
  /** A channel's core has been made. */
  channelCreated(channel: object): void;
  /**
   * A value has changed hands at a channel's core. `from` and `to` are a parked operation, whose `unblock` follows, or `channel` itself
   * for its buffer, or null for the caller. `length` is how many values the buffer has after this move.
   */
  valueMoved(channel: object, value: unknown, from: object | null, to: object | null, length: number): void;
  /** A channel's core has been closed; the `unblock` of each operation that waited follows. */
  close(channel: object): void;
  /**
   * A select is decided, for one of its cases, or by default if that is null. `party` is the select if it has waited, and its
   * `unblock` follows; otherwise null.
   */
  select(cases: readonly object[], chosen: object | null, waiter: object | null): void;
  /** An alarm goes off, set for `purpose`: the listener calls `fire`, once and at once. What it does is nobody's who runs. */
  timer(purpose: string, fire: () => void): void;
  /** A context has been canceled, with all below it; the closing of their channels follows. */
  cancel(context: object, cause: Error): void;
  /** A job of a pool's crew is accepted, or a worker begins with it, or it has its outcome. */
  jobEvent(runner: object, work: object, step: "accept" | "start" | "finish"): void;
}

/** The listener, or all of them; null if there is none. */
export let hooks: Hooks | null = null;

const listeners = new Set<Hooks>();

/**
 * Adds a listener for the events that it has methods for; returns a function that removes it. An error that the listener throws is
 * reported as an uncaught exception, and changes nothing for the operation that caused the event.
 */
export function addHooks(listener: Partial<Hooks>): () => void {
  const allHooks = Object.fromEntries(
    methods.map((key) => [key, safe((listener[key] ?? noopHooks[key]).bind(listener as Hooks) as Hook)]),
  ) as unknown as Hooks;
  allHooks.run = (goroutine, start) =>
    around((inner) => (listener.run ?? noopHooks.run).call(listener, goroutine, inner), start);
  allHooks.timer = (purpose, fire) =>
    around((inner) => (listener.timer ?? noopHooks.timer).call(listener, purpose, inner), fire);
  listeners.add(allHooks);
  updateActive();
  return () => {
    listeners.delete(allHooks);
    updateActive();
  };
}

type Hook = (...event: unknown[]) => void;

/** `hook`, with its errors reported instead of thrown. */
function safe(hook: Hook): Hook {
  return (...event) => {
    try {
      hook(...event);
    } catch (error) {
      report(error);
    }
  };
}

/** Calls `f` once by way of `hook`, whatever `hook` does. Throws what `f` throws, and nothing else. */
function around(hook: (inner: () => void) => void, f: () => void): void {
  let isCalled = false;
  const failures: unknown[] = [];
  const inner = (): void => {
    if (isCalled) return;
    isCalled = true;
    try {
      f();
    } catch (error) {
      failures.push(error);
    }
  };
  try {
    hook(inner);
  } catch (error) {
    report(error);
  }
  inner();
  if (failures.length > 0) throw failures[0];
}

function report(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

function updateActive(): void {
  const [first = null, ...rest] = listeners;
  hooks = rest.length === 0 ? first : all;
}

function nothing(): void {
  // Not everybody listens to everything.
}

const noopHooks: Hooks = {
  go: nothing,
  run: (_goroutine, start) => start(),
  panic: nothing,
  end: nothing,
  block: nothing,
  unblock: nothing,
  channelCreated: nothing,
  valueMoved: nothing,
  close: nothing,
  select: nothing,
  timer: (_purpose, fire) => fire(),
  cancel: nothing,
  jobEvent: nothing,
};

const methods = Object.keys(noopHooks) as (keyof Hooks)[];

function broadcast<K extends Exclude<keyof Hooks, "run" | "timer">>(key: K): Hooks[K] {
  return (...event: unknown[]) => {
    for (const listener of listeners) (listener[key] as (...event: unknown[]) => void)(...event);
  };
}

/** Calls `f` inside of what each listener puts around it. */
function wrapNested(f: () => void, around: (listener: Hooks, inner: () => void) => void): void {
  let outer = f;
  for (const listener of listeners) {
    const inner = outer;
    outer = () => around(listener, inner);
  }
  outer();
}

const all: Hooks = {
  go: broadcast("go"),
  run: (goroutine, start) => wrapNested(start, (listener, inner) => listener.run(goroutine, inner)),
  panic: broadcast("panic"),
  end: broadcast("end"),
  block: broadcast("block"),
  unblock: broadcast("unblock"),
  channelCreated: broadcast("channelCreated"),
  valueMoved: broadcast("valueMoved"),
  close: broadcast("close"),
  select: broadcast("select"),
  timer: (purpose, fire) => wrapNested(fire, (listener, inner) => listener.timer(purpose, inner)),
  cancel: broadcast("cancel"),
  jobEvent: broadcast("jobEvent"),
};
