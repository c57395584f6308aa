// Waiting for a promise until a cancellation or a timeout.

import { ChannelOperation } from "../channel/channel-operation.ts";
import { promiseStateOf } from "../channel/promise-state.ts";
import { throwIfCanceled } from "../runtime/cancelable-wait.ts";
import type { WaitOptions } from "../runtime/cancellation.ts";
import { fairly } from "../runtime/scheduler.ts";
import { awaitPromise } from "../runtime/wait-reasons.ts";
import type { ParkedOperation } from "../runtime/waiter.ts";
import { Check } from "../util/validate.ts";
import { timeLimitOf } from "./time-limit.ts";

/** Options of {@link waitFor}. */
export interface WaitForOptions extends WaitOptions {
  /**
   * How long to wait, in milliseconds, from 0. Then the call rejects with a `DeadlineExceeded`. At 0, the promise must have settled.
   *
   * @defaultValue Infinity
   */
  readonly timeout?: number | undefined;
}

const check = /* @__PURE__ */ new Check("waitFor");

/**
 * Waits until `promise` settles, and returns its value: an `await` that can be canceled or limited in time. What the promise stands for
 * continues; only the wait ends.
 *
 * A promise gets one reaction, however often it is waited for, and a wait that has ended leaves neither that nor a listener nor a timer. A
 * rejection of the promise is handled from the call on, also if the wait ends before it.
 *
 * Cancellation: rejects with `ctx.err()` or with the reason of `signal`, also if the cancellation was before the call and the promise has
 * settled; with `timeout`, rejects with a `DeadlineExceeded` after that time.
 *
 * @throws the reason of the promise (rejects); {TypeError} (rejects) if `promise` is neither a promise nor another object with a method
 * `then`, or for options that are unknown or of a wrong type; {RangeError} (rejects) if `timeout` is out of range.
 *
 * @example
 * const never = new Promise<string>(() => undefined);
 * try {
 *   await waitFor(never, { timeout: 10 });
 * } catch (error) {
 *   console.log(String(error)); // TimeoutError: the promise did not settle within 10 ms
 * }
 */
export function waitFor<T>(promise: PromiseLike<T>, options: WaitForOptions = {}): Promise<T> {
  return fairly(settled(promise, options)) as Promise<T>;
}

async function settled(promise: PromiseLike<unknown>, options: WaitForOptions): Promise<unknown> {
  const cancellation = timeLimitOf(check, options, "the promise did not settle");
  throwIfCanceled(cancellation);
  const state = promiseStateOf("waitFor", promise);
  if (state.ready !== null) await state.ready;
  throwIfCanceled(cancellation);
  if (!state.closed) {
    const waiter = new ChannelOperation<never, void>(state, wake, awaitPromise);
    state.pushReceiver(waiter);
    await waiter.park(cancellation);
  }
  return state.result();
}

function wake(waiter: ParkedOperation<never, void>): void {
  waiter.resume(awaitPromise, undefined);
}
