// Runs random programs on Go and on goro, and reports differences. It needs Go 1.25 or later.
//
//   npx tsx scripts/twins.ts                            a thousand programs
//   npx tsx scripts/twins.ts --programs 50 --seed 7     fifty programs of another seed
//   npx tsx scripts/twins.ts --record                   writes test/model/twins.json, for comparisons without Go

import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Context, WorkerPool } from "goro";
import { format } from "prettier";
import { corpusOf, isDetermined, type Result } from "./twins/corpus.ts";
import { goSource } from "./twins/go.ts";
import { GoPrograms, runTypeScript } from "./twins/processes.ts";
import { disagreements, type Twin, twins } from "./twins/twin.ts";
import { typescriptSource } from "./twins/typescript.ts";

const corpus = fileURLToPath(new URL("../test/model/twins.json", import.meta.url));

/** The number of runs of each program on Go and on goro. One of `perProcess` programs also runs as a separate process. */
const timesOnGo = 4;
const timesOnGoro = 8;
const perProcess = 37;

interface Run extends Result {
  readonly onGoro: readonly string[];
}

const { programs, seed, record } = options();
const started = performance.now();
const all = twins(programs, seed);
await using go = await GoPrograms.compile(all.map(({ write }) => write));
const compiled = performance.now();

await using pool = new WorkerPool((_: Context, index: number) => runOf(index), { workers: 2 });
const runs: Run[] = [];
let wrong = 0;
for await (const run of pool.map(all.keys())) {
  runs.push(run);
  const complaints = disagreements(run.twin, run.onGo, run.onGoro);
  if (complaints.length > 0) {
    wrong++;
    report(run, complaints);
  }
}

if (record && wrong === 0) {
  const entries = corpusOf(runs);
  await writeFile(corpus, await format(JSON.stringify(entries), { parser: "json", printWidth: 120 }));
  console.log(`${entries.length} programs recorded`);
}
console.log(summary());
process.exitCode = wrong === 0 ? 0 : 1;

function options(): { programs: number; seed: number; record: boolean } {
  try {
    const { values } = parseArgs({
      options: {
        programs: { type: "string", default: "1000" },
        seed: { type: "string", default: "1" },
        record: { type: "boolean", default: false },
      },
    });
    return {
      ...values,
      programs: parseInteger("programs", values.programs, 1),
      seed: parseInteger("seed", values.seed, 0),
    };
  } catch (error) {
    console.error(`twins: ${(error as Error).message}`);
    process.exit(1);
  }
}

function parseInteger(name: string, text: string, min: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number < 2 ** 31) return number;
  throw new RangeError(`--${name} must be an integer of at min ${min}, got ${JSON.stringify(text)}`);
}

async function runOf(index: number): Promise<Run> {
  const twin = all[index] as Twin;
  const onGoro: string[] = [];
  for (let time = 0; time < timesOnGoro; time++) onGoro.push(...(await twin.run(seed + time)));
  if (index % perProcess === 0) onGoro.push(twin.toOutcome(await runTypeScript(twin.write)));
  return { twin, onGo: (await go.run(index, timesOnGo)).map((result) => twin.toOutcome(result)), onGoro };
}

function report({ twin }: Run, complaints: readonly string[]): void {
  const source = goSource([twin.write]);
  const program = source.slice(source.indexOf("func program0"));
  console.error([`${twin.name}:`, ...complaints, program, typescriptSource(twin.write)].join("\n\n"));
}

function summary(): string {
  const count = (matches: (run: Run) => boolean): number => runs.filter(matches).length;
  const known = runs.flatMap(({ twin, onGo }) => (twin.allowed ? [[new Set(onGo).size, twin.allowed.size]] : []));
  const sum = (column: number): number => known.reduce((total, row) => total + (row[column] as number), 0);
  const seconds = (from: number, to: number): string => `${((to - from) / 1000).toFixed(1)} s`;
  const endings = new Map<string, number>();
  for (const { twin, onGo } of runs) {
    const text = onGo[0] ?? "";
    const ending = (twin.allowed ? text.split(" | ")[0] : text.split("\n").at(-1)) ?? "";
    endings.set(ending, (endings.get(ending) ?? 0) + 1);
  }
  return [
    `${runs.length} programs, ${count(({ twin }) => isDetermined(twin))} of them determined: ${wrong} disagree`,
    ...[...endings].sort(([, a], [, b]) => b - a).map(([ending, often]) => `  ${often} ${ending}`),
    `of ${sum(1)} outcomes that the ${known.length} small ones can have, Go showed ${sum(0)}`,
    `compiled in ${seconds(started, compiled)}, run in ${seconds(compiled, performance.now())}`,
  ].join("\n");
}
