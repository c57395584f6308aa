// The locks with goroutines that cancel, dispose and release twice. A failing program is shrunk and printed.

import { describe, test } from "@jest/globals";
import fc from "fast-check";
import { inBubble } from "../support/contexts.ts";
import { effort, seed } from "./seed.ts";
import { mutexSubject, programs, run, rwMutexSubject, semaphoreSubject } from "./visits.ts";

const numRuns = 150 * effort;

describe.each([
  ["a Mutex", mutexSubject],
  ["an RWMutex", rwMutexSubject],
  ["a Semaphore", semaphoreSubject],
])("%s", (_, make) => {
  test.each([
    ["only by guards, some of them disposed twice", programs(["guard", "guard twice"], false)],
    ["by guards, some of them by hand as well", programs(["guard", "guard twice", "hand and guard"], false)],
    ["by guards, or by hand without a guard", programs(["guard", "guard twice"], true)],
    ["only by hand", programs(["hand"], true)],
  ])(`excludes, serves all and loses no hold when holds end %s (seed ${seed})`, async (_, arbitrary) => {
    await fc.assert(
      fc.asyncProperty(arbitrary, fc.nat(1000), (program, order) =>
        inBubble(() => run(program, make()), { seed: order }),
      ),
      { seed, numRuns },
    );
  });
});
