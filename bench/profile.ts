// Shows how the time of a row is divided: `npm run profile -- select-8`. Runs the row under the profiler of the engine, for goro and for the
// baseline, and counts the functions on top of the stack.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rows } from "./rows/all.ts";
import { child } from "./runner/places.ts";

interface Node {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
}

interface Profile {
  readonly nodes: readonly Node[];
  readonly samples: readonly number[];
}

/** The time of each measurement: milliseconds. */
const MIN = "2000";

/** Returns the part of the program that a frame belongs to. */
function partOf({ callFrame: { functionName, url } }: Node): string {
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)") return "the engine: microtasks, awaits, builtins";
  if (functionName === "(idle)") return "idle";
  if (url.includes("/dist/")) return `goro: ${functionName || "anonymous function"}`;
  return url.includes("/bench/") ? "the program" : "the engine: microtasks, awaits, builtins";
}

function profile(implementation: string, id: string, n: number): Profile {
  const folder = mkdtempSync(join(tmpdir(), "goro-profile-"));
  try {
    const options = ["--expose-gc", "--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", folder];
    execFileSync(process.execPath, [...options, child, implementation, id, String(n), MIN]);
    const [file] = readdirSync(folder);
    return JSON.parse(readFileSync(join(folder, file as string), "utf8")) as Profile;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function print(implementation: string, { nodes, samples }: Profile): void {
  const parts = new Map(nodes.map((node) => [node.id, partOf(node)]));
  const counts = new Map<string, number>();
  for (const id of samples) {
    const part = parts.get(id) as string;
    if (part !== "idle") counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const share = (count: number): string => `${((100 * count) / total).toFixed(1).padStart(6)} %`;
  const functions = [...counts].filter(([part]) => part.startsWith("goro: "));
  const groups = [...counts].filter(([part]) => !part.startsWith("goro: "));
  groups.push(["the library", functions.reduce((sum, [, count]) => sum + count, 0)]);

  console.log(`\n${implementation}`);
  for (const [part, count] of groups.sort(([, a], [, b]) => b - a))
    if (count > 0) console.log(`${share(count)}  ${part}`);
  for (const [part, count] of functions.sort(([, a], [, b]) => b - a).slice(0, 8)) {
    console.log(`${share(count)}    ${part.slice(6)}`);
  }
}

const ids = process.argv.slice(2);
if (ids.length === 0) console.error("npm run profile -- ROW...");
for (const id of ids) {
  const row = rows.find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`unknown row ${id}; the rows are ${rows.map((known) => known.id).join(", ")}`);
  console.log(`\n${row.title}`);
  for (const implementation of ["goro", "baseline"]) print(implementation, profile(implementation, id, row.n));
}
