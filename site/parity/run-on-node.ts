// Runs a program on Node in virtual time.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPort } from "../../scripts/examples.ts";
import type { Run } from "../../scripts/run.ts";
import type { Trace } from "../../src/trace/format.ts";

/** A run with its trace, which is null if the program was killed. */
export interface TracedRun extends Run {
  readonly trace: Trace | null;
}

/** Runs the program `file`. `preloads` are modules that are loaded before the library. */
export async function runOnNode(file: string, seed: number, preloads: readonly string[] = []): Promise<TracedRun> {
  const folder = await mkdtemp(join(tmpdir(), "goro-run-"));
  try {
    const trace = join(folder, "trace.json");
    const result = await runPort({ port: file }, { seed, trace, preloads });
    return { ...result, trace: JSON.parse(await readFile(trace, "utf8").catch(() => "null")) as Trace | null };
  } finally {
    await rm(folder, { recursive: true });
  }
}
