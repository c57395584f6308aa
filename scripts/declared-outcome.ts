// What a mistake declares about its run, in the form in which an example has it. This module runs in browsers, too.

import type { Outcome } from "./examples.ts";
import type { Order } from "./expected-output.ts";
import type { Mistake } from "./mistakes.ts";

/** The outcome that a program should have, and what may differ from it. */
export interface Expectation {
  readonly order: Order;
  readonly recording: Outcome;
}

/** Returns the outcome that a mistake declares. */
export function declaredOutcome({ output, failure = [], lines = "exact", masks = [] }: Mistake): Expectation {
  return { order: { patterns: [], lines, masks }, recording: { output: toText(output), failure: toText(failure) } };
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
