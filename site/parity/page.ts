// The page of the parity check: runs programs for the script that controls the browser.

import { compile, startRun } from "../run/host.ts";
import type { RunOptions, RunResult } from "../run/messages.ts";

/** @param stopAfter - when the run is stopped, in milliseconds; by default it is not */
async function runProgram(source: string, options: RunOptions, stopAfter?: number): Promise<RunResult> {
  const run = startRun(await compile(source), options);
  if (stopAfter !== undefined) setTimeout(() => run.stop(), stopAfter);
  return run.result;
}

Object.assign(globalThis, { runProgram });
