// An operation that waits and can be canceled: what a channel, a WaitGroup and a Cond do with the options `ctx` and `signal`.
//
// Invariants, whenever no method is on the stack:
//   1. A waiter in a queue has a listener on its cancellation, and a waiter in no queue has none.
//   2. The step that serves a waiter and the step that cancels it both take it out of its queue: the first of them is the outcome.

import { type Cancellation, cancellationOf, type WaitOptions, waitOptionNames } from "./cancellation.ts";
import type { Check } from "../util/validate.ts";
import type { WaitReason } from "./wait-reasons.ts";
import { ParkedOperation } from "./waiter.ts";

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

/** A kind of operation that waits. */
export interface Wait<T, R> {
  readonly reason: WaitReason;

  /** Completes the operation: the `wake` of a waiter without a cancellation. */
  readonly wake: (waiter: ParkedOperation<T, R>, mayDefer?: boolean) => void;

  /** Queues the operation, and parks it. */
  readonly enqueue: (waiter: ParkedOperation<T, R>) => void;

  /** Removes it from its queue. */
  readonly dequeue: (waiter: ParkedOperation<T, R>) => void;
}

/** Starts a wait that `cancellation` can end; returns its promise, which rejects then. */
export function waitCancelably<T, R>(
  { reason, wake, enqueue, dequeue }: Wait<T, R>,
  cancellation: Cancellation | null,
  value?: T,
): Promise<R> {
  let removeListener = (): void => undefined;
  // A function for each waiter, and not a field: a waiter with one more field would be one more object shape for the queues of V8.
  const waiter = new ParkedOperation<T, R>((served, mayDefer) => {
    removeListener();
    wake(served, mayDefer);
  }, value);
  enqueue(waiter);
  if (cancellation === null) return waiter.promise;
  const isQueued = waiter.queue !== null;
  removeListener = cancellation.onCancel(() => {
    removeListener();
    // The end of a bubble takes its waiters out of their queues: that is an end too.
    if (isQueued && waiter.queue === null) return;
    dequeue(waiter);
    waiter.resumeWithError(reason, cancellation.reason as Error);
  });
  return waiter.promise;
}
