// Channels as users see them: promises on top of the synchronous state.

import { checkCancellation, throwIfCanceled } from "../runtime/cancelable-wait.ts";
import { setClosableStateOf, type WaitOptions } from "../runtime/cancellation.ts";
import { PanicError } from "../runtime/panic.ts";
import { rejected, resolved, resolvedWith } from "../runtime/scheduler.ts";
import { chanReceive, chanSend, park } from "../runtime/wait-reasons.ts";
import { ParkedOperation } from "../runtime/waiter.ts";
import { brand } from "../util/copies.ts";
import { printAsString, tryOr } from "../util/inspect.ts";
import { Check, describe } from "../util/validate.ts";
import { type ChannelIterator, RangeIterator } from "./channel-iterator.ts";
import { ChannelOperation } from "./channel-operation.ts";
import { ChannelState } from "./channel-state.ts";

/** The result of a receive: a value that was sent, or `ok: false` if the channel is closed and empty. */
export type ReceiveResult<T> =
  | {
      /** The value that was received. */
      readonly value: T;

      /** True: a value was received. */
      readonly ok: true;
    }
  | {
      /** Undefined: no value was received. */
      readonly value: undefined;

      /** False: the channel is closed, and its buffer is empty. */
      readonly ok: false;
    };

// Only the library's classes have these properties, in their types alone: an object that merely has the methods of an end does not
// compile where an end is expected. Their names appear in the errors of the compiler.
declare const notAReceiveChannel: unique symbol;
declare const notASendChannel: unique symbol;

/**
 * The receiving end of a channel: Go's `<-chan T`. It is a type; the object is the channel itself. Only the library's own objects are
 * assignable to it.
 */
export interface ReceiveChannel<out T> extends AsyncIterable<T> {
  /** @hidden */
  readonly [notAReceiveChannel]: T;

  /**
   * Receives the oldest value, waiting until there is one.
   *
   * Closed: the values in the buffer are received first, in order; then every receive returns `{ value: undefined, ok: false }`.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`; the receive has then taken nothing.
   *
   * @throws {TypeError} (rejects) for options that are unknown or of a wrong type.
   */
  readonly receive: (options?: WaitOptions) => Promise<ReceiveResult<T>>;

  /**
   * Receives the oldest value if that is possible without waiting; returns `undefined` otherwise.
   *
   * Closed: the values in the buffer are received first, in order; then every call returns `{ value: undefined, ok: false }`.
   */
  readonly tryReceive: () => ReceiveResult<T> | undefined;

  /**
   * Receives until the channel is closed and empty, or until the cancellation: the loop over the result then ends, without an error.
   *
   * Cancellation: the loop takes no value that it does not yield.
   *
   * @throws {TypeError} for options that are unknown or of a wrong type.
   */
  readonly values: (options?: WaitOptions) => ChannelIterator<T>;

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
  /** @hidden */
  readonly [notASendChannel]: (value: T) => void;

  /**
   * Sends `value`, waiting until a receiver or the buffer takes it. Values leave in the order in which `send` was called.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`; the send has then not happened.
   *
   * @throws {PanicError} (rejects) if the channel is closed, or is closed while waiting; {TypeError} (rejects) for options that are
   * unknown or of a wrong type.
   */
  readonly send: (value: T, options?: WaitOptions) => Promise<void>;

  /**
   * Sends `value` if that is possible without waiting, and reports whether it did.
   *
   * @throws {PanicError} if the channel is closed.
   */
  readonly trySend: (value: T) => boolean;

  /**
   * Closes the channel: no more values will be sent. Wakes every waiting receiver; a waiting sender panics.
   *
   * @throws {PanicError} if the channel is closed already.
   */
  readonly close: () => void;

  /** The number of values in the buffer. */
  readonly length: number;

  /** The number of values that the buffer can hold. */
  readonly capacity: number;
}

