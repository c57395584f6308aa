// Runs all examples, or the named ones, and reports whether each has the outcome of its Go twin:
//
//   npm run examples
//   npm run examples -- 01-basic-pool
//   npm run examples -- --virtual --seed 7      in virtual time, in the order that the seed gives
//   npm run examples -- 01-basic-pool --trace run.svg         a trace of the run: .svg, .json, .chrome.json, .txt
//   npm run examples -- --go                    compared with a run of real Go instead of the recording; without names, the Go side of
//                                               docs/coming-from/go.md is run too
//   npm run examples -- --mistakes              each example with each of its mistakes, compared with the declared outcome, in virtual
//                                               time with three seeds; with --go, the edited twins too

import { rmSync } from "node:fs";
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Context, numCPU, WorkerPool } from "goro";
import { formatterFor } from "../src/trace/output-formats.ts";
import { goOutput, runGoProgram } from "./coming-from.ts";
import { compareOutcomes, type Example, readRecording, runPort, runTwin, toOutcome } from "./examples.ts";
import { writeMistakes } from "./mistakes.ts";
import type { Run } from "./run.ts";
import { selectExamples } from "./select-examples.ts";
import { textTable } from "./text-table.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    virtual: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    trace: { type: "string" },
    go: { type: "boolean", default: false },
    mistakes: { type: "boolean", default: false },
  },
});
const seeds = values.virtual ? [Number(values.seed)] : values.mistakes ? [1, 2, 3] : [undefined];
const named = await selectExamples(positionals);
const selected = values.mistakes ? await writeAllMistakes(named) : named;

// The path is relative to the folder in which npm was started; npm changes to the folder of the project.
const trace = values.trace && resolve(process.env["INIT_CWD"] ?? ".", values.trace);
if (trace !== undefined && selected.length !== 1) {
  console.error(`--trace needs one example, got ${selected.length}`);
  process.exit(1);
}
try {
  if (trace !== undefined) formatterFor(trace);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

async function writeAllMistakes(all: readonly Example[]): Promise<Example[]> {
  const temporary = await mkdtemp(join(tmpdir(), "goro-"));
  process.on("exit", () => rmSync(temporary, { recursive: true }));
  return (await Promise.all(all.map((example) => writeMistakes(example, temporary)))).flat();
}

interface Row {
  readonly cells: readonly string[];
  readonly port: Run;
  readonly differences: readonly string[];
}

/**
 * In real time, in which the twins always run, the order can differ on a busy machine: only four failed attempts count. (The tests use
 * virtual time.)
 */
async function runExample(example: Example): Promise<Row> {
  const attempts = (values.virtual || values.mistakes) && !values.go ? 1 : 4;
  for (let number = 1; ; number++) {
    const row = await attempt(example);
    if (row.differences.length === 0 || number === attempts) return row;
  }
}

async function attempt(example: Example): Promise<Row> {
  const recording = await readRecording(example);
  const ports: Run[] = [];
  for (const seed of seeds) ports.push(await runPort(example, { seed, trace }));
  const differences: string[] = [];
  if (values.go) {
    for (const twin of (await runTwin(example, 1)).map(toOutcome)) {
      differences.push(
        ...compareOutcomes(example, recording, twin).map((line) => `the twin differs from its recording: ${line}`),
      );
      differences.push(...ports.flatMap((port) => compareOutcomes(example, twin, toOutcome(port))));
    }
  } else {
    differences.push(...ports.flatMap((port) => compareOutcomes(example, recording, toOutcome(port))));
  }
  const time = `${(ports.reduce((sum, { ms }) => sum + ms, 0) / 1000).toFixed(1)} s`;
  const verdict = differences.length === 0 ? "as Go" : "NOT as Go";
  const cells = [example.name, example.order.patterns.join(" "), time, verdict];
  return { cells, port: ports[0] as Run, differences };
}

// The programs mostly sleep, but with more than four at once their timers would fire too late.
await using pool = new WorkerPool((_: Context, example: Example) => runExample(example), {
  workers: Math.min(numCPU(), 4),
});

const rows: (readonly string[])[] = [["example", "patterns", "time", "output"]];
let failed = 0;
for await (const { cells, port, differences } of pool.map(selected)) {
  rows.push(cells);
  if (selected.length === 1) process.stdout.write(`${port.stdout}${port.stderr}\n`);
  if (differences.length === 0) continue;
  failed++;
  console.error(`${cells[0]}:\n${differences.map((line) => `  ${line}\n`).join("")}`);
  if (port.code !== 0 && selected.length > 1) console.error(port.stderr);
}

console.log(textTable(rows));
console.log(`\n${selected.length - failed} of ${selected.length} as Go`);
process.exitCode = failed === 0 ? 0 : 1;

if (values.go && positionals.length === 0) {
  const isCurrent = (await runGoProgram()) === (await readFile(goOutput, "utf8"));
  console.log(`test/coming-from/go: ${isCurrent ? "as recorded" : "NOT as recorded"}`);
  if (!isCurrent) process.exitCode = 1;
}
