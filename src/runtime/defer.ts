/// <reference lib="esnext.disposable" preserve="true" />
// The symbols of the `using` declaration, and deferred calls by means of it.

import { checkFunction } from "../util/validate.ts";

// A host without these symbols gets those that Babel and esbuild use there.
export const dispose: typeof Symbol.dispose = /* @__PURE__ */ ((): typeof Symbol.dispose =>
  Symbol.dispose ?? symbol("dispose"))();
export const asyncDispose: typeof Symbol.asyncDispose = /* @__PURE__ */ ((): typeof Symbol.asyncDispose =>
  Symbol.asyncDispose ?? symbol("asyncDispose"))();

function symbol(name: string): never {
  return Symbol.for(`Symbol.${name}`) as never;
}

/** Makes `using` call `release` for each object with this prototype. */
export function makeDisposable<T extends object>(prototype: T, release: (object: T) => void): void {
  Object.defineProperty(prototype, dispose, {
    configurable: true,
    writable: true,
    value(this: T): void {
      release(this);
    },
  });
}

/** The handle of a deferred function that returns an `R`: for `using` or, if `R` is a promise, only for `await using`. */
export type DeferHandle<R> = [R] extends [never]
  ? Disposable
  : R extends PromiseLike<unknown>
    ? AsyncDisposable
    : Disposable;

/**
 * Makes `f` run when the scope that holds the result is left, in whatever manner. Deferred functions run in reverse order.
 *
 * `using` does not wait for `f`, which must therefore not return a promise; `await using` does.
 *
 * @param f - an error that it throws leaves the scope as an error of the scope does
 * @throws {TypeError} if `f` is not a function.
 *
 * @see [the defer statement](https://go.dev/ref/spec#Defer_statements), which runs at the end of the function and not of the block
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
