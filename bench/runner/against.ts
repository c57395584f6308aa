// Compares two versions of the library row by row: in each round, a process of the old version and one of the new.

import type { VersionResult } from "../report/versions.ts";
import type { Row } from "../rows/row.ts";
import { child } from "./places.ts";
import { sample, type Sample } from "./processes.ts";

/**
 * Measures `row` in `rounds` rounds. The first process of a round alternates between the versions, because the first one of a pair may find
 * a warmer or a busier machine.
 */
export async function compareVersions(
  row: Row,
  oldChild: string,
  rounds: number,
  quick: boolean,
): Promise<VersionResult> {
  const n = quick && row.withTimer === undefined ? Math.max(1, Math.floor(row.n / 10)) : row.n;
  const olds: number[] = [];
  const news: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const measureOld = (): Promise<Sample> => sample("goro", row, n, quick, null, oldChild);
    const measureNew = (): Promise<Sample> => sample("goro", row, n, quick, null, child);
    let oldSample: Sample;
    let newSample: Sample;
    if (round % 2 === 0) {
      oldSample = await measureOld();
      newSample = await measureNew();
    } else {
      newSample = await measureNew();
      oldSample = await measureOld();
    }
    if ("problem" in newSample)
      return { row: row.id, unit: row.unit, olds, news, problem: `new: ${newSample.problem}` };
    if ("problem" in oldSample)
      return { row: row.id, unit: row.unit, olds, news, problem: `old: ${oldSample.problem}` };
    olds.push(oldSample.value);
    news.push(newSample.value);
  }
  return { row: row.id, unit: row.unit, olds, news, problem: null };
}
