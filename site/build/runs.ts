// Runs of programs when the site is built. A run in virtual time depends only on the program, the library and the seed, so that its result is
// kept until one of them changes.

import { createHash, type Hash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareOutcomes, type Example, type Outcome, readRecording, toOutcome } from "../../scripts/examples.ts";
import type { Trace } from "../../src/trace/format.ts";
import { runOnNode } from "../parity/run-on-node.ts";

const cache = fileURLToPath(new URL("../node_modules/.cache/goro-tour/", import.meta.url));
const library = fileURLToPath(new URL("../../src/", import.meta.url));

/** A run of a program. */
export interface ProgramRun {
  readonly outcome: Outcome;
  readonly trace: Trace;
}

/**
 * Runs the program of an example in virtual time.
 *
 * @throws {Error} (rejects) if its outcome is not the recorded one, as far as the order of the example determines it
 */
export async function checkRun(example: Example, seed: number): Promise<ProgramRun> {
  const result = await cachedRun(example, seed);
  const differences = compareOutcomes(example, await readRecording(example), result.outcome);
  if (differences.length > 0) throw new Error(`${example.name}, seed ${seed}: ${differences.join("; ")}`);
  return result;
}

async function cachedRun(example: Example, seed: number): Promise<ProgramRun> {
  const key = (await libraryHash())
    .copy()
    .update(`${seed}\n`)
    .update(await readFile(example.port));
  const file = join(cache, `${key.digest("hex")}.json`);
  const cached = await readFile(file, "utf8").catch(() => undefined);
  if (cached !== undefined) return JSON.parse(cached) as ProgramRun;
  const result = await runProgram(example, seed);
  await mkdir(cache, { recursive: true });
  await writeFile(file, JSON.stringify(result));
  return result;
}

async function runProgram(example: Example, seed: number): Promise<ProgramRun> {
  const { trace, ...run } = await runOnNode(example.port, seed);
  if (trace === null) throw new Error(`${example.name}, seed ${seed}: the program has left no trace`);
  return { outcome: toOutcome(run), trace };
}

let hash: Promise<Hash> | undefined;

/** The hash of the source of the library, which is read once. */
function libraryHash(): Promise<Hash> {
  hash ??= (async () => {
    const files = (await readdir(library, { recursive: true })).filter((file) => file.endsWith(".ts")).sort();
    const texts = await Promise.all(files.map((file) => readFile(join(library, file))));
    return texts.reduce((sum, text) => sum.update(text), createHash("sha256").update(process.version));
  })();
  return hash;
}
