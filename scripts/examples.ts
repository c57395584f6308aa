// Finding the examples and running them.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { failure } from "./failure.ts";
import { differences, type Order } from "./order.ts";
import { run, type Run } from "./run.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));
const folder: string = join(root, "examples");

/** One example: a folder with a TypeScript program and its Go twin, and what they promise. */
export interface Example {
  /** Its folder, below `examples`. */
  readonly name: string;
  readonly port: string;
  readonly order: Order;
}

/** What a program has printed, and how it failed, if it did. */
export interface Outcome {
  readonly output: string;
  readonly failure: string;
}

/** All examples, in the order of the path, the pitfalls after it. */
export async function examples(): Promise<Example[]> {
  const files = await readdir(folder, { recursive: true });
  const names = files.filter((file) => file.endsWith(`${sep}main.ts`)).map((file) => dirname(file));
  return Promise.all(names.sort().map(example));
}

async function example(name: string): Promise<Example> {
  const place = join(folder, name);
  const module = (await import(pathToFileURL(join(place, "order.ts")).href)) as { order: Order };
  const portable = relative(folder, place).split(sep).join("/");
  return { name: portable, port: join(place, "main.ts"), order: module.order };
}

/** The files that keep what the Go twin did when it was recorded. */
export function recordings({ name }: Example): { output: string; failure: string } {
  return { output: join(folder, name, "output.txt"), failure: join(folder, name, "failure.txt") };
}

/** What the Go twin did when it was recorded. A program that did not fail has no second file. */
export async function recorded(example: Example): Promise<Outcome> {
  const files = recordings(example);
  return {
    output: await readFile(files.output, "utf8"),
    failure: await readFile(files.failure, "utf8").catch(() => ""),
  };
}

/** What differs between what `was` recorded and what `is`, as far as the example may not differ. */
export function compared({ order }: Example, was: Outcome, is: Outcome): string[] {
  const wrong = differences(order, was.output, is.output);
  if (was.failure !== is.failure) {
    wrong.push(`it ended with ${JSON.stringify(is.failure)} and not with ${JSON.stringify(was.failure)}`);
  }
  return wrong;
}

/** What a process has done. */
export function outcome({ code, stdout, stderr }: Run): Outcome {
  return { output: stdout, failure: failure(code, stderr) };
}

/** How a program is run. */
export interface Way {
  /** In virtual time, in the order that the seed gives; without it, in real time. */
  readonly seed?: number | undefined;
  /** The file to which what it did is written, in the form that its name says. */
  readonly trace?: string | undefined;
}

/** Runs the TypeScript program. With GORO_DEBUG the report of a deadlock tells of each goroutine, as Go's does. */
export function runPort({ port }: Pick<Example, "port">, { seed, trace }: Way = {}): Promise<Run> {
  const env: Record<string, string> = { GORO_DEBUG: "1" };
  const imports = ["tsx"];
  if (seed !== undefined) {
    env["GORO_SEED"] = String(seed);
    imports.push(join(root, "src", "testing", "preload.ts"));
  }
  if (trace !== undefined) {
    env["GORO_TRACE"] = trace;
    imports.push(join(root, "src", "trace", "preload.ts"));
  }
  return run(process.execPath, [...imports.flatMap((each) => ["--import", each]), port], env);
}

/** Runs the Go twin `times` times with real Go. (`go run` would hide the exit code of the program.) */
export async function runTwin({ name }: Example, times: number): Promise<Run[]> {
  const place = await mkdtemp(join(tmpdir(), "goro-"));
  try {
    const program = join(place, "twin");
    const built = await run("go", ["build", "-C", folder, "-o", program, `./${name}`]);
    if (built.code !== 0) throw new Error(`${name}: the Go twin does not compile:\n${built.stderr}`);
    const runs: Run[] = [];
    while (runs.length < times) runs.push(await run(program, []));
    return runs;
  } finally {
    await rm(place, { recursive: true });
  }
}
