// The page of the parity check: runs programs for the script that controls the browser. Requests and results are JSON, because the protocols
// of the browsers copy objects in different ways.

import { compile, startRun } from "../run/host.ts";
import type { RunOptions } from "../run/messages.ts";

/** A request for a run. */
export interface PageRequest {
  readonly source: string;
  readonly options: RunOptions;
  /** When the run is stopped: at its start, with its first output, or after a number of milliseconds; by default it is not. */
  readonly stopAt?: "start" | "output" | number | undefined;
}

/** Runs the program of a {@link PageRequest}, and returns its `RunResult`. */
async function runProgram(request: string): Promise<string> {
  const { source, options, stopAt } = JSON.parse(request) as PageRequest;
  const program = await compile(source);
  const run = startRun(program, {
    ...options,
    onOutput: () => {
      if (stopAt === "output") run.stop();
    },
  });
  if (stopAt === "start") run.stop();
  if (typeof stopAt === "number") setTimeout(() => run.stop(), stopAt);
  return JSON.stringify(await run.result);
}

Object.assign(globalThis, { runProgram });
