// Builds the package, twice. One module a file, with types, is for bundlers, which leave out the modules that a program does not use. The
// same in a few files is for programs that run without a bundler: finding and opening files is most of the time that an import takes.
//
// A process must not load both, because that would be two copies of the library. So whatever runs on Node gets the few files: the
// condition "node" stands before "module" in package.json. (Vite 5 sets both, but leaves the import of a dependency's file to Node.)

import { execFileSync } from "node:child_process";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { markFiles, separateMarks } from "./marks.ts";
import { bundleVendor } from "./vendor.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const outdir = resolve(root, process.argv[2] ?? "dist");
const whole = join(outdir, "whole");

// What an earlier build has left must not be packed with this one.
await rm(outdir, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
for (const config of ["tsconfig.build.json", "tsconfig.bullmq.json"]) {
  execFileSync(process.execPath, [tsc, "-p", join(root, config), "--outDir", outdir], { stdio: "inherit" });
}
// What tsc emits for the libraries of goro/trace refers to packages that are not installed with this one.
const vendor = join(outdir, "trace", "vendor");
await writeFile(`${vendor}.js`, (await bundleVendor()).code);
for (const extension of [".js.map", ".d.ts", ".d.ts.map"]) await rm(vendor + extension);
const marks = join("util", "code-marks.js");
await markFiles(outdir, marks);
// esbuild makes a chunk for each set of entry points that share a module. All entry points import the first one, so that what it needs is one
// chunk: each file takes almost a millisecond of an import.
const index = join(root, "src", "index.ts");
const shareIndex: Plugin = {
  name: "share-index",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ kind, namespace, path }) => {
      if (kind === "entry-point") return { path: join(root, path), namespace: "entry" };
      return namespace === "entry" ? { path, sideEffects: true } : undefined;
    });
    onLoad({ filter: /.*/, namespace: "entry" }, ({ path }) => ({
      contents: `import ${JSON.stringify(index)};\nexport * from ${JSON.stringify(path)};\n`,
      resolveDir: root,
    }));
  },
};
await build({
  absWorkingDir: root,
  entryPoints: [
    "index",
    "testing/testing",
    "testing/preload",
    "trace/trace",
    "trace/preload",
    "debug/debug",
    "bullmq/bullmq",
    "pipeline/pipeline",
  ].map((door) => ({
    in: `src/${door}.ts`,
    out: door,
  })),
  outdir: whole,
  // The library recognizes its own frames in a stack by the folder `whole`; see src/util/stack.ts.
  chunkNames: "goro-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  mainFields: ["module", "main"],
  external: ["node:*", "bullmq"],
  sourcemap: true,
  sourcesContent: false,
  plugins: [shareIndex, separateMarks],
});
for (const extension of [".js", ".js.map"]) {
  await copyFile(join(outdir, "util", `code-marks${extension}`), join(whole, `code-marks${extension}`));
}
await markFiles(whole, "code-marks.js");
