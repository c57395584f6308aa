// Compares two runs of a program.

import type { Trace } from "../../src/trace/format.ts";

const helperFrame = "main.ts:1";

/** What a run leaves. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly trace: Trace | null;
}

/** A part in which two runs differ, and the first place where they do. */
export interface Difference {
  readonly part: string;
  readonly expected: string;
  readonly actual: string;
}

/** Options of {@link compareRuns}. */
export interface CompareOptions {
  /**
   * Whether the second run has frames of the callers that await in its reports. Firefox and WebKit have none.
   *
   * @defaultValue true
   */
  readonly hasAsyncFrames?: boolean;

  /**
   * The text of the program, if the second run may have a frame of an async function at its parameters. WebKit has it, in addition to the frame
   * of the body, until the first wait of the function.
   */
  readonly source?: string;
}

/** Returns the parts in which a run, in a browser, differs from a run on Node. */
export function compareRuns(
  expected: Outcome,
  actual: Outcome,
  { hasAsyncFrames = true, source = "" }: CompareOptions = {},
): Difference[] {
  const report = hasAsyncFrames ? expected.stderr : expected.stderr.replace(/^\s*at async .*\n/gm, "");
  return [
    ...compareLists("exit code", [expected.code], [actual.code]),
    ...compareLists("output", expected.stdout.split("\n"), actual.stdout.split("\n")),
    ...compareReports(withOneHelperFrame(reportLines(report)), reportLines(actual.stderr), source.split("\n")),
    ...compareTraces(expected.trace, actual.trace),
  ];
}

/**
 * Returns the lines of a report of Node with `main.ts:1` instead of the frames of the code that esbuild generates for `using`, which is in line 1,
 * and of the block that calls it. The browser has one frame for them: the end of the block.
 */
function withOneHelperFrame(lines: readonly string[]): string[] {
  return lines.filter((line, index) => !lines[index - 1]?.endsWith(helperFrame) || !/main\.ts:\d+$/.test(line));
}

function compareReports(
  expected: readonly string[],
  actual: readonly string[],
  source: readonly string[],
): Difference[] {
  const comparable = withoutParameterFrames(expected, actual, source).map((line, index) =>
    expected[index]?.endsWith(helperFrame) ? line.replace(/main\.ts:\d+$/, helperFrame) : line,
  );
  return compareLists("report", expected, comparable);
}

/** Returns `actual` without the frames that `expected` does not have at their places and whose line of the program has an async function. */
function withoutParameterFrames(
  expected: readonly string[],
  actual: readonly string[],
  source: readonly string[],
): string[] {
  const lines: string[] = [];
  for (const line of actual) {
    const [, number] = /\bmain\.ts:(\d+)$/.exec(line) ?? [];
    const isAsync = /\basync\b/.test(source[Number(number) - 1] ?? "");
    if (!isAsync || line === expected[lines.length]) lines.push(line);
  }
  return lines;
}

function compareTraces(expected: Trace | null, actual: Trace | null): Difference[] {
  // Both runs are recorded, whatever happens.
  if (expected === null || actual === null)
    return [{ part: "trace", expected: summary(expected), actual: summary(actual) }];
  const { events, ...others } = expected;
  const { events: actualEvents, ...actualOthers } = actual;
  return [
    ...compareLists("events", events, withoutHelperLines(events, actualEvents)),
    ...compareLists("trace", Object.entries(others), Object.entries(actualOthers)),
  ];
}

/**
 * Returns `actual` with the line of each event that on Node has line 1, where the code that esbuild generates for `using` is. In the browser it
 * has the line of the program, and no program begins with a call.
 */
function withoutHelperLines(expected: Trace["events"], actual: Trace["events"]): Trace["events"] {
  return actual.map((event, index) =>
    expected[index]?.line === 1 && event.line !== undefined ? { ...event, line: 1 } : event,
  );
}

function summary(trace: Trace | null): string {
  return trace === null ? "none" : `${trace.events.length} events`;
}

function compareLists(part: string, expected: readonly unknown[], actual: readonly unknown[]): Difference[] {
  const [before, after] = [expected, actual].map((list) => list.map((item) => JSON.stringify(item)));
  const length = Math.max(expected.length, actual.length);
  for (let index = 0; index < length; index++) {
    const [left = "nothing", right = "nothing"] = [before?.[index], after?.[index]];
    if (left !== right) return [{ part: `${part} ${index}`, expected: left, actual: right }];
  }
  return [];
}

/** The lines of a report, with `main.ts:line` for the frames of the program, and without other frames. */
function reportLines(report: string): string[] {
  return report.split("\n").flatMap((line) => {
    // A frame is `at name (file:line:column)` in Chromium, and `name@file:line:column` in Firefox and WebKit.
    const indentation = /^\s*(?=at |[^\s@]*@\S+:\d+:\d+$)/.exec(line)?.[0];
    if (indentation === undefined) return [line];
    const position = /\bmain\.ts:\d+/.exec(line)?.[0];
    return position === undefined ? [] : [indentation + position];
  });
}
