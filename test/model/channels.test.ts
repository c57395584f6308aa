// Channels and select, proven against the model: after each step of random histories nothing is different.

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { seed as seedChance } from "../../src/runtime/realm.ts";
import { Prng } from "../../src/util/prng.ts";
import { quiet } from "../support/promises.ts";
import { Comparison } from "./comparison.ts";
import { arbitraryHistory, type History } from "./histories.ts";
import { Ledger, Register } from "./ledger.ts";
import { seed } from "./seed.ts";

/** Lives a history in one synchronous go, and answers how many operations it had. */
function liveAtOnce(history: History): number {
  const chance = new Prng(history.chance);
  using ledger = new Ledger(
    (n) => chance.randomInt(n),
    (operation, result) => comparison.note(operation, result),
  );
  const comparison = new Comparison(history, ledger);
  for (const check of comparison.live()) check();
  return comparison.operations;
}

/** Lives a history in the real world, with promises that settle, and waits after each operation until all is quiet. */
async function liveAsUsersDo(history: History): Promise<number> {
  seedChance(history.chance);
  using register = new Register();
  const comparison = new Comparison(history, register);
  for (const check of comparison.live()) {
    await quiet();
    check();
  }
  return comparison.operations;
}

// R11, R14, R15, R17 to R20, R22 to R25, R28 to R34, R39, R44 to R55, R58 to R60
describe("channels do in every step what the model does, and keep their invariants,", () => {
  test("through 200,000 operations of random histories", () => {
    let operations = 0;
    fc.assert(
      fc.property(arbitraryHistory(100), (history) => void (operations += liveAtOnce(history))),
      { seed, numRuns: 2300 },
    );
    expect(operations).toBeGreaterThan(200_000);
  });

  test("through 5,000 operations whose promises are waited for", async () => {
    let operations = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryHistory(40), async (history) => void (operations += await liveAsUsersDo(history))),
      { seed, numRuns: 200 },
    );
    expect(operations).toBeGreaterThan(5000);
  });
});
