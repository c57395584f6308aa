// What the documentation shows of a run: the charts, and the page with the goals. All is made from samples that are kept.

import type { Row } from "../rows/row.ts";
import { growth } from "./growth.ts";
import type { Result, Run } from "./result.ts";
import { summary } from "./summary.ts";
import { head, verdicts } from "./table.ts";

const begin = "<!-- figures -->";
const end = "<!-- /figures -->";

/** A run out of a file. What never happened is no number there. */
export function readRun(json: string): Run {
  const { setting, results } = JSON.parse(json) as Run;
  const whole = (one: Result): Result => ({ ...one, samples: one.samples.map((sample) => sample ?? Infinity) });
  return { setting, results: results.map(whole) };
}

/**
 * The files below `docs`, by name, with what they must hold. `read` answers what a file below the project's folder holds: the samples of
 * `bench/results`, and the page as it is.
 */
export function pages(rows: readonly Row[], read: (file: string) => string): Map<string, string> {
  const run = readRun(read("bench/results/run.json"));
  const sizes = readRun(read("bench/results/sizes.json"));
  const scaling = rows.filter((row) => sizes.results.some((one) => one.row === row.id));
  const figures = [
    head(run.setting),
    verdicts(rows, run.results),
    "At other sizes:\n",
    verdicts(scaling, sizes.results),
  ];
  const page = read("docs/speed.md");
  const [before, rest] = page.split(begin) as [string, string];
  const after = rest.split(end)[1] as string;
  return new Map([
    ["docs/pictures/speed.svg", summary(rows, run)],
    ["docs/pictures/growth.svg", growth(scaling, sizes)],
    ["docs/speed.md", `${before}${begin}\n\n${figures.join("\n")}\n${end}${after}`],
  ]);
}
