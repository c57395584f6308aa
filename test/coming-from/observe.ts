// Runs a program in virtual time, and returns its result and its steps.

import { jest } from "@jest/globals";
import { resetSteps, takeSteps } from "./work.ts";

/** The end of a program: `result` is "pending" if it has not ended, and the error as a text if it has failed. */
export interface Observation {
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
    let result: unknown = "pending";
    void Promise.resolve()
      .then(program)
      .then(
        (value) => (result = value),
        (error: unknown) => (result = String(error)),
      );
    for (;;) {
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (jest.getTimerCount() === 0 || Date.now() >= limit) return { result, steps: takeSteps() };
      jest.advanceTimersToNextTimer();
    }
  } finally {
    jest.useRealTimers();
  }
}
