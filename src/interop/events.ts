// Channels of events. An emitter cannot be slowed down, so the caller chooses what happens to an event when the channel is full.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { checkOverflow, type DropPolicy, dropPolicies } from "../channel/lossy-channel.ts";
import { onCancel } from "../context/cancel.ts";
import { contextOf } from "../context/wait-context.ts";
import { type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import { background } from "../context/derive.ts";
import { Check, checkCount, checkOptionalFunction, describe } from "../util/validate.ts";
import { closeIfOpen, Ending, report } from "./ending.ts";
import type { EventName, EventOf } from "./event-types.ts";
import { type EmitterLike, errorOf, type Listen, type Listener, listenersOf } from "./emitter.ts";

/** A channel of events. */
export interface EventChannel<out T> extends ReceiveChannel<T> {
  /** The number of events that were dropped because the channel was full. */
  readonly dropped: number;

  /**
   * Returns the error because of which the channel was closed; `undefined` while the channel is open, and if it was closed for another
   * reason. Check it after a loop over the channel.
   *
   * @see [Scanner.Err](https://pkg.go.dev/bufio#Scanner.Err) of package bufio, which works alike
   */
  readonly err: () => Error | undefined;
}

/** Options of {@link fromEvents}. When `ctx` is canceled or `signal` aborts, the listeners are removed and the channel is closed. */
export interface FromEventsOptions<T> extends WaitOptions {
  /**
   * The capacity of the channel: an integer from 1 to 2^32 - 1.
   *
   * @defaultValue 16
   */
  readonly capacity?: number;

  /**
   * The treatment of an event when the channel is full: "drop-newest" drops it; "drop-oldest" drops the oldest event in the channel
   * instead; "error" closes the channel with a `RangeError`, as an error event does.
   *
   * @defaultValue "drop-newest"
   */
  readonly overflow?: "error" | DropPolicy;

  /** Called with each event that is dropped. */
  readonly onDrop?: (event: T) => void;

  /**
   * The name of the event that closes the channel, such as "close".
   *
   * @defaultValue none
   */
  readonly endEvent?: string;

  /**
   * The name of the event that reports an error and closes the channel. With `false`, no listener is added for errors: in Node, an
   * emitter without a listener for "error" throws them.
   *
   * @defaultValue "error" for an emitter with `on`; none for an `EventTarget` without it
   */
  readonly errorEvent?: string | false;

  /** Called with the error, just before the channel is closed. {@link EventChannel.err} returns it too. */
  readonly onError?: (error: Error) => void;
}

const optionNames = [...waitOptionNames, "capacity", "overflow", "onDrop", "endEvent", "errorEvent", "onError"];
const aliases = {
  buffer: "capacity",
  highWaterMark: "capacity",
  whenFull: "overflow",
  end: "endEvent",
  error: "errorEvent",
  close: "endEvent",
};
const policies = ["error", ...dropPolicies];

/**
 * Returns a channel of the events called `name`: the `Event` objects of a DOM target, or the first arguments of an emitter's events. It
 * listens until the event `endEvent`, an error, or the cancellation. Then it removes its listeners and closes the channel; the events in
 * the buffer can still be received.
 *
 * An emitter cannot be slowed down. At most `capacity` events are buffered, and `overflow` decides about others; by default they are
 * dropped and counted. For a source that can be slowed down, such as a stream, use {@link fromIterable}.
 *
 * The argument of the event "error" of an emitter with `on`, or of `errorEvent`, is passed to `onError`, and `err()` of the channel
 * returns it. It is not a panic. A shared no-op listener stays on an emitter with an "error" event, so that a later one does not end the
 * process.
 *
 * Cancellation: with `ctx` or `signal`, the listeners are then removed and the channel is closed.
 *
 * @throws {TypeError} if `emitter` cannot be listened to, or for an option that is unknown or of a wrong type.
 * @throws {RangeError} for a capacity out of range.
 *
 * @see [signal.Notify](https://pkg.go.dev/os/signal#Notify), which drops the newest too
 *
 * @example
 * const target = new EventTarget();
 * const [ctx, cancel] = context.withCancel(context.background());
 * const events = fromEvents<Event>(target, "tick", { ctx });
 * target.dispatchEvent(new Event("tick"));
 * console.log((await events.receive()).value?.type);
 * cancel();
 */
export function fromEvents<E extends EmitterLike, Name extends EventName<E> & string>(
  emitter: E,
  name: Name,
  options?: FromEventsOptions<EventOf<E, Name>>,
): EventChannel<EventOf<E, Name>>;
/**
 * Returns a channel of the events called `name`, for an emitter whose type does not say what its events are: `T` is the type of the values.
 * The channel buffers at most `capacity` events, drops others by default, and is closed by the event `endEvent`, an error, or the cancellation.
 *
 * @throws {TypeError} if `emitter` cannot be listened to, or for an option that is unknown or of a wrong type.
 * @throws {RangeError} for a capacity out of range.
 */
export function fromEvents<T = unknown>(
  emitter: EmitterLike,
  name: string,
  options?: FromEventsOptions<T>,
): EventChannel<T>;
export function fromEvents<T>(emitter: EmitterLike, name: string, options: FromEventsOptions<T> = {}): EventChannel<T> {
  const check = new Check("fromEvents");
  check.options(options, optionNames, aliases);
  const ctx = contextOf(check, options) ?? background();
  const { capacity = 16, overflow = "drop-newest", onDrop, onError, endEvent } = options;
  const { listen, listenForErrors, defaultError } = listenersOf("fromEvents", emitter);
  const errorEvent = options.errorEvent ?? defaultError;
  if (typeof name !== "string") throw new TypeError(`fromEvents: name must be a string, got ${describe(name)}`);
  checkOverflow(check, overflow, policies);
  if (endEvent !== undefined && typeof endEvent !== "string")
    throw new TypeError(`fromEvents: endEvent must be a string, got ${describe(endEvent)}`);
  if (errorEvent !== false && typeof errorEvent !== "string")
    throw new TypeError(`fromEvents: errorEvent must be a string or false, got ${describe(errorEvent)}`);
  checkOptionalFunction(check, "onDrop", onDrop);
  checkOptionalFunction(check, "onError", onError);
  const channel = new Events<T>(checkCount(check, "capacity", 1, capacity, 0xffff_ffff));
  const ending = new Ending();

  function finish(): void {
    if (ending.decide()) closeIfOpen(channel);
  }
  function fail(argument: unknown): void {
    if (!ending.decide()) return;
    channel.failure = errorOf(argument);
    if (onError !== undefined) report(channel.failure, onError);
    closeIfOpen(channel);
  }
  function onEvent(event: T): void {
    // An emitter may call a listener that was removed during the same event.
    if (ending.isOver) return;
    try {
      if (channel.trySend(event)) return;
    } catch (closed) {
      fail(closed);
      return;
    }
    if (overflow === "error") {
      fail(
        new RangeError(
          `fromEvents: channel is full (capacity ${capacity}), event "${name}" overflowed; see the overflow option`,
        ),
      );
      return;
    }
    let dropped = event;
    if (overflow === "drop-oldest") {
      dropped = channel.tryReceive()?.value as T;
      channel.trySend(event);
    }
    channel.dropped++;
    onDrop?.(dropped);
  }
  // Adding a listener runs code of the emitter, which may emit an event that closes the channel.
  function add(to: Listen, event: string, listener: Listener): void {
    if (!ending.isOver) ending.onEnd(to(event, listener));
  }

  ending.onEnd(onCancel(ctx, finish));
  try {
    add(listen, name, onEvent);
    if (endEvent !== undefined) add(listen, endEvent, finish);
    if (errorEvent !== false && errorEvent !== name) add(listenForErrors, errorEvent, fail);
  } catch (error) {
    finish();
    throw error;
  }
  return channel;
}

class Events<T> extends Channel<T> implements EventChannel<T> {
  dropped = 0;
  failure: Error | undefined;
  readonly err = (): Error | undefined => this.failure;
}
