/// <reference lib="esnext.disposable" preserve="true" />
// Deferred calls, by way of the `using` declaration.

import { checkFunction } from "../util/validate.ts";
import { asyncDispose, dispose } from "../util/disposal.ts";

/** What takes a function that returns an `R`: `using` or, for a promise, `await using` alone. */
export type DeferHandle<R> = [R] extends [never]
  ? Disposable
  : R extends PromiseLike<unknown>
    ? AsyncDisposable
    : Disposable;

/**
 * Makes `f` run when the scope that holds the result ends, by whatever way; the last deferred runs first.
 *
 * With `using`, `f` runs and is not waited for, so it must not return a promise; with `await using`, it may.
 *
 * Errors: throws `TypeError` if `f` is no function. What `f` throws leaves the scope, as an error of the scope does.
 *
 * Mirrors the `defer` statement, for a block instead of a function.
 *
 * @example
 * const [ctx, cancel] = context.withCancel(context.background());
 * using _ = defer(cancel);
 */
export function defer<R>(f: () => R): DeferHandle<R>;
export function defer(f: () => unknown): Disposable & AsyncDisposable {
  checkFunction("defer", f);
  return {
    [dispose]() {
      f();
    },
    async [asyncDispose]() {
      await f();
    },
  };
}
