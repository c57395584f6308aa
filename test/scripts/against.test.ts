// The comparison of two versions of the library in the benchmarks.

import { describe, expect, test } from "@jest/globals";
import { isWorse, medianRatio, versionRow, type VersionResult } from "../../bench/report/versions.ts";
import { parse } from "../../bench/runner/options.ts";

const result = (olds: number[], news: number[], problem: string | null = null): VersionResult => ({
  row: "unbuffered",
  unit: "ns",
  olds,
  news,
  tolerated: 0,
  problem,
});

describe("the ratio of new to old", () => {
  test("is the median of the ratios of the rounds", () => {
    expect(medianRatio(result([100, 200, 100], [110, 200, 300]))).toBeCloseTo(1.1);
  });

  test("is 1 if neither version has an end", () => {
    expect(medianRatio(result([Infinity, Infinity, Infinity], [Infinity, Infinity, Infinity]))).toBe(1);
  });
});

test.each([
  ["a ratio at the limit", result([100, 100, 100], [110, 110, 110]), false],
  ["a ratio beyond the limit", result([100, 100, 100], [111, 111, 111]), true],
  ["one slow round of three", result([100, 100, 100], [100, 100, 300]), false],
  ["a timer that stays below its goal", { ...result([10, 10, 10], [20, 20, 20]), tolerated: 25 }, false],
  ["a timer that exceeds its goal", { ...result([10, 10, 10], [30, 30, 30]), tolerated: 25 }, true],
  ["a timer that no longer fires", result([10, 10, 10], [Infinity, Infinity, Infinity]), true],
  ["a failure of the new version", result([], [], "new: out of memory"), true],
  ["a failure of the old version", result([], [], "old: out of memory"), false],
])("whether the new version is worse: %s", (_, versions, expected) => {
  expect(isWorse(versions)).toBe(expected);
});

test("a row shows both medians, the ratio and the range of the ratios", () => {
  expect(versionRow(result([100, 100, 100], [120, 110, 130]))).toEqual([
    "unbuffered",
    "100 ns",
    "120 ns",
    "1.20",
    "1.10..1.30",
    "SLOWER",
  ]);
});

test("a comparison has at least three rounds, and five without an option", () => {
  expect(parse(["--against", "HEAD~1", "select"])).toMatchObject({
    against: "HEAD~1",
    repeats: 5,
    filters: ["select"],
  });
  expect(parse(["--against", "HEAD~1", "--quick"]).repeats).toBe(5);
  expect(() => parse(["--against", "HEAD~1", "--repeats", "2"])).toThrow("at least 3 rounds");
});
