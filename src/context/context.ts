// The interface of all contexts.

import type { ReceiveChannel } from "../channel/channel.ts";

/**
 * Carries a cancellation signal, a deadline and request-scoped values. A function takes it as its first parameter, named `ctx`.
 *
 * Users may implement it: contexts derived from such a context follow its `done()`.
 *
 * @see [context.Context](https://pkg.go.dev/context#Context)
 */
export interface Context {
  /** Returns the channel that is closed when the context is canceled: the same one each time. It stays open if nothing can cancel it. */
  done(): ReceiveChannel<never>;

  /** Returns why `done()` is closed: a `Canceled` or a `DeadlineExceeded`; `undefined` while it is open. */
  err(): Error | undefined;

  /** Returns when the context will be canceled, in milliseconds since the epoch; `undefined` without a deadline. */
  deadline(): number | undefined;

  /**
   * Returns the value for `key` of the nearest context above that has one; `undefined` if there is none. The value of a {@link Key} has the
   * type of the key.
   */
  value<K>(key: K): K extends Key<infer T> ? T | undefined : unknown;

  /**
   * An `AbortSignal` that aborts when the context is canceled, for `fetch` and similar functions. Its reason is the cause. It is created at
   * the first access.
   */
  readonly signal: AbortSignal;
}

declare const valueType: unique symbol;

/** A key for values of type `T`. Keys are compared by identity, and not by name. */
export interface Key<in out T> {
  /** The name of the key, in reports. */
  readonly name: string;

  /** @hidden */
  readonly [valueType]: (value: T) => T;
}
