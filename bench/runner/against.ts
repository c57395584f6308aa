// Compares two versions of goro row by row: in each round, a process of the old version and one of the new.

import type { VersionResult } from "../report/versions.ts";
import type { Row } from "../rows/row.ts";
import { child } from "./places.ts";
import { type Sample, sampleIn } from "./processes.ts";

/**
 * Measures `row` in `rounds` rounds, in CPU time. The versions take turns to run first in a round, because the second process may find
 * the machine in another state than the first.
 */
export async function compareVersions(
  row: Row,
  oldChild: string,
  rounds: number,
  quick: boolean,
): Promise<VersionResult> {
  const n = quick && row.withTimer === undefined ? Math.max(1, Math.floor(row.n / 10)) : row.n;
  const measure = (script: string): Promise<Sample> => sampleIn(script, "goro", row, n, quick, "cpu");
  const olds: number[] = [];
  const news: number[] = [];
  const tolerated = row.withTimer !== undefined && row.goal !== undefined && "value" in row.goal ? row.goal.value : 0;
  const { id, unit } = row;
  const result = (problem: string | null): VersionResult => ({ row: id, unit, olds, news, tolerated, problem });
  for (let round = 0; round < rounds; round++) {
    const first = await measure(round % 2 === 0 ? oldChild : child);
    const second = await measure(round % 2 === 0 ? child : oldChild);
    const [oldSample, newSample] = round % 2 === 0 ? [first, second] : [second, first];
    if ("problem" in newSample) return result(`new: ${newSample.problem}`);
    if ("problem" in oldSample) return result(`old: ${oldSample.problem}`);
    olds.push(oldSample.value);
    news.push(newSample.value);
  }
  return result(null);
}
