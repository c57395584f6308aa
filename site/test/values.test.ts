import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { format } from "node:util";
import { formatValues } from "../run/format-values.ts";
import { EndlessLoop, LoopGuard } from "../run/loop-guard.ts";
import { seededRandom } from "../run/random.ts";

class Point {
  x = 1;
  y = { z: -0 };
}

const circular: Record<string, unknown> = { name: "it's" };
circular["self"] = circular;

describe("formatValues", () => {
  const rows: readonly (readonly unknown[])[] = [
    [],
    ["a", 1, true, null, undefined, 10n, Symbol("s")],
    ["%s is %d of %i, %f, %j %% %O %x", "a", "1.5", "2.9", "3.5", { a: 1 }, [1], 4],
    ["%s %s", 1],
    [1, "a", "b"],
    [[1, "a", null, [2, [3, [4, [5]]]]], []],
    [{ a: 1, "b-c": "x", f() {}, g: Point, h: () => 1 }, {}],
    [{ a: { b: { c: { d: 1 } } } }],
    [new Point(), [new Point()]],
    [
      new Map<unknown, unknown>([
        ["a", 1],
        [{ b: 1 }, [2]],
      ]),
      new Set([1, "a"]),
      new Map(),
      new Uint8Array([1, 2]),
    ],
    [new Date(0), /a+/g, Object.create(null)],
    [Array.from({ length: 30 }, (_, index) => index * index)],
    [Array.from({ length: 120 }, (_, index) => index)],
    [["apple", "banana", "cherry", "dragon fruit", "elderberry", "fig", "grape", "honeydew"]],
    [{ first: "a long text that fills the line", second: "another long text that fills it", third: [1, 2, 3] }],
    [['"', "'\"", "a\nb"]],
  ];
  for (const row of rows) {
    test(
      format(...row)
        .replace(/\s+/g, " ")
        .slice(0, 60) || "nothing",
      () => {
        assert.equal(formatValues(row), format(...row));
      },
    );
  }

  test("a reference to an outer object is named", () => {
    assert.match(formatValues([circular]), /self: \[Circular \*1\]/);
  });

  test("an error is its stack", () => {
    const error = new Error("failed");
    assert.equal(formatValues([error]), error.stack);
  });
});

describe("LoopGuard", () => {
  test("stops a loop that runs longer than the limit, and each later loop", () => {
    const stopped: EndlessLoop[] = [];
    const guard = new LoopGuard(0, (error) => stopped.push(error));
    const endless = (line: number): void => {
      for (;;) guard.check(line);
    };
    assert.throws(
      () => endless(7),
      (error) => error instanceof EndlessLoop && error.line === 7,
    );
    assert.throws(() => guard.check(8), EndlessLoop);
    assert.equal(stopped.length, 1);
  });

  test("lets a loop run while the limit is not reached", () => {
    const guard = new LoopGuard(Infinity, () => assert.fail());
    for (let i = 0; i < 5000; i++) guard.check(1);
    guard.turn();
  });
});

test("the same seed gives the same random numbers, from 0 to less than 1", () => {
  const numbers = (seed: number): number[] => Array.from({ length: 1000 }, seededRandom(seed));
  assert.deepEqual(numbers(1), numbers(1));
  assert.notDeepEqual(numbers(1), numbers(2));
  assert.ok(numbers(3).every((x) => x >= 0 && x < 1));
});
