// The options by which a call that waits can be canceled. A call takes a context or an AbortSignal, by these names, in the options
// object that is its last argument.

import type { Check } from "../util/validate.ts";
import { describe, isContext, isSignal } from "../util/validate.ts";
import { fromSignal } from "./signals.ts";
import { causeOf, neverDone, onCancel } from "./cancel.ts";
import type { Context } from "./context.ts";

/** The options of a call that waits: a context or an AbortSignal, but not both. Without either, the wait cannot be canceled. */
export interface WaitOptions {
  /** Cancels the wait when it is canceled. The call then rejects with `ctx.err()`. */
  readonly ctx?: Context | undefined;

  /** Cancels the wait when it aborts. The call then rejects with `signal.reason`, as an Error. */
  readonly signal?: AbortSignal | undefined;

  /** Not an option: a Context in place of the options, which has a `done`, is an error of the compiler. */
  readonly done?: never;
}

/** The names of {@link WaitOptions}, for {@link Check.options}. */
export const waitOptionNames: readonly string[] = ["ctx", "signal"];

/** A context or an AbortSignal that can cancel waits. */
export class Cancellation {
  /** The context that was passed, or the context of the signal that was passed. */
  readonly ctx: Context;
  readonly #signal: AbortSignal | undefined;

  constructor(ctx: Context, signal?: AbortSignal) {
    this.ctx = ctx;
    this.#signal = signal;
  }

  /** Whether the cancellation has occurred, even if its listeners have not been called yet. */
  get isCanceled(): boolean {
    return this.#signal === undefined ? this.ctx.err() !== undefined : this.#signal.aborted;
  }

  /** The error with which a canceled wait rejects; `undefined` before the cancellation. */
  get reason(): Error | undefined {
    if (this.#signal === undefined) return this.ctx.err();
    // Listeners that were added to the signal before the library's run while its context is not canceled yet.
    return this.#signal.aborted ? causeOf(fromSignal(this.#signal)) : undefined;
  }

  /**
   * Calls `listener` synchronously at the cancellation; immediately, if that has been. Starts no goroutine if the context is the library's.
   *
   * @param listener must not throw
   * @returns a function that removes the listener
   */
  onCancel(listener: () => void): () => void {
    return onCancel(this.ctx, listener);
  }
}

/**
 * Returns what can cancel a call with these options; null, if the options have neither a context nor a signal, or a context that is
 * never canceled. Other options are not looked at.
 *
 * @throws {TypeError} if `ctx` is not a context, if `signal` is not an AbortSignal, or if both are set.
 */
export function cancellationOf(check: Check, options: WaitOptions | undefined): Cancellation | null {
  if (options === undefined) return null;
  const { ctx, signal } = options;
  if (signal !== undefined) {
    if (!isSignal(signal)) {
      const advice = isContext(signal) ? "; write ctx: for a context" : "";
      throw check.error(`signal must be an AbortSignal, got ${describe(signal)}${advice}`);
    }
    if (ctx !== undefined) throw check.error("ctx and signal must not both be set");
    return new Cancellation(fromSignal(signal), signal);
  }
  if (ctx === undefined) return null;
  if (isSignal(ctx)) throw check.error("ctx must be a context, got an AbortSignal; write signal: for an AbortSignal");
  check.isContext("ctx", ctx);
  return ctx.done() === neverDone ? null : new Cancellation(ctx);
}
