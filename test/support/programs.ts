// Runs a program in a separate process, and returns its output and exit code.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, type Run } from "../../scripts/run.ts";

/** The result of a program. */
export type Ending = Omit<Run, "ms">;

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs the TypeScript program `source`, which imports `goro` by its name, as `npx tsx` would. */
export async function runSource(source: string, env: Record<string, string> = {}): Promise<Ending> {
  const folder = await mkdtemp(join(root, "test", "program-"));
  try {
    const file = join(folder, "main.ts");
    await writeFile(file, source);
    return await runFile(file, env);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs the TypeScript program in `file`, without the options of the process that runs the tests. */
export async function runFile(file: string, env: Record<string, string> = {}): Promise<Ending> {
  const { code, stdout, stderr } = await run(process.execPath, ["--import", "tsx", file], { NODE_OPTIONS: "", ...env });
  return { code, stdout, stderr };
}
