// The next turn of the event loop, by the host's own macrotask. Fake timers put functions in the place of the host's, which call
// back only when a test advances them. The library would stand still with them, so they are recognized and not used.
//
// What a host may lack is looked up when it is needed, and nothing at import. In the order of preference:
//   1. `setImmediate`, where what it returns shows that it is Node's own, or another host's of that kind. On Node it must be this
//      one: a MessageChannel lets timers wait there.
//   2. a MessageChannel, which no fake timers replace
//   3. `setTimeout`

/** A turn of the event loop that was asked for. While it is due the process stays alive, unless `unref` is called. */
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

// Fake timers may come between the import and the first turn.
const { setImmediate: immediateAtImport } = host;

// Not a microtask where there is a next tick: Node loses the async context of what a microtask throws, by which a test runner knows
// the test to which an error belongs.
const soon = host.process?.nextTick ?? host.queueMicrotask;

const fakes = new WeakSet<Immediate>();
let ownImmediate: Immediate | undefined;

/** Calls `run` on the next turn of the event loop. */
export function nextTurn(run: () => void): Turn {
  ownImmediate ??= findImmediate();
  return ownImmediate === undefined ? turnOfChannel(run) : ownImmediate(run);
}

/**
 * Throws `error` as an uncaught exception, once the code that runs has come to its end; on the next turn at the latest, because the
 * host's faster ways may be fakes.
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
  return candidates.find((each) => typeof each === "function" && isHosts(each));
}

function isHosts(immediate: Immediate): boolean {
  if (fakes.has(immediate)) return false;
  const handle = immediate(() => undefined) as Turn | undefined;
  if (handle?.constructor.name === "Immediate") {
    handle.unref?.();
    return true;
  }
  fakes.add(immediate);
  // A test may count the timers that are left.
  if (immediate === host.setImmediate) host.clearImmediate?.(handle);
  return false;
}

/** The turns that come by the messages of one channel. */
class MessageTurns {
  readonly #channel: Channel;
  readonly #runs: (() => void)[] = [];

  constructor(channel: Channel) {
    this.#channel = channel;
    const { port1 } = channel;
    port1.onmessage = () => {
      const run = this.#runs.shift();
      // A port that listens keeps a process alive.
      if (this.#runs.length === 0) port1.unref?.();
      run?.();
    };
  }

  ask(run: () => void): Turn {
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

let both: [MessageTurns, MessageTurns] | undefined;

// Two channels, in turn: Node goes on with a port that gets a message while it handles one, up to a thousand times, and lets timers wait.
function turnOfChannel(run: () => void): Turn {
  const { MessageChannel } =
    typeof host.MessageChannel === "function" ? host : (builtin<Threads>("worker_threads") ?? {});
  if (MessageChannel === undefined) return Object(host.setTimeout(run, 0)) as Turn;
  both ??= [new MessageTurns(new MessageChannel()), new MessageTurns(new MessageChannel())];
  both.reverse();
  return both[0].ask(run);
}
