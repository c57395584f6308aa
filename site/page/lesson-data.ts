// What a lesson's module has, which is loaded when the lesson is run.

import type { Outcome } from "../../scripts/examples.ts";
import type { Order } from "../../scripts/expected-output.ts";
import type { Mistake } from "../../scripts/mistakes.ts";
import type { CompiledProgram } from "../run/messages.ts";

/** A side of the code: the Go program or the TypeScript program. */
export type Side = "go" | "ts";

/** A program of a lesson. */
export interface ProgramData {
  readonly program: CompiledProgram;
  /** The lines of both sides as HTML. */
  readonly lines: Readonly<Record<Side, string>>;
}

/** The data of a lesson. */
export interface LessonData {
  readonly order: Order;
  readonly mistakes: readonly Mistake[];
  /** The recorded outcome of the Go program. */
  readonly recording: Outcome;
  /** The program of the lesson, and then the program with each of the mistakes. */
  readonly programs: readonly ProgramData[];
}
