// Runs the benchmarks: selects rows and implementations, measures them, and reports.

import { appendFileSync, writeFileSync } from "node:fs";
import { load, names } from "./implementations/all.ts";
import { chart } from "./report/chart.ts";
import { growth } from "./report/growth.ts";
import type { Result, Run } from "./report/result.ts";
import { head, rowTable, verdicts } from "./report/table.ts";
import { isWorse, LIMIT, versionRow } from "./report/versions.ts";
import { rows } from "./rows/all.ts";
import type { Row } from "./rows/row.ts";
import { compareVersions } from "./runner/against.ts";
import { buildOldVersion } from "./runner/old-version.ts";
import { type Options, parse } from "./runner/options.ts";
import { pickProgram } from "./runner/pick.ts";
import { buildGo } from "./runner/processes.ts";
import { perform } from "./runner/schedule.ts";
import { goVersion, setting } from "./runner/setting.ts";

const options = parse(process.argv.slice(2));
const selectedRows = rows.filter((row) => isSelected(row, options));
if (selectedRows.length === 0) exitWith(`no row matches ${options.filters.join(", ")}; the rows are ${idsOf(rows)}`);
process.exitCode = options.against === null ? await measure() : await compareWith(options.against);

/** Measures the selected rows for all implementations; returns the exit code: 1 if goro failed a row. */
async function measure(): Promise<number> {
  // A path that cannot be written fails now, and not after an hour.
  for (const file of [options.json, options.svg]) if (file !== null) appendFileSync(file, "");
  const go = buildGo(goVersion());
  const implementations = ["go", ...names].filter(
    (name) => options.implementations.length === 0 || options.implementations.includes(name),
  );
  if (implementations.length === 0)
    exitWith(`unknown implementation ${options.implementations.join(", ")}; there are go, ${names.join(", ")}`);

  const environment = await setting(options, implementations);
  console.log(head(environment));
  const results: Result[] = [];
  // The timer rows run first: the other rows mark the implementations that starve timers.
  for (const row of selectedRows.toSorted((a, b) => Number(isTimer(b)) - Number(isTimer(a)))) {
    results.push(...(await perform(row, implementations, options, go)));
    console.log(rowTable(row, results));
  }
  console.log(verdicts(selectedRows, results));

  const run: Run = { setting: environment, results };
  if (options.json !== null) writeFileSync(options.json, JSON.stringify(run, null, 2) + "\n");
  if (options.svg !== null)
    writeFileSync(options.svg, options.sizes ? growth(selectedRows, run) : chart(selectedRows, run));
  return results.some(({ implementation, problem }) => implementation === "goro" && problem !== null) ? 1 : 0;
}

/** Compares goro with goro at `commit` in the selected rows; returns the exit code: 1 if a row is beyond the limit. */
async function compareWith(commit: string): Promise<number> {
  using old = buildOldVersion(commit);
  const goro = await load("goro");
  const comparable = selectedRows.filter((row) => pickProgram(goro, row) !== null);
  console.log(`goro beside goro at ${old.commit}: medians of ${options.repeats} rounds, new / old at most ${LIMIT}\n`);
  const widths = [24, 12, 12, 6, 12];
  const print = (cells: readonly string[]): void =>
    console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(widths[i] ?? 8))).join("  "));
  print(["row", "old", "new", "ratio", "range", ""]);
  let failures = 0;
  for (const row of comparable) {
    const result = await compareVersions(row, old.child, options.repeats, options.quick);
    if (isWorse(result)) failures++;
    print(versionRow(result));
  }
  console.log(`\n${failures} of ${comparable.length} rows beyond ${LIMIT}`);
  return failures === 0 ? 0 : 1;
}

function isSelected(row: Row, { filters, sizes }: Options): boolean {
  if (sizes && row.sizes === undefined) return false;
  return filters.length === 0 || filters.some((part) => row.id.includes(part));
}

function exitWith(message: string): never {
  console.error(`bench: ${message}`);
  process.exit(2);
}

function isTimer(row: Row): boolean {
  return row.withTimer !== undefined;
}

function idsOf(all: readonly Row[]): string {
  return all.map((row) => row.id).join(", ");
}
