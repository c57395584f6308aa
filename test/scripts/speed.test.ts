// The page about speed shows what the samples say that are kept, and nothing else.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { pages, readRun } from "../../bench/report/pages.ts";
import { lines, summary } from "../../bench/report/summary.ts";
import { rows } from "../../bench/rows/all.ts";
import { parseXml } from "../support/xml.ts";

const read = (file: string): string => readFileSync(fileURLToPath(new URL(`../../${file}`, import.meta.url)), "utf8");
const run = readRun(read("bench/results/run.json"));

/** Markdown without the spaces by which its tables are aligned. */
function words(text: string): string {
  return text.replaceAll(/[ -]+/g, " ");
}

describe("the documentation of the speed", () => {
  test.each([...pages(rows, read)].map(([file, text]) => [file, text] as const))("%s is current", (file, text) => {
    expect(words(read(file))).toBe(words(text));
    if (file.endsWith(".svg")) parseXml(text);
  });

  test("comes from a whole run, in which goro failed no row", () => {
    expect(run.setting.quick).toBe(false);
    expect(run.results.filter(({ implementation, problem }) => implementation === "goro" && problem !== null)).toEqual(
      [],
    );
    const known = new Set(run.results.map(({ row }) => row));
    expect(lines.map(({ row }) => row).filter((row) => !known.has(row))).toEqual([]);
  });
});

test("a chart of what was not measured leaves it out", () => {
  const { all } = parseXml(summary(rows, { ...run, results: run.results.filter(({ row }) => row === "buffered") }));
  const texts = all.filter(({ name }) => name === "text").map(({ text }) => text);
  const labels = lines.map(({ label }) => label).filter((label) => texts.includes(label));
  expect(labels).toEqual(["through a buffer of 100"]);
});
