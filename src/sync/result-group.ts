// An ErrGroup whose functions have results.

import { checkCancellation } from "../runtime/cancelable-wait.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import type { Context } from "../context/context.ts";
import { rejected } from "../runtime/scheduler.ts";
import { isError, Printable } from "../util/inspect.ts";
import { Check, checkFunction } from "../util/validate.ts";
import { ErrGroup } from "./errgroup.ts";

const withContextCheck = /* @__PURE__ */ new Check("ResultGroup.withContext");
const goCheck = /* @__PURE__ */ new Check("ResultGroup.go");
const waitCheck = /* @__PURE__ */ new Check("ResultGroup.wait");

/** A function of a {@link ResultGroup}: it has failed if it throws or returns an `Error`. */
export type ResultFunc<T> = () => T | Error | PromiseLike<T | Error>;

/**
 * A group of goroutines like {@link ErrGroup}, whose functions have results: `wait` resolves with them in the order in which the functions
 * were passed to the group. The group keeps the results, so a group that is used for the lifetime of a program is an `ErrGroup`.
 *
 * @see [pool.ResultErrorPool](https://pkg.go.dev/github.com/sourcegraph/conc/pool#ResultErrorPool)
 *
 * @example
 * const group = new ResultGroup<number>();
 * for (const ms of [30, 10, 20]) {
 *   await group.go(async () => {
 *     await time.sleep(ms);
 *     return ms;
 *   });
 * }
 * console.log(await group.wait()); // [ 30, 10, 20 ]
 */
export class ResultGroup<T> extends Printable {
  readonly #group: ErrGroup;
  readonly #results: T[] = [];

  /**
   * Makes a group without a context; {@link ResultGroup.withContext} makes one with a context.
   *
   * @param group - runs the functions: a new group, or one of `ErrGroup.withContext`, which then is used for nothing else
   */
  constructor(group: ErrGroup = new ErrGroup()) {
    super();
    this.#group = group;
  }

  /**
   * Returns a group, and a context that is canceled at the first error of the group, as {@link ErrGroup.withContext}.
   *
   * @throws {TypeError} if `parent` is not a context.
   */
  static withContext<T>(parent: Context): [group: ResultGroup<T>, ctx: Context] {
    withContextCheck.isContext("parent", parent);
    const [group, ctx] = ErrGroup.withContext(parent);
    return [createGroup(group), ctx];
  }

  /**
   * Starts `f` as a goroutine of the group, as {@link ErrGroup.go}: await the promise, because at the limit that is what makes the caller
   * wait.
   *
   * Cancellation: as of {@link ErrGroup.go}. A function that was not called has no result.
   *
   * @throws {TypeError} (rejects) if `f` is not a function, or is a generator function, or for options that are unknown or of a wrong type.
   */
  go(f: ResultFunc<T>, options?: WaitOptions): Promise<void> {
    try {
      checkFunction("ResultGroup.go", f);
      if (options !== undefined) checkCancellation(goCheck, options);
      return this.#group.go(this.#store(f), options);
    } catch (error) {
      return rejected(error);
    }
  }

  /**
   * Starts `f` as a goroutine of the group if fewer than the limit are running, and reports whether it did.
   *
   * @throws {TypeError} if `f` is not a function, or is a generator function.
   */
  tryGo(f: ResultFunc<T>): boolean {
    checkFunction("ResultGroup.tryGo", f);
    const length = this.#results.length;
    const isStarted = this.#group.tryGo(this.#store(f));
    if (!isStarted) this.#results.length = length;
    return isStarted;
  }

  /** Limits the number of goroutines of the group that run at once, as {@link ErrGroup.setLimit}. */
  setLimit(n: number): void {
    this.#group.setLimit(n);
  }

  /**
   * Waits until all goroutines of the group have finished.
   *
   * Cancellation: as of {@link ErrGroup.wait}.
   *
   * @returns the results in the order in which the functions were passed to the group: a new array at each call
   * @throws (rejects) the first error of the group, at each call.
   */
  wait(options?: WaitOptions): Promise<T[]> {
    try {
      if (options !== undefined) checkCancellation(waitCheck, options);
    } catch (error) {
      return rejected(error);
    }
    // A call of `go` that was canceled has left a hole, which `filter` skips.
    const results = this.#group.wait(options).then(() => this.#results.filter(() => true));
    // As of `ErrGroup.wait`, the group keeps the error.
    results.catch(() => undefined);
    return results;
  }

  /** The state of the group, such as `ResultGroup 3/10 running, 1 waiting` under a limit. */
  override toString(): string {
    return this.#group.toString().replace("ErrGroup", "ResultGroup");
  }

  /** Returns a function that stores the result of `f` at the next place. */
  #store(f: ResultFunc<T>): () => Promise<unknown> {
    const place = this.#results.length++;
    return async () => {
      const result = await f();
      if (isError(result)) return result;
      this.#results[place] = result;
      return undefined;
    };
  }
}

// A class that refers to itself by name in its body is renamed in a bundle made by esbuild.
function createGroup<T>(group: ErrGroup): ResultGroup<T> {
  return new ResultGroup(group);
}
