// Operations that wait and can be canceled by the options `ctx` and `signal`: what all that waits has in common.
//
// Invariants, whenever no method is on the stack:
//   1. A waiting operation is watched for by its cancellation, and an operation that has ended is not.
//   2. The step that serves an operation and the step that cancels it both take it out of its queue and end the watch: the first of them
//      is the outcome.

import type { Check } from "../util/validate.ts";
import type { WaitQueue } from "../util/wait-queue.ts";
import {
  type CancelableWait,
  type Cancellation,
  cancellationOf,
  reasonOf,
  type WaitOptions,
  waitOptionNames,
} from "./cancellation.ts";
import type { WaitReason } from "./wait-reasons.ts";
import { ParkedOperation, type Waiter, type WakeFn } from "./waiter.ts";

/**
 * Checks the options of a call that has no others, and returns what can cancel it; null if nothing can.
 *
 * @throws {TypeError} for options that are unknown or of a wrong type.
 */
export function checkCancellation(check: Check, options: WaitOptions): Cancellation | null {
  if (!hasOnlyContext(options)) check.options(options, waitOptionNames);
  return cancellationOf(check, options);
}

// The usual options, which are checked here without a list of their entries: that takes as long as the wait.
function hasOnlyContext(options: WaitOptions): boolean {
  if (typeof options !== "object" || options === null) return false;
  for (const name in options) if (name !== "ctx") return false;
  return typeof options.ctx === "object" && options.ctx !== null;
}

/** Throws the reason of `cancellation` if it has occurred. */
export function throwIfCanceled(cancellation: Cancellation | null): void {
  const reason = cancellation?.reason;
  if (reason !== undefined) throw reason;
}

/** A single operation that a cancellation can end. */
export class CancelableOperation<T, R> extends ParkedOperation<T, R> implements CancelableWait {
  readonly reason: WaitReason;
  cancellation: Cancellation | null = null;

  /** @param reason - the reason with which it is parked and resumed */
  constructor(wake: WakeFn<CancelableOperation<T, R>>, reason: WaitReason, value?: T) {
    super(wake as WakeFn<ParkedOperation<T, R>>, value);
    this.reason = reason;
  }

  /** Whether the wait has been canceled, even if the listener for that has not been called yet. */
  get isCanceled(): boolean {
    return this.cancellation?.isCanceled === true;
  }

  /** Makes the operation, which must be parked, reject when `cancellation` occurs. Returns its promise. */
  cancelBy(cancellation: Cancellation | null): Promise<R> {
    this.cancellation = cancellation;
    if (cancellation !== null) cancellation.watch(this);
    return this.promise;
  }

  /** Ends the effect of {@link cancelBy}. */
  endWatch(): void {
    if (this.cancellation !== null) this.cancellation.unwatch();
  }

  override resume(reason: WaitReason, result: R, mayDefer?: boolean): void {
    this.endWatch();
    super.resume(reason, result, mayDefer);
  }

  override resumeWithError(reason: WaitReason, error: Error): void {
    this.endWatch();
    super.resumeWithError(reason, error);
  }

  cancel(): void {
    this.leave();
    this.resumeWithError(this.reason, reasonOf(this.cancellation as Cancellation));
  }

  /** Removes the operation from its queue. */
  protected leave(): void {
    this.queue?.remove(this);
  }
}

/**
 * Removes the first operation that is not canceled, and returns it. Canceled ones leave the queue too; their listeners reject them. All
 * operations of the queue must be cancelable.
 */
export function shiftUncanceled<T, R>(queue: WaitQueue<Waiter<T>>): CancelableOperation<T, R> | null {
  let waiter = queue.shift() as CancelableOperation<T, R> | null;
  while (waiter?.isCanceled === true) waiter = queue.shift() as CancelableOperation<T, R> | null;
  return waiter;
}

/** Returns the outcome of `work`, or rejects with the reason of `cancellation` if that occurs first. `work` continues in any case. */
export function untilCanceled<R>(work: Promise<R>, cancellation: Cancellation | null): Promise<R> {
  if (cancellation === null) return work;
  return new Promise((resolve, reject) => {
    void work.then(resolve, reject).then(() => cancellation.unwatch());
    cancellation.watch({ cancel: () => reject(reasonOf(cancellation)) });
  });
}
