// The library as JavaScript, for programs that run in separate processes: a process loads a bundle in a fraction of the time that it needs for a
// loader of TypeScript and all modules of the source. Jest, whose set-up loads no TypeScript, builds it once for all tests.

import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));

export const entryPoints = {
  goro: "index",
  "goro/bullmq": "bullmq/bullmq",
  "goro/debug": "debug/debug",
  "goro/pipeline": "pipeline/pipeline",
  "goro/testing": "testing/testing",
  "goro/testing/preload": "testing/preload",
  "goro/trace": "trace/trace",
  "goro/trace/preload": "trace/preload",
};

export const buildOptions = {
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  outExtension: { ".js": ".mjs" },
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false, verbatimModuleSyntax: true } },
};

export async function buildLibrary() {
  const outdir = await mkdtemp(join(tmpdir(), "goro-library-"));
  // For the packages that the library does not contain.
  await symlink(join(root, "node_modules"), join(outdir, "node_modules"), "junction");
  await build({
    ...buildOptions,
    absWorkingDir: root,
    entryPoints: Object.values(entryPoints).map((entry) => ({ in: `src/${entry}.ts`, out: entry })),
    outdir,
    splitting: true,
    packages: "external",
    // The maps lead the frames of stacks to the source, where the library recognizes its own.
    sourcemap: true,
  });
  return outdir;
}

/** The set-up of jest. */
export default async function setUp() {
  process.env.GORO_TEST_LIBRARY = await buildLibrary();
}

/** The end of jest. */
export async function tearDown() {
  await rm(process.env.GORO_TEST_LIBRARY, { recursive: true });
}
