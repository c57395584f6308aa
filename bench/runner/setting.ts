// The machine and the versions of a run.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { load } from "../implementations/all.ts";
import type { Options } from "./options.ts";
import type { Setting } from "../report/result.ts";
import { root } from "./places.ts";

/** Returns the machine and the versions of Node, Go and the packages of `implementations`. */
export async function setting(options: Options, implementations: readonly string[]): Promise<Setting> {
  const versions: Record<string, string> = {};
  for (const name of implementations) {
    if (name === "go") continue;
    const { package: inRegistry } = await load(name);
    if (inRegistry !== null) versions[name] = `${inRegistry} ${versionOf(inRegistry)}`;
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: os.cpus()[0]?.model ?? "unknown",
    cores: os.cpus().length,
    system: `${os.type()} ${os.arch()}`,
    node: process.version,
    go: goVersion(),
    versions,
    repeats: options.repeats,
    quick: options.quick,
  };
}

/** Returns the version of Go, such as `go1.26.0`; null without Go. */
export function goVersion(): string | null {
  try {
    return execFileSync("go", ["env", "GOVERSION"], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

// Reads the file, because few packages export their package.json.
function versionOf(name: string): string {
  const file = join(root, "node_modules", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}
