// Channels and select, compared with the model after each step of random histories.

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { seed as setSeed } from "../../src/runtime/realm.ts";
import { Prng } from "../../src/util/prng.ts";
import { quiet } from "../support/promises.ts";
import { Comparison } from "./comparison.ts";
import { arbitraryHistory, type History } from "./operations.ts";
import { RecordingRealm, WaiterRegister } from "./bookkeeping.ts";
import { seed } from "./seed.ts";

/** Runs a history synchronously, and returns its number of operations. */
function runSynchronously(history: History): number {
  const prng = new Prng(history.chance);
  using realm = new RecordingRealm(
    (n) => prng.randomInt(n),
    (operation, result) => comparison.note(operation, result),
  );
  const comparison = new Comparison(history, realm);
  for (const check of comparison.run()) check();
  return comparison.operations;
}

/** Runs a history in the default realm, where promises settle, and waits after each operation until all goroutines block. */
async function runAsynchronously(history: History): Promise<number> {
  setSeed(history.chance);
  using register = new WaiterRegister();
  const comparison = new Comparison(history, register);
  for (const check of comparison.run()) {
    await quiet();
    check();
  }
  return comparison.operations;
}

// R11, R14, R15, R17 to R20, R22 to R25, R28 to R34, R39, R44 to R55, R58 to R60
describe("channels match the model in every step and keep their invariants,", () => {
  test("through 200,000 operations of random histories", () => {
    let operations = 0;
    fc.assert(
      fc.property(arbitraryHistory(100), (history) => void (operations += runSynchronously(history))),
      { seed, numRuns: 2300 },
    );
    expect(operations).toBeGreaterThan(200_000);
  });

  test("through 5,000 operations with awaited promises", async () => {
    let operations = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryHistory(40), async (history) => void (operations += await runAsynchronously(history))),
      { seed, numRuns: 200 },
    );
    expect(operations).toBeGreaterThan(5000);
  });
});
