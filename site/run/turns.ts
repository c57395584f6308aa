// The turns of the event loop, and when nothing is left to run: what Node's `setImmediate` and its event `beforeExit` are.

import { bind, set } from "./context.ts";

/** The class of the handles. The library recognizes the functions of a host, which are not fakes, by this name. */
class Immediate {
  isActive = true;

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
Object.defineProperty(Immediate, "name", { value: "Immediate" });

/** How long nothing must be pending, in milliseconds, before the program counts as idle: for the promises of the host that are not counted. */
const idleTime = 100;

interface Host {
  setImmediate?: (run: () => void) => Immediate;
  clearImmediate?: (handle: Immediate | undefined) => void;
  setTimeout(run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): number;
  setInterval(run: (...args: unknown[]) => void, ms?: number, ...args: unknown[]): number;
  clearTimeout(id?: number): void;
  clearInterval(id?: number): void;
  fetch(...args: unknown[]): Promise<unknown>;
}

/** What the worker does at the turns of the event loop. */
export interface TurnListener {
  /** Called at the beginning of each turn. */
  onTurn(): void;
  /** Called when nothing has been pending for 100 ms. It may start more. */
  onIdle(): void;
  /** Called after `onIdle` if that has not started more. */
  onEnd(): void;
}

/** Installs `setImmediate`, and counts immediates, timers and requests. Returns a function that begins to call a listener. */
export function installTurns(): (listener: TurnListener) => void {
  const host = globalThis as unknown as Host;
  const { setTimeout, setInterval, clearTimeout, fetch } = host;
  const queue: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  const timers = new Set<number>();
  let requests = 0;
  let idleTimer: number | undefined;
  let listener: TurnListener | undefined;

  const isBusy = (): boolean => queue.length + timers.size + requests > 0;
  const check = (): void => {
    clearTimeout.call(host, idleTimer);
    if (listener === undefined || isBusy()) return;
    const { onIdle, onEnd } = listener;
    idleTimer = setTimeout.call(
      host,
      () => {
        enter(onIdle);
        // After the promises that `onIdle` has settled.
        clearTimeout.call(host, idleTimer);
        idleTimer = setTimeout.call(
          host,
          () => {
            if (!isBusy()) onEnd();
          },
          0,
        );
      },
      idleTime,
    );
  };
  const enter = (run: () => void): void => {
    listener?.onTurn();
    try {
      run();
    } finally {
      set(undefined);
      check();
    }
  };

  port1.onmessage = () => enter(queue.shift() as () => void);
  host.setImmediate = (run) => {
    const handle = new Immediate();
    queue.push(bind(() => handle.isActive && run()));
    port2.postMessage(null);
    return handle;
  };
  host.clearImmediate = (handle) => {
    if (handle !== undefined) handle.isActive = false;
  };
  host.setTimeout = (run, ms, ...args) => {
    const bound = bind(run);
    const id = setTimeout.call(
      host,
      () => {
        timers.delete(id);
        enter(() => bound(...args));
      },
      ms,
    );
    timers.add(id);
    return id;
  };
  host.setInterval = (run, ms, ...args) => {
    const bound = bind(run);
    const id = setInterval.call(host, () => enter(() => bound(...args)), ms);
    timers.add(id);
    return id;
  };
  host.clearTimeout = (id) => {
    clearTimeout.call(host, id);
    if (id !== undefined && timers.delete(id)) check();
  };
  // Timers and intervals have their ids from the same list.
  host.clearInterval = host.clearTimeout;
  host.fetch = (...args) => {
    requests++;
    const onSettled = (): void => {
      requests--;
      check();
    };
    const response = fetch.apply(host, args);
    response.then(onSettled, onSettled);
    return response;
  };
  return (newListener) => {
    listener = newListener;
    check();
  };
}
