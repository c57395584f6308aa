// Finding the examples and running them.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Order } from "./order.ts";
import { run, type Run } from "./run.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));
const folder: string = join(root, "examples");

/** One example: its TypeScript program, its Go twin, what the twin printed, and what may differ. */
export interface Example {
  readonly name: string;
  readonly port: string;
  readonly twin: string;
  readonly recording: string;
}

/** All examples, in the order of the path. */
export async function examples(): Promise<Example[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return names.sort().map((name) => ({
    name,
    port: join(folder, name, "main.ts"),
    twin: join(folder, name, "main.go"),
    recording: join(folder, name, "output.txt"),
  }));
}

/** What the example promises of its output. */
export async function orderOf(example: Example): Promise<Order> {
  const module = (await import(pathToFileURL(join(folder, example.name, "order.ts")).href)) as { order: Order };
  return module.order;
}

/** What the Go twin printed when it was recorded. */
export function recorded(example: Example): Promise<string> {
  return readFile(example.recording, "utf8");
}

/** Runs the TypeScript program: in real time or, with a seed, in virtual time. */
export function runPort(example: Example, seed?: number): Promise<Run> {
  if (seed === undefined) return run(process.execPath, ["--import", "tsx", example.port]);
  const preload = join(root, "src", "testing", "preload.ts");
  return run(process.execPath, ["--import", "tsx", "--import", preload, example.port], { GORO_SEED: String(seed) });
}

/** Runs the Go twin with real Go. */
export function runTwin(example: Example): Promise<Run> {
  return run("go", ["run", example.twin]);
}
