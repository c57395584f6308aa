// Running a whole program in a process of its own, to see what it prints and how it ends.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** How a program ended. */
export interface Ending {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

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

/** Runs the TypeScript program in `file`. */
export function runFile(file: string, env: Record<string, string> = {}, args: readonly string[] = []): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["--import", "tsx", file, ...args], {
      cwd: root,
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}
