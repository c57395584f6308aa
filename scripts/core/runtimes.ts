// The JavaScript hosts for the tests of the core, and their installation.

import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

/** An installed host. */
export interface Runtime {
  readonly name: string;
  readonly version: string;
  readonly binary: string;
  /** The arguments before the file; undefined for a browser. */
  readonly args?: readonly string[];
}

/** The source of a host. */
interface Source {
  /** The npm package for this machine, and the binary in it. */
  readonly npm?: { readonly spec: string; readonly binary: string };
  /** Finds the path of an installed binary. */
  readonly find?: () => Promise<string>;
  readonly args?: readonly string[];
}

const { platform, arch } = process;
const machine = `${platform}-${arch}`;

function node(line: string): Source {
  return { npm: { spec: `node-${machine}@${line}`, binary: "bin/node" }, args: [] };
}

const sources: Readonly<Record<string, Source>> = {
  node: { find: async () => process.execPath, args: [] },
  node22: node("22"),
  node26: node("26"),
  bun: { npm: { spec: `@oven/bun-${machine.replace("arm64", "aarch64")}`, binary: "bin/bun" }, args: ["run"] },
  deno: {
    npm: { spec: `@deno/${machine}${platform === "linux" ? "-glibc" : ""}`, binary: "deno" },
    args: ["run", "--quiet", "--allow-all", "--no-config"],
  },
  chromium: { find: () => findBrowser("chromium") },
};

export const runtimeNames: readonly string[] = Object.keys(sources);

/**
 * Finds the host `name`, or installs it from npm outside the project; later runs use the same installation. Besides the hosts for the tests of
 * the core, "node" with any version is one.
 */
export async function getRuntime(name: string): Promise<Runtime> {
  const { npm, find, args } = sources[name] ?? node(name.slice("node".length));
  const binary = npm === undefined ? await find?.() : await install(name, npm);
  if (binary === undefined) throw new Error(`${name}: the host cannot be installed`);
  const { stdout } = await exec(binary, ["--version"], { timeout: 30_000 });
  const version = /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim();
  return { name, version, binary, ...(args && { args }) };
}

async function install(name: string, { spec, binary }: { spec: string; binary: string }): Promise<string> {
  const prefix = join(tmpdir(), "goro-runtimes", name);
  const file = join(prefix, "node_modules", spec.replace(/(?<=.)@.*/, ""), binary);
  if (await isProgram(file)) return file;
  const args = ["install", "--prefix", prefix, "--ignore-scripts", "--no-audit", "--no-fund", spec];
  try {
    await exec("npm", args, { cwd: tmpdir(), timeout: 180_000 });
  } catch (error) {
    throw new Error(`${name}: npm cannot install ${spec} for this machine`, { cause: error });
  }
  if (!(await isProgram(file))) throw new Error(`${name}: ${spec} holds no ${binary}`);
  return file;
}

const browsers: Readonly<Record<"chromium" | "firefox", readonly string[]>> = {
  chromium: ["chromium", "chromium-browser", "google-chrome"],
  firefox: ["firefox-esr", "firefox"],
};

/** Finds the command of a browser: in the environment variable of its name, or in PATH. */
export async function findBrowser(name: keyof typeof browsers): Promise<string> {
  const variable = name.toUpperCase();
  const chosen = process.env[variable] ?? "";
  if (chosen !== "") return chosen;
  for (const command of browsers[name]) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      if (await isProgram(join(folder, command))) return join(folder, command);
    }
  }
  throw new Error(`${name}: there is none in PATH (${browsers[name].join(", ")}), and $${variable} is not set`);
}

function isProgram(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
