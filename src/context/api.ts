// Package context: everything that users reach as `context.`.

import { Check, checkFunction, describe, isSignal } from "../util/validate.ts";
import { dispose } from "../util/disposal.ts";
import { toError, safeToString, isError } from "../util/inspect.ts";
import { PendingGoroutine } from "../runtime/goroutine.ts";
import { onSignals } from "../runtime/process.ts";
import { PanicError } from "../runtime/panic.ts";
import { RuntimeTimer, currentClock } from "../runtime/timer.ts";
import {
  CancelContext,
  causeOf,
  DeadlineContext,
  type Expiry,
  expiryIn,
  expiryOf,
  isEarlier,
  NotifyContext,
  onCancel,
  SignalContext,
} from "./cancel.ts";
import { BaseContext } from "./base-context.ts";
import type { Context, Key } from "./context.ts";
import { Canceled, canceled, DeadlineExceeded, deadlineExceeded } from "./errors.ts";
import { WithoutCancelContext, BackgroundContext, ValueContext } from "./value-context.ts";

export type { Context, Key };
export { Canceled, DeadlineExceeded };

/** Ends the context that it came with; only the first call does anything. `using` calls it when the scope ends. */
export type CancelFunc = (() => void) & Disposable;

/** Like {@link CancelFunc}, and says what {@link cause} will answer. */
export type CancelCauseFunc = ((cause?: Error | null) => void) & Disposable;

const backgroundContext = new BackgroundContext("context.Background");
const todoContext = new BackgroundContext("context.TODO");

/** The root of all contexts: it never ends, and has neither deadline nor values. Mirrors `context.Background`. */
export function background(): Context {
  return backgroundContext;
}

/** Like {@link background}, for where it is not clear yet which context to use. Mirrors `context.TODO`. */
export function todo(): Context {
  return todoContext;
}

/**
 * A context that ends when `cancel` is called or when `parent` ends. When `cancel` returns, all that is derived from it
 * has ended too. Call it in any case: until then the parent keeps the context.
 *
 * Errors: throws {@link PanicError} if `parent` is null or undefined, as all functions here do that take one.
 *
 * Mirrors `context.WithCancel`.
 *
 * @example
 * const [ctx, cancel] = context.withCancel(context.background());
 * using _ = defer(cancel);
 */
export function withCancel(parent: Context): [ctx: Context, cancel: CancelFunc] {
  const context = attach(new CancelContext(checkedParent("withCancel", parent)));
  return [context, disposable(() => context.cancel(canceled))];
}

/**
 * Like {@link withCancel}, with a cause: after `cancel(error)`, `err()` is a `Canceled` and {@link cause} is `error`.
 *
 * Errors: `cancel` throws `TypeError` if what it is given is neither an Error nor null.
 *
 * Mirrors `context.WithCancelCause`.
 */
export function withCancelCause(parent: Context): [ctx: Context, cancel: CancelCauseFunc] {
  const context = attach(new CancelContext(checkedParent("withCancelCause", parent)));
  return [context, disposable((cause?: Error | null) => context.cancel(canceled, checkedCause(cause)))];
}

/**
 * Like {@link withCancel}, and ends by itself at `deadline`, an instant in milliseconds since the epoch or a `Date`. A
 * deadline later than the parent's changes nothing; one that has passed gives a context that has ended.
 *
 * Errors: throws `RangeError` if `deadline` is no instant.
 *
 * Mirrors `context.WithDeadline`.
 */
export function withDeadline(parent: Context, deadline: number | Date): [ctx: Context, cancel: CancelFunc] {
  return withDeadlineCause(parent, deadline, null);
}

/**
 * Like {@link withDeadline}; if it is the deadline that ends the context, {@link cause} is `cause`.
 *
 * Mirrors `context.WithDeadlineCause`.
 */
export function withDeadlineCause(
  parent: Context,
  deadline: number | Date,
  cause: Error | null,
): [ctx: Context, cancel: CancelFunc] {
  const at = checkedNumber("context.withDeadline: deadline", isDate(deadline) ? deadline.getTime() : deadline);
  return withDeadlineAt("withDeadline", parent, expiryIn(at - currentClock().wall(), at), cause);
}

/**
 * Like {@link withCancel}, and ends by itself in `ms` milliseconds. There is no greatest timeout.
 *
 * Errors: throws `RangeError` if `ms` is no number.
 *
 * Mirrors `context.WithTimeout`.
 */
export function withTimeout(parent: Context, ms: number): [ctx: Context, cancel: CancelFunc] {
  return withTimeoutCause(parent, ms, null);
}

/**
 * Like {@link withTimeout}; if it is the timeout that ends the context, {@link cause} is `cause`.
 *
 * Mirrors `context.WithTimeoutCause`.
 */
export function withTimeoutCause(parent: Context, ms: number, cause: Error | null): [ctx: Context, cancel: CancelFunc] {
  const delay = checkedNumber("context.withTimeout: ms", ms);
  return withDeadlineAt("withTimeout", parent, expiryIn(delay), cause);
}

function withDeadlineAt(
  caller: string,
  parent: Context,
  expiry: Expiry,
  cause: Error | null,
): [ctx: Context, cancel: CancelFunc] {
  const reason = checkedCause(cause);
  const earlier = expiryOf(checkedParent(caller, parent));
  if (earlier !== undefined && isEarlier(earlier, expiry)) return withCancel(parent);
  const context = attach(new DeadlineContext(parent, expiry));
  context.startTimer(reason);
  return [context, disposable(() => context.cancel(canceled))];
}

