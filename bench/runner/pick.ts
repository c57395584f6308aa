// The program that an implementation runs for a row.

import type { Implementation, Adapters } from "../implementations/implementation.ts";
import { besideTimers } from "../rows/fairness.ts";
import { type Program, type Row, silent } from "../rows/row.ts";

/** Returns the program of the implementation, or `run` of the row with an adapter; `null` if it has neither, or excludes the row. */
export function pickProgram(implementation: Implementation, row: Row): Program | null {
  if (implementation.cannot?.[row.id] !== undefined) return null;
  if (row.withTimer !== undefined) {
    const work = pickProgram(implementation, row.withTimer);
    return work === null ? null : besideTimers(work);
  }
  if (row.asProgram !== undefined) {
    const work = pickProgram(implementation, row.asProgram);
    return work === null ? null : (n) => work(n, silent);
  }
  const own = implementation.programs?.[row.id];
  if (own !== undefined) return own;
  if (row.needs === null || row.run === undefined) return null;
  const adapter: Adapters[keyof Adapters] | undefined = implementation.adapters[row.needs];
  return adapter === undefined ? null : (n, meter) => (row.run as NonNullable<Row["run"]>)(adapter, n, meter);
}
