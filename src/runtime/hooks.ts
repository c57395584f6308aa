// The hooks through which recorders, registries and bubbles observe goroutines, channels, timers, contexts and pools. While no listener is
// registered, an event costs one comparison.

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

/** Why an operation waits. `waiting` counts the operations that wait for this reason. */
export interface BlockReason {
  /** Go's name, such as "chan send". */
  readonly name: string;
  waiting: number;
}

/** A channel, as far as a listener needs to know it. */
export interface ChannelInfo {
  /** The name given to the channel, or "". */
  readonly name: string;
  readonly capacity: number;
  readonly buffer: { readonly length: number };
  readonly closed: boolean;
  /** Whether it is the channel of a timer, whose buffer is hidden. */
  readonly isTimer: boolean;
}

/** A case of a select; `state` is its channel, or null if the case is disabled. */
export interface CaseInfo {
  readonly name: string | number;
  readonly isSend: boolean;
  readonly state: ChannelInfo | null;
}

/** What an operation waits for: a channel, or one of the cases of a select. */
export type WaitTarget = ChannelInfo | { readonly cases: readonly CaseInfo[] };

/** A pool; its name is that of its function, or "". */
export interface PoolInfo {
  readonly name: string;
}

/** A job of a pool. */
export interface JobInfo {
  /** The number of the worker that has started it. */
  readonly worker: number | undefined;
  readonly outcome: { readonly status: "done" | "failed" | "canceled" } | undefined;
}

/**
 * The events that a listener is called for. Each is caused by the code that is running, and follows the change of state that it reports, so
 * that a listener finds every channel and context in a valid state. `waiter` is the object that stands for one parked operation, from its
 * `block` to its `unblock`.
 */
export interface Hooks {
  /** `go` was called. */
  go(goroutine: GoroutineInfo): void;
  /** Follows `go` directly. The listener calls `start`, once and synchronously, in the async context of the new goroutine. */
  run(goroutine: GoroutineInfo, start: () => void): void;
  /** The goroutine panicked; its `end` follows. */
  panic(goroutine: GoroutineInfo, error: unknown): void;
  /** The goroutine returned or panicked. */
  end(goroutine: GoroutineInfo): void;
  /**
   * An operation parks. It does so durably if only its own realm can wake it. `target` is null if the wait is neither for a channel nor in
   * a select.
   */
  block(waiter: object, reason: BlockReason, isDurable: boolean, target: WaitTarget | null): void;
  /** The operation has ended. */
  unblock(waiter: object): void;
  /** A channel was created. */
  channelCreated(channel: ChannelInfo): void;
  /**
   * A value moved. `from` and `to` are a parked operation, whose `unblock` follows; or `channel` itself for its buffer; or null for the
   * running code. `length` is the number of values in the buffer after this move.
   */
  valueMoved(channel: ChannelInfo, value: unknown, from: object | null, to: object | null, length: number): void;
  /** A full channel dropped a value: the one that is being sent, or one of its buffer. */
  valueDropped(channel: ChannelInfo, value: unknown): void;
  /** A channel was closed; the `unblock` of each operation that waited follows. */
  close(channel: ChannelInfo): void;
  /**
   * A select was decided, for one of its cases, or for its default if `chosen` is null. `waiter` is the select if it has waited, and its
   * `unblock` follows; otherwise null.
   */
  select(cases: readonly CaseInfo[], chosen: CaseInfo | null, waiter: object | null): void;
  /** A timer fires; `label` is the function that set it. The listener calls `fire`, once and synchronously. No goroutine runs it. */
  timer(label: string, fire: () => void): void;
  /** A context was canceled, with its descendants; the closing of their channels follows. */
  cancel(context: object, cause: Error): void;
  /** A pool accepted a job, or a worker started it, or it has its outcome. */
  jobEvent(pool: PoolInfo, job: JobInfo, step: "accept" | "start" | "finish"): void;
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
  // A listener has hooks for some events only.
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
  valueDropped: nothing,
  close: nothing,
  select: nothing,
  timer: (_purpose, fire) => fire(),
  cancel: nothing,
  jobEvent: nothing,
};

const methods = /* @__PURE__ */ Object.keys(noopHooks) as (keyof Hooks)[];

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

function broadcastAll(): Hooks {
  return {
    go: broadcast("go"),
    run: (goroutine, start) => wrapNested(start, (listener, inner) => listener.run(goroutine, inner)),
    panic: broadcast("panic"),
    end: broadcast("end"),
    block: broadcast("block"),
    unblock: broadcast("unblock"),
    channelCreated: broadcast("channelCreated"),
    valueMoved: broadcast("valueMoved"),
    valueDropped: broadcast("valueDropped"),
    close: broadcast("close"),
    select: broadcast("select"),
    timer: (purpose, fire) => wrapNested(fire, (listener, inner) => listener.timer(purpose, inner)),
    cancel: broadcast("cancel"),
    jobEvent: broadcast("jobEvent"),
  };
}

const all: Hooks = /* @__PURE__ */ broadcastAll();
