// What the modules of a lesson have. The first is loaded when the lesson is run, the second when a mistake is chosen.

import type { Outcome } from "../../scripts/examples.ts";
import type { Order } from "../../scripts/expected-output.ts";
import type { Mistake } from "../../scripts/mistakes.ts";
import type { CompiledProgram } from "../run/messages.ts";

/** A side of the code: the Go program or the TypeScript program. */
export type Side = "go" | "ts";

/** The lines of both programs as HTML. */
export type CodeOfSides = Readonly<Record<Side, string>>;

/** The program of a lesson. */
export interface LessonData {
  readonly order: Order;
  /** The recorded outcome of the Go program. */
  readonly recording: Outcome;
  readonly program: CompiledProgram;
}

/** The program of a lesson with a mistake. */
export interface EditedProgram {
  readonly program: CompiledProgram;
  readonly code: CodeOfSides;
}

/** The mistakes of a lesson, and its program with each of them. */
export interface MistakesData {
  readonly mistakes: readonly Mistake[];
  readonly programs: readonly EditedProgram[];
  /** Of a pitfall: the outcome of its only edit, which is the correction, and what is different in it. */
  readonly fixed?: Pick<LessonData, "order" | "recording"> & { readonly text: string };
}
