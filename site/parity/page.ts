// The page of the parity check: runs programs for the script that controls the browser.

import { compile, startRun } from "../run/host.ts";
import type { RunOptions, RunResult } from "../run/messages.ts";

async function runProgram(source: string, options: RunOptions): Promise<RunResult> {
  return startRun(await compile(source), options).result;
}

Object.assign(globalThis, { runProgram });
