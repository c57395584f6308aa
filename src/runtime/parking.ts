// The register of everything that waits. Each operation that cannot finish at once passes `park`, and `unpark` when it is
// over, so that a program that stops forever can report what it stopped at.

import { hooks, type WaitTarget } from "./hooks.ts";
import type { WaitReason } from "./wait-reasons.ts";

/**
 * Records that `party`, the object that stands for one operation, waits for `subject`; durably, if nothing outside of its world can
 * wake it.
 */
export function park(
  waiter: object,
  operation: WaitReason,
  isDurable: boolean = true,
  target: WaitTarget | null = null,
): void {
  operation.waiting++;
  if (hooks !== null) hooks.block(waiter, operation, isDurable, target);
}

/** Notes that `party` waits no longer. */
export function unpark(waiter: object, operation: WaitReason): void {
  operation.waiting--;
  if (hooks !== null) hooks.unblock(waiter);
}
