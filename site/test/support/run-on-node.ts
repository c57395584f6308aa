// Runs a program on Node in virtual time, and returns what it leaves.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../../scripts/run.ts";
import type { Outcome } from "../../parity/compare.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const engine = fileURLToPath(new URL("without-async-local-storage.ts", import.meta.url));

/** Runs `program`, with Node's `AsyncLocalStorage` or with that of the engine. */
export async function runOnNode(program: string, seed: number, storage: "node" | "engine"): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "goro-run-"));
  try {
    const file = join(folder, "trace.json");
    const preloads = ["src/testing/preload.ts", "src/trace/preload.ts"].map((name) => join(root, name));
    const imports = ["tsx", ...(storage === "engine" ? [engine] : []), ...preloads];
    const env = { GORO_DEBUG: "1", GORO_SEED: String(seed), GORO_TRACE: file };
    const args = [...imports.flatMap((name) => ["--import", name]), program];
    const { code, stdout, stderr } = await run(process.execPath, args, env);
    const trace = JSON.parse(await readFile(file, "utf8").catch(() => "null")) as Outcome["trace"];
    return { code, stdout, stderr, trace };
  } finally {
    await rm(folder, { recursive: true });
  }
}
