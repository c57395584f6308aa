// The cancellation of an operation that is parked already, and of one that continues after it.

import type { Cancellation } from "../runtime/cancellation.ts";
import type { WaitReason } from "../runtime/wait-reasons.ts";
import type { ParkedOperation } from "../runtime/waiter.ts";

/**
 * Waits for `waiter`, which is parked, or until `cancellation` occurs, which rejects with its reason.
 *
 * @param leave - removes the waiter from its queue, and reports whether it was there; a waiter that was not has been served
 */
export async function awaitParked(
  waiter: ParkedOperation<void, void>,
  reason: WaitReason,
  cancellation: Cancellation,
  leave: () => boolean = () => leaveQueue(waiter),
): Promise<void> {
  const cancel = (error: Error): void => {
    if (leave()) waiter.resumeWithError(reason, error);
  };
  let removeListener: (() => void) | undefined;
  try {
    removeListener = cancellation.onCancel(() => cancel(cancellation.reason as Error));
  } catch (error) {
    // A context of the user's may throw.
    cancel(error as Error);
  }
  try {
    await waiter.promise;
  } finally {
    removeListener?.();
  }
}

function leaveQueue(waiter: ParkedOperation<void, void>): boolean {
  if (waiter.queue === null) return false;
  waiter.queue.remove(waiter);
  return true;
}

/** Returns the outcome of `work`, or rejects with the reason of `cancellation` if that occurs first. `work` continues in any case. */
export function untilCanceled<R>(work: Promise<R>, cancellation: Cancellation): Promise<R> {
  return new Promise((resolve, reject) => {
    const settled = work.then(resolve, reject);
    const removeListener = cancellation.onCancel(() => {
      reject(cancellation.reason);
    });
    void settled.then(removeListener);
  });
}
