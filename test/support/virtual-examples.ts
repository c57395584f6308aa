// Runs examples in virtual time, in the process of the test.

import { jest } from "@jest/globals";
import type { Example, Outcome } from "../../scripts/examples.ts";
import { summarizeFailure } from "../../scripts/failure-summary.ts";
import { formatPanic } from "../../src/runtime/panic.ts";
import { Bubble, type BubbleResult, tracker } from "../../src/testing/bubble.ts";

let copies = 0;

/** Runs the example as the program of a bubble. A new query in the URL makes Node load the module again. */
export async function runInVirtualTime(example: Example, seed: number): Promise<Outcome> {
  const printed: string[] = [];
  const spies = [
    jest.spyOn(console, "log").mockImplementation((...words) => void printed.push(`${words.map(String).join(" ")}\n`)),
    jest.spyOn(process.stdout, "write").mockImplementation((text) => printed.push(String(text)) > 0),
    // A signal would end the process of the test, whose own handlers are those of a copy of `process`.
    jest.spyOn(process, "kill").mockImplementation((_, signal) => {
      process.emit(signal as NodeJS.Signals);
      return true;
    }),
  ];
  const program = new Bubble(seed);
  const close = tracker.enable();
  try {
    tracker.runIn(program, undefined, () => void import(`${example.port}?${++copies}`));
    const ending = await program.result;
    return {
      output: printed.join(""),
      failure: summarizeFailure(ending.status === "returned" ? 0 : 2, report(ending)),
    };
  } finally {
    if (!program.hasLeftovers) close();
    for (const spy of spies) spy.mockRestore();
  }
}

function report({ status, value, goroutine, report }: BubbleResult): string {
  if (status === "panicked") return formatPanic(value, goroutine, report);
  return `fatal error: all goroutines are asleep - deadlock!\n\n${report}`;
}
