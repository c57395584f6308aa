// The example 50-machines: the same program on one event loop and on machines, its counts, its end, and its messages. On machines it runs
// with real servers; without a server, these tests are skipped by name.

import { spawn } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { engines, type TestServer } from "./support/servers.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "examples", "50-machines");
const tsx = import.meta.resolve("tsx");
let temporary = "";

beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "goro-example-"));
  // Postgres does not run as root, and its user must reach the folder.
  await chmod(temporary, 0o755);
});

afterAll(() => rm(temporary, { recursive: true }));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a file of the example as a shell does, in a process group of its own. `onOutput` is called with all output up to now. */
function run(
  file: string,
  env: Readonly<Record<string, string>> = {},
  onOutput: (stdout: string, pid: number) => void = () => undefined,
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const server = { REDIS_URL: "", DATABASE_URL: "" };
    const child = spawn(process.execPath, ["--import", tsx, file], {
      cwd: root,
      detached: true,
      env: { ...process.env, NODE_OPTIONS: "", ...server, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onOutput(stdout, child.pid as number);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** Returns a function that calls `f` once, when the output of a program contains `text`. */
function once(
  text: string,
  f: (stdout: string, pid: number) => void,
): { readonly listener: (stdout: string, pid: number) => void; count: number } {
  const call = {
    count: 0,
    listener(stdout: string, pid: number): void {
      if (call.count > 0 || !stdout.includes(text)) return;
      call.count++;
      f(stdout, pid);
    },
  };
  return call;
}

function processesOf(stdout: string): number[] {
  return [...stdout.matchAll(/ is process (\d+)$/gm)].map(([, pid]) => Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("the program on one event loop and the program on machines differ only in the lines that name the engine", async () => {
  const [machines = [], loop = []] = await Promise.all(
    ["on-machines.ts", "one-loop.ts"].map(async (file) => (await readFile(join(folder, file), "utf8")).split("\n")),
  );
  expect(machines).toHaveLength(loop.length);
  const different = machines.flatMap((line, i) => (line === loop[i] ? [] : [line, loop[i] as string]));
  expect(different.filter((line) => !line.endsWith(" // engine"))).toEqual([]);
  expect(machines.filter((line) => line.endsWith(" // engine"))).toHaveLength(different.length / 2);

  // The page quotes the lines.
  const [, quoted = ""] = /```diff\n([^]*?)```/.exec(await readFile(join(root, "docs", "machines.md"), "utf8")) ?? [];
  const marked = (sign: string): string[] =>
    quoted.split("\n").flatMap((line) => (line.startsWith(sign) ? [line.slice(1)] : []));
  expect(marked("-")).toEqual(loop.filter((line, i) => line !== machines[i]));
  expect(marked("+")).toEqual(machines.filter((line, i) => line !== loop[i]));
});

test("the packages of the example have the versions of the packages with which goro is tested", async () => {
  const read = async (file: string): Promise<{ dependencies: object; devDependencies: object }> =>
    JSON.parse(await readFile(file, "utf8")) as { dependencies: object; devDependencies: object };
  const { dependencies } = await read(join(folder, "package.json"));
  expect((await read(join(root, "package.json"))).devDependencies).toMatchObject(dependencies);
});

test("on one event loop, each photo is done once", async () => {
  const { code, stdout, stderr } = await run(join(folder, "one-loop.ts"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.split("\n").at(-2)).toBe("accepted 500, done 500, run twice 0, lost 0");
});

test("without its packages, the example prints the command that installs them", async () => {
  await cp(folder, join(temporary, "examples", "50-machines"), {
    recursive: true,
    filter: (path) => !path.includes("node_modules"),
  });
  await symlink(join(root, "src"), join(temporary, "src"));
  await symlink(join(root, "tsconfig.json"), join(temporary, "tsconfig.json"));
  const end = await run(join(temporary, "examples", "50-machines", "main.ts"));
  const message = "The packages of this example are not installed: run npm ci --prefix examples/50-machines\n";
  expect(end).toEqual({ code: 1, stdout: "starting the server\nstopping\n", stderr: message });
});

test.each([
  ["REDIS_URL", "redis://127.0.0.1:1"],
  ["DATABASE_URL", "postgres://127.0.0.1:1/jobs"],
])("a wrong %s is reported by one line that names it", async (variable, url) => {
  const { code, stdout, stderr } = await run(join(folder, "main.ts"), { [variable]: url });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "starting the server\nstopping\n" });
  expect(stderr).toMatch(new RegExp(`^The server of ${variable} cannot be used: .*ECONNREFUSED.*\n$`));
});

for (const engine of engines) {
  const isMissing = engine.missing !== undefined;
  const title = isMissing ? `on ${engine.name}, skipped because ${engine.missing}` : `on ${engine.name}`;

  (isMissing ? describe.skip : describe)(title, () => {
    const env: Record<string, string> = {};
    let data = "";
    let server: TestServer | undefined;

    // The example starts Postgres itself, in a folder that it removes.
    beforeAll(async () => {
      data = join(temporary, engine.name);
      await mkdir(data);
      env["TMPDIR"] = data;
      if (engine.name !== "redis") return;
      server = await engine.start();
      env["REDIS_URL"] = server.url;
    });

    afterAll(async () => server?.stop());

    test("no photo is lost when a worker is killed by hand, and another one in the middle", async () => {
      const kill = once("100 of 500", (stdout) => {
        const [, pid] = /worker 1 is process (\d+)/.exec(stdout) as unknown as [string, string];
        process.kill(Number(pid), "SIGKILL");
      });
      const { code, stdout, stderr } = await run(join(folder, "main.ts"), env, kill.listener);
      expect({ code, stderr, stdout }).toMatchObject({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^worker 1 has ended by SIGKILL; another one is started$/m);
      expect(stdout).toMatch(/^worker [2-4] is killed while it works on photo-\d+$/m);
      expect(stdout.split("\n").at(-2)).toMatch(/^accepted 500, done 500, run twice \d+, lost 0$/);
      expect(processesOf(stdout).filter(isAlive)).toEqual([]);
      expect((await readdir(data)).filter((name) => name.startsWith("goro-machines-"))).toEqual([]);
    });

    // A terminal sends SIGINT to the process group, and a platform sends SIGTERM to the process.
    const [signal, expected] = engine.name === "redis" ? (["SIGTERM", 143] as const) : (["SIGINT", 130] as const);
    test(`${signal} in the middle stops all processes, and the exit code is ${expected}`, async () => {
      const interrupt = once("100 of 500", (_, pid) => process.kill(signal === "SIGINT" ? -pid : pid, signal));
      const { code, stdout, stderr } = await run(join(folder, "main.ts"), env, interrupt.listener);
      expect({ code, stderr, stdout }).toMatchObject({ code: expected, stderr: "" });
      expect(stdout.split("\n").at(-2)).toMatch(/^accepted \d+, done \d+, run twice \d+, not done yet \d+$/);
      expect(processesOf(stdout)).toHaveLength(3);
      expect(processesOf(stdout).filter(isAlive)).toEqual([]);
      expect((await readdir(data)).filter((name) => name.startsWith("goro-machines-"))).toEqual([]);
    });
  });
}
