// Which program a contender runs for a row.

import type { Contender, Kits } from "../contenders/contender.ts";
import { besideTimers } from "../rows/fairness.ts";
import { type Program, type Row, silent } from "../rows/row.ts";

/** The contender's own program, or that of the row with the contender's kit; `null` if it has neither, or says that it cannot. */
export function chosen(contender: Contender, row: Row): Program | null {
  if (contender.cannot?.[row.id] !== undefined) return null;
  if (row.beside !== undefined) {
    const work = chosen(contender, row.beside);
    return work === null ? null : besideTimers(work);
  }
  if (row.whole !== undefined) {
    const work = chosen(contender, row.whole);
    return work === null ? null : (n) => work(n, silent);
  }
  const own = contender.programs?.[row.id];
  if (own !== undefined) return own;
  if (row.needs === null || row.run === undefined) return null;
  const kit: Kits[keyof Kits] | undefined = contender.kits[row.needs];
  return kit === undefined ? null : (n, meter) => (row.run as NonNullable<Row["run"]>)(kit, n, meter);
}
