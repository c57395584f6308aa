// One sample: a process that does one row for one implementation, and what it printed.

import { execFile, execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row } from "../rows/row.ts";
import { child, goTwin } from "./places.ts";

/** Beyond it an implementation is given up in a row: milliseconds for the whole process, its warming up included. */
const LIMIT = 20_000;

/** A process takes so much time at least for its sample: milliseconds. */
const LEAST = 150;

/** A value, or the reason why there is none. */
export type Sample = { readonly value: number } | { readonly problem: string };

/** Runs `implementation` on `row` in a process of its own and checks its result. `script` is another copy of `child.ts`, if not this one. */
export async function sample(
  implementation: string,
  row: Row,
  n: number,
  quick: boolean,
  go: string | null,
  script: string = child,
): Promise<Sample> {
  const least = String(quick ? LEAST / 10 : LEAST);
  const [file, args] =
    implementation === "go" && go !== null
      ? [go, [row.go ?? row.id, String(n), least]]
      : [process.execPath, ["--expose-gc", script, implementation, row.id, String(n), least]];
  const printed = await run(file, args);
  if ("problem" in printed) return printed;

  const { value, sum } = JSON.parse(printed.line) as { readonly value: number | null; readonly sum: number };
  const expected = row.expected(n);
  if (sum !== expected) return { problem: `wrong: ${sum} instead of ${expected}` };
  return { value: value ?? Infinity };
}

function run(file: string, args: readonly string[]): Promise<{ readonly line: string } | { readonly problem: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, GOMAXPROCS: "1" };
    execFile(file, args, { timeout: LIMIT, killSignal: "SIGKILL", env }, (error, stdout, stderr) => {
      const line = stdout.trim().split("\n").at(-1) ?? "";
      if (error === null) resolve({ line });
      else if (error.killed === true) resolve({ problem: `beyond ${LIMIT / 1_000} s` });
      else resolve({ problem: complaint(stderr) });
    });
  });
}

/** The line of what a process complained about that says most. */
function complaint(stderr: string): string {
  const lines = stderr.split("\n").map((line) => line.trim());
  if (lines.some((line) => line.includes("heap out of memory"))) return "out of memory";
  return (lines.find((line) => /error|panic|^bench:/i.test(line)) ?? "ended without a word").slice(0, 100);
}

/** Builds the Go twin; null if there is no Go. Errors: throws if there is, but it does not build. */
export function buildGo(version: string | null): string | null {
  if (version === null) return null;
  const binary = join(mkdtempSync(join(tmpdir(), "goro-bench-")), "bench");
  execFileSync("go", ["build", "-o", binary, "."], { cwd: goTwin, stdio: "inherit" });
  return binary;
}
