// A bar chart with a panel for each row and a bar for each implementation, the shortest on top.

import type { Row } from "../rows/row.ts";
import { isFair, ranked, sizesIn } from "./compare.ts";
import { figure, times, unitNames } from "./figures.ts";
import { median, type Result, type Run } from "./result.ts";
import { document, round, text } from "./svg.ts";

const WIDTH = 1_000;
const GAP = 24;
const PANEL = (WIDTH - 3 * GAP) / 2;
const NAME = 110;
const LENGTH = 190;
const LINE = 18;
const BAR = 11;

/** The longest bar as a multiple of the shortest, or the bar of goro if that is longer. Longer bars are broken, so that one slow
 * implementation does not make the others indistinguishable. */
const LONGEST = 6;

/** Draws the rows in two columns; the timer rows appear as notes beside the bars. */
export function chart(rows: readonly Row[], { setting, results }: Run): string {
  const bottoms = [GAP + 62, GAP + 62];
  const panels = rows
    .filter((row) => row.withTimer === undefined)
    .flatMap((row) => sizesIn(row, results).map((n) => ({ row, ranking: measured(ranked(row, n, results)) })))
    .filter(({ ranking }) => ranking.length > 1)
    .map(({ row, ranking }) => {
      const column = (bottoms[0] as number) <= (bottoms[1] as number) ? 0 : 1;
      const top = bottoms[column] as number;
      bottoms[column] = top + 22 + ranking.length * LINE + GAP;
      return panel(row, ranking, results, GAP + column * (PANEL + GAP), top);
    });
  const key =
    "Less is better. Solid: goro; hatched: Go on one core; dashed: by hand; a broken bar is longer than it is drawn.";
  const where = `${setting.date}, ${setting.cpu}, Node ${setting.node}${setting.go === null ? "" : `, ${setting.go}`}`;
  const heads = [
    text(GAP, GAP + 8, key),
    text(GAP, GAP + 26, where + (setting.quick ? "; quick: not for conclusions" : ""), "small"),
  ];
  return document(WIDTH, Math.max(...bottoms), "goro beside Go and other libraries", [...heads, ...panels]);
}

function measured(ranking: readonly Result[]): Result[] {
  return ranking.filter((result) => Number.isFinite(median(result.samples)));
}

function panel(row: Row, ranking: readonly Result[], results: readonly Result[], x: number, y: number): string {
  const values = ranking.map((result) => median(result.samples));
  const first = values[0] as number;
  const goro = values[ranking.findIndex((result) => result.implementation === "goro")] ?? first;
  const longest = Math.min(Math.max(...values), Math.max(LONGEST * first, goro));
  const bars = ranking.map((result, i) => {
    const value = values[i] as number;
    const top = y + 10 + i * LINE;
    const length = round((LENGTH * Math.min(value, longest)) / longest);
    const unfair = row.unit === "ns" && isFair(row, result.implementation, results) === false ? ", unfair" : "";
    const ratio = i === 0 ? "" : `, ${times(value / first)} x`;
    return [
      text(x + NAME - 6, top + 10, result.implementation, result.implementation === "goro" ? "own" : "", "end"),
      `<rect class="${kind(result.implementation)}" x="${x + NAME}" y="${top}" width="${length}" height="${BAR}"/>`,
      value > longest ? broken(x + NAME + length - 22, top) : "",
      text(
        x + NAME + length + 6,
        top + 10,
        `${figure(value, row.unit)} ${unitNames[row.unit]}${ratio}${unfair}`,
        "small",
      ),
    ].join("");
  });
  return [text(x, y, row.title.replaceAll("`", ""), "title"), ...bars].join("\n");
}

/** Draws two cuts through a bar. */
function broken(x: number, top: number): string {
  const cut = (at: number): string =>
    `<path class="paper" d="M${round(at)} ${top + BAR + 1}l6 -${BAR + 2}h3l-6 ${BAR + 2}z"/>`;
  return cut(x) + cut(x + 7);
}

function kind(implementation: string): string {
  return implementation === "goro" || implementation === "go" || implementation === "baseline"
    ? implementation
    : "peer";
}
