// The next turn of the event loop, by a macrotask of the host. Fake timers replace the host's functions by ones that call back only when a
// test advances them. The library would block with them, so they are recognized and not used.
//
// Optional functions of the host are looked up when they are needed, and not at import. In the order of preference:
//   1. `setImmediate`, if its result shows that it is Node's own, or of a similar host. On Node, a MessageChannel would delay timers.
//   2. a MessageChannel, which fake timers do not replace
//   3. `setTimeout`

/** A scheduled turn of the event loop. The process stays alive until then, unless `unref` is called. */
export interface Turn {
  ref?(): unknown;
  unref?(): unknown;
}

type Immediate = (run: () => void) => Turn;

interface Channel {
  readonly port1: Turn & { onmessage: (() => void) | null };
  readonly port2: { postMessage(message: null): void };
}

interface Threads {
  MessageChannel?: new () => Channel;
}

interface Timers {
  setImmediate?: Immediate;
  clearImmediate?(handle: unknown): void;
}

const host = globalThis as unknown as Timers &
  Threads & {
    process?: { nextTick?(run: () => void): void; getBuiltinModule?(name: string): unknown };
    queueMicrotask?(run: () => void): void;
    setTimeout(run: () => void, delay: number): object | number;
  };

// Fake timers may be installed between the import and the first turn.
const immediateAtImport = /* @__PURE__ */ (() => host.setImmediate)();

// Not a microtask if the host has `nextTick`: Node loses the async context of an error thrown in a microtask, by which a test runner finds
// the test to which the error belongs.
const soon = /* @__PURE__ */ (() => host.process?.nextTick ?? host.queueMicrotask)();

const fakes = new WeakSet<Immediate>();
let ownImmediate: Immediate | undefined;

/** Calls `run` on the next turn of the event loop. */
export function nextTurn(run: () => void): Turn {
  ownImmediate ??= findImmediate();
  return ownImmediate === undefined ? scheduleByMessage(run) : ownImmediate(run);
}

/**
 * Throws `error` as an uncaught exception, after the running code; on the next turn at the latest, because the host's faster functions may
 * be fakes.
 */
export function throwUncaught(error: unknown): void {
  let isThrown = false;
  const raise = (): void => {
    if (isThrown) return;
    isThrown = true;
    throw error;
  };
  soon?.(raise);
  nextTurn(raise);
}

function builtin<M>(name: string): M | undefined {
  return host.process?.getBuiltinModule?.(name) as M | undefined;
}

function findImmediate(): Immediate | undefined {
  const candidates = [immediateAtImport, host.setImmediate, builtin<Timers>("timers")?.setImmediate];
  return candidates.find((immediate) => typeof immediate === "function" && isHosts(immediate));
}

function isHosts(immediate: Immediate): boolean {
  if (fakes.has(immediate)) return false;
  const handle = immediate(() => undefined) as Turn | undefined;
  if (handle?.constructor.name === "Immediate") {
    handle.unref?.();
    return true;
  }
  fakes.add(immediate);
  // A test may count the remaining timers.
  if (immediate === host.setImmediate) host.clearImmediate?.(handle);
  return false;
}

/** Turns by the messages of one channel. */
class MessageTurns {
  readonly #channel: Channel;
  readonly #runs: (() => void)[] = [];

  constructor(channel: Channel) {
    this.#channel = channel;
    const { port1 } = channel;
    port1.onmessage = () => {
      const run = this.#runs.shift();
      if (this.#runs.length === 0) port1.unref?.();
      run?.();
    };
    // A port with a listener keeps the process alive.
    port1.unref?.();
  }

  schedule(run: () => void): Turn {
    const { port1, port2 } = this.#channel;
    this.#runs.push(run);
    port1.ref?.();
    port2.postMessage(null);
    return {
      ref: () => port1.ref?.(),
      unref: () => {
        if (this.#runs.length === 1) port1.unref?.();
      },
    };
  }
}

let channels: [MessageTurns, MessageTurns] | undefined;

// Two channels alternate: Node continues with a port that gets a message while it handles one, up to 1,000 times, before it runs timers.
function scheduleByMessage(run: () => void): Turn {
  const { MessageChannel } =
    typeof host.MessageChannel === "function" ? host : (builtin<Threads>("worker_threads") ?? {});
  if (MessageChannel === undefined) return Object(host.setTimeout(run, 0)) as Turn;
  channels ??= [new MessageTurns(new MessageChannel()), new MessageTurns(new MessageChannel())];
  channels.reverse();
  return channels[0].schedule(run);
}
