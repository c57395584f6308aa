// A pool for one sequence: the results of a function, in the order of its arguments.

import { checkPullable } from "../channel/pull-source.ts";
import type { Context } from "../context/context.ts";
import { type WaitOptions, waitOptionNames } from "../runtime/cancellation.ts";
import { Check, checkCount, checkFunction } from "../util/validate.ts";
import { type JobPolicyOptions, type PoolFunc, policyNames, resolveOptions } from "./options.ts";
import { WorkerPool } from "./worker-pool.ts";

/** Options of {@link mapOrdered}. */
export interface MapOrderedOptions extends JobPolicyOptions, WaitOptions {
  /**
   * The number of calls of `fn` that run at once, from 1.
   *
   * @defaultValue {@link numCPU}
   */
  readonly concurrency?: number | undefined;

  /**
   * The number of items that may be between the source and the results that were taken: a whole number from 1.
   *
   * @defaultValue twice `concurrency`
   */
  readonly maxInFlight?: number | undefined;
}

const names = ["concurrency", "maxInFlight", ...waitOptionNames, ...policyNames];
const aliases = { workers: "concurrency", limit: "concurrency", retries: "retry", backpressure: "maxInFlight" };
const check = /* @__PURE__ */ new Check("mapOrdered");

/**
 * Calls `fn` with each item, several at a time, and returns an iterator over the results, in the order of the items. It pulls the next
 * item only while fewer than `maxInFlight` items are between the source and the results that were taken.
 *
 * Cancellation: as with {@link WorkerPool.map}. When the context is canceled or the signal aborts, the iteration rejects with the cause
 * after the results that are done.
 *
 * @param items any iterable, a channel, or a stream
 * @param fn is called with the context of the item, the item, and the number of the worker, from 1
 * @throws the error (`next` rejects) of the first item, in their order, for which `fn` failed, or of the source.
 * @throws {TypeError | RangeError} for invalid arguments.
 * @example
 * const squares = mapOrdered([1, 2, 3], async (_ctx, n) => n * n, { concurrency: 2 });
 * for await (const square of squares) console.log(square);
 */
export function mapOrdered<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  fn: PoolFunc<Item, Result>,
  options: MapOrderedOptions = {},
): AsyncIterableIterator<Result> & AsyncDisposable {
  checkPullable("mapOrdered", "items", items);
  checkFunction("mapOrdered", fn, "fn");
  check.options(options, names, aliases);
  const { concurrency, maxInFlight, ctx, signal, retry, timeout, rate } = options;
  if (concurrency !== undefined) checkCount(check, "concurrency", 1, concurrency);
  if (maxInFlight !== undefined) checkCount(check, "maxInFlight", 1, maxInFlight);
  const settings = { workers: concurrency, retry, timeout, rate };
  // For errors that name this function.
  resolveOptions("mapOrdered", { ...settings, ctx: ctx as Context | undefined, signal });
  return new WorkerPool(fn, settings).map(items, { maxInFlight, ctx, signal });
}
