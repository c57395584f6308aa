// Event emitters: DOM targets, Node's emitters, and objects that are both, such as a WebSocket of the package ws.

import { describe } from "../util/validate.ts";
import { trackListener } from "../runtime/listener-tracking.ts";
import { toError, isError, tryOr } from "../util/inspect.ts";

/** An object that emits events: a DOM `EventTarget`, or Node's `EventEmitter` and similar objects. */
export type EmitterLike =
  | Pick<EventTarget, "addEventListener" | "removeEventListener">
  | {
      /** Adds a listener. */
      on(name: string, listener: Listener): unknown;
      /** Removes a listener. */
      off(name: string, listener: Listener): unknown;
    }
  | {
      /** Adds a listener. */
      on(name: string, listener: Listener): unknown;
      /** Removes a listener. */
      removeListener(name: string, listener: Listener): unknown;
    };

/** A listener. Emitters declare different types for theirs, and this type is assignable to all of them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Listener = (...args: any[]) => void;

/** Adds a listener and returns the function that removes it. */
export type Listen = (name: string, listener: Listener) => () => void;

/** The functions that add listeners to an emitter. */
export interface Listeners {
  readonly listen: Listen;
  readonly listenForErrors: Listen;

  /** The event that ends the process if it has no listener; false if there is none. */
  readonly defaultError: "error" | false;
}

/** Returns the functions that add listeners to `emitter`; throws `TypeError` for `caller` if it is not an emitter. */
export function listenersOf(caller: string, emitter: EmitterLike): Listeners {
  const { addEventListener, removeEventListener, on, off, removeListener } = Object(emitter) as Partial<
    Record<"addEventListener" | "removeEventListener" | "on" | "off" | "removeListener", Listener>
  >;
  const remove = off ?? removeListener;
  const isTarget = typeof addEventListener === "function" && typeof removeEventListener === "function";
  const isEmitter = typeof on === "function" && typeof remove === "function";
  if (!isTarget && !isEmitter)
    throw new TypeError(`${caller}: emitter must be an EventTarget or an EventEmitter, got ${describe(emitter)}`);

  function listenBy(add: Listener, remover: Listener): Listen {
    return (name, listener) => {
      add.call(emitter, name, listener);
      return trackListener(name, () => {
        if (isEmitter && name === "error") {
          // An earlier channel may have left this listener; one is enough.
          remove.call(emitter, name, ignoreLateError);
          on.call(emitter, name, ignoreLateError);
        }
        remover.call(emitter, name, listener);
      });
    };
  }
  const onTarget = isTarget ? listenBy(addEventListener, removeEventListener) : undefined;
  const onEmitter = isEmitter ? listenBy(on, remove) : undefined;
  return {
    listen: (onTarget ?? onEmitter) as Listen,
    listenForErrors: (onEmitter ?? onTarget) as Listen,
    defaultError: isEmitter && "error",
  };
}

function ignoreLateError(): void {
  // The channel that listened for errors has been closed.
}

/** Returns the error of an error event's argument: the argument itself, or the error or message of a DOM event. */
export function errorOf(argument: unknown): Error {
  if (isError(argument)) return argument;
  return tryOr(
    () => {
      const { type, error, message } = Object(argument) as { type?: unknown; error?: unknown; message?: unknown };
      if (isError(error)) return error;
      if (typeof message === "string" && message !== "") return new Error(message, { cause: argument });
      return typeof type === "string" ? new Error(`event ${type}`, { cause: argument }) : toError(argument);
    },
    () => toError(argument),
  );
}
