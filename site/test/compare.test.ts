import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { compareRuns, type Outcome } from "../parity/compare.ts";
import type { Trace } from "../../src/trace/format.ts";

const event = (line: number): object => ({ type: "log", goroutine: 1, at: 0, line, text: "a" });
const traceOf = (events: readonly object[], seed = 1): Trace => ({ seed, events }) as unknown as Trace;

const report = "panic: no\n\ngoroutine 1 [running]:\n\tat f (file:///a/main.ts:3:7)\n\tat node:internal/x:1:2\n";
const base: Outcome = { code: 2, stdout: "a\nb\n", stderr: report, trace: traceOf([event(3), event(1)]) };

const parts = (actual: Partial<Outcome>, expected: Partial<Outcome> = {}): string[] =>
  compareRuns({ ...base, ...expected }, { ...base, ...actual }).map(({ part }) => part);

describe("compareRuns", () => {
  test("equal runs have no differences", () => assert.deepEqual(parts({}), []));

  const differences: readonly (readonly [name: string, actual: Partial<Outcome>, part: string])[] = [
    ["an exit code", { code: 0 }, "exit code 0"],
    ["no exit code", { code: null }, "exit code 0"],
    ["a line of output", { stdout: "a\nc\n" }, "output 1"],
    ["a missing line of output", { stdout: "a\n" }, "output 1"],
    ["the message of a report", { stderr: report.replace("no", "yes") }, "report 0"],
    ["the line of a frame", { stderr: report.replace(":3:7", ":4:7") }, "report 3"],
    ["a missing frame of the program", { stderr: report.replace(/\tat f.*\n/, "") }, "report 3"],
    ["the line of an event", { trace: traceOf([event(4), event(1)]) }, "events 0"],
    ["a missing event", { trace: traceOf([event(3)]) }, "events 1"],
    ["another field of the trace", { trace: traceOf([event(3), event(1)], 2) }, "trace 0"],
    ["no trace", { trace: null }, "trace"],
  ];
  for (const [name, actual, part] of differences) {
    test(`${name} is a difference`, () => assert.deepEqual(parts(actual), [part]));
  }

  test("columns, names of functions and frames of other files do not count", () => {
    const stderr = report.replace("f (file:///a/main.ts:3:7)", "blob:x/main.ts:3:99").replace(/\tat node.*\n/, "");
    assert.deepEqual(parts({ stderr }), []);
  });

  test("frames in the form of Firefox and WebKit are compared, too", () => {
    const frames = (line: number): Partial<Outcome> => ({
      stderr: `panic: no\n\ngoroutine 1 [running]:\n\tf/<@main.ts:${line}:7\n\t@http://localhost/library.js:2:3\n`,
    });
    assert.deepEqual(parts(frames(3)), []);
    assert.deepEqual(parts(frames(4)), ["report 3"]);
  });

  test("the lines of the code that esbuild generates, which is in line 1 on Node, do not count", () => {
    assert.deepEqual(parts({ trace: traceOf([event(3), event(9)]) }), []);
    const helpers = "\tat next (file:///a/main.ts:1:9)\n\tat call (main.ts:1:8)\n\tat f (file:///a/main.ts:3:7)\n";
    assert.deepEqual(parts({}, { stderr: report.replace(/\tat f.*\n/, helpers) }), []);
    assert.deepEqual(parts({ stderr: report.replace(":3:7", ":1:7") }), ["report 3"]);
  });

  test("a frame at the parameters of an async function is left out where the browser may have one", () => {
    const source = "\n\n  f();\nasync function g() {\n}\n";
    const withFrame = (line: number): Outcome => ({
      ...base,
      stderr: report.replace(/(\tat f.*\n)/, `$1\tg@main.ts:${line}:7\n`),
    });
    const partsOf = (line: number, text: string): string[] =>
      compareRuns(base, withFrame(line), { source: text }).map(({ part }) => part);
    assert.deepEqual(partsOf(4, source), []);
    assert.deepEqual(partsOf(4, ""), ["report 4"]);
    assert.deepEqual(partsOf(5, source), ["report 4"]);
    // If Node has a frame there, too, it is compared.
    const node = { ...base, stderr: withFrame(4).stderr };
    assert.deepEqual(compareRuns(node, withFrame(4), { source }), []);
    assert.deepEqual(
      compareRuns(node, base, { source }).map(({ part }) => part),
      ["report 4"],
    );
  });

  test("frames of callers that await are expected only where the browser has them", () => {
    const node = { ...base, stderr: report.replace(/(\tat f.*\n)/, "$1\tat async g (file:///a/main.ts:9:7)\n") };
    assert.deepEqual(
      compareRuns(node, base).map(({ part }) => part),
      ["report 4"],
    );
    assert.deepEqual(compareRuns(node, base, { hasAsyncFrames: false }), []);
  });
});
