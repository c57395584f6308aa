// Runs the examples, or the one whose name is given, and tells whether each printed what its Go twin printed:
//
//   npm run examples
//   npm run examples -- 01-basic-pool
//   npm run examples -- --virtual --seed 7      in virtual time, in the order that the seed gives

import { parseArgs } from "node:util";
import { examples, orderOf, recorded, runPort } from "./examples.ts";
import { differences } from "./order.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { virtual: { type: "boolean", default: false }, seed: { type: "string", default: "1" } },
});
const [wanted] = positionals;
const seed = values.virtual ? Number(values.seed) : undefined;
const all = await examples();
const chosen = wanted === undefined ? all : all.filter(({ name }) => name === wanted);
if (chosen.length === 0) {
  console.error(`no example is named ${wanted ?? ""}; there are:\n${all.map(({ name }) => `  ${name}`).join("\n")}`);
  process.exit(1);
}

const rows: [name: string, patterns: string, time: string, verdict: string][] = [];
let failed = 0;
for (const example of chosen) {
  const order = await orderOf(example);
  const { code, stdout, stderr, ms } = await runPort(example, seed);
  const wrong = differences(order, await recorded(example), stdout);
  if (code !== 0) wrong.push(`the exit code is ${String(code)}`, ...stderr.split("\n"));
  if (wanted !== undefined) process.stdout.write(`${stdout}\n`);
  if (wrong.length > 0) {
    failed++;
    console.error(`${example.name}:\n${wrong.map((line) => `  ${line}\n`).join("")}`);
  }
  rows.push([
    example.name,
    order.patterns.join(" "),
    `${(ms / 1000).toFixed(1)} s`,
    wrong.length === 0 ? "as Go" : "NOT as Go",
  ]);
}

rows.unshift(["example", "patterns", "time", "output"]);
const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
for (const row of rows)
  console.log(
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
process.exitCode = failed === 0 ? 0 : 1;
