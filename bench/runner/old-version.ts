// The library at another commit, built beside the present one, and the compiled benchmarks linked to it.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./places.ts";

/** A build of the library at another commit. Disposal deletes it. */
export interface OldVersion extends Disposable {
  /** The short hash of the commit. */
  readonly commit: string;
  /** The program that measures one row with that build, as `child.ts` does with the present one. */
  readonly child: string;
}

/**
 * Builds the library at `commit` in a folder of its own, with the tools that are installed for the present version.
 *
 * @throws {Error} if the commit does not exist, or its build fails.
 */
export function buildOldVersion(commit: string): OldVersion {
  const project = join(root, "..");
  const folder = mkdtempSync(join(tmpdir(), "goro-against-"));
  const dispose = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const library = join(folder, "goro");
    mkdirSync(library);
    const git = (...args: string[]): string => execFileSync("git", args, { cwd: project, encoding: "utf8" }).trim();
    const hash = git("rev-parse", "--short", "--verify", `${commit}^{commit}`);
    const archive = join(folder, "goro.tar");
    // Everything: which files a build needs differs between versions.
    git("archive", "--output", archive, hash);
    execFileSync("tar", ["-xf", archive, "-C", library]);
    symlinkSync(join(project, "node_modules"), join(library, "node_modules"));
    execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts"], { cwd: library, stdio: "inherit" });
    return { commit: hash, child: linkBenchmarks(folder, library), [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Copies the compiled benchmarks to `folder`, with all packages of the present ones except goro; returns the copy of `child.js`. */
function linkBenchmarks(folder: string, library: string): string {
  const copy = join(folder, "bench");
  const packages = join(copy, "node_modules");
  cpSync(join(root, "build"), join(copy, "build"), { recursive: true });
  cpSync(join(root, "package.json"), join(copy, "package.json"));
  mkdirSync(packages);
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "goro") symlinkSync(join(root, "node_modules", name), join(packages, name));
  }
  symlinkSync(library, join(packages, "goro"));
  return join(copy, "build", "child.js");
}
