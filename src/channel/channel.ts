// Channels as users see them: promises on top of the synchronous state.

import { PanicError } from "../runtime/panic.ts";
import { rejected, resolved, resolvedWith } from "../runtime/scheduler.ts";
import { chanReceive, chanSend, park } from "../runtime/wait-reasons.ts";
import { ParkedOperation } from "../runtime/waiter.ts";
import { brand } from "../util/copies.ts";
import { printAsString, safeToString, tryOr } from "../util/inspect.ts";
import { Check, describe } from "../util/validate.ts";
import { type ChannelIterator, RangeIterator } from "./channel-iterator.ts";
import { ChannelState } from "./channel-state.ts";

/** The result of a receive: a value that was sent, or `ok: false` if the channel is closed and empty. */
export type ReceiveResult<T> =
  { readonly value: T; readonly ok: true } | { readonly value: undefined; readonly ok: false };

// Only the library's classes have these properties, in their types alone: an object that merely has the methods of an end does not
// compile where an end is expected. Their names appear in the errors of the compiler.
declare const notAReceiveChannel: unique symbol;
declare const notASendChannel: unique symbol;

/**
 * The receiving end of a channel: Go's `<-chan T`. It is a type; the object is the channel itself. Only the library's own objects are
 * assignable to it.
 */
export interface ReceiveChannel<out T> extends AsyncIterable<T> {
  readonly [notAReceiveChannel]: T;

  /** See {@link Channel.receive}. */
  readonly receive: () => Promise<ReceiveResult<T>>;

  /** See {@link Channel.tryReceive}. */
  readonly tryReceive: () => ReceiveResult<T> | undefined;

  /** The number of values in the buffer. */
  readonly length: number;

  /** The number of values that the buffer can hold. */
  readonly capacity: number;
}

// The operations of both ends are properties and not methods: TypeScript compares methods bivariantly, so that a Channel<Dog> would be
// assignable to SendChannel<Animal>.

/**
 * The sending end of a channel: Go's `chan<- T`. It is a type; the object is the channel itself. Only the library's own objects are
 * assignable to it.
 */
export interface SendChannel<in T> {
  readonly [notASendChannel]: (value: T) => void;

  /** See {@link Channel.send}. */
  readonly send: (value: T) => Promise<void>;

  /** See {@link Channel.trySend}. */
  readonly trySend: (value: T) => boolean;

  /** See {@link Channel.close}. */
  readonly close: () => void;

  /** The number of values in the buffer. */
  readonly length: number;

  /** The number of values that the buffer can hold. */
  readonly capacity: number;
}

/** Options of a {@link Channel}. */
export interface ChannelOptions {
  /**
   * The name of the channel in reports, traces and snapshots.
   *
   * @defaultValue none
   */
  readonly name?: string;
}

/**
 * The property by which an end that is not a `Channel` refers to the state of the channel that it stands for. Every function that takes
 * an end then accepts it; a subpath implements an end by this property and the type of one of the interfaces.
 */
export const endState: unique symbol = Symbol("goro.endState");

/** Returns the state of a channel or of another end of the library; undefined for other objects. */
export let channelStateOf: <T>(channel: ReceiveChannel<T> | SendChannel<T>) => ChannelState<T> | undefined;

// The class has both brands. They are declared here, because a class cannot declare properties without a value by such names.

export interface Channel<in out T> {
  readonly [notAReceiveChannel]: T;
  readonly [notASendChannel]: (value: T) => void;
}

/**
 * A queue through which goroutines exchange values, first in, first out. Without a capacity, a send waits until a receiver takes the
 * value; with one, up to that many values are buffered. Values are received as they were sent and not copied, including `undefined`,
 * promises and other thenables.
 *
 * @see [channel types](https://go.dev/ref/spec#Channel_types) of the language, and `runtime/chan.go`
 *
 * @example
 * const jobs = new Channel<number>(3);
 * go(async () => {
 *   for (const id of [1, 2, 3]) await jobs.send(id);
 *   jobs.close();
 * });
 * for await (const id of jobs) console.log("job", id);
 */
// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Channel<in out T> implements SendChannel<T>, ReceiveChannel<T> {
  readonly #state: ChannelState<T>;

  static {
    brand(this.prototype, "a Channel");
    printAsString(this.prototype);
    channelStateOf = (channel) => (#state in channel ? (channel.#state as ChannelState<never>) : stateBehind(channel));
  }

  /**
   * Makes an open channel.
   *
   * @param capacity - the number of values that the buffer can hold: an integer from 0 to 2^32 - 1
   * @throws {RangeError} for any other capacity, with Go's message; its `cause` names the capacity.
   * @throws {TypeError} for an unknown option, or a name that is not a string.
   */
  constructor(capacity?: number, options?: ChannelOptions);
  /** @internal A channel of another kind, which is what its state is. */
  constructor(capacity: number, options: undefined, state: ChannelState<T>);
  constructor(capacity: number = 0, options?: ChannelOptions, state?: ChannelState<T>) {
    if (!Number.isInteger(capacity) || capacity < 0 || capacity > 0xffff_ffff) {
      throw new RangeError("makechan: size out of range", { cause: `capacity is ${safeToString(capacity)}` });
    }
    this.#state = state ?? new ChannelState<T>(capacity, options === undefined ? "" : nameIn(options));
  }

  /**
   * Sends `value`, waiting until a receiver or the buffer takes it. Values leave in the order in which `send` was called.
   *
   * Cancellation: use `select` with this send and `ctx.done()`; a send case that loses has not happened.
   *
   * @throws {PanicError} (rejects) if the channel is closed, or is closed while waiting; no receiver got the value. If the promise is not
   * awaited, this is an unhandled rejection.
   */
  send(value: T): Promise<void> {
    const state = this.#state;
    if (state.closed) return rejected(new PanicError("send on closed channel"));
    if (state.sendNow(value)) return resolved();
    const waiter = new ParkedOperation<T, void>(wakeSender, value);
    state.senders.push(waiter);
    park(waiter, chanSend, state.isDurable, state);
    return waiter.promise;
  }

  /**
   * Sends `value` if that is possible without waiting, and reports whether it did.
   *
   * `ch.trySend(v) || (await ch.send(v))` is the fast way to send: it creates no promise unless it waits.
   *
   * @throws {PanicError} if the channel is closed.
   */
  trySend(value: T): boolean {
    return this.#state.trySend(value);
  }

  /**
   * Receives the oldest value, waiting until there is one.
   *
   * Closed: the values in the buffer are received first, in order; then every receive returns `{ value: undefined, ok: false }`.
   *
   * Cancellation: use `select` with this receive and `ctx.done()`; a receive case that loses has taken nothing.
   */
  receive(): Promise<ReceiveResult<T>> {
    const state = this.#state;
    if (state.canReceive) return resolvedWith({ value: state.receiveNow(), ok: true });
    if (state.closed) return resolvedWith({ value: undefined, ok: false });
    const waiter = new ParkedOperation<T, ReceiveResult<T>>(wakeReceiver);
    state.pushReceiver(waiter);
    park(waiter, chanReceive, state.isDurable, state);
    return waiter.promise;
  }

  /**
   * Receives the oldest value if that is possible without waiting; returns `undefined` otherwise.
   *
   * Closed: as of {@link Channel.receive}.
   */
  tryReceive(): ReceiveResult<T> | undefined {
    const state = this.#state;
    if (state.canReceive) return { value: state.receiveNow(), ok: true };
    return state.closed ? { value: undefined, ok: false } : undefined;
  }

  /**
   * Closes the channel: no more values will be sent. Wakes every waiting receiver; a waiting sender panics.
   *
   * @throws {PanicError} if the channel is closed already.
   */
  close(): void {
    this.#state.close();
  }

  /** The number of values in the buffer; values of waiting senders are not counted. */
  get length(): number {
    return this.#state.isTimer ? 0 : this.#state.buffer.length;
  }

  /** The number of values that the buffer can hold. */
  get capacity(): number {
    return this.#state.isTimer ? 0 : this.#state.capacity;
  }

  /** The state of the channel, such as `Channel(jobs) 2/10, 1 receiver waiting`. */
  toString(): string {
    return this.#state.describe();
  }

  /**
   * Receives until the channel is closed and empty. Several loops may share a channel: each value goes to one of them.
   * A loop that is left early leaves the channel open, and takes no value that it has not yielded.
   *
   * @see [for range](https://go.dev/ref/spec#For_range) over a channel
   */
  [Symbol.asyncIterator](): ChannelIterator<T> {
    return new RangeIterator<T>(this.#state);
  }
}

// Separate from the check for a Channel, which is inlined. A proxy may throw.
function stateBehind(end: object): ChannelState<never> | undefined {
  return tryOr(
    () => (end as { readonly [endState]?: ChannelState<never> })[endState],
    () => undefined,
  );
}

// Each context and timer creates a channel with a name and nothing more, which is checked here without a list of the options.
function nameIn(options: ChannelOptions): string {
  let isKnown = typeof options === "object" && options !== null;
  for (const key in options) if (key !== "name") isKnown = false;
  if (!isKnown || typeof options.name !== "string") new Check("Channel").options(options, ["name"]);
  const { name = "" } = options;
  if (typeof name !== "string") throw new TypeError(`Channel: name must be a string, got ${describe(name)}`);
  return name;
}

function wakeReceiver<T>(waiter: ParkedOperation<T, ReceiveResult<T>>, mayDefer?: boolean): void {
  const { value, ok } = waiter;
  waiter.resume(chanReceive, ok ? { value: value as T, ok } : { value: undefined, ok }, mayDefer);
}

function wakeSender<T>(waiter: ParkedOperation<T, void>, mayDefer?: boolean): void {
  if (waiter.ok) waiter.resume(chanSend, undefined, mayDefer);
  else waiter.resumeWithError(chanSend, new PanicError("send on closed channel"));
}
