// Builds the package: one set of files for Node, bundlers and browsers, with declarations. Two sets would be two copies of the library in a
// program that loads both.
//
// Opening files is most of the time of an import, so the files are few. Bundlers drop what a program does not use of them, because their
// code has no effects when it is loaded: see droppable.ts.

import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions, type Plugin } from "esbuild";
import { pruneDeclarations } from "./declarations.ts";
import { makeDroppable, resolution } from "./droppable.ts";
import { markFiles } from "./marks.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const source = join(root, "src");
const outdir = resolve(root, process.argv[2] ?? "dist");

/** The entry points of the package, the main one first. */
const entries = [
  "index.ts",
  "bullmq/bullmq.ts",
  "debug/debug.ts",
  "pipeline/pipeline.ts",
  "testing/preload.ts",
  "testing/testing.ts",
  "trace/preload.ts",
  "trace/trace.ts",
];

/** The module of the marks, which all files import. */
const marks = "util/code-marks.ts";

/** The modules that are files of their own: also those that the main entry point exports as namespaces. */
const singles = [...entries, marks, "context/api.ts", "time/time.ts"];

/** Debug mode starts when it is loaded, so it is apart from the code of programs without `main`. */
const withMain = /^runtime\/(?:main|deadlock|goroutine-(?:tracking|registry))\.ts$/;

// What an earlier build has left must not be packed with this one.
await rm(outdir, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
for (const config of ["tsconfig.build.json", "tsconfig.bullmq.json"]) {
  execFileSync(process.execPath, [tsc, "-p", join(root, config), "--outDir", outdir], { stdio: "inherit" });
}
await pruneDeclarations(
  outdir,
  entries.map((entry) => entry.replace(".ts", ".d.ts")),
);

const options = {
  absWorkingDir: root,
  bundle: true,
  format: "esm",
  ...resolution,
  external: ["node:*", "bullmq"],
} satisfies BuildOptions;

/** Returns the modules, as paths in `src`, that entry points load. */
async function modulesOf(entryPoints: readonly string[]): Promise<string[]> {
  const paths = entryPoints.map((entry) => join(source, entry));
  const { metafile } = await build({ ...options, entryPoints: paths, outdir, write: false, metafile: true });
  return Object.keys(metafile.inputs).flatMap((path) => (path.startsWith("src/") ? path.slice("src/".length) : []));
}

const core = new Set(await modulesOf(["index.ts"]));
const chunks = new Map<string, string[]>();
for (const module of await modulesOf(entries)) {
  const chunk = chunks.get(fileOf(module)) ?? [];
  chunks.set(fileOf(module), [...chunk, module]);
}

/** Returns the file of a module, without its extension: that of the main entry point, or one for each other folder. */
function fileOf(module: string): string {
  if (singles.includes(module)) return module.replace(/\.ts$/, "");
  if (withMain.test(module)) return "goro-chunks/main";
  // The library recognizes its own frames in a stack by this folder; see src/util/stack.ts.
  return `goro-chunks/${core.has(module) ? "core" : dirname(module).split("/")[0]}`;
}

/** Makes the modules of a chunk the entry point of its file, and the imports of other chunks imports of their files. */
const resolveChunks: Plugin = {
  name: "chunks",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ kind, namespace, path, importer, resolveDir }) => {
      if (kind === "entry-point") return { path, namespace: "chunk" };
      if (namespace === "chunk") return { path: join(source, path), sideEffects: true };
      const target = relative(source, join(resolveDir, path));
      if (!path.startsWith(".") || target.startsWith("..")) return undefined;
      const file = fileOf(relative(source, importer));
      if (fileOf(target) === file) return undefined;
      const specifier = relative(dirname(file), `${fileOf(target)}.js`);
      return { path: specifier.startsWith(".") ? specifier : `./${specifier}`, external: true };
    });
    onLoad({ filter: /.*/, namespace: "chunk" }, ({ path }) => ({
      contents: (chunks.get(path) ?? []).map((module) => `export * from "${module}";`).join("\n"),
      resolveDir: root,
    }));
  },
};

await build({ ...options, entryPoints: [...chunks.keys()], outdir, plugins: [resolveChunks, makeDroppable] });
await markFiles(outdir, `${fileOf(marks)}.js`);
