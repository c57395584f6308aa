import { describe, expect, test } from "@jest/globals";
import { below, seed } from "../../src/runtime/realm.ts";

function draw(count: number, n: number): number[] {
  return Array.from({ length: count }, () => below(n));
}

/** Checks that each of `bins` values occurs equally often, within 8 standard deviations. */
function expectUniform(values: readonly number[], bins: number): void {
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  const p = 1 / bins;
  const sigma = Math.sqrt(values.length * p * (1 - p));
  for (const count of counts) expect(Math.abs(count - values.length * p)).toBeLessThan(8 * sigma);
}

describe("below", () => {
  test("repeats its numbers from the same seed", () => {
    seed(42);
    const first = draw(100, 1000);
    seed(42);
    expect(draw(100, 1000)).toEqual(first);
  });

  test.each([
    [1, 2],
    [0, 2 ** 31],
    [7, 2 ** 32 - 1],
  ])("returns different numbers from the seeds %i and %i", (seed1, seed2) => {
    seed(seed1);
    const first = draw(20, 1000);
    seed(seed2);
    expect(draw(20, 1000)).not.toEqual(first);
  });

  test("returns the numbers of mulberry32 in every version, so that a seed reproduces a run", () => {
    seed(42);
    const known = [2581720956, 1925393290, 3661312704, 2876485805, 750819978, 2261697747];
    expect(draw(6, 2 ** 32)).toEqual(known);
  });

  test("starts with a different seed in every process", async () => {
    // A query in the URL loads a new copy of the module.
    const path = "../../src/runtime/realm.ts?";
    const fresh = async (copy: string): Promise<number[]> => {
      const random = (await import(path + copy)) as { below: (n: number) => number };
      return Array.from({ length: 4 }, () => random.below(2 ** 32));
    };
    expect(await fresh("one")).not.toEqual(await fresh("two"));
  });

  test("always returns 0 for 1", () => {
    expect(new Set(draw(1000, 1))).toEqual(new Set([0]));
  });

  test.each([1, 2, 3, 7, 1000, 2 ** 31, 2 ** 32])("returns integers from 0 to below %i", (n) => {
    seed(n);
    const values = draw(2000, n);
    expect(values.filter((value) => !Number.isInteger(value) || value < 0 || value >= n)).toEqual([]);
    // Both halves of the range must occur; otherwise the numbers would not cover the range.
    if (n > 1) {
      expect(values.some((value) => value < n / 2)).toBe(true);
      expect(values.some((value) => value >= n / 2)).toBe(true);
    }
  });

  test.each([2, 3, 5, 16, 100])("returns each of %i numbers equally often", (n) => {
    seed(n);
    expectUniform(draw(50_000, n), n);
  });

  test("returns each number equally often after each other number", () => {
    seed(1);
    const values = draw(100_000, 4);
    const pairs = values.slice(1).map((value, i) => (values[i] as number) * 4 + value);
    // Overlapping pairs are not independent; the pairs at even indexes are.
    expectUniform(
      pairs.filter((_, i) => i % 2 === 0),
      16,
    );
  });
});
