// The bundlers: the program of the cases in every format, minified or not, without a warning. The bundle runs in Node.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Esbuild from "esbuild";
import {
  cases,
  type Host,
  type Limit,
  oneCheck,
  type Place,
  printsCases,
  type Result,
  type Row,
  shows,
  total,
} from "./host.ts";
import { type BundlerName, bundlerRecipe } from "./recipes.ts";

// The bundlers are not dependencies of the project, so they have no types here.
type Tool = (...args: never[]) => unknown;

interface Loose {
  readonly [name: string]: unknown;
}

type Format = "cjs" | "iife" | "esm";

/** Bundles `compat/programs/bundle.js` to `file`, and returns the warnings. */
type Bundle = (place: Place, format: Format, minify: boolean, file: string) => Promise<readonly string[]>;

const leavesUsing: Limit = {
  why: "esbuild leaves `using` as it is for its default target, `esnext`. Node 20 and 22 do not parse it.",
  instead: "`--target=es2022`, or `node22`",
};

const esbuild: Bundle = async (place, format, minify, outfile) => {
  const { warnings } = await place.require<typeof Esbuild>("esbuild").build({
    entryPoints: [join(place.programs, "bundle.js")],
    bundle: true,
    format,
    minify,
    platform: format === "iife" ? "browser" : "node",
    outfile,
    logLevel: "silent",
  });
  return warnings.map(({ text }) => text);
};

const rollup: Bundle = async (place, format, minify, file) => {
  const { rollup } = place.require<{
    rollup: (options: Loose) => Promise<{ write: (options: Loose) => Promise<unknown> }>;
  }>("rollup");
  const { default: terser } = place.require<{ default: Tool }>("@rollup/plugin-terser");
  const { nodeResolve } = place.require<{ nodeResolve: Tool }>("@rollup/plugin-node-resolve");
  const warnings: string[] = [];
  const bundle = await rollup({
    input: join(place.programs, "bundle.js"),
    plugins: [nodeResolve()],
    onwarn: ({ message }: Error) => warnings.push(message),
  });
  await bundle.write({ format: format === "esm" ? "es" : format, file, plugins: minify ? [terser()] : [] });
  return warnings;
};

const webpack: Bundle = (place, format, minimize, file) => {
  type Stats = { toJson(): { warnings: Error[]; errors: Error[] } };
  const webpack = place.require<(options: Loose, done: (error: Error | null, stats: Stats) => void) => void>("webpack");
  const isModule = format === "esm";
  const options = {
    mode: minimize ? "production" : "development",
    devtool: false,
    target: format === "iife" ? "web" : "node",
    entry: join(place.programs, "bundle.js"),
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
      resolve([...warnings, ...errors].map(({ message }) => message));
    });
  });
};

function bundler(name: BundlerName, bundle: Bundle, more: (place: Place) => readonly Row[] = () => []): Host {
  const row = (place: Place, format: Format): Row => ({
    setup: format,
    checks: `${cases} cases, not minified and minified`,
    run: () =>
      inScratch((folder) =>
        total(
          [false, true].map((minify) => async () => {
            const file = join(folder, `${minify}.${format === "esm" ? "mjs" : "cjs"}`);
            const warnings = [...(await bundle(place, format, minify, file))];
            // WebKit has no frame of a function that ends in a call.
            if (/=>\s*(?:new )?Error\(\)\s*[;,)}]/.test(await readFile(file, "utf8")))
              warnings.push("a mark of the library's code (scripts/marks.ts) ends in a call");
            if (warnings.length > 0) return { passed: 0, failed: warnings.length, detail: warnings.join("\n") };
            return place.run([file], printsCases);
          }),
        ),
      ),
  });
  return {
    key: name,
    section: "Bundlers",
    title: name,
    source: { locked: "", name },
    rows: (place) => [
      ...(["cjs", "iife", "esm"] as const).map((format) => row(place, format)),
      ...more(place),
      bundlerRecipe(name, place),
    ],
  };
}

/** Bundles `using.js` for the default target, and for the oldest Node. */
function esbuildUsing(place: Place): Row[] {
  const bundle = (outfile: string, target: Esbuild.BuildOptions): Promise<unknown> =>
    place.require<typeof Esbuild>("esbuild").build({
      entryPoints: [join(place.programs, "using.js")],
      bundle: true,
      format: "esm",
      platform: "node",
      outfile,
      ...target,
    });
  return [
    {
      setup: "`using`, target es2022",
      checks: "one program",
      run: () =>
        inScratch(async (folder) => {
          const file = join(folder, "using.mjs");
          await bundle(file, { target: "es2022" });
          return place.run([file], shows(0, /^false\ntrue\n$/));
        }),
    },
    {
      setup: "`using`, default target",
      checks: "`using` is in the bundle",
      limit: leavesUsing,
      run: () =>
        inScratch(async (folder) => {
          const file = join(folder, "using.mjs");
          await bundle(file, {});
          const text = await readFile(file, "utf8");
          return { ...oneCheck(/^\s*using \w+ = /m.test(text)), detail: "esbuild has lowered `using`" };
        }),
    },
  ];
}

async function inScratch(run: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "goro-bundle-"));
  try {
    return await run(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const bundlers: readonly Host[] = [
  bundler("esbuild", esbuild, esbuildUsing),
  bundler("rollup", rollup),
  bundler("webpack", webpack),
];
