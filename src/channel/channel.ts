// Channels as users see them: promises on the synchronous core.

import { Check, describe } from "../util/validate.ts";
import { brand } from "../util/copies.ts";
import { safeToString } from "../util/inspect.ts";
import { chanReceive, chanSend } from "../runtime/wait-reasons.ts";
import { PanicError } from "../runtime/panic.ts";
import { park, unpark } from "../runtime/parking.ts";
import { rejectFairly, rejected, resolveFairly, resolved, resolvedWith } from "../runtime/scheduler.ts";
import { ParkedOperation } from "../runtime/waiter.ts";
import type { Realm } from "../runtime/realm.ts";
import { ChannelState } from "./channel-state.ts";
import { type ChannelIterator, RangeIterator } from "./channel-iterator.ts";

/** What a receive answers: a value that was sent, or that the channel is closed and empty. */
export type ReceiveResult<T> =
  { readonly value: T; readonly ok: true } | { readonly value: undefined; readonly ok: false };

/** The end of a channel from which values are received: Go's `<-chan T`. It is a type, and at runtime the channel itself. */
export interface ReceiveChannel<out T> extends AsyncIterable<T> {
  readonly receive: () => Promise<ReceiveResult<T>>;
  readonly tryReceive: () => ReceiveResult<T> | undefined;
  readonly length: number;
  readonly capacity: number;
}

// The operations of both ends are properties and not methods: TypeScript would compare methods so loosely that a
// Channel<Dog> could pass for a SendChannel<Animal>.

/** The end of a channel to which values are sent: Go's `chan<- T`. It is a type, and at runtime the channel itself. */
export interface SendChannel<in T> {
  readonly send: (value: T) => Promise<void>;
  readonly trySend: (value: T) => boolean;
  readonly close: () => void;
  readonly length: number;
  readonly capacity: number;
}

/** The options of a {@link Channel}. */
export interface ChannelOptions {
  /** The name of the channel in traces and snapshots. By default it has none. */
  readonly name?: string;
}

/** The core of a channel, or undefined if the object is none of ours. */
export let channelStateOf: <T>(channel: ReceiveChannel<T> | SendChannel<T>) => ChannelState<T> | undefined;

/**
 * A queue through which goroutines hand each other values, first in, first out. Without a capacity, a send waits until a
 * receiver takes the value; with one, so many values are kept on the way. Values arrive as what was sent, not as copies:
 * `undefined`, promises and other thenables as well.
 *
 * Mirrors `chan T` of the language and `runtime/chan.go`.
 *
 * @example
 * const jobs = new Channel<number>(3);
 * go(async () => {
 *   for (const id of [1, 2, 3]) await jobs.send(id);
 *   jobs.close();
 * });
 * for await (const id of jobs) console.log("job", id);
 */
export class Channel<in out T> implements SendChannel<T>, ReceiveChannel<T> {
  readonly #state: ChannelState<T>;

