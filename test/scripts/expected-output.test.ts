// The comparison of an output with that of the Go twin.

import { describe, expect, test } from "@jest/globals";
import { ascending, findDifferences, inOrder } from "../../scripts/expected-output.ts";

describe("in exact order", () => {
  const order = { patterns: [], lines: "exact" } as const;

  test("the same lines agree", () => {
    expect(findDifferences(order, "a\nb\n", "a\nb\n")).toEqual([]);
  });

  test.each([
    ["a line that differs", "a\nc\n", 'line 2 is "c" and not "b"'],
    ["a line that is missing", "a\n", 'line 2 is missing and not "b"'],
    ["an additional line", "a\nb\nc\n", 'line 3 is unexpected: "c"'],
    ["two swapped lines", "b\na\n", 'line 1 is "b" and not "a"'],
  ])("%s is reported", (_, printed, complaint) => {
    expect(findDifferences(order, "a\nb\n", printed)).toEqual([complaint]);
  });
});

describe("in any order", () => {
  const order = { patterns: [], lines: "any", masks: [[/worker \d/, "worker W"]] } as const;

  test("the same lines agree, whichever worker printed them", () => {
    expect(findDifferences(order, "worker 1: a\nworker 2: b\n", "worker 3: b\nworker 3: a\n")).toEqual([]);
  });

  test("each line counts as often as it is printed", () => {
    expect(findDifferences(order, "a\na\nb\n", "a\nb\nb\n")).toEqual(['"b" is unexpected', '"a" is missing']);
  });

  test("the findings of a constraint are reported", () => {
    expect(
      findDifferences({ ...order, constraints: (lines) => ascending(lines, /n=(\d+)/) }, "n=1\nn=2\n", "n=2\nn=1\n"),
    ).toEqual(["/n=(\\d+)/ does not ascend"]);
  });
});

test("all steps must be present, and in order", () => {
  const steps = [
    [/start (\d+)/, 1],
    [/end (\d+)/, 1],
  ] as const;
  expect(inOrder(["start 2", "start 1", "end 1"], ...steps)).toEqual([]);
  expect(inOrder(["end 1", "start 1"], ...steps)).toHaveLength(1);
  expect(inOrder(["end 1"], ...steps)).toHaveLength(1);
});
