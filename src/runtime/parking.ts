// The register of everything that waits. Each operation that cannot finish at once passes `park`, and `unpark` when it is
// over, so that a program that stops forever can report what it stopped at.

import { type BlockReason, hooks, type WaitTarget } from "./hooks.ts";

/**
 * Records that `party`, the object that stands for one operation, waits for `subject`; durably, if nothing outside of its world can
 * wake it.
 */
export function park(
  waiter: object,
  reason: BlockReason,
  isDurable: boolean = true,
  target: WaitTarget | null = null,
): void {
  reason.waiting++;
  if (hooks !== null) hooks.block(waiter, reason, isDurable, target);
}

/** Notes that `party` waits no longer. */
export function unpark(waiter: object, reason: BlockReason): void {
  reason.waiting--;
  if (hooks !== null) hooks.unblock(waiter);
}
