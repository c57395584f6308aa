// Runs twins in separate processes: all Go programs from one binary, and each TypeScript program by itself.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSource } from "../../test/support/programs.ts";
import { run, type Run } from "../run.ts";
import { goSource } from "./go.ts";
import type { RunResult } from "./goro.ts";
import type { Writing } from "./syntax.ts";
import { typescriptSource } from "./typescript.ts";

/** Compiled Go programs. They are deleted from the disk when the scope ends. */
export class GoPrograms implements AsyncDisposable {
  readonly #folder: string;
  readonly #file: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#file = join(folder, "twins");
  }

  /** Compiles `programs`. @throws {Error} (rejects) with the output of the compiler */
  static async compile(programs: readonly Writing[]): Promise<GoPrograms> {
    const binary = new GoPrograms(await mkdtemp(join(tmpdir(), "goro-")));
    const source = join(binary.#folder, "twins.go");
    await writeFile(source, goSource(programs));
    const { code, stderr } = await run("go", ["build", "-o", binary.#file, source]);
    if (code === 0) return binary;
    await binary[Symbol.asyncDispose]();
    throw new Error(`the Go twins do not compile:\n${stderr}`);
  }

  /** Runs the program at `index` once for each of the numbers below `times`, each time with another seed. */
  async run(index: number, times: number): Promise<RunResult[]> {
    const all: RunResult[] = [];
    for (let seed = 0; seed < times; seed++) {
      const processors = ["2", "1", "4"][seed % 3] as string;
      all.push(resultOf(await run(this.#file, [String(index), String(seed)], { GOMAXPROCS: processors })));
    }
    return all;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}

/** Runs the TypeScript twin in a separate process, in real time. */
export async function runTypeScript(write: Writing): Promise<RunResult> {
  return resultOf({ ...(await runSource(typescriptSource(write))), ms: 0 });
}

/** The output and the ending of the program of a process. */
function resultOf({ code, stdout, stderr }: Run): RunResult {
  return { lines: stdout.split("\n").slice(0, -1), ending: ending(code, stderr) };
}

function ending(code: number | null, stderr: string): string {
  if (code === 0) return "returned";
  const [, message] = /^(?:panic|fatal error): (.*)$/m.exec(stderr) ?? [];
  if (code !== 2 || message === undefined) return `exit code ${String(code)}: ${stderr}`;
  if (message === "all goroutines are asleep - deadlock!") return "deadlock";
  return message.replace(/ \[recovered, repanicked\]$/, "");
}
