// The functions of package context that make contexts and look at them; see signals.ts for AbortSignals and process signals.

import { dispose } from "../runtime/defer.ts";
import { PendingGoroutine } from "../runtime/goroutine.ts";
import { PanicError } from "../runtime/panic.ts";
import { currentClock } from "../runtime/timer.ts";
import { isError } from "../util/inspect.ts";
import { checkFunction, describe, isDate } from "../util/validate.ts";
import { checkParent } from "./base-context.ts";
import {
  CancelContext,
  causeOf,
  DeadlineContext,
  expiryIn,
  expiryOf,
  isEarlier,
  onCancel,
  type TimedExpiry,
} from "./cancel.ts";
import type { Context, Key } from "./context.ts";
import { canceled } from "./errors.ts";
import { backgroundContext, todoContext, ValueContext, WithoutCancelContext } from "./value-context.ts";

/** Cancels the context with which it was returned. Only the first call has an effect. `using` calls it at the end of the scope. */
export type CancelFunc = (() => void) & Disposable;

/**
 * Cancels the context with which it was returned; its argument becomes the {@link cause} of the context. Only the first call has an effect.
 * `using` calls it, without an argument, at the end of the scope.
 */
export type CancelCauseFunc = ((cause?: Error | null) => void) & Disposable;

/**
 * Returns the root of all contexts: it is never canceled, and has neither a deadline nor values.
 *
 * @see [context.Background](https://pkg.go.dev/context#Background)
 */
export function background(): Context {
  return backgroundContext;
}

/**
 * Returns a root of contexts, as {@link background} does, for code where it is not clear yet which context to use.
 *
 * @see [context.TODO](https://pkg.go.dev/context#TODO)
 */
export function todo(): Context {
  return todoContext;
}

/**
 * Returns a context that is canceled when `cancel` is called or when `parent` is canceled. When `cancel` returns, all contexts derived
 * from it have been canceled too. Call it in any case: the parent holds a reference to the context until then.
 *
 * @throws {PanicError} if `parent` is null or undefined, as all functions here that take a parent.
 *
 * @see [context.WithCancel](https://pkg.go.dev/context#WithCancel)
 *
 * @example
 * const [ctx, cancel] = context.withCancel(context.background());
 * using _ = defer(cancel);
 */
export function withCancel(parent: Context): [ctx: Context, cancel: CancelFunc] {
  const context = attach(new CancelContext(checkParent("withCancel", parent)));
  return [context, toCancelFunc(() => context.cancel(canceled))];
}

/**
 * Returns a context that is canceled, with an error as its cause, when `cancel(error)` is called, or when `parent` is canceled. Then `err()`
 * is a `Canceled` and {@link cause} is `error`. The cancel function throws `TypeError` if its argument is neither an Error nor null. Call it
 * in any case, as that of {@link withCancel}.
 *
 * @see [context.WithCancelCause](https://pkg.go.dev/context#WithCancelCause)
 */
export function withCancelCause(parent: Context): [ctx: Context, cancel: CancelCauseFunc] {
  const context = attach(new CancelContext(checkParent("withCancelCause", parent)));
  return [context, toCancelFunc((cause?: Error | null) => context.cancel(canceled, checkCause(cause)))];
}

/**
 * Returns a context that is canceled at `deadline`, when `cancel` is called, or when `parent` is canceled. A deadline later than the parent's
 * has no effect; one that has passed returns a canceled context. Call `cancel` in any case, as that of {@link withCancel}.
 *
 * @param deadline - milliseconds since the epoch, or a `Date`
 * @throws {RangeError} if `deadline` is neither.
 *
 * @see [context.WithDeadline](https://pkg.go.dev/context#WithDeadline)
 */
export function withDeadline(parent: Context, deadline: number | Date): [ctx: Context, cancel: CancelFunc] {
  return withDeadlineCause(parent, deadline, null);
}

/**
 * Returns a context that is canceled at `deadline`, with `cause` as its cause, when `cancel` is called, or when `parent` is canceled;
 * see {@link withDeadline}.
 *
 * @param deadline - milliseconds since the epoch, or a `Date`
 * @param cause - the cause of the context if the deadline cancels it; null for `err()`
 * @throws {RangeError} if `deadline` is neither.
 *
 * @see [context.WithDeadlineCause](https://pkg.go.dev/context#WithDeadlineCause)
 */
export function withDeadlineCause(
  parent: Context,
  deadline: number | Date,
  cause: Error | null,
): [ctx: Context, cancel: CancelFunc] {
  const at = checkNumber("context.withDeadline: deadline", isDate(deadline) ? deadline.getTime() : deadline);
  return withExpiry("withDeadline", parent, expiryIn(at - currentClock().wall(), at), cause);
}

