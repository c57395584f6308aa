// How a run compares with that of Go.

import type { Expectation } from "../../scripts/declared-outcome.ts";
import { findDifferences } from "../../scripts/expected-output.ts";
import { summarizeFailure } from "../../scripts/failure-summary.ts";
import type { RunResult } from "../run/messages.ts";

/** The result of a comparison: `own` is a program that the reader has edited, which has no twin. */
export interface Verdict {
  readonly kind: "same" | "different" | "own" | "failed";
  readonly text: string;
}

/**
 * Compares a run with the outcome of the Go program.
 *
 * @param expectation - absent for a program that the reader has edited
 */
export function judge(result: RunResult, expectation: Expectation | undefined): Verdict {
  const { ending, code, output, report, notices } = result;
  if (ending !== "exited") return { kind: "failed", text: notices.join(" ") };
  const notes = notices.map((notice) => ` ${notice}`).join("");
  if (expectation === undefined) return { kind: "own", text: `Exit code ${String(code)}.${notes}` };
  const { order, recording } = expectation;
  const printed = output.flatMap(({ stream, text }) => (stream === "stdout" ? text : [])).join("");
  const [difference] = findDifferences(order, recording.output, printed);
  const exit = code === 0 ? "" : `, exit code ${String(code)}`;
  if (difference !== undefined) return { kind: "different", text: `Differs from Go: ${difference}.${notes}` };
  if (summarizeFailure(code, report) !== recording.failure) {
    return { kind: "different", text: `Ends in another way than in Go${exit}.${notes}` };
  }
  const otherwise = printed === recording.output ? "" : ", in another order that Go allows";
  return { kind: "same", text: `Prints what Go printed${otherwise}${exit}.${notes}` };
}
