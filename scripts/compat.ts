// Runs the packed library in the common hosts, bundlers and compilers: `npm run compat`, or
// `npm run compat -- jest30` for the hosts whose names begin with the argument.

import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleForWorkerd, bundlers, bundles } from "./compat/bundles.ts";
import { bundleHost, type Ended, folder, type Host, hosts, programs, type Score, workerd } from "./compat/hosts.ts";
import { run as runIn } from "./run.ts";

const root = join(folder, "..");
const prefix = process.argv[2] ?? "";

// Test runners behave differently if the variables of another test runner are set.
const clean = { CI: "true", NO_COLOR: "1", NODE_ENV: undefined, NODE_OPTIONS: undefined, JEST_WORKER_ID: undefined };

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return runIn(command, args, { ...clean, ...env }, cwd);
}

async function must(command: string, args: readonly string[], cwd: string): Promise<void> {
  const { code, stdout, stderr } = await run(command, args, cwd);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed:\n${stdout}${stderr}`);
}

/** Installs the hosts, unless the installed versions match the lock file. */
async function install(): Promise<void> {
  const lock = createHash("sha256")
    .update(await readFile(join(folder, "package-lock.json")))
    .digest("hex");
  const stamp = join(folder, "node_modules", ".goro-compat");
  const installed = await readFile(stamp, "utf8").catch(() => "");
  if (installed === lock) return;
  await must("npm", ["ci", "--ignore-scripts"], folder);
  await writeFile(stamp, lock);
}

/** Builds and packs the library, and installs it for the programs, together with a package that also imports it. */
async function pack(scratch: string): Promise<void> {
  await must("npm", ["pack", "--pack-destination", scratch], root);
  const [tarball] = (await readdir(scratch)).filter((file) => file.endsWith(".tgz"));
  for (const name of ["goro", "uses-goro"])
    await rm(join(folder, "node_modules", name), { recursive: true, force: true });
  const home = join(folder, "node_modules", "goro");
  await mkdir(home);
  await must("tar", ["-xzf", join(scratch, tarball as string), "--strip-components=1", "-C", home], root);
  await cp(join(programs, "uses-goro"), join(folder, "node_modules", "uses-goro"), { recursive: true });
}

const total = { passed: 0, failed: 0 };

function report(name: string, { passed, failed }: Score, detail: string): void {
  total.passed += passed;
  total.failed += failed;
  console.log(`${name}: ${passed} passed, ${failed} failed`);
  if (failed > 0) console.log(detail.replaceAll(/^/gm, "    "));
}

async function runHosts(list: readonly Host[]): Promise<void> {
  const waiting = list.filter(({ name }) => name.startsWith(prefix)).values();
  const worker = async (): Promise<void> => {
    for (const { name, args, env, score } of waiting) {
      const ended = await run(process.execPath, args, programs, env);
      report(name, score(ended), `exit code ${ended.code}\n${(ended.stdout + ended.stderr).slice(-4000)}`);
    }
  };
  await Promise.all([worker(), worker()]);
}

const scratch = await mkdtemp(join(tmpdir(), "goro-compat-"));
try {
  await install();
  await pack(scratch);
  await runHosts(hosts());
  if (bundlers.some((name) => name.startsWith(prefix) || prefix.startsWith(name))) {
    const warned = (name: string, text: string): void => report(`${name}, a warning`, { passed: 0, failed: 1 }, text);
    await runHosts((await bundles(scratch, warned)).map(bundleHost));
  }
  await bundleForWorkerd(join(scratch, "worker.bundle.js"));
  await cp(join(programs, "worker.capnp"), join(scratch, "worker.capnp"));
  await runHosts([workerd(join(scratch, "worker.capnp"))]);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
console.log(`compat: ${total.passed} passed, ${total.failed} failed`);
if (total.failed > 0) process.exitCode = 1;
