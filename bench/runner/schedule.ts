// The order of the processes of a row: each implementation in turn, then each again.

import { load } from "../implementations/all.ts";
import { pickProgram } from "./pick.ts";
import type { Options } from "./options.ts";
import { sample } from "./processes.ts";
import type { Result } from "../report/result.ts";
import type { Row } from "../rows/row.ts";

/** Measures `row` for all implementations that support it. */
export async function perform(
  row: Row,
  implementations: readonly string[],
  options: Options,
  go: string | null,
): Promise<Result[]> {
  const able = await whoCan(row, implementations, go);
  const results: Result[] = [];
  const given = new Set<string>();
  for (const n of sizesOf(row, options)) {
    const samples = new Map<string, number[]>(able.map((name) => [name, []]));
    const problems = new Map<string, string>();
    for (let repeat = 0; repeat < options.repeats; repeat++) {
      // The implementations are interleaved, so that other load on the machine affects all of them.
      for (const name of able) {
        if (given.has(name)) continue;
        const got = await sample(name, row, n, options.quick, go);
        if ("value" in got) samples.get(name)?.push(got.value);
        else problems.set(name, got.problem);
        // A problem or a timer that never fired would only repeat, also at the next size.
        if ("problem" in got || got.value === Infinity) given.add(name);
      }
    }
    for (const name of able) {
      const own = samples.get(name) ?? [];
      const problem = problems.get(name) ?? null;
      if (own.length > 0 || problem !== null)
        results.push({ row: row.id, n, implementation: name, samples: own, problem });
    }
  }
  return results;
}

async function whoCan(row: Row, implementations: readonly string[], go: string | null): Promise<string[]> {
  const able: string[] = [];
  for (const name of implementations) {
    const can = name === "go" ? go !== null && row.go !== null : pickProgram(await load(name), row) !== null;
    if (can) able.push(name);
  }
  return able;
}

function sizesOf(row: Row, { sizes, quick }: Options): readonly number[] {
  const all = sizes && row.sizes !== undefined ? row.sizes : [row.n];
  // `n` of a timer row is the size of a call of its loop, not the amount of work.
  return quick && row.withTimer === undefined ? all.map((n) => Math.max(1, Math.floor(n / 10))) : all;
}