/** Options of a {@link Channel}. */
export interface ChannelOptions {
  /**
   * The name of the channel in traces, in snapshots, and in what `console.log` prints.
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
export let channelStateOf: <T>(channel: ReceiveChannel<T> | SendChannel<T>) => ChannelState<T> | undefined =
  stateBehind;

// The class has both brands. They are declared here, because a class cannot declare properties without a value by such names.

export interface Channel<in out T> {
  /** @hidden */
  readonly [notAReceiveChannel]: T;
  /** @hidden */
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
    setClosableStateOf((channel) => channelStateOf(channel as Channel<never>));
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
      throw new RangeError("makechan: size out of range", { cause: `capacity is ${describe(capacity)}` });
    }
    this.#state = state ?? new ChannelState<T>(capacity, options === undefined ? "" : nameIn(options));
  }

  /**
   * Sends `value`, waiting until a receiver or the buffer takes it. Values leave in the order in which `send` was called.
   *
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call; the send has then
   * not happened. A `send` case of `select` that loses has not happened either.
   *
   * @throws {PanicError} (rejects) if the channel is closed, or is closed while waiting; no receiver got the value. If the promise is not
   * awaited, this is an unhandled rejection. {TypeError} (rejects) for options that are unknown or of a wrong type.
   *
   * @example
   * const results = new Channel<number>();
   * const [ctx, cancel] = context.withTimeout(context.background(), 10);
   * using _ = defer(cancel);
   * await results.send(1, { ctx }).catch((error: Error) => console.log(error.message)); // context deadline exceeded
   */
  send(value: T, options?: WaitOptions): Promise<void> {
    const state = this.#state;
    if (options !== undefined) return sendCancelably(state, value, options);
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
   * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call and there is a
   * value; the receive has then taken nothing. A `receive` case of `select` that loses has taken nothing either.
   *
   * @throws {TypeError} (rejects) for options that are unknown or of a wrong type.
   *
   * @example
   * const jobs = new Channel<string>();
   * const controller = new AbortController();
   * go(() => controller.abort(new Error("shutting down")));
   * await jobs.receive({ signal: controller.signal }).catch((error: Error) => console.log(error.message)); // shutting down
   */
  receive(options?: WaitOptions): Promise<ReceiveResult<T>> {
    const state = this.#state;
    if (options !== undefined) return receiveCancelably(state, options);
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
    return new RangeIterator<T>(this.#state, null);
  }

  /**
   * Receives until the channel is closed and empty, as a loop over the channel itself, or until the cancellation: the loop then ends, without
   * an error. After the loop, `ctx.err()` or `signal.aborted` says which it was.
   *
   * Cancellation: the loop ends, also if that was before it and there are values; it takes no value that it does not yield.
   *
   * @throws {TypeError} for options that are unknown or of a wrong type.
   *
   * @example
   * const ticks = new time.Ticker(10);
   * using _ = defer(() => ticks.stop());
   * const [ctx, cancel] = context.withTimeout(context.background(), 35);
   * using __ = defer(cancel);
   * let count = 0;
   * for await (const _tick of ticks.c.values({ ctx })) count++;
   * console.log(count); // 3
   */
  values(options?: WaitOptions): ChannelIterator<T> {
    return new RangeIterator<T>(this.#state, options === undefined ? null : checkCancellation(valuesCheck, options));
  }
}

const sendCheck = /* @__PURE__ */ new Check("Channel.send");
const receiveCheck = /* @__PURE__ */ new Check("Channel.receive");
const valuesCheck = /* @__PURE__ */ new Check("Channel.values");

function sendCancelably<T>(state: ChannelState<T>, value: T, options: WaitOptions): Promise<void> {
  try {
    const cancellation = checkCancellation(sendCheck, options);
    throwIfCanceled(cancellation);
    if (state.sendIfReady(value)) return resolved();
    const waiter = new ChannelOperation<T, void>(state, wakeSender, chanSend, value);
    state.senders.push(waiter);
    return waiter.park(cancellation);
  } catch (error) {
    return rejected(error);
  }
}

function receiveCancelably<T>(state: ChannelState<T>, options: WaitOptions): Promise<ReceiveResult<T>> {
  try {
    const cancellation = checkCancellation(receiveCheck, options);
    throwIfCanceled(cancellation);
    if (state.canReceive) return resolvedWith({ value: state.receiveNow(), ok: true });
    if (state.closed) return resolvedWith({ value: undefined, ok: false });
    const waiter = new ChannelOperation<T, ReceiveResult<T>>(state, wakeReceiver, chanReceive);
    state.pushReceiver(waiter);
    return waiter.park(cancellation);
  } catch (error) {
    return rejected(error);
  }
}

// Separate from the check for a Channel, which is inlined. A proxy may throw.
function stateBehind<T>(end: object): ChannelState<T> | undefined {
  return tryOr(
    () => (end as { readonly [endState]?: ChannelState<T> })[endState],
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
