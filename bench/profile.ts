// Where the time of a row goes: `npm run profile -- select-8`. It runs the row under the engine's profiler, once for goro and once by
// hand, and adds up who was on top of the stack.

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

/** How long each is measured: milliseconds. */
const LEAST = "2000";

/** Whose code a frame is. */
function kind({ callFrame: { functionName, url } }: Node): string {
  if (functionName === "(garbage collector)") return "garbage collection";
  if (functionName === "(program)") return "the engine: microtasks, awaits, builtins";
  if (functionName === "(idle)") return "idle";
  if (url.includes("/dist/")) return `goro: ${functionName || "a function without a name"}`;
  return url.includes("/bench/") ? "the program" : "the engine: microtasks, awaits, builtins";
}

function profiled(implementation: string, id: string, n: number): Profile {
  const place = mkdtempSync(join(tmpdir(), "goro-profile-"));
  try {
    const options = ["--expose-gc", "--cpu-prof", "--cpu-prof-interval", "200", "--cpu-prof-dir", place];
    execFileSync(process.execPath, [...options, child, implementation, id, String(n), LEAST]);
    const [file] = readdirSync(place);
    return JSON.parse(readFileSync(join(place, file as string), "utf8")) as Profile;
  } finally {
    rmSync(place, { recursive: true });
  }
}

function print(implementation: string, { nodes, samples }: Profile): void {
  const kinds = new Map(nodes.map((node) => [node.id, kind(node)]));
  const counts = new Map<string, number>();
  for (const id of samples) {
    const what = kinds.get(id) as string;
    if (what !== "idle") counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const share = (count: number): string => `${((100 * count) / all).toFixed(1).padStart(6)} %`;
  const own = [...counts].filter(([what]) => what.startsWith("goro: "));
  const groups = [...counts].filter(([what]) => !what.startsWith("goro: "));
  groups.push(["the library", own.reduce((sum, [, count]) => sum + count, 0)]);

  console.log(`\n${implementation}`);
  for (const [what, count] of groups.sort(([, a], [, b]) => b - a))
    if (count > 0) console.log(`${share(count)}  ${what}`);
  for (const [what, count] of own.sort(([, a], [, b]) => b - a).slice(0, 8)) {
    console.log(`${share(count)}    ${what.slice(6)}`);
  }
}

const ids = process.argv.slice(2);
if (ids.length === 0) console.error("npm run profile -- ROW...");
for (const id of ids) {
  const row = rows.find((one) => one.id === id);
  if (row === undefined) throw new Error(`there is no row ${id}; there are ${rows.map((one) => one.id).join(", ")}`);
  console.log(`\n${row.title}`);
  for (const implementation of ["goro", "baseline"]) print(implementation, profiled(implementation, id, row.n));
}
