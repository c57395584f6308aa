// Runs the core tests in the common JavaScript hosts.
//
//   npx tsx scripts/core/run.ts               in this Node
//   npx tsx scripts/core/run.ts bun chromium  in these: node, node22, node26, bun, deno, chromium
//   npx tsx scripts/core/run.ts all           in all of them

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle, portableTests } from "./bundle.ts";
import { type Outcome, runInPage, runInProcess } from "./hosts.ts";
import { getRuntime, runtimeNames } from "./runtimes.ts";

const args = process.argv.slice(2);
const unknown = args.filter((name) => name !== "all" && !runtimeNames.includes(name));
if (unknown.length > 0) {
  console.error(`unknown runtime ${unknown.join(", ")}: use ${runtimeNames.join(", ")} or all`);
  process.exit(2);
}
const names = args.includes("all") ? runtimeNames : args.length === 0 ? ["node"] : [...new Set(args)];

const folder = await mkdtemp(join(tmpdir(), "goro-core-"));
try {
  const file = join(folder, "core.mjs");
  await bundle(await portableTests(["conformance", "model"]), file);
  printRow("runtime", "version", "passed", "failed", "skipped", "seconds");
  for (const name of names) {
    if (!(await runOn(name, file))) process.exitCode = 1;
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Returns whether all tests have passed. */
async function runOn(name: string, file: string): Promise<boolean> {
  let version = "?";
  let outcome: Outcome;
  const started = { at: performance.now() };
  try {
    const runtime = await getRuntime(name);
    version = runtime.version;
    started.at = performance.now();
    outcome = await (runtime.args === undefined ? runInPage(runtime, file) : runInProcess(runtime, file));
  } catch (error) {
    outcome = { counts: undefined, complaint: toText(error) };
  }
  const { counts, complaint } = outcome;
  const seconds = ((performance.now() - started.at) / 1000).toFixed(1);
  const { passed = "-", failed = "-", skipped = "-" } = counts ?? {};
  printRow(name, version, String(passed), String(failed), String(skipped), seconds);
  if (complaint !== "") console.log(`\n${complaint}\n`);
  return complaint === "";
}

function toText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n${toText(error.cause)}`;
}

function printRow(name: string, version: string, ...numbers: readonly string[]): void {
  console.log(name.padEnd(10) + version.padEnd(16) + numbers.map((number) => number.padStart(9)).join(""));
}
