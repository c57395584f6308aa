// Runs the source of a program in this process, in a bubble, in the order of a seed.

import * as goro from "goro";
import { bubble } from "goro/testing";
import { withoutTypes } from "./typescript.ts";

/** The output of a program, and its ending: "returned", "deadlock", or the message of its panic. */
export interface RunResult {
  readonly lines: readonly string[];
  readonly ending: string;
}

/** Runs a program that `typescriptSource` has written. */
export async function runSource(source: string, seed: number): Promise<RunResult> {
  const lines: string[] = [];
  const console = { log: (line: string) => lines.push(line) };
  const program = compiled(source);
  try {
    await bubble(() => program(goro, console), { seed });
    return { lines, ending: "returned" };
  } catch (error) {
    if (!(error instanceof goro.PanicError)) throw error;
    return { lines, ending: error.message.startsWith("deadlock: ") ? "deadlock" : error.message };
  }
}

type Compiled = (library: typeof goro, console: { log(line: string): void }) => void;

function compiled(source: string): Compiled {
  const text = withoutTypes(source).replace(/^import (\{.*?\}) from "goro";/, '"use strict"; const $1 = goro;');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the test runs the text that users would run
  return new Function("goro", "console", text) as Compiled;
}
