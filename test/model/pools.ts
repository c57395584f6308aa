// Pools, compared with the model in random histories, through both entry points.

import fc from "fast-check";
import { check } from "./pools/checks.ts";
import { type EntryPointName, entryPoints } from "./pools/entry-points.ts";
import { arbitraryHistory, type History } from "./pools/history.ts";
import { programOf } from "./pools/program.ts";
import { play } from "./pools/system-under-test.ts";

/** The time limit of one history, in real milliseconds. A history takes about 2 ms, unless it hangs. */
const longest = 30_000;

/** Runs `history` through `entryPoint`, and throws an error that lists all findings. */
export async function runHistory(history: History, entryPoint: EntryPointName): Promise<void> {
  const findings = check(await play(history, entryPoint));
  if (findings.length > 0) throw new Error(findings.join("\n"));
}

/** Runs `runs` random histories through `entryPoint`. It throws the simplest failing history that it finds, also as a program. */
export async function explore(entryPoint: EntryPointName, seed: number, runs: number): Promise<void> {
  const histories = arbitraryHistory(12, entryPoint === "runPool");
  const property = fc.asyncProperty(histories, (history) => runHistory(history, entryPoint));
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: runs, timeout: longest });
  if (!failed) return;
  const [history] = counterexample as [History];
  const text = [
    `seed ${seed}, ${entryPoint}: ${(errorInstance as Error).message}`,
    JSON.stringify(history),
    programOf(history, entryPoint),
  ];
  throw new Error(text.join("\n\n"));
}

/** One round of `npm run fuzz -- pools`. */
export async function run(seed: number): Promise<void> {
  for (const entryPoint of entryPoints) await explore(entryPoint, seed, 200);
}
