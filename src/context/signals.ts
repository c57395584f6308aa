// Contexts that AbortSignals and process signals cancel.

import { type AbortFollower, abortReason, followSignal } from "../runtime/cancellation.ts";
import { onSignals, signalDescription } from "../runtime/process.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { describe, isSignal } from "../util/validate.ts";
import { checkParent } from "./base-context.ts";
import { CancelContext, onCancel } from "./cancel.ts";
import type { Context } from "./context.ts";
import { type CancelFunc, toCancelFunc } from "./derive.ts";
import { Canceled, canceled, deadlineExceeded } from "./errors.ts";
import { backgroundContext } from "./value-context.ts";

class SignalContext extends CancelContext implements AbortFollower {
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    super(backgroundContext);
    this.#signal = signal;
    if (!signal.aborted) followSignal(signal, this);
  }

  aborted(): void {
    const reason = abortReason(this.#signal);
    this.cancel(reason.name === "TimeoutError" ? deadlineExceeded : canceled, reason);
  }
}

const contexts = new WeakMap<AbortSignal, SignalContext>();

/**
 * Returns the context that is canceled when `signal` aborts. Its cause is the signal's reason; `err()` is a `DeadlineExceeded` if that
 * is a `TimeoutError`, as from `AbortSignal.timeout`, and a `Canceled` otherwise. Each signal has one context, and therefore at most one
 * listener of the library.
 *
 * While something waits for the context, `main` does not report a deadlock: the host may abort the signal at any time.
 *
 * @throws {TypeError} if `signal` is not an AbortSignal, of this JavaScript realm or another.
 */
export function fromSignal(signal: AbortSignal): Context {
  if (!isSignal(signal)) {
    throw new TypeError(`context.fromSignal: signal must be an AbortSignal, got ${describe(signal)}`);
  }
  let context = contexts.get(signal);
  if (context === undefined) {
    context = new SignalContext(signal);
    contexts.set(signal, context);
  }
  // The caller may be a listener that was added to the signal before the library's.
  if (signal.aborted) context.aborted();
  return context;
}

/** A context that a process signal cancels: `signalCtx` of os/signal. */
class NotifyContext extends CancelContext {
  readonly #signals: readonly string[];

  constructor(parent: Context, signals: readonly string[]) {
    super(parent);
    this.#signals = signals;
  }

  protected override describe(parent: string): string {
    return `signal.NotifyContext(${parent}, [${this.#signals.map(signalDescription).join(" ")}])`;
  }
}

/**
 * Returns a context that is canceled when one of `signals`, such as "SIGINT", arrives at the process, or when `stop` is called. Until
 * `stop` is called the signals do not end the process, and until the context is canceled the process stays alive.
 * The cause is a `Canceled` with Go's message, such as "interrupt signal received".
 *
 * @throws {TypeError} if no signal is named, if one is unknown, or on a host without signals, such as a browser.
 *
 * @see [signal.NotifyContext](https://pkg.go.dev/os/signal#NotifyContext)
 *
 * @example
 * const [ctx, stop] = context.notifyContext(context.background(), "SIGINT", "SIGTERM");
 * using _ = defer(stop);
 */
export function notifyContext(parent: Context, ...signals: string[]): [ctx: Context, stop: CancelFunc] {
  const context = new NotifyContext(checkParent("notifyContext", parent), signals);
  const unsubscribe = onSignals(signals, (description) =>
    context.cancel(canceled, new Canceled(`${description} signal received`)),
  );
  context.propagateCancel();
  // A timer that never fires keeps the process alive; the host's signal handlers do not.
  const keepAlive = new RuntimeTimer("context.notifyContext", () => undefined);
  keepAlive.clock.set(keepAlive, Infinity);
  onCancel(context, () => keepAlive.cancel());
  return [
    context,
    toCancelFunc(() => {
      context.cancel(canceled);
      unsubscribe();
    }),
  ];
}
