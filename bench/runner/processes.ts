// One sample: a process that measures one row for one implementation, and its output.

import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row } from "../rows/row.ts";
import type { Clock } from "./measure.ts";
import { child, goTwin } from "./places.ts";

/** The time limit of a process, including its warm-up: milliseconds. */
const LIMIT = 20_000;

/** The least time that a process measures: milliseconds. */
const MIN = 150;

/** A value, or the reason why there is none. */
export type Sample = { readonly value: number } | { readonly problem: string };

/** Runs `implementation` on `row` in a process of its own and checks its result. `go` is the Go binary, or null without Go. */
export function sample(
  implementation: string,
  row: Row,
  n: number,
  quick: boolean,
  go: string | null,
): Promise<Sample> {
  return implementation === "go" && go !== null
    ? runProcess(go, [row.go ?? row.id, String(n), minTime(quick)], row, n)
    : sampleIn(child, implementation, row, n, quick, "wall");
}

/** Like `sample`, with a given copy of `child.js` and clock. */
export function sampleIn(
  script: string,
  implementation: string,
  row: Row,
  n: number,
  quick: boolean,
  clock: Clock,
): Promise<Sample> {
  const args = ["--expose-gc", script, implementation, row.id, String(n), minTime(quick), clock];
  return runProcess(process.execPath, args, row, n);
}

function minTime(quick: boolean): string {
  return String(quick ? MIN / 10 : MIN);
}

function runProcess(file: string, args: readonly string[], row: Row, n: number): Promise<Sample> {
  return new Promise((resolve) => {
    const env = { ...process.env, GOMAXPROCS: "1" };
    execFile(file, args, { timeout: LIMIT, killSignal: "SIGKILL", env }, (error, stdout, stderr) => {
      if (error === null) resolve(toSample(stdout, row.expected(n)));
      else if (error.killed === true) resolve({ problem: `beyond ${LIMIT / 1_000} s` });
      else resolve({ problem: firstError(stderr) });
    });
  });
}

function toSample(stdout: string, expected: number): Sample {
  const line = stdout.trim().split("\n").at(-1) ?? "";
  const { value, sum } = JSON.parse(line) as { readonly value: number | null; readonly sum: number };
  return sum === expected ? { value: value ?? Infinity } : { problem: `wrong: ${sum} instead of ${expected}` };
}

/** Returns the most informative line of the stderr of a failed process. */
function firstError(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  if (lines.some((line) => line.includes("heap out of memory"))) return "out of memory";
  return (lines.find((line) => /error|panic|^bench:/i.test(line)) ?? "failed without a message").slice(0, 100);
}

/**
 * Builds the Go twin; returns null without Go.
 *
 * @throws {Error} if Go is installed and the twin does not compile.
 */
export function buildGo(version: string | null): string | null {
  if (version === null) return null;
  const binary = join(mkdtempSync(join(tmpdir(), "goro-bench-")), "bench");
  execFileSync("go", ["build", "-o", binary, "."], { cwd: goTwin, stdio: "inherit" });
  return binary;
}
