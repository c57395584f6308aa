// Runs a program in virtual time, and returns its result and its steps.

import { jest } from "@jest/globals";
import { resetSteps, takeSteps } from "./work.ts";

/** The end of a program. `result` is its value, the error with which it has failed, or undefined if it has not ended. */
export interface Observation {
  readonly end: "value" | "error" | "none";
  readonly result: unknown;
  readonly steps: readonly string[];
}

/** How long a program may run, in milliseconds of virtual time. */
const limit = 1000;

/** How many turns of the event loop come before the next timer. */
const turns = 30;

/** Runs `program` with the fake timers of Jest, which other libraries and goro use alike. */
export async function observe(program: () => unknown): Promise<Observation> {
  jest.useFakeTimers({ now: 0, doNotFake: ["setImmediate", "clearImmediate", "nextTick", "queueMicrotask"] });
  try {
    resetSteps();
    let outcome: Pick<Observation, "end" | "result"> = { end: "none", result: undefined };
    void Promise.resolve()
      .then(program)
      .then(
        (result) => (outcome = { end: "value", result }),
        (error: unknown) => (outcome = { end: "error", result: error }),
      );
    for (;;) {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (jest.getTimerCount() === 0 || Date.now() >= limit) return { ...outcome, steps: takeSteps() };
      jest.advanceTimersToNextTimer();
    }
  } finally {
    jest.useRealTimers();
  }
}
