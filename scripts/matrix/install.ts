// The installation of the hosts and of the packed library.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { getRuntime } from "../core/runtimes.ts";
import { browserCommand } from "./browser.ts";
import { compat, type Host, NotHere, Place, type Source } from "./host.ts";

const exec = promisify(execFile);
const programs = join(compat, "programs");

/** The hosts without a lock file; later runs use the same installation. */
const cache = join(tmpdir(), "goro-matrix");

// Versions with which the hosts can be installed, where the newest one that a range allows may not be available.
const overrides = { "unrs-resolver": "1.12.2" };

/** Builds and packs the library in `scratch`, and returns the tarball. */
export async function pack(scratch: string): Promise<string> {
  await npm(["pack", "--pack-destination", scratch], join(compat, ".."));
  const [tarball] = (await readdir(scratch)).filter((file) => file.endsWith(".tgz"));
  return join(scratch, tarball as string);
}

/** Installs the locked hosts, unless the installed ones match the lock file, and the library, whose version it returns. */
export async function installLocked(tarball: string): Promise<string> {
  const lock = createHash("sha256")
    .update(await readFile(join(compat, "package-lock.json")))
    .digest("hex");
  const stamp = join(compat, "node_modules", ".goro-compat");
  if ((await readFile(stamp, "utf8").catch(() => "")) !== lock) {
    await npm(["ci", "--ignore-scripts"], compat);
    await writeFile(stamp, lock);
  }
  return addLibrary(compat, tarball);
}

/** Installs a host, and the library beside it. */
export async function install(host: Host, tarball: string): Promise<Place> {
  const { source, key, node } = host;
  const major = Number(process.versions.node.split(".")[0]);
  const binary = node !== undefined && major < node.least ? (await runtime(node.runtime)).binary : process.execPath;
  if ("locked" in source) {
    const folder = source.locked === "" ? compat : join(compat, "hosts", source.locked);
    return placeOf({ folder, programs, binary }, source.name);
  }
  if ("browser" in source) return new Place({ folder: compat, programs, ...(await browserOf(source)) });
  const folder = join(cache, key);
  const packages = "packages" in source ? source.packages : {};
  await installPackages(folder, packages);
  await addLibrary(folder, tarball);
  await rm(join(folder, "programs"), { recursive: true, force: true });
  await cp(programs, join(folder, "programs"), { recursive: true });
  const place = { folder, programs: join(folder, "programs") };
  if ("runtime" in source) return new Place({ ...place, ...(await runtime(source.runtime)) });
  return placeOf({ ...place, binary }, Object.keys(packages)[0] as string);
}

async function runtime(name: string): Promise<{ version: string; binary: string }> {
  try {
    return await getRuntime(name);
  } catch (error) {
    throw new NotHere((error as Error).message, { cause: error });
  }
}

async function browserOf({
  browser,
}: Extract<Source, { browser: unknown }>): Promise<{ version: string; binary: string }> {
  const binary = await browserCommand(browser);
  const { stdout } = await exec(binary, ["--version"], { timeout: 30_000 });
  return { version: /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim(), binary };
}

async function placeOf(place: Pick<Place, "folder" | "programs" | "binary">, name: string): Promise<Place> {
  const manifest = new Place({ ...place, version: "" }).bin(name, "package.json");
  return new Place({ ...place, version: await versionOf(manifest) });
}

async function installPackages(folder: string, packages: Readonly<Record<string, string>>): Promise<void> {
  const manifest = JSON.stringify({ private: true, type: "module", dependencies: packages, overrides });
  const stamp = join(folder, ".goro-matrix");
  if ((await readFile(stamp, "utf8").catch(() => "")) === manifest) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), manifest);
  try {
    await npm(["install", "--ignore-scripts", "--no-package-lock"], folder);
  } catch (error) {
    const [, code = "an error"] = /npm error code (\w+)/.exec((error as Error).message) ?? [];
    const names = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
    throw new NotHere(`npm cannot install ${names.join(", ")}: ${code}`, { cause: error });
  }
  await writeFile(stamp, manifest);
}

/** Unpacks the library into the node_modules of `folder`, beside a package that also imports it, and returns its version. */
async function addLibrary(folder: string, tarball: string): Promise<string> {
  const modules = join(folder, "node_modules");
  for (const name of ["goro", "uses-goro", ".vite"]) await rm(join(modules, name), { recursive: true, force: true });
  const home = join(modules, "goro");
  await mkdir(home, { recursive: true });
  await exec("tar", ["-xzf", tarball, "--strip-components=1", "-C", home]);
  await cp(join(programs, "uses-goro"), join(modules, "uses-goro"), { recursive: true });
  return versionOf(join(home, "package.json"));
}

async function versionOf(manifest: string): Promise<string> {
  return (JSON.parse(await readFile(manifest, "utf8")) as { version: string }).version;
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  const flags = ["--no-audit", "--no-fund"];
  try {
    await exec("npm", [...args, ...flags], { cwd, timeout: 15 * 60_000, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`npm ${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}