  static {
    brand(this.prototype, "a Channel");
    channelStateOf = (channel) => (#state in channel ? (channel.#state as ChannelState<never>) : undefined);
  }

  /**
   * Makes an open channel. `capacity` is how many values it keeps, a whole number from 0 to 2^32 - 1; without it, 0.
   *
   * Errors: throws `RangeError` for any other capacity, with Go's sentence; its `cause` names the capacity. Throws `TypeError` for an
   * option that does not exist, and for a name that is not a string.
   */
  constructor(capacity: number = 0, options?: ChannelOptions) {
    if (!Number.isInteger(capacity) || capacity < 0 || capacity > 0xffff_ffff) {
      throw new RangeError("makechan: size out of range", { cause: `capacity is ${safeToString(capacity)}` });
    }
    this.#state = new ChannelState<T>(capacity, options === undefined ? "" : nameIn(options));
  }

  /**
   * Waits until a receiver, or the buffer, has taken `value`. Values leave in the order in which `send` was called.
   *
   * Errors: rejects with {@link PanicError} if the channel is closed, or is closed while this waits; no receiver gets the value. A send
   * that is not awaited is then an unhandled rejection, in both cases.
   *
   * Cancellation: a `select` of this send and `ctx.done()` can lose; a send that lost has not happened.
   */
  send(value: T): Promise<void> {
    const state = this.#state;
    if (state.closed) return rejected(new PanicError("send on closed channel"));
    if (state.trySend(value)) return resolved();
    const waiter = new ParkedOperation<T, void>(wakeSender, value);
    state.senders.push(waiter);
    park(waiter, chanSend, state.isDurable, state);
    return waiter.promise;
  }

  /**
   * Sends `value` if that can be done without waiting, and tells whether it has.
   *
   * `ch.trySend(v) || (await ch.send(v))` is the fast way to send: it costs no promise while nobody has to wait.
   *
   * Errors: throws {@link PanicError} if the channel is closed.
   */
  trySend(value: T): boolean {
    return this.#state.trySend(value);
  }

  /**
   * Waits for the oldest value.
   *
   * Closed: what is in the buffer still comes, in order; then every receive answers `{ value: undefined, ok: false }`.
   *
   * Cancellation: in a `select`, a receive that lost has taken nothing.
   */
  receive(): Promise<ReceiveResult<T>> {
    const state = this.#state;
    if (state.canReceive) return resolvedWith({ value: state.receiveNow(), ok: true });
    if (state.closed) return resolvedWith({ value: undefined, ok: false });
    const waiter = new ParkedOperation<T, ReceiveResult<T>>(wakeReceiver);
    state.awaitedBy(waiter);
    park(waiter, chanReceive, state.isDurable, state);
    return waiter.promise;
  }

  /** Receives if that can be done without waiting; else answers `undefined`. A closed, empty channel is no wait. */
  tryReceive(): ReceiveResult<T> | undefined {
    const state = this.#state;
    if (state.canReceive) return { value: state.receiveNow(), ok: true };
    return state.closed ? { value: undefined, ok: false } : undefined;
  }

  /**
   * Closes the channel: no more values will be sent. Wakes every receiver that waits; a sender that waits panics.
   *
   * Errors: throws {@link PanicError} if the channel is closed already.
   */
  close(): void {
    this.#state.close();
  }

  /** How many values are in the buffer; those of waiting senders are not. */
  get length(): number {
    return this.#state.isTimer ? 0 : this.#state.buffer.length;
  }

  /** How many values the buffer can keep. */
  get capacity(): number {
    return this.#state.isTimer ? 0 : this.#state.capacity;
  }

  /**
   * Receives until the channel is closed and empty. Several loops may share a channel: each value goes to one of them.
   * Leaving the loop early leaves the channel open, and every value that the loop has not been given where it is.
   *
   * Mirrors `for v := range ch`.
   */
  [Symbol.asyncIterator](): ChannelIterator<T> {
    return new RangeIterator<T>(this.#state);
  }
}

// The options of each context and timer are a name and nothing else, which is checked here without a list of the options.
function nameIn(options: ChannelOptions): string {
  let isKnown = typeof options === "object" && options !== null;
  for (const key in options) if (key !== "name") isKnown = false;
  if (!isKnown || typeof options.name !== "string") new Check("Channel").options(options, ["name"]);
  const { name = "" } = options;
  if (typeof name !== "string") throw new TypeError(`Channel: name must be a string, got ${describe(name)}`);
  return name;
}

function wakeReceiver<T>(waiter: ParkedOperation<T, ReceiveResult<T>>, mayDefer?: boolean): void {
  unpark(waiter, chanReceive);
  const { resolve: answer, realm: world, value, ok } = waiter;
  const result: ReceiveResult<T> = ok ? { value: value as T, ok } : { value: undefined, ok };
  resolveFairly(answer, result, world, mayDefer);
}

function wakeSender<T>(waiter: ParkedOperation<T, void>, mayDefer?: boolean): void {
  unpark(waiter, chanSend);
  if (waiter.ok) resolveFairly(waiter.resolve, undefined, waiter.realm, mayDefer);
  else rejectClosedSend(waiter);
}

/** Rejects an operation that waits, as a send on a closed channel. As always, a rejection that the caller ignores is unhandled. */
export function rejectClosedSend({
  resolve: answer,
  realm: world,
}: {
  resolve: (failure: never) => void;
  realm: Realm | undefined;
}): void {
  rejectFairly(answer, new PanicError("send on closed channel"), world);
}