/**
 * A context that has `value` for `key`, and everything else from `parent`. Keys are compared by identity: make them with
 * {@link key}, which also gives the values a type.
 *
 * Errors: throws {@link PanicError} if `key` is null or undefined.
 *
 * Mirrors `context.WithValue`.
 */
export function withValue<K>(parent: Context, key: K, value: K extends Key<infer T> ? T : unknown): Context {
  checkedParent("withValue", parent);
  if (key === null || key === undefined) throw new PanicError("nil key");
  return new ValueContext(parent, key, value);
}

/** A new key for values of type `T`. `name` is for people; another key of the same name is another key. */
export function key<T>(name: string): Key<T> {
  return { name, toString: () => name } as unknown as Key<T>;
}

/**
 * A context that has the values of `parent` and does not end with it: it has neither `err()` nor deadline nor cause.
 *
 * Mirrors `context.WithoutCancel`.
 */
export function withoutCancel(parent: Context): Context {
  return new WithoutCancelContext(checkedParent("withoutCancel", parent));
}

/**
 * Calls `f` in a goroutine of its own once `ctx` has ended; at once, if it has. It is never called inside `cancel`, nor
 * inside `afterFunc`. What it answers takes the call back: true, if `f` will not be called because of that.
 *
 * Errors: throws `TypeError` if `f` is no function. What `f` throws is a panic.
 *
 * Mirrors `context.AfterFunc`.
 */
export function afterFunc(ctx: Context, f: () => unknown): () => boolean {
  checkFunction("context.afterFunc", f);
  let call: PendingGoroutine | null = new PendingGoroutine(f);
  const remove = onCancel(checkedParent("afterFunc", ctx, "ctx"), () => {
    call?.start();
    call = null;
  });
  return () => {
    const stopped = call !== null;
    call = null;
    remove();
    return stopped;
  };
}

/**
 * Why `ctx` has ended: what was said to the cancel function of the context that ended first, or else `err()`; `undefined`
 * while it lives.
 *
 * Mirrors `context.Cause`.
 */
export function cause(ctx: Context): Error | undefined {
  return causeOf(checkedParent("cause", ctx, "ctx"));
}

const contexts = new WeakMap<AbortSignal, Context>();

/**
 * The context that ends when `signal` aborts. Its cause is the signal's reason; `err()` is a `DeadlineExceeded` if that
 * is a `TimeoutError`, as from `AbortSignal.timeout`, and a `Canceled` else. Each signal has one context, and so one
 * listener at most, however often it is asked for.
 *
 * While something waits for the context, `main` does not report a deadlock: the host may abort the signal at any time.
 *
 * Errors: throws `TypeError` if `signal` is not an AbortSignal, of this realm or another.
 */
export function fromSignal(signal: AbortSignal): Context {
  if (!isSignal(signal)) {
    throw new TypeError(`context.fromSignal: signal must be an AbortSignal, got ${describe(signal)}`);
  }
  const known = contexts.get(signal);
  if (known !== undefined) return known;
  const context = new SignalContext(backgroundContext);
  const end = (): void => {
    const error = toError(signal.reason);
    context.cancel(error.name === "TimeoutError" ? deadlineExceeded : canceled, error);
  };
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  contexts.set(signal, context);
  return context;
}

/**
 * A context that ends when one of `signals` arrives at the process, such as "SIGINT", or when `stop` is called. Until
 * `stop` is called the signals do not end the process, and until the context ends the process stays alive to hear them.
 * The cause is a `Canceled` with Go's words, such as "interrupt signal received".
 *
 * Errors: throws `TypeError` if there is no signal, if one is unknown, or where there are no signals, as in a browser.
 *
 * Mirrors `signal.NotifyContext`.
 *
 * @example
 * const [ctx, stop] = context.notifyContext(context.background(), "SIGINT", "SIGTERM");
 * using _ = defer(stop);
 */
export function notifyContext(parent: Context, ...signals: string[]): [ctx: Context, stop: CancelFunc] {
  const context = new NotifyContext(checkedParent("notify", parent), signals);
  const unsubscribe = onSignals(signals, (words) => context.cancel(canceled, new Canceled(`${words} signal received`)));
  context.propagateCancel();
  // An alarm that never goes off keeps the process alive, which the host's signal handlers do not.
  const keepAlive = new RuntimeTimer("context.notifyContext", () => undefined);
  keepAlive.clock.set(keepAlive, Infinity);
  onCancel(context, () => keepAlive.cancel());
  return [
    context,
    disposable(() => {
      context.cancel(canceled);
      unsubscribe();
    }),
  ];
}

function attach<C extends CancelContext>(context: C): C {
  context.propagateCancel();
  return context;
}

function checkedParent(caller: string, parent: Context, name: string = "parent"): Context {
  if (parent === null || parent === undefined) throw new PanicError("cannot create context from nil parent");
  // Most parents are the library's own.
  if (!(parent instanceof BaseContext)) new Check(`context.${caller}`).isContext(name, parent);
  return parent;
}

function checkedCause(cause: Error | null | undefined): Error | undefined {
  if (cause === null || cause === undefined) return undefined;
  if (!isError(cause)) throw new TypeError(`context: cause must be an Error or null, got ${safeToString(cause)}`);
  return cause;
}

function checkedNumber(what: string, value: number): number {
  if (typeof value !== "number" || Number.isNaN(value))
    throw new RangeError(`${what} must be a number, got ${safeToString(value)}`);
  return value;
}

// A Date may be of another realm, as that of a test runner is.
function isDate(value: unknown): value is Date {
  return Object.prototype.toString.call(value) === "[object Date]";
}

function disposable<F extends () => void>(f: F): F & Disposable {
  // `Object.assign` takes ten times as long.
  const both = f as F & Disposable;
  both[dispose] = () => f();
  return both;
}
