import fc from "fast-check";
import { Chance } from "../../src/internal/random.ts";
import { Comparison } from "./comparison.ts";
import { arbitraryHistory } from "./histories.ts";
import { Ledger } from "./ledger.ts";
let operations = 0, waiting = 0;
const t = performance.now();
fc.assert(fc.property(arbitraryHistory(100), (history) => {
  const chance = new Chance(history.chance);
  using ledger = new Ledger((n) => chance.below(n), (o, r) => c.note(o, r));
  const c = new Comparison(history, ledger);
  for (const check of c.live()) { check(); waiting += ledger.size; }
  operations += c.operations;
}), { seed: 1, numRuns: 2300 });
console.log(operations, waiting / operations, performance.now() - t);
