// Bundles the program of the compatibility check with every bundler, to every format.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Esbuild from "esbuild";
import { type Built, folder, programs } from "./hosts.ts";

// The bundlers are not dependencies of the project, so they have no types here.
type Tool = (...args: never[]) => unknown;

interface Loose {
  readonly [name: string]: unknown;
}

export const bundlers: readonly string[] = ["esbuild", "rollup", "webpack"];

const entry = join(programs, "bundle.js");
const from = createRequire(join(folder, "package.json"));

function tool<T>(name: string): T {
  return from(name) as T;
}

/** Bundles for workerd. */
export async function bundleForWorkerd(outfile: string): Promise<void> {
  await tool<typeof Esbuild>("esbuild").build({
    entryPoints: [join(programs, "worker.js")],
    bundle: true,
    format: "esm",
    platform: "neutral",
    conditions: ["workerd", "worker", "browser", "module"],
    outfile,
    logLevel: "silent",
  });
}

/** Bundles the program to `outdir`; `warned` is called with each warning of a bundler. */
export async function bundles(outdir: string, warned: (name: string, text: string) => void): Promise<Built[]> {
  const built: Built[] = [];
  for (const minify of [false, true]) {
    const kind = minify ? ", minified" : "";
    for (const format of ["cjs", "iife", "esm"] as const) {
      const extension = format === "esm" ? "mjs" : "cjs";
      const file = (bundler: string): string => join(outdir, `${bundler}-${format}-${minify}.${extension}`);
      const add = (bundler: string): string => {
        built.push({ name: `${bundler}, ${format}${kind}`, file: file(bundler) });
        return file(bundler);
      };
      const esbuild = await tool<typeof Esbuild>("esbuild").build({
        entryPoints: [entry],
        bundle: true,
        format,
        minify,
        platform: "node",
        outfile: add("esbuild"),
        logLevel: "silent",
      });
      for (const { text } of esbuild.warnings) warned("esbuild", text);
      await rollup(format, minify, add("rollup"), (text) => warned("rollup", text));
      await webpack(format, minify, add("webpack"), (text) => warned("webpack", text));
    }
  }
  for (const { name, file } of built) {
    // WebKit has no frame of a function that ends in a call.
    const hasTailCall = /=>\s*(?:new )?Error\(\)\s*[;,)}]/.test(await readFile(file, "utf8"));
    if (hasTailCall) warned(name, "a mark of the library's code (scripts/marks.ts) ends in a call");
  }
  return built;
}

async function rollup(format: string, minify: boolean, file: string, warned: (text: string) => void): Promise<void> {
  const { rollup } = tool<{ rollup: (options: Loose) => Promise<{ write: (options: Loose) => Promise<unknown> }> }>(
    "rollup",
  );
  const { default: terser } = tool<{ default: Tool }>("@rollup/plugin-terser");
  const { nodeResolve } = tool<{ nodeResolve: Tool }>("@rollup/plugin-node-resolve");
  const bundle = await rollup({
    input: entry,
    plugins: [nodeResolve()],
    onwarn: ({ message }: Error) => warned(message),
  });
  await bundle.write({ format: format === "esm" ? "es" : format, file, plugins: minify ? [terser()] : [] });
}

function webpack(format: string, minimize: boolean, file: string, warned: (text: string) => void): Promise<void> {
  const webpack =
    tool<
      (
        options: Loose,
        done: (error: Error | null, stats: { toJson(): { warnings: Error[]; errors: Error[] } }) => void,
      ) => void
    >("webpack");
  const isModule = format === "esm";
  const options = {
    mode: minimize ? "production" : "development",
    devtool: false,
    // The files for Node, and the files for browsers.
    target: format === "iife" ? "web" : "node",
    entry,
    experiments: { outputModule: isModule },
    output: {
      path: join(file, ".."),
      filename: file.slice(file.lastIndexOf("/") + 1),
      module: isModule,
      ...(format === "iife" ? {} : { library: { type: isModule ? "module" : "commonjs2" } }),
    },
    performance: false,
    optimization: { minimize },
  };
  return new Promise((resolve, reject) => {
    webpack(options, (error, stats) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const { warnings, errors } = stats.toJson();
      for (const { message } of [...warnings, ...errors]) warned(message);
      resolve();
    });
  });
}
