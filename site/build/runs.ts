// Runs of programs when the site is built. A run in virtual time depends only on the program, the library and the seed, so that its result is
// kept until one of them changes.

import { createHash, type Hash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  compareOutcomes,
  type Example,
  type Outcome,
  readRecording,
  runPort,
  toOutcome,
} from "../../scripts/examples.ts";
import type { Trace } from "../../src/trace/format.ts";

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
  const folder = await mkdtemp(join(tmpdir(), "goro-run-"));
  try {
    const file = join(folder, "trace.json");
    const outcome = toOutcome(await runPort(example, { seed, trace: file }));
    return { outcome, trace: JSON.parse(await readFile(file, "utf8")) as Trace };
  } finally {
    await rm(folder, { recursive: true });
  }
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
