// What a context is.

import type { ReceiveChannel } from "../channel/channel.ts";

/**
 * Tells those who work for somebody when to give up, and carries what belongs to a request. It is passed as the first
 * parameter, named `ctx`.
 *
 * You may implement it yourself: contexts derived from yours follow its `done()`.
 *
 * Mirrors `context.Context`.
 */
export interface Context {
  /** The channel that is closed when the work should stop; the same one each time. It never is, if nothing can end it. */
  done(): ReceiveChannel<never>;

  /** Why `done()` is closed: a `Canceled` or a `DeadlineExceeded`; `undefined` while it is open. */
  err(): Error | undefined;

  /** When the context will end by itself, in milliseconds since the epoch; `undefined` if never. */
  deadline(): number | undefined;

  /** What the nearest context above has for `key`, or `undefined`. */
  value<T>(key: Key<T>): T | undefined;
  value(key: unknown): unknown;

  /** The same end as an `AbortSignal`, for `fetch` and its like. Its reason is the cause. It is made when asked for. */
  readonly signal: AbortSignal;
}

declare const carries: unique symbol;

/** A key for values of type `T`. Two keys are two keys, whatever their names. */
export interface Key<in out T> {
  readonly name: string;
  readonly [carries]: (value: T) => T;
}
