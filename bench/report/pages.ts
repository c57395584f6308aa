// The generated parts of the documentation: the charts, and the goals on the page. They are made from the recorded samples.

import type { Row } from "../rows/row.ts";
import { growth } from "./growth.ts";
import type { Result, Run } from "./result.ts";
import { summary } from "./summary.ts";
import { head, verdicts } from "./table.ts";

const begin = "<!-- figures -->";
const end = "<!-- /figures -->";

/** Reads a run from JSON, where `null` stands for `Infinity`. */
export function readRun(json: string): Run {
  const { setting, results } = JSON.parse(json) as Run;
  const restore = (result: Result): Result => ({
    ...result,
    samples: result.samples.map((sample) => sample ?? Infinity),
  });
  return { setting, results: results.map(restore) };
}

/**
 * Returns the generated files in `docs`, by path. `read` returns the content of a file of the project: the samples in `bench/results`, and
 * the present page.
 */
export function pages(rows: readonly Row[], read: (file: string) => string): Map<string, string> {
  const run = readRun(read("bench/results/run.json"));
  const sizes = readRun(read("bench/results/sizes.json"));
  const scaling = rows.filter((row) => sizes.results.some((result) => result.row === row.id));
  const figures = [
    head(run.setting),
    verdicts(rows, run.results),
    head(sizes.setting),
    verdicts(scaling, sizes.results, "Goals at other sizes"),
  ];
  const page = read("docs/speed.md");
  const [before, remainder] = page.split(begin) as [string, string];
  const after = remainder.split(end)[1] as string;
  return new Map([
    ["docs/pictures/speed.svg", summary(rows, run)],
    ["docs/pictures/growth.svg", growth(scaling, sizes)],
    ["docs/speed.md", `${before}${begin}\n\n${figures.join("\n")}\n${end}${after}`],
  ]);
}
