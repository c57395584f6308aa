// How a run compares with that of Go.

import type { Outcome } from "../../scripts/examples.ts";
import { findDifferences, type Order } from "../../scripts/expected-output.ts";
import { summarizeFailure } from "../../scripts/failure-summary.ts";
import type { RunResult } from "../run/messages.ts";
import type { LessonData } from "./lesson-data.ts";

/** The result of a comparison: `own` is a program that the reader has edited, which has no twin. */
export interface Verdict {
  readonly kind: "same" | "different" | "own" | "failed";
  readonly text: string;
}

/**
 * Compares a run with the recorded outcome.
 *
 * @param program - the number of the mistake; 0 for the lesson's program; `undefined` for a program that the reader has edited
 */
export function judge(lesson: LessonData, program: number | undefined, result: RunResult): Verdict {
  const { ending, code, output, report, notices } = result;
  if (ending !== "exited") return { kind: "failed", text: notices.join(" ") };
  const notes = notices.map((notice) => ` ${notice}`).join("");
  if (program === undefined) return { kind: "own", text: `Exit code ${String(code)}.${notes}` };
  const printed = output.flatMap(({ stream, text }) => (stream === "stdout" ? text : [])).join("");
  const failure = summarizeFailure(code, report);
  const { order, expected } = expectation(lesson, program);
  const [difference] = findDifferences(order, expected.output, printed);
  const exit = code === 0 ? "" : `, exit code ${String(code)}`;
  if (difference !== undefined) return { kind: "different", text: `Differs from Go: ${difference}.${notes}` };
  if (failure !== expected.failure)
    return { kind: "different", text: `Ends in another way than in Go${exit}.${notes}` };
  const isOtherOrder = printed !== expected.output;
  const same = isOtherOrder ? "Prints what Go printed, in another order that Go allows" : "Prints what Go printed";
  return { kind: "same", text: `${same}${exit}.${notes}` };
}

function expectation(lesson: LessonData, program: number): { order: Order; expected: Outcome } {
  const mistake = lesson.mistakes[program - 1];
  if (mistake === undefined) return { order: lesson.order, expected: lesson.recording };
  const { output, failure = [], lines = "exact", masks = [] } = mistake;
  const toText = (list: readonly string[]): string => list.map((line) => `${line}\n`).join("");
  return { order: { patterns: [], lines, masks }, expected: { output: toText(output), failure: toText(failure) } };
}
