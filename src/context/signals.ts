// Contexts that AbortSignals and process signals cancel.

import { addWakeSource } from "../runtime/deadlock.ts";
import { onSignals, signalDescription } from "../runtime/process.ts";
import { RuntimeTimer } from "../runtime/timer.ts";
import { toError } from "../util/inspect.ts";
import { describe, isSignal } from "../util/validate.ts";
import { checkParent } from "./base-context.ts";
import { CancelContext, onCancel } from "./cancel.ts";
import type { Context } from "./context.ts";
import { type CancelFunc, toCancelFunc } from "./derive.ts";
import { Canceled, canceled, deadlineExceeded } from "./errors.ts";
import { backgroundContext } from "./value-context.ts";

/** The contexts of signals that have not aborted. A signal holds its context; these references must not. */
const signalContexts = new Set<WeakRef<SignalContext>>();
let pruneAt = 64;

class SignalContext extends CancelContext {
  readonly #ref: WeakRef<SignalContext> | undefined;

  constructor(root: Context) {
    super(root);
    // Cloudflare Workers of 2024 have neither WeakRef nor a `main` that could be deadlocked.
    if (typeof WeakRef !== "function") return;
    this.#ref = new WeakRef<SignalContext>(this);
    signalContexts.add(this.#ref);
    if (signalContexts.size < pruneAt) return;
    for (const ref of signalContexts) if (ref.deref() === undefined) signalContexts.delete(ref);
    pruneAt = Math.max(64, 2 * signalContexts.size);
  }

  override canceled(): void {
    if (this.#ref !== undefined) signalContexts.delete(this.#ref);
  }
}

// It is not known what can abort a signal: `AbortSignal.timeout` has a timer that does not keep the process alive. Therefore the program
// is not reported as deadlocked while something waits for the context of a signal.
addWakeSource(() => [...signalContexts].some((ref) => ref.deref()?.isAwaited === true));

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
    context = new SignalContext(backgroundContext);
    contexts.set(signal, context);
    if (!signal.aborted) signal.addEventListener("abort", () => fromSignal(signal), { once: true });
  }
  // The caller may be a listener that was added to the signal before the library's.
  if (signal.aborted && context.err() === undefined) {
    const error = toError(signal.reason);
    context.cancel(error.name === "TimeoutError" ? deadlineExceeded : canceled, error);
  }
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
