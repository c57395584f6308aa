// A channel of events. Whoever emits them waits for nobody, so what the channel has no room for must be somebody's decision.

import { Channel, type ReceiveChannel } from "../channel/channel.ts";
import type { Context } from "../context/context.ts";
import { afterFunc, background } from "../context/namespace.ts";
import { Check } from "../goroutine/check.ts";
import { listening } from "../goroutine/ears.ts";
import { asError, asText } from "../goroutine/foreign.ts";
import { go } from "../goroutine/go.ts";

/** What emits events: a DOM `EventTarget`, or Node's `EventEmitter` and its like. */
export type Emitter =
  | Pick<EventTarget, "addEventListener" | "removeEventListener">
  | { on(name: string, listener: Listener): unknown; off(name: string, listener: Listener): unknown };

// Emitters type their listeners in many ways; this one fits all of them.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Listener = (...args: any[]) => void;

export interface EventOptions<T> {
  /** When it ends, the listeners are removed and the channel is closed. Default: never. */
  readonly ctx?: Context;

  /** How many events the channel keeps, a whole number from 1 to 2^32 - 1. Default: 16. */
  readonly capacity?: number;

  /**
   * What happens to an event for which there is no room: "fail" ends the channel with a `RangeError`, as a failure of the
   * emitter; "drop-newest" drops it; "drop-oldest" drops the oldest event in the channel instead. Default: "fail".
   */
  readonly whenFull?: "fail" | "drop-newest" | "drop-oldest";

  /** Hears of each event that is dropped. */
  readonly onDrop?: (event: T) => void;

  /** The name of the event after which no more will come, such as "close". Default: none. */
  readonly end?: string;

  /** The name of the event that tells of a failure. Default: none for an `EventTarget`, "error" for an emitter. */
  readonly error?: string;

  /** Hears of a failure, just before the channel is closed. Without it, a failure is a panic. */
  readonly onError?: (error: Error) => void;
}

/**
 * A channel of the events called `name`: of a DOM target the `Event`, of an emitter its first argument. It listens from now on
 * until the event `end`, until a failure, or until `ctx` ends; then it removes its listeners and closes the channel, in which
 * what has come before still is.
 *
 * Who emits cannot be made to wait, so at most `capacity` events are kept, and `whenFull` says what becomes of others. Where
 * a source can wait, such as a stream, take {@link fromIterable}.
 *
 * Errors: throws `TypeError` or `RangeError` for arguments that make no sense.
 *
 * Mirrors `signal.Notify`, which drops the newest.
 *
 * @example
 * const target = new EventTarget();
 * const [ctx, cancel] = context.withCancel(context.background());
 * const events = fromEvents<Event>(target, "tick", { ctx });
 * target.dispatchEvent(new Event("tick"));
 * console.log((await events.receive()).value?.type);
 * cancel();
 */
export function fromEvents<T = unknown>(
  emitter: Emitter,
  name: string,
  options: EventOptions<T> = {},
): ReceiveChannel<T> {
  const { ctx = background(), capacity = 16, whenFull = "fail", onDrop, onError, end } = options;
  const check = new Check("fromEvents");
  const hear = listenerOf(emitter);
  if (typeof name !== "string") throw new TypeError(`fromEvents: name must be a string, got ${asText(name)}`);
  if (!["fail", "drop-newest", "drop-oldest"].includes(whenFull))
    throw new TypeError(`fromEvents: whenFull must be "fail", "drop-newest" or "drop-oldest", got ${asText(whenFull)}`);
  check.isContext("ctx", ctx);
  check.isFunction("onDrop", onDrop);
  check.isFunction("onError", onError);
  const channel = new Channel<T>(check.count("capacity", 1, capacity, 0xffff_ffff));
  const error = options.error ?? ("addEventListener" in emitter ? undefined : "error");
  const silences: (() => unknown)[] = [];

  function close(): void {
    for (const silence of silences.splice(0)) silence();
    channel.close();
  }
  function fail(reason: unknown): void {
    try {
      if (onError !== undefined) onError(asError(reason));
      else go(() => Promise.reject(asError(reason)));
    } finally {
      close();
    }
  }
  function take(event: T): void {
    if (channel.trySend(event)) return;
    if (whenFull === "fail") {
      fail(new RangeError(`fromEvents: nobody has taken the last ${capacity} events called ${name}`));
    } else if (whenFull === "drop-newest") {
      onDrop?.(event);
    } else {
      const oldest = channel.tryReceive();
      channel.trySend(event);
      if (oldest?.ok === true) onDrop?.(oldest.value);
    }
  }

  if (ctx.err() !== undefined) {
    channel.close();
    return channel;
  }
  silences.push(hear(name, take as Listener));
  if (end !== undefined) silences.push(hear(end, close));
  if (error !== undefined && error !== name) silences.push(hear(error, fail));
  silences.push(afterFunc(ctx, close));
  return channel;
}

type Hear = (name: string, listener: Listener) => () => void;

function listenerOf(emitter: Emitter): Hear {
  const { addEventListener, on, off } = (emitter ?? {}) as Partial<EventTarget & Record<"on" | "off", Listener>>;
  if (typeof addEventListener === "function") {
    const target = emitter as EventTarget;
    return (name, listener) => {
      target.addEventListener(name, listener);
      return listening(name, () => target.removeEventListener(name, listener));
    };
  }
  if (typeof on !== "function" || typeof off !== "function")
    throw new TypeError(`fromEvents: emitter must be an EventTarget or an EventEmitter, got ${asText(emitter)}`);
  return (name, listener) => {
    on.call(emitter, name, listener);
    return listening(name, () => off.call(emitter, name, listener));
  };
}
