// The cost of a package before its use: the time to import it, and the bytes that it adds to a bundle.

import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import type { Adapters } from "../implementations/implementation.ts";
import type { Row } from "./row.ts";

const importTime: Row<"module"> = {
  id: "import-time",
  title: "import, in a process of its own each time",
  unit: "ms",
  n: 10,
  go: null,
  needs: "module",
  expected: (n) => n,
  async run(module, n, meter) {
    const times: number[] = [];
    for (let i = 0; i < n; i++) times.push(await timeToImport(module));
    const inOrder = times.toSorted((a, b) => a - b);
    meter.record(inOrder[inOrder.length >> 1] ?? NaN);
    return times.filter((time) => time > 0).length;
  },
};

async function timeToImport(module: string): Promise<number> {
  const program = `
    const begin = performance.now();
    await import(${JSON.stringify(import.meta.resolve(module))});
    console.log(performance.now() - begin);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  return Number(stdout);
}

/** Returns a row for the size of the minified bundle of `source`. */
function bundleSize<Name extends "module" | "channelImport">(
  id: string,
  title: string,
  needs: Name,
  source: (adapter: Adapters[Name]) => string,
  sizeOf: (bundle: Uint8Array) => number,
): Row<Name> {
  return {
    id,
    title,
    unit: "bytes",
    n: 1,
    go: null,
    needs,
    expected: () => 1,
    async run(adapter, _, meter) {
      const bundle = await bundled(source(adapter));
      meter.record(sizeOf(bundle));
      return runs(bundle);
    },
  };
}

async function bundled(source: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error("esbuild has written nothing");
  return file.contents;
}

/** Imports the bundle, which fails if a part is missing; returns 1. */
async function runs(bundle: Uint8Array): Promise<number> {
  const exports = (await import(`data:text/javascript;base64,${Buffer.from(bundle).toString("base64")}`)) as object;
  return Object.keys(exports).length > 0 ? 1 : 0;
}

const whole = (module: string): string => `import * as all from ${JSON.stringify(module)}; export { all };`;
const onlyChannels = (names: string): string => `export ${names};`;
const onDisk = (bundle: Uint8Array): number => bundle.length;
const sent = (bundle: Uint8Array): number => gzipSync(bundle, { level: 9 }).length;

export const size: readonly Row[] = [
  importTime,
  bundleSize("bundle-channel", "bundle with only channels, minified", "channelImport", onlyChannels, onDisk),
  bundleSize(
    "bundle-channel-gzip",
    "bundle with only channels, minified and gzipped",
    "channelImport",
    onlyChannels,
    sent,
  ),
  bundleSize("bundle-all", "bundle with everything, minified", "module", whole, onDisk),
  bundleSize("bundle-all-gzip", "bundle with everything, minified and gzipped", "module", whole, sent),
];
