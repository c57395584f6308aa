// The context of a call that waits and passes a context on: a pool, an interop channel.

import { checkWaitOptions, type WaitOptions } from "../runtime/cancellation.ts";
import type { Check } from "../util/validate.ts";
import type { Context } from "./context.ts";
import { fromSignal } from "./signals.ts";

/**
 * Checks `ctx` and `signal` of `options`, and returns the context, or the context of the signal; undefined if neither is set.
 *
 * @throws {TypeError} as of {@link checkWaitOptions}
 */
export function contextOf(check: Check, options: WaitOptions | undefined): Context | undefined {
  if (options === undefined) return undefined;
  checkWaitOptions(check, options);
  return options.signal === undefined ? (options.ctx as Context | undefined) : fromSignal(options.signal);
}
