// The package that is published: its files, its package.json and its tarball.

import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { withNewest } from "./changelog.ts";
import { withoutAbsent } from "./pages.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** The size of the tarball in bytes, at most. */
export const maxTarball = 300_000;

/** The size of all pages together in bytes after compression, at most. */
export const maxPages = 50_000;

// The fields of package.json that have a meaning only in the repository.
const unpublishedFields = ["private", "files", "scripts", "devDependencies", "overrides"];
// How many versions the published CHANGELOG.md has.
const publishedVersions = 2;

/**
 * Returns the texts of the files that are published as they are in the repository, except for links to files that are not published, and
 * for old versions in the changelog.
 */
export async function packageFiles(): Promise<Map<string, string>> {
  const paths = publishedPaths();
  const files = paths.map(async (path): Promise<[string, string]> => {
    const text = await readFile(join(root, path), "utf8");
    if (!path.endsWith(".md")) return [path, text];
    const page = path === "CHANGELOG.md" ? withNewest(text, publishedVersions) : text;
    return [path, withoutAbsent(page, path, (target) => paths.includes(target))];
  });
  return new Map(await Promise.all(files));
}

/** Returns what npm selects by the field `files` of package.json, except for package.json and the files of the build. */
function publishedPaths(): string[] {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
  const output = execFileSync("npm", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const [selection] = Object.values(JSON.parse(output) as Record<string, { files: { path: string }[] }>);
  const paths = selection?.files.map(({ path }) => path) ?? [];
  return paths.filter((path) => path !== "package.json" && !path.startsWith("dist/"));
}

/** Returns the text of the published package.json. */
export async function packageManifest(): Promise<string> {
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as Record<string, unknown>;
  const fields = Object.entries(manifest).filter(([name]) => !unpublishedFields.includes(name));
  return `${JSON.stringify(Object.fromEntries(fields), null, 2)}\n`;
}

/** The packed package. */
export interface Packed {
  readonly tarball: string;
  /** The size of the tarball in bytes. */
  readonly bytes: number;
  readonly files: number;
}

/** Packs the present build in a folder, of which the previous content is removed. */
export async function pack(path: string): Promise<Packed> {
  const outdir = resolve(path);
  const folder = join(outdir, "package");
  await rm(outdir, { recursive: true, force: true });
  await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
  const manifest = await packageManifest();
  for (const [file, text] of [["package.json", manifest] as const, ...(await packageFiles())]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), text);
  }
  execFileSync("npm", ["pack", "--silent", "--pack-destination", outdir], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { name, version } = JSON.parse(manifest) as { name: string; version: string };
  const tarball = join(outdir, `${name}-${version}.tgz`);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).length;
  return { tarball, bytes: (await stat(tarball)).size, files };
}
