// Channels of events. An emitter cannot be made to wait, so the caller decides what happens to an event for which there is no room.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import { onCancel } from "../context/cancel.ts";
import type { Context } from "../context/context.ts";
import { background } from "../context/api.ts";
import { Check, describe } from "../util/validate.ts";
import { closeIfOpen, Ending, report } from "./ending.ts";
import { type EmitterLike, errorOf, type Listen, type Listener, listenersOf } from "./emitter.ts";

/** A channel of events. */
export interface EventChannel<out T> extends ReceiveChannel<T> {
  /** How many events have been dropped because the channel was full. */
  readonly dropped: number;

  /**
   * Returns the failure that has ended the channel; `undefined` while the channel is open, and after any other end. Ask it when a loop
   * over the channel is over.
   *
   * Mirrors `bufio.Scanner.Err`.
   */
  readonly err: () => Error | undefined;
}

/** Options of {@link fromEvents}. */
export interface FromEventsOptions<T> {
  /**
   * When it ends, the listeners are removed and the channel is closed.
   *
   * @defaultValue a context that never ends
   */
  readonly ctx?: Context;

  /**
   * How many events the channel buffers: an integer from 1 to 2^32 - 1.
   *
   * @defaultValue 16
   */
  readonly capacity?: number;

  /**
   * What happens to an event for which there is no room: "drop-newest" drops it; "drop-oldest" drops the oldest event in the channel
   * instead; "error" ends the channel with a `RangeError`, as a failure of the emitter does.
   *
   * @defaultValue "drop-newest"
   */
  readonly overflow?: "error" | "drop-newest" | "drop-oldest";

  /** Called with each event that is dropped. */
  readonly onDrop?: (event: T) => void;

  /**
   * The name of the event after which there are no more, such as "close".
   *
   * @defaultValue none
   */
  readonly endEvent?: string;

  /**
   * The name of the event that reports a failure, which ends the channel. With `false`, errors are left to the application: as
   * always in Node, an emitter without any listener for "error" throws them.
   *
   * @defaultValue "error" for an emitter with `on`; none for an `EventTarget` without it
   */
  readonly errorEvent?: string | false;

  /** Called with a failure, just before the channel is closed. {@link EventChannel.err} returns it too. */
  readonly onError?: (error: Error) => void;
}

const names = ["ctx", "capacity", "overflow", "onDrop", "endEvent", "errorEvent", "onError"];
const aliases = {
  signal: "ctx",
  buffer: "capacity",
  highWaterMark: "capacity",
  overflow: "overflow",
  end: "endEvent",
  error: "errorEvent",
  close: "endEvent",
};
const policies = ["error", "drop-newest", "drop-oldest"];

/** The names for which `E` has a property such as `onclick`, as objects of the DOM have for the events that they dispatch. */
type HandledName<E> = {
  [K in keyof E]: K extends `on${infer Name}` ? (unknown extends HandledEvent<E, Name> ? never : Name) : never;
}[keyof E];

type HandledEvent<E, Name extends string> =
  E extends Readonly<Record<`on${Name}`, infer Handler>>
    ? NonNullable<Handler> extends (event: infer Event) => unknown
      ? Event
      : unknown
    : unknown;

/**
 * Returns a channel of the events called `name`: of a DOM target the `Event`, of an emitter the first argument. It listens from the call
 * until the event `end`, a failure, or the end of `ctx`. Then it removes its listeners and closes the channel, in which the events before
 * the end still are.
 *
 * An emitter cannot be made to wait. At most `capacity` events are buffered, and `overflow` decides about others; by default they are
 * dropped and counted. A source that can wait, such as a stream, is better passed to {@link fromIterable}.
 *
 * A failure is the event "error" of an emitter with `on`, or what the option `error` names. It is passed to `onError`, and then `err()` of the
 * channel returns it. It is not a panic. After the end a shared listener without effect stays on an emitter whose "error" events were
 * listened to, so that a late one does not end the process.
 *
 * @throws {TypeError} if `emitter` cannot be listened to, or for an option that is unknown or of a wrong type.
 * @throws {RangeError} for a capacity out of range.
 *
 * @see `signal.Notify` of Go, which drops the newest too
 *
 * @example
 * const target = new EventTarget();
 * const [ctx, cancel] = context.withCancel(context.background());
 * const events = fromEvents<Event>(target, "tick", { ctx });
 * target.dispatchEvent(new Event("tick"));
 * console.log((await events.receive()).value?.type);
 * cancel();
 */
export function fromEvents<E extends EmitterLike, Name extends HandledName<E> & string>(
  emitter: E,
  name: Name,
  options?: FromEventsOptions<HandledEvent<E, Name>>,
): EventChannel<HandledEvent<E, Name>>;
export function fromEvents<T = unknown>(
  emitter: EmitterLike,
  name: string,
  options?: FromEventsOptions<T>,
): EventChannel<T>;
export function fromEvents<T>(emitter: EmitterLike, name: string, options: FromEventsOptions<T> = {}): EventChannel<T> {
  const check = new Check("fromEvents");
  check.options(options, names, aliases);
  const { ctx = background(), capacity = 16, overflow = "drop-newest", onDrop, onError, endEvent } = options;
  const { listen, listenForErrors, defaultError } = listenersOf("fromEvents", emitter);
  const errorEvent = options.errorEvent ?? defaultError;
  if (typeof name !== "string") throw new TypeError(`fromEvents: name must be a string, got ${describe(name)}`);
  if (!policies.includes(overflow)) {
    const known = policies.map((policy) => `"${policy}"`).join(", ");
    throw new TypeError(`fromEvents: overflow must be one of ${known}, got ${describe(overflow)}`);
  }
  if (endEvent !== undefined && typeof endEvent !== "string")
    throw new TypeError(`fromEvents: endEvent must be a string, got ${describe(endEvent)}`);
  if (errorEvent !== false && typeof errorEvent !== "string")
    throw new TypeError(`fromEvents: errorEvent must be a string or false, got ${describe(errorEvent)}`);
  check.isContext("ctx", ctx);
  check.isFunction("onDrop", onDrop);
  check.isFunction("onError", onError);
  const channel = new Events<T>(check.count("capacity", 1, capacity, 0xffff_ffff));
  const ending = new Ending();

  function finish(): void {
    if (ending.decide()) closeIfOpen(channel);
  }
  function fail(reason: unknown): void {
    if (!ending.decide()) return;
    channel.failure = errorOf(reason);
    if (onError !== undefined) report(channel.failure, onError);
    closeIfOpen(channel);
  }
  function onEvent(event: T): void {
    // An emitter calls a listener that was removed while it emits.
    if (ending.isOver) return;
    try {
      if (channel.trySend(event)) return;
    } catch (closed) {
      fail(closed);
      return;
    }
    if (overflow === "error") {
      fail(
        new RangeError(`fromEvents: the channel is full (capacity ${capacity}) at event ${name}; see option overflow`),
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
  // A listener of the emitter's own may end the channel while this adds listeners.
  function add(to: Listen, event: string, listener: Listener): void {
    if (!ending.isOver) ending.onEnd(to(event, listener));
  }

  ending.onEnd(onCancel(ctx, finish));
  try {
    add(listen, name, onEvent);
    if (endEvent !== undefined) add(listen, endEvent, finish);
    if (errorEvent !== false && errorEvent !== name) add(listenForErrors, errorEvent, fail);
  } catch (refused) {
    finish();
    throw refused;
  }
  return channel;
}

class Events<T> extends Channel<T> implements EventChannel<T> {
  dropped = 0;
  failure: Error | undefined;
  readonly err = (): Error | undefined => this.failure;
}
