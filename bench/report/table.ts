// The report as Markdown, with aligned columns for a terminal.

import type { Row } from "../rows/row.ts";
import { isFair, judge, ranked, sizesIn, valueOf, type Verdict } from "./compare.ts";
import { figure, times, unitNames } from "./figures.ts";
import { median, type Result, type Setting } from "./result.ts";

/** Formats the time, the machine and the versions. */
export function head(environment: Setting): string {
  const lines = [
    `${environment.date}, ${environment.cpu}, ${environment.cores} cores, ${environment.system}, Node ${environment.node}, ` +
      (environment.go === null ? "no Go" : `${environment.go} on one core`),
    [...new Set(Object.values(environment.versions))].join(", "),
    environment.quick
      ? "QUICK: a tenth of the work, which shows that everything runs, not how fast it is."
      : `Medians of ${environment.repeats} processes; only ratios within one run count.`,
  ];
  return lines.join("\n") + "\n";
}

/** Formats a row: a table of its implementations for each size. */
export function rowTable(row: Row, results: readonly Result[]): string {
  const tables = sizesIn(row, results).map((n) => {
    const ranking = ranked(row, n, results);
    const best = median(ranking[0]?.samples ?? []);
    const go = valueOf(row.id, n, "go", results);
    const baseline = valueOf(row.id, n, "baseline", results);
    const lines = ranking.map((result) => {
      const value = median(result.samples);
      const spread =
        result.samples.length > 1
          ? spreadOf(result.samples)
              .map((end) => figure(end, row.unit))
              .join("..")
          : "";
      return [
        result.implementation,
        figure(value, row.unit),
        spread,
        times(value / best),
        times(value / go),
        times(value / baseline),
        notes(row, result, results),
      ];
    });
    const size = row.sizes === undefined ? "" : `, n = ${n.toLocaleString("en-US")}`;
    const title = `### ${row.id}: ${row.title}${size}`;
    const columns = ["", unitNames[row.unit], "min..max", "x first", "x Go", "x baseline", "notes"];
    const goals = judge(row, n, results).map(sentence);
    return [title, "", table(columns, lines), ...goals.map((goal) => `\n${goal}`)].join("\n");
  });
  return tables.join("\n\n") + "\n";
}

/** Formats the goals of all rows, with the result of goro for each. */
export function verdicts(rows: readonly Row[], results: readonly Result[], title: string = "Goals"): string {
  const lines: string[][] = [];
  for (const row of rows) {
    for (const n of sizesIn(row, results)) {
      const value = figure(valueOf(row.id, n, "goro", results), row.unit);
      const size = row.sizes === undefined ? "" : ` (${n.toLocaleString("en-US")})`;
      for (const verdict of judge(row, n, results)) {
        lines.push([
          row.id + size,
          value,
          verdict.words,
          times(verdict.got),
          verdict.reached ? "reached" : "NOT reached",
        ]);
      }
    }
  }
  if (lines.length === 0) return "No goal was judged: goro or the reference of the goal was not measured.";
  return [`### ${title}`, "", table(["row", "goro", "goal", "got", ""], lines)].join("\n") + "\n";
}

function sentence({ words, reached, got, target }: Verdict): string {
  return `Goal ${words}: ${reached ? "reached" : "NOT reached"}, ${times(got)} of ${times(target)}.`;
}

function notes(row: Row, result: Result, results: readonly Result[]): string {
  const texts: string[] = [];
  if (result.problem !== null) texts.push(result.problem);
  if (row.unit === "ns" && isFair(row, result.implementation, results) === false) texts.push("unfair: starves timers");
  return texts.join("; ");
}

function spreadOf(samples: readonly number[]): number[] {
  return [Math.min(...samples), Math.max(...samples)];
}

/** Formats a Markdown table. The first and the last column are aligned to the left, the others to the right. */
function table(columns: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = columns.map((column, i) => Math.max(3, column.length, ...lines.map((line) => line[i]?.length ?? 0)));
  const isLeft = (i: number): boolean => i === 0 || i === columns.length - 1;
  const show = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (isLeft(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(" | ")} |`;
  const rule = widths.map((width, i) => (isLeft(i) ? "-".repeat(width) : `${"-".repeat(width - 1)}:`));
  return [show(columns), show(rule), ...lines.map(show)].join("\n");
}
