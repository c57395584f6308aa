// Collects the licenses of the libraries that the source imports by src/trace/vendor.ts: the build bundles them.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { resolution } from "./droppable.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** Returns the folders of the packages that the bundle of these libraries has code of. */
export async function bundledPackages(): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["src/trace/vendor.ts"],
    bundle: true,
    format: "esm",
    ...resolution,
    write: false,
    metafile: true,
  });
  const folders = new Set<string>();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(join(root, folder));
    }
  }
  return [...folders].sort();
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Returns the text of the file NOTICE: the name, the version and the license of each bundled package, and of its dependencies. */
export async function notice(): Promise<string> {
  const parts: string[] = [];
  const folders = new Set(await bundledPackages());
  for (const folder of folders) {
    const {
      name,
      version,
      dependencies = {},
    } = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
    // A package may contain its dependencies, as dagre does.
    for (const dependency of Object.keys(dependencies)) folders.add(join(root, "node_modules", dependency));
    const license = (await readdir(folder)).find((file) => /^licen[cs]e/i.test(file));
    if (license === undefined) throw new Error(`${folder} has no license`);
    parts.push(`${name} ${version}\n\n${(await readFile(join(folder, license), "utf8")).trim()}\n`);
  }
  const intro = "The modules of goro/trace contain code of the following packages, bundled at build time.\n";
  return [intro, ...parts.sort()].join(`\n${"-".repeat(80)}\n\n`);
}

// `npm run notice` writes the file; a test checks that it is current.
if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(join(root, "NOTICE"), await notice());
