// Runs jest on generated test files in a separate process, to test the library inside of jest.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { run } from "../../scripts/run.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The part of the output of `jest --json` that is used here. */
export interface JestReport {
  readonly code: number | null;
  readonly stderr: string;
  /** "passed" or "failed" and the messages of each test, by its name. */
  readonly tests: ReadonlyMap<string, { readonly status: string; readonly message: string }>;
  /** "passed" or "failed" of each file, by its name. */
  readonly files: ReadonlyMap<string, string>;
}

interface Output {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { title: string; status: string; failureMessages: readonly string[] }[];
  }[];
}

/**
 * Runs jest on `files`, a record from names without extension to texts; they import `goro` and `goro/testing` as ES modules, or
 * require them.
 */
export async function runJest(
  format: "esm" | "cjs",
  files: Readonly<Record<string, string>>,
  config: object = {},
): Promise<JestReport> {
  const folder = await mkdtemp(join(root, "test", "program-"));
  try {
    await build({
      entryPoints: { index: join(root, "src/index.ts"), testing: join(root, "src/testing/testing.ts") },
      outdir: join(folder, "goro"),
      bundle: true,
      splitting: format === "esm",
      format,
      outExtension: { ".js": format === "esm" ? ".mjs" : ".cjs" },
      define: format === "esm" ? {} : { "import.meta.url": "''" },
    });
    const extension = format === "esm" ? "mjs" : "cjs";
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, `${name}.case.${extension}`), text);
    const configuration = {
      rootDir: folder,
      testMatch: ["**/*.case.*"],
      moduleFileExtensions: ["js", "mjs", "cjs", "json"],
      moduleNameMapper: {
        "^goro$": `<rootDir>/goro/index.${extension}`,
        "^goro/testing$": `<rootDir>/goro/testing.${extension}`,
      },
      transform: {},
      testTimeout: 10_000,
      ...config,
    };
    const { code, stdout, stderr } = await run(
      process.execPath,
      [
        ...["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"],
        join(root, "node_modules/jest/bin/jest.js"),
        ...["--config", JSON.stringify(configuration), "--json", "--runInBand", "--forceExit"],
      ],
      { NODE_OPTIONS: "", FORCE_COLOR: "0" },
    );
    const output = (stdout.startsWith("{") ? JSON.parse(stdout) : { testResults: [] }) as Output;
    const results = output.testResults.flatMap(({ assertionResults }) => assertionResults);
    return {
      code,
      stderr,
      tests: new Map(
        results.map(({ title, status, failureMessages }) => [title, { status, message: failureMessages.join("\n") }]),
      ),
      files: new Map(
        output.testResults.map(({ name, status }) => [/([^/]*)\.case\./.exec(name)?.[1] as string, status]),
      ),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