/**
 * Returns a context that is canceled after `ms` milliseconds, when `cancel` is called, or when `parent` is canceled. Call `cancel` in any
 * case, as that of {@link withCancel}.
 *
 * @param ms - a number of milliseconds of any size: 0 or less returns a canceled context; with Infinity the context has no deadline
 * @throws {RangeError} if `ms` is not a number.
 *
 * @see [context.WithTimeout](https://pkg.go.dev/context#WithTimeout)
 */
export function withTimeout(parent: Context, ms: number): [ctx: Context, cancel: CancelFunc] {
  return withTimeoutCause(parent, ms, null);
}

/**
 * Returns a context that is canceled after `ms` milliseconds, with `cause` as its cause, when `cancel` is called, or when `parent` is
 * canceled; see {@link withTimeout}.
 *
 * @param ms - a number of milliseconds, as of {@link withTimeout}
 * @param cause - the cause of the context if the timeout cancels it; null for `err()`
 * @throws {RangeError} if `ms` is not a number.
 *
 * @see [context.WithTimeoutCause](https://pkg.go.dev/context#WithTimeoutCause)
 */
export function withTimeoutCause(parent: Context, ms: number, cause: Error | null): [ctx: Context, cancel: CancelFunc] {
  return withExpiry("withTimeout", parent, expiryIn(checkNumber("context.withTimeout: ms", ms)), cause);
}

function withExpiry(
  caller: string,
  parent: Context,
  expiry: TimedExpiry,
  cause: Error | null,
): [ctx: Context, cancel: CancelFunc] {
  const reason = checkCause(cause);
  const parentExpiry = expiryOf(checkParent(caller, parent));
  if (parentExpiry !== undefined && isEarlier(parentExpiry, expiry)) return withCancel(parent);
  const context = attach(new DeadlineContext(parent, expiry));
  context.startTimer(reason);
  return [context, toCancelFunc(() => context.cancel(canceled))];
}

/**
 * Returns a context that has `value` for `key`, and is otherwise like `parent`. Keys are compared by identity; `context.key` returns a new
 * one with a type for its values.
 *
 * @throws {PanicError} if `key` is null or undefined.
 *
 * @see [context.WithValue](https://pkg.go.dev/context#WithValue)
 */
export function withValue<K>(parent: Context, key: K, value: K extends Key<infer T> ? T : unknown): Context {
  checkParent("withValue", parent);
  if (key === null || key === undefined) throw new PanicError("nil key");
  return new ValueContext(parent, key, value);
}

/** Returns a new key for values of type `T`. `name` is for reports; two keys with the same name are different. */
export function key<T>(name: string): Key<T> {
  return { name, toString: () => name } as unknown as Key<T>;
}

/**
 * Returns a context that has the values of `parent` and is not canceled with it: it has neither `err()` nor a deadline nor a cause.
 *
 * @see [context.WithoutCancel](https://pkg.go.dev/context#WithoutCancel)
 */
export function withoutCancel(parent: Context): Context {
  return new WithoutCancelContext(checkParent("withoutCancel", parent));
}

/**
 * Calls `f` in a new goroutine when `ctx` is canceled, or now if it is canceled already; never inside `cancel` or `afterFunc` itself.
 *
 * @param f - an error that it throws is a panic
 * @returns a function that cancels the call; it returns true if it prevented `f` from running
 * @throws {TypeError} if `f` is not a function.
 *
 * @see [context.AfterFunc](https://pkg.go.dev/context#AfterFunc)
 */
export function afterFunc(ctx: Context, f: () => unknown): () => boolean {
  checkFunction("context.afterFunc", f);
  let call: PendingGoroutine | null = new PendingGoroutine(f);
  const removeListener = onCancel(checkParent("afterFunc", ctx, "ctx"), () => {
    call?.start();
    call = null;
  });
  return () => {
    const isPrevented = call !== null;
    call = null;
    removeListener();
    return isPrevented;
  };
}

/**
 * Returns why `ctx` was canceled: the argument of the cancel function of the context that was canceled first, or `err()` if it had none;
 * `undefined` if it is not canceled.
 *
 * @see [context.Cause](https://pkg.go.dev/context#Cause)
 */
export function cause(ctx: Context): Error | undefined {
  return causeOf(checkParent("cause", ctx, "ctx"));
}

function attach<C extends CancelContext>(context: C): C {
  context.propagateCancel();
  return context;
}

function checkCause(cause: Error | null | undefined): Error | undefined {
  if (cause === null || cause === undefined) return undefined;
  if (!isError(cause)) throw new TypeError(`context: cause must be an Error or null, got ${describe(cause)}`);
  return cause;
}

function checkNumber(name: string, value: number): number {
  if (typeof value !== "number" || Number.isNaN(value))
    throw new RangeError(`${name} must be a number, got ${describe(value)}`);
  return value;
}

/** Makes `using` call `f`, which cancels a context. */
export function toCancelFunc<F extends () => void>(f: F): F & Disposable {
  // `Object.assign` takes ten times as long.
  const cancelFunc = f as F & Disposable;
  cancelFunc[dispose] = () => f();
  return cancelFunc;
}
