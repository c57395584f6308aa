// The register of everything that waits. Each operation that cannot finish at once passes `park`, and `unpark` when it is
// over, so that a program that stops forever can report what it stopped at.

import { trace } from "./hooks.ts";
import type { Operation } from "./wait-reasons.ts";

/**
 * Records that `party`, the object that stands for one operation, waits for `subject`; durably, if nothing outside of its world can
 * wake it.
 */
export function park(
  party: object,
  operation: Operation,
  isDurable: boolean = true,
  subject: object | null = null,
): void {
  operation.parked++;
  if (trace !== null) trace.block(party, operation.name, isDurable, subject);
}

/** Notes that `party` waits no longer. */
export function unpark(party: object, operation: Operation): void {
  operation.parked--;
  if (trace !== null) trace.unblock(party);
}
