// Finding the examples and running them.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { findDifferences, type Order } from "./expected-output.ts";
import { summarizeFailure } from "./failure-summary.ts";
import { run, type Run } from "./run.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));
const folder: string = join(root, "examples");

/** An example: a folder with a TypeScript program, its Go twin, and the order of their output. */
export interface Example {
  /** The path of its folder from `examples`. */
  readonly name: string;
  readonly directory: string;
  readonly port: string;
  readonly order: Order;
}

/** The output of a program, and the summary of its failure; "" if it did not fail. */
export interface Outcome {
  readonly output: string;
  readonly failure: string;
}

/**
 * Returns all examples in the order of the path, beginning with the first lessons, and then the pitfalls. A program without a Go twin,
 * which has no order, is not an example.
 */
export async function examples(): Promise<Example[]> {
  const files = await readdir(folder, { recursive: true });
  const names = files.filter((file) => file.endsWith(`${sep}order.ts`)).map((file) => dirname(file));
  const isFirst = (name: string): boolean => name.startsWith(`first${sep}`);
  names.sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)) || (a < b ? -1 : 1));
  return Promise.all(names.map(load));
}

async function load(name: string): Promise<Example> {
  const directory = join(folder, name);
  const module = (await import(pathToFileURL(join(directory, "order.ts")).href)) as { order: Order };
  const portable = relative(folder, directory).split(sep).join("/");
  return { name: portable, directory, port: join(directory, "main.ts"), order: module.order };
}

/** Returns the files with the recorded outcome of the Go twin. */
export function recordingFiles({ directory }: Example): { output: string; failure: string } {
  return { output: join(directory, "output.txt"), failure: join(directory, "failure.txt") };
}

/** Reads the recorded outcome of the Go twin. For a program that did not fail, the second file does not exist. */
export async function readRecording(example: Example): Promise<Outcome> {
  const files = recordingFiles(example);
  return {
    output: await readFile(files.output, "utf8"),
    failure: await readFile(files.failure, "utf8").catch(() => ""),
  };
}

/** Returns the differences between two outcomes that the order of the example does not allow. */
export function compareOutcomes({ order }: Example, expected: Outcome, actual: Outcome): string[] {
  const differences = findDifferences(order, expected.output, actual.output);
  if (expected.failure !== actual.failure) {
    differences.push(
      `it ended with ${JSON.stringify(actual.failure)} and not with ${JSON.stringify(expected.failure)}`,
    );
  }
  return differences;
}

/** Returns the outcome of a process. */
export function toOutcome({ code, stdout, stderr }: Run): Outcome {
  return { output: stdout, failure: summarizeFailure(code, stderr) };
}

/** Options for the run of a program. */
export interface RunOptions {
  /** The seed of the order in virtual time; without it, the program runs in real time. */
  readonly seed?: number | undefined;
  /** The file for a trace of the run, in the format of its extension. */
  readonly trace?: string | undefined;
  /** Modules that are loaded before the library, with their full paths. */
  readonly preloads?: readonly string[];
}

/** Runs the TypeScript program. GORO_DEBUG makes the report of a deadlock list each goroutine, as Go's does. */
export function runPort(
  { port }: Pick<Example, "port">,
  { seed, trace, preloads = [] }: RunOptions = {},
): Promise<Run> {
  const env: Record<string, string> = { GORO_DEBUG: "1" };
  const imports = ["tsx", ...preloads];
  if (seed !== undefined) {
    env["GORO_SEED"] = String(seed);
    imports.push(join(root, "src", "testing", "preload.ts"));
  }
  if (trace !== undefined) {
    env["GORO_TRACE"] = trace;
    imports.push(join(root, "src", "trace", "preload.ts"));
  }
  return run(process.execPath, [...imports.flatMap((module) => ["--import", module]), port], env);
}

/** Runs the Go twin `times` times with real Go. (`go run` would hide the exit code of the program.) */
export async function runTwin({ name, directory }: Example, times: number): Promise<Run[]> {
  const temporary = await mkdtemp(join(tmpdir(), "goro-"));
  try {
    const program = join(temporary, "twin");
    const built = await run("go", ["build", "-C", directory, "-o", program, "."]);
    if (built.code !== 0) throw new Error(`${name}: the Go twin does not compile:\n${built.stderr}`);
    const runs: Run[] = [];
    while (runs.length < times) runs.push(await run(program, []));
    return runs;
  } finally {
    await rm(temporary, { recursive: true });
  }
}
