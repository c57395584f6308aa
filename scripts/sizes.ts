// The sizes of the exports in the bundle of a program: how they are measured, and the budgets that they must keep.

import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { markdownTable, replaceBlock } from "./markdown.ts";

/** Bytes by export of `goro`, or by entry: a bundle of nothing else, minified and compressed by gzip. */
export type Sizes = Readonly<Record<string, number>>;

/** By which factor a size may differ from its budget. A smaller size is to become the budget. */
export const tolerance = 0.02;

/** The entries that are measured as a whole. */
const entries = ["goro", "goro/pipeline"];

/** The exports in the table of docs/speed.md. */
const shown = [
  ...["Mutex", "RWMutex", "Semaphore", "WaitGroup", "Channel", "select", "context", "time", "ErrGroup"],
  ...["SingleFlight", "createLimit", "RateLimiter", "Broadcast", "retry", "runPool", "WorkerPool", "main"],
];

/** Measures all exports of the package `goro`, as it is published, in the `node_modules` of `folder`. */
export async function measureSizes(folder: string): Promise<Sizes> {
  const { metafile } = await bundle('export * from "goro";', folder);
  const names = Object.values(metafile.outputs).flatMap((output) => output.exports);
  const sizes: Record<string, number> = {};
  for (const name of names.sort()) sizes[name] = await sizeOf(`export { ${name} } from "goro";`, folder);
  for (const entry of entries) sizes[entry] = await sizeOf(`export * from "${entry}";`, folder);
  return sizes;
}

/** Returns a sentence for each export whose size differs from its budget by more than the tolerance, or that is in one of both alone. */
export function compareSizes(sizes: Sizes, budgets: Sizes): string[] {
  return [...new Set([...Object.keys(budgets), ...Object.keys(sizes)])].flatMap((name) => {
    const size = sizes[name];
    const budget = budgets[name];
    if (budget === undefined) return [`${name}: no budget, ${size} bytes`];
    if (size === undefined) return [`${name}: is not exported, and has a budget of ${budget} bytes`];
    return Math.abs(size - budget) > budget * tolerance ? [`${name}: ${size} bytes, the budget is ${budget}`] : [];
  });
}

/** Returns docs/speed.md with its table of sizes. */
export function withSizes(page: string, budgets: Sizes): string {
  const rows = [...shown, ...entries].map((name) => [
    entries.includes(name) ? `all of \`${name}\`` : `\`${name}\``,
    `${((budgets[name] ?? 0) / 1000).toFixed(1)} kB`,
  ]);
  return replaceBlock(page, "sizes", markdownTable([["import", "size"], ...rows]));
}

async function sizeOf(contents: string, folder: string): Promise<number> {
  const { text } = await bundle(contents, folder, true);
  return gzipSync(text, { level: 9 }).length;
}

/** Bundles a module with `contents` as a bundler for browsers does, with the packages in the `node_modules` of `folder`. */
export async function bundle(
  contents: string,
  folder: string,
  minify: boolean = false,
): Promise<{ readonly text: string; readonly metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    format: "esm",
    platform: "neutral",
    mainFields: [],
    external: ["node:*"],
    write: false,
    metafile: true,
    minify,
  });
  return { text: outputFiles.map((file) => file.text).join(""), metafile };
}
