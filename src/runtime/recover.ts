// Recovery from panics.

import { checkFunction } from "../util/validate.ts";
import { functionName } from "../util/inspect.ts";

/**
 * Returns a function that calls `f` and passes an error that `f` throws, or rejects with, to `onPanic`: the panic ends there, and the
 * goroutine ends as if `f` had returned. An error that `onPanic` throws is a panic again. The result of `f` is discarded, as that of a
 * goroutine.
 *
 * Only the errors of `f` itself are recovered, as in Go: a goroutine that `f` starts needs its own boundary.
 *
 * @param onPanic - called with the error; if it returns a promise, the goroutine ends when that settles
 * @throws {TypeError} if `f` or `onPanic` is not a function, or is a generator function.
 *
 * @see [recover](https://go.dev/ref/spec#Handling_panics), in `defer func() { if r := recover(); r != nil { ... } }()`
 *
 * @example
 * async function handle(id: number): Promise<void> {
 *   await time.sleep(10);
 *   if (id === 2) throw new Error(`no user ${id}`);
 *   console.log("user", id);
 * }
 * const wg = new WaitGroup();
 * for (const id of [1, 2, 3]) wg.go(recover(handle, (error) => console.log(String(error))), id);
 * await wg.wait();
 */
export function recover<A extends readonly unknown[]>(
  f: (...args: A) => unknown,
  onPanic: (error: unknown) => unknown,
): (...args: A) => Promise<void> {
  checkFunction("recover", f);
  checkFunction("recover", onPanic, "onPanic");
  async function recovered(...args: A): Promise<void> {
    try {
      await f(...args);
    } catch (error) {
      await onPanic(error);
    }
  }
  // The goroutine has the name of `f` in reports.
  return Object.defineProperty(recovered, "name", { value: functionName(f) });
}
