// Runs the examples, or those that are named, and tells whether each did what its Go twin does:
//
//   npm run examples
//   npm run examples -- 01-basic-pool
//   npm run examples -- --virtual --seed 7      in virtual time, in the order that the seed gives
//   npm run examples -- 01-basic-pool --trace run.svg         what one did, as a picture: .svg, .json, .chrome.json, .txt
//   npm run examples -- --go                    beside the twins, run by real Go, and not beside what they did once

import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type Context, numCPU, WorkerPool } from "goro";
import { formatterFor } from "../src/trace/output-formats.ts";
import { chosen } from "./choose.ts";
import { compared, type Example, outcome, recorded, runPort, runTwin } from "./examples.ts";
import type { Run } from "./run.ts";
import { table } from "./table.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    virtual: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    trace: { type: "string" },
    go: { type: "boolean", default: false },
  },
});
const seed = values.virtual ? Number(values.seed) : undefined;
const list = await chosen(positionals);

// npm has changed to the folder of the project.
const trace = values.trace && resolve(process.env["INIT_CWD"] ?? ".", values.trace);
if (trace !== undefined && list.length !== 1) {
  console.error(`--trace is of one example, and these are ${list.length}`);
  process.exit(1);
}
try {
  if (trace !== undefined) formatterFor(trace);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}

interface Row {
  readonly cells: readonly string[];
  readonly port: Run;
  readonly wrong: readonly string[];
}

/** In real time a machine that is busy elsewhere may be late: what is wrong four times is wrong. (The tests use virtual time.) */
async function row(example: Example): Promise<Row> {
  const attempts = values.virtual ? 1 : 4;
  for (let number = 1; ; number++) {
    const last = await attempt(example);
    if (last.wrong.length === 0 || number === attempts) return last;
  }
}

async function attempt(example: Example): Promise<Row> {
  const was = await recorded(example);
  const port = await runPort(example, { seed, trace });
  const wrong: string[] = [];
  if (values.go) {
    for (const twin of (await runTwin(example, 1)).map(outcome)) {
      wrong.push(...compared(example, was, twin).map((line) => `the twin is not as recorded: ${line}`));
      wrong.push(...compared(example, twin, outcome(port)));
    }
  } else {
    wrong.push(...compared(example, was, outcome(port)));
  }
  const time = `${(port.ms / 1000).toFixed(1)} s`;
  const verdict = wrong.length === 0 ? "as Go" : "NOT as Go";
  return { cells: [example.name, example.order.patterns.join(" "), time, verdict], port, wrong };
}

// They mostly sleep; but too many at once would be late.
await using pool = new WorkerPool((_: Context, example: Example) => row(example), { workers: Math.min(numCPU(), 4) });

const rows: (readonly string[])[] = [["example", "patterns", "time", "output"]];
let failed = 0;
for await (const { cells, port, wrong } of pool.map(list)) {
  rows.push(cells);
  if (list.length === 1) process.stdout.write(`${port.stdout}${port.stderr}\n`);
  if (wrong.length === 0) continue;
  failed++;
  console.error(`${cells[0]}:\n${wrong.map((line) => `  ${line}\n`).join("")}`);
  if (port.code !== 0 && list.length > 1) console.error(port.stderr);
}

console.log(table(rows));
console.log(`\n${list.length - failed} of ${list.length} as Go`);
process.exitCode = failed === 0 ? 0 : 1;
