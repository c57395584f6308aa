// Builds the package, twice. Each module with its types is for bundlers, which leave out what a program does not use, and for readers.
// The same in a few files is for who runs it as it is: most of what it takes to import a package is to find and open its files.

import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../", import.meta.url));
const outdir = resolve(root, process.argv[2] ?? "dist");

// What an earlier build has left must not be packed with this one.
await rm(outdir, { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const project = ["-p", join(root, "tsconfig.build.json"), "--outDir", outdir];
execFileSync(process.execPath, [tsc, ...project], { stdio: "inherit" });
await build({
  absWorkingDir: root,
  entryPoints: ["index", "testing/testing", "testing/preload", "trace/trace", "trace/preload"].map((door) => ({
    in: `src/${door}.ts`,
    out: door,
  })),
  outdir: join(outdir, "whole"),
  // By this name the library knows its own frames in a stack.
  chunkNames: "goro-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "neutral",
  external: ["node:*"],
  sourcemap: true,
  sourcesContent: false,
});
