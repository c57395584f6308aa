import { describe, expect, test } from "@jest/globals";
import { Histogram } from "../../src/pool/report.ts";
import { Prng } from "../../src/util/prng.ts";

const shares = [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];

function histogram(values: readonly number[]): Histogram {
  const made = new Histogram();
  for (const value of values) made.add(value);
  return made;
}

/** What `p` of the sorted `values` do not exceed. */
function exact(values: readonly number[], p: number): number {
  return values[Math.ceil(values.length * p) - 1] ?? 0;
}

test("is all zeros at first", () => {
  expect(new Histogram().summary()).toEqual({ count: 0, mean: 0, max: 0, p50: 0, p95: 0, p99: 0 });
});

test.each([0, 0.001, 0.5, 1, 20, 1000, 123_456.789, 1e12])("of one duration of %p ms is exact", (ms) => {
  const { count, mean, max, ...percentiles } = histogram([ms]).summary();
  expect([count, mean, max]).toEqual([1, ms, ms]);
  const reported = ms <= 0.001 ? 0 : ms;
  expect(percentiles).toEqual({ p50: reported, p95: reported, p99: reported });
});

test("reports count, mean and max exactly", () => {
  const { count, mean, max } = histogram([3, 1, 4, 1, 5, 9, 2, 6]).summary();
  expect([count, mean, max]).toEqual([8, 3.875, 9]);
});

test("the figures are those of the percentiles", () => {
  const all = histogram(Array.from({ length: 200 }, (_, i) => i + 1));
  const { p50, p95, p99 } = all.summary();
  expect([p50, p95, p99]).toEqual([all.percentile(0.5), all.percentile(0.95), all.percentile(0.99)]);
  expect(p50).toBeLessThan(p95);
  expect(p95).toBeLessThan(p99);
});

test("the percentile is the first that enough do not exceed, and not the one behind", () => {
  // So far apart that no error of 5 % could hide a mistake by one.
  const values = Array.from({ length: 20 }, (_, i) => 2 ** i);
  const all = histogram(values);
  const reported = values.map((_, i) => all.percentile((i + 1) / 20));
  expect(reported.map((ms) => Math.floor(Math.log2(ms)))).toEqual([...values.keys()]);
  expect(all.percentile(0.5 + 1e-9)).toBe(reported[10]);
});

describe("is right to within 5 %, and never too low", () => {
  const kinds: readonly (readonly [string, (chance: Prng) => number])[] = [
    ["alike", (chance) => 10 + chance.randomInt(1000) / 1000],
    ["even", (chance) => chance.randomInt(1e6) / 1000],
    ["of all magnitudes", (chance) => 10 ** (chance.randomInt(12_000) / 1000 - 3)],
    [
      "mostly short, and seldom long",
      (chance) => (chance.randomInt(50) === 0 ? 5000 : 1) + chance.randomInt(100) / 100,
    ],
    ["mostly none", (chance) => (chance.randomInt(4) === 0 ? chance.randomInt(100) / 10 : 0)],
    ["whole", (chance) => chance.randomInt(20)],
  ];

  describe.each(kinds)("for durations that are %s", (_, draw) => {
    test.each([1, 2, 10, 99, 100, 2000])("%i of them", (length) => {
      const chance = new Prng(length);
      const values = Array.from({ length }, () => draw(chance));
      const all = histogram(values);
      values.sort((a, b) => a - b);
      for (const p of shares) {
        const is = exact(values, p);
        const reported = all.percentile(p);
        expect(reported).toBeGreaterThanOrEqual(is <= 0.001 ? 0 : is * (1 - 1e-9));
        expect(reported).toBeLessThanOrEqual(Math.min(is * 1.05, values.at(-1) as number));
      }
    });
  });
});

test("percentiles below a microsecond are 0; mean and max are exact", () => {
  const { mean, max, p99 } = histogram([0.00025, 0.00075]).summary();
  expect([mean, max, p99]).toEqual([0.0005, 0.00075, 0]);
});
