// What callers ask a view for, looked at: what all views can be asked for alike.

import type { Check } from "../util/validate.ts";

/** Looks at a window of time. Errors: throws `RangeError` if it begins before 0, or ends before it begins. */
export function checkWindow(check: Check, from = 0, to: number = Infinity): void {
  check.atLeast("from", 0, from);
  check.atLeast("to", from, to);
}
