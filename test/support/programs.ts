// Runs a program in a separate process, to test its output and its end.

import { rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { run, type Run } from "../../scripts/run.ts";
import { buildLibrary, buildOptions, entryPoints } from "./library.js";

/** The end of a program. */
export type Ending = Omit<Run, "ms">;

/** An entry point of the library, by its name in an import. */
export type EntryPoint = keyof typeof entryPoints;

const root = fileURLToPath(new URL("../../", import.meta.url));

let library: Promise<string> | undefined;

/** Returns the folder of the built library: that of jest, or one that is built once and is deleted at the end of the process. */
function libraryFolder(): Promise<string> {
  const { GORO_TEST_LIBRARY: shared } = process.env;
  if (shared !== undefined) return Promise.resolve(shared);
  library ??= buildLibrary().then((folder) => {
    process.once("exit", () => rmSync(folder, { recursive: true }));
    return folder;
  });
  return library;
}

/**
 * Runs the TypeScript program `source`, which imports `goro` by its name, without the options of the test process.
 *
 * @param preloads entry points that are loaded before the program
 */
export async function runSource(
  source: string,
  env: Record<string, string> = {},
  preloads: readonly EntryPoint[] = [],
): Promise<Ending> {
  const goro = await libraryFolder();
  const folder = await mkdtemp(join(root, "test", "program-"));
  try {
    const file = join(folder, "main.mjs");
    // A trace reads the names of channels in it.
    await writeFile(join(folder, "main.ts"), source);
    await build({
      ...buildOptions,
      entryPoints: [join(folder, "main.ts")],
      outfile: file,
      treeShaking: false,
      sourcemap: "inline",
      logLevel: "silent",
      plugins: [importsOf(goro)],
    });
    const imports = preloads.flatMap((name) => ["--import", urlOf(name, goro)]);
    const args = ["--enable-source-maps", ...imports, file];
    const { code, stdout, stderr } = await run(process.execPath, args, { NODE_OPTIONS: "", ...env });
    return { code, stdout, stderr };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function urlOf(name: EntryPoint, folder: string): string {
  return pathToFileURL(join(folder, `${entryPoints[name]}.mjs`)).href;
}

/** Makes the imports of the library those of the built one. A module of the source, with a relative path, becomes a part of the program. */
function importsOf(folder: string): Plugin {
  return {
    name: "imports",
    setup({ onResolve }) {
      onResolve({ filter: /^/ }, ({ kind, path }) => {
        if (kind === "entry-point" || path.startsWith(".")) return undefined;
        return { path: path in entryPoints ? urlOf(path as EntryPoint, folder) : path, external: true };
      });
    },
  };
}
