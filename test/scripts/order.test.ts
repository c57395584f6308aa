// The comparison of outputs can find what it is there to find.

import { describe, expect, test } from "@jest/globals";
import { ascending, differences, inOrder } from "../../scripts/order.ts";

describe("in exact order", () => {
  const order = { patterns: [], lines: "exact" } as const;

  test("the same lines agree", () => {
    expect(differences(order, "a\nb\n", "a\nb\n")).toEqual([]);
  });

  test.each([
    ["a line that differs", "a\nc\n", 'line 2 is "c" and not "b"'],
    ["a line that is missing", "a\n", 'line 2 is missing and not "b"'],
    ["a line too many", "a\nb\nc\n", 'line 3 is too much: "c"'],
    ["two lines that have changed places", "b\na\n", 'line 1 is "b" and not "a"'],
  ])("%s is told", (_, printed, complaint) => {
    expect(differences(order, "a\nb\n", printed)).toEqual([complaint]);
  });
});

describe("in any order", () => {
  const order = { patterns: [], lines: "any", masks: [[/worker \d/, "worker W"]] } as const;

  test("the same lines agree, whoever did the work", () => {
    expect(differences(order, "worker 1: a\nworker 2: b\n", "worker 3: b\nworker 3: a\n")).toEqual([]);
  });

  test("each line counts as often as it comes", () => {
    expect(differences(order, "a\na\nb\n", "a\nb\nb\n")).toEqual(['"b" is too much', '"a" is missing']);
  });

  test("what a constraint finds is told", () => {
    expect(
      differences({ ...order, constraints: (lines) => ascending(lines, /n=(\d+)/) }, "n=1\nn=2\n", "n=2\nn=1\n"),
    ).toEqual(["/n=(\\d+)/ does not ascend"]);
  });
});

test("steps must all be there, and in order", () => {
  const steps = [
    [/start (\d+)/, 1],
    [/end (\d+)/, 1],
  ] as const;
  expect(inOrder(["start 2", "start 1", "end 1"], ...steps)).toEqual([]);
  expect(inOrder(["end 1", "start 1"], ...steps)).toHaveLength(1);
  expect(inOrder(["end 1"], ...steps)).toHaveLength(1);
});
