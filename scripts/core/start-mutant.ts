// The end of the bundle for mutants. The first run, in which no mutant is active, records which tests reach which mutant; each
// later run executes only the tests that reach its mutant, the fastest first, until one fails. A test that starts programs may
// reach every mutant in these programs.

import childProcess from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { runAll } from "./harness.ts";
import type { Report } from "./report.ts";
import { endWith } from "./start.ts";

/** The number of times that each mutant was reached, by its id. */
type Hits = Readonly<Record<string, number>>;

/** The data that the mutated modules and their runner exchange. */
interface Stryker {
  currentTestId?: string;
  hitCount?: number;
  hitLimit?: number;
  readonly mutantCoverage?: { readonly static: Hits; readonly perTest: Readonly<Record<string, Hits>> };
}

/** The first run: the duration of each test in milliseconds, null if it was skipped, and the mutants that it reached. */
interface FirstRun {
  readonly durations: readonly (number | null)[];
  readonly perTest: Readonly<Record<string, Hits>>;
  /** Mutants that were reached while the modules were loaded. */
  readonly onLoad: Hits;
  /** The tests that start programs. */
  readonly starting: readonly number[];
}

const file = "core-tests.json";

/** Tests that measure time, because instrumented code is slower. */
const skip = /each costs the same/;

const stryker = ((globalThis as { __stryker__?: Stryker }).__stryker__ ??= {});

/** Runs the tests that the active mutant has to pass; the exit code is 0 if all of them passed. */
export async function start(): Promise<void> {
  const mutant = process.env["__STRYKER_ACTIVE_MUTANT__"];
  await endWith(process, () => (mutant === undefined ? runFirst() : runMutant(mutant)));
}

async function runFirst(): Promise<Report> {
  const durations: number[] = [];
  const starting = new Set<number>();
  onSpawn(() => starting.add(Number(stryker.currentTestId)));
  let began = 0;
  const report = await runAll({
    skip,
    onTest(_, index) {
      stryker.currentTestId = `${index}`;
      began = performance.now();
    },
    afterTest(index) {
      durations[index] = performance.now() - began;
    },
  });
  const { perTest = {}, static: onLoad = {} } = stryker.mutantCoverage ?? {};
  writeFileSync(file, JSON.stringify({ durations, perTest, onLoad, starting: [...starting] } satisfies FirstRun));
  return report;
}

function onSpawn(listener: () => void): void {
  const { spawn } = childProcess;
  childProcess.spawn = ((...args: Parameters<typeof spawn>) => {
    listener();
    return spawn(...args);
  }) as typeof spawn;
  syncBuiltinESMExports();
}

function runMutant(mutant: string): Promise<Report> {
  const { durations, perTest, onLoad, starting } = JSON.parse(readFileSync(file, "utf8")) as FirstRun;
  const hits = (test: number): number => perTest[test]?.[mutant] ?? 0;
  const all = [...durations.keys()].filter((test) => typeof durations[test] === "number");
  const reaching = mutant in onLoad ? all : all.filter((test) => hits(test) > 0 || starting.includes(test));
  // A mutant with an endless loop is detected by its number of hits.
  stryker.hitCount = 0;
  stryker.hitLimit = 1_000 + 100 * all.reduce((sum, test) => sum + hits(test), onLoad[mutant] ?? 0);
  const order = reaching.sort((a, b) => (durations[a] as number) - (durations[b] as number));
  return runAll({ bail: true, order, timeLimit: 5_000 });
}
