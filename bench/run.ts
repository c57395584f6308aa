// The bench: chooses rows and contenders, measures, and reports.

import { writeFileSync } from "node:fs";
import { names } from "./contenders/all.ts";
import { type Options, parse } from "./runner/options.ts";
import { buildGo } from "./runner/processes.ts";
import { chart } from "./report/chart.ts";
import { growth } from "./report/growth.ts";
import type { Result, Run } from "./report/result.ts";
import { head, rowTable, verdicts } from "./report/table.ts";
import { rows } from "./rows/all.ts";
import type { Row } from "./rows/row.ts";
import { perform } from "./runner/schedule.ts";
import { goVersion, setting } from "./runner/setting.ts";

const options = parse(process.argv.slice(2));
const wanted = rows.filter((row) => isWanted(row, options));
const go = buildGo(goVersion());
const contenders = ["go", ...names].filter(
  (name) => options.contenders.length === 0 || options.contenders.includes(name),
);
if (wanted.length === 0) giveUp(`no row of ${options.filters.join(", ")}; there are ${ids(rows)}`);
if (contenders.length === 0)
  giveUp(`no contender of ${options.contenders.join(", ")}; there are go, ${names.join(", ")}`);

const where = await setting(options, contenders);
console.log(head(where));
const results: Result[] = [];
// The timers first: who starves them is marked in all the other rows.
for (const row of wanted.toSorted((a, b) => Number(isTimer(b)) - Number(isTimer(a)))) {
  const own = await perform(row, contenders, options, go);
  results.push(...own);
  console.log(rowTable(row, results));
}
console.log(verdicts(wanted, results));

const run: Run = { setting: where, results };
if (options.json !== null) writeFileSync(options.json, JSON.stringify(run, null, 2) + "\n");
if (options.svg !== null) writeFileSync(options.svg, options.sizes ? growth(wanted, run) : chart(wanted, run));
process.exitCode = results.some((one) => one.contender === "goro" && one.problem !== null) ? 1 : 0;

function isWanted(row: Row, { filters, sizes }: Options): boolean {
  if (sizes && row.sizes === undefined) return false;
  return filters.length === 0 || filters.some((part) => row.id.includes(part));
}

function giveUp(why: string): never {
  console.error(`bench: ${why}`);
  process.exit(2);
}

function isTimer(row: Row): boolean {
  return row.beside !== undefined;
}

function ids(all: readonly Row[]): string {
  return all.map((row) => row.id).join(", ");
}
