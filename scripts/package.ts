// The package that is published: its pages, its package.json and its tarball.

import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withNewest } from "./changelog.ts";
import { withoutAbsent } from "./pages.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** The size of the tarball in bytes, at most. */
export const maxTarball = 300_000;

/** The size of all pages together in bytes after compression, at most. */
export const maxPages = 45_000;

// The pages about the making of the library are in the repository only.
const unpublishedPages = ["conformance.md", "performance-log.md", "proof.md", "speed.md"];
// The fields of package.json that have a meaning only in the repository.
const unpublishedFields = ["private", "files", "scripts", "devDependencies", "overrides"];
// How many versions the published CHANGELOG.md has.
const publishedVersions = 3;

/** Returns the pages of the package by their paths. Their links lead to files of the package, or to other sites. */
export async function packagePages(): Promise<Map<string, string>> {
  const docs = await readdir(join(root, "docs"));
  const published = docs.filter((name) => name.endsWith(".md") && !unpublishedPages.includes(name)).sort();
  const paths = ["README.md", "CHANGELOG.md", ...published.map((name) => `docs/${name}`)];
  const isPublished = (path: string): boolean => [...paths, "LICENSE", "NOTICE"].includes(path);
  const pages = paths.map(async (path): Promise<[string, string]> => {
    const page = await readFile(join(root, path), "utf8");
    const text = path === "CHANGELOG.md" ? withNewest(page, publishedVersions) : page;
    return [path, withoutAbsent(text, path, isPublished)];
  });
  return new Map(await Promise.all(pages));
}

/** Returns the text of the published package.json. */
export async function packageManifest(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  const fields = Object.entries(manifest).filter(([name]) => !unpublishedFields.includes(name));
  return `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
}

/** The packed package. */
export interface Packed {
  /** The folder with its files. */
  readonly folder: string;
  readonly tarball: string;
  /** The size of the tarball in bytes. */
  readonly bytes: number;
  readonly files: number;
}

/** Builds and packs the package in a folder, of which the previous content is removed. */
export async function pack(path: string): Promise<Packed> {
  const outdir = resolve(path);
  const folder = join(outdir, "package");
  await rm(outdir, { recursive: true, force: true });
  const build = ["--import", "tsx", join(root, "scripts", "build.ts"), join(folder, "dist")];
  execFileSync(process.execPath, build, { cwd: root, stdio: "inherit" });
  const manifest = await packageManifest();
  for (const [file, text] of [["package.json", manifest] as const, ...(await packagePages())]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  for (const file of ["LICENSE", "NOTICE"]) await copyFile(join(root, file), join(folder, file));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", outdir], { cwd: folder, stdio: "ignore" });
  const { name, version } = JSON.parse(manifest) as { name: string; version: string };
  const tarball = join(outdir, `${name}-${version}.tgz`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).length;
  return { folder, tarball, bytes: (await stat(tarball)).size, files };
}
