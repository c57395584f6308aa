// Runs the bundle of the core tests in a host, and kills all its processes at the end, even if it hangs.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { type AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { countsOf, type Report, toText } from "./report.ts";
import type { Runtime } from "./runtimes.ts";

/** The result of a run in a host. */
export interface Outcome {
  /** Undefined if the run did not finish. */
  readonly counts: ReturnType<typeof countsOf>;
  /** All failures, in full. */
  readonly complaint: string;
}

/** The time limit of a host in milliseconds. */
const timeLimit = 5 * 60_000;

/** Runs `file` in a separate process. */
export async function runInProcess({ binary, args = [] }: Runtime, file: string): Promise<Outcome> {
  const child = start(binary, [...args, file, "--names"], dirname(file));
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const timedOut = await within(timeLimit, ended(child), () => kill(child));
  kill(child);
  const [stdout, stderr] = await output;
  const counts = countsOf(stdout);
  if (counts !== undefined && counts.failed === 0 && child.exitCode === 0) return { counts, complaint: "" };
  if (counts !== undefined && counts.failed > 0) return { counts, complaint: stdout.trimEnd() };

  const names = stderr.split("\n").filter((line) => line.startsWith("RUN "));
  const others = stderr.split("\n").filter((line) => !line.startsWith("RUN "));
  const how = timedOut ? hung : `it ended with ${String(child.exitCode ?? child.signalCode)}`;
  return { counts, complaint: [how, `last: ${names.at(-1) ?? "no test"}`, stdout, ...others].join("\n").trimEnd() };
}

/** Runs `file` in a page of a browser. */
export async function runInPage({ binary }: Runtime, file: string): Promise<Outcome> {
  const { server, report, lastTest } = await serve(file);
  const profile = await mkdtemp(join(dirname(file), "profile-"));
  const { port } = server.address() as AddressInfo;
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
  const child = start(binary, [...flags, `--user-data-dir=${profile}`, `http://127.0.0.1:${port}/`], dirname(file));
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  const exit = ended(child);
  let result: Report | string = hung;
  await within(
    timeLimit,
    Promise.race([report, exit.then(() => "the browser ended")]).then((value) => (result = value)),
    () => undefined,
  );
  kill(child);
  await exit;
  server.closeAllConnections();
  server.close();
  const [, stderr] = await output;
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  return outcomeOf(
    result,
    () => `last: ${lastTest() ?? "no test"}\n${stderr.trimEnd().split("\n").slice(-20).join("\n")}`,
  );
}

const hung = `it takes longer than ${timeLimit / 60_000} minutes`;

function outcomeOf(result: Report | string, more: () => string): Outcome {
  if (typeof result === "string") return { counts: undefined, complaint: `${result}\n${more()}` };
  const summary = toText(result);
  return { counts: countsOf(summary), complaint: result.failures.length === 0 ? "" : summary };
}

// An error before the first test, such as an unknown syntax, ends the run.
const page = `<!doctype html>
<meta charset="utf-8">
<title>goro</title>
<script>
  addEventListener("error", ({ message }) => navigator.sendBeacon("/broken", message ?? "core.mjs does not load"), true);
  addEventListener("unhandledrejection", ({ reason }) => navigator.sendBeacon("/broken", String(reason)));
</script>
<script type="module" src="/core.mjs"></script>`;

interface Site {
  readonly server: Server;
  /** The report of the page, or the reason for its absence. */
  readonly report: Promise<Report | string>;
  readonly lastTest: () => string | undefined;
}

async function serve(file: string): Promise<Site> {
  const script = await readFile(file);
  const { promise: report, resolve } = withResolvers<Report | string>();
  let last: string | undefined;
  async function receive(request: IncomingMessage): Promise<void> {
    const body = await text(request);
    if (request.url === "/running") last = body;
    if (request.url === "/report") resolve(JSON.parse(body) as Report);
    if (request.url === "/broken" && last === undefined) resolve(`the page is broken: ${body}`);
  }
  const server = createServer((request, response) => {
    if (request.method === "POST") {
      receive(request).then(
        () => response.writeHead(204).end(),
        () => response.destroy(),
      );
    } else if (request.url === "/core.mjs") {
      response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(script);
    } else if (request.url === "/") {
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(page);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, report, lastTest: () => last };
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((resolver) => (resolve = resolver));
  return { promise, resolve };
}

// Starts a separate process group, which can be killed as a whole and ends with this program.
function start(binary: string, args: readonly string[], cwd: string) {
  const child = spawn(binary, args, { cwd, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const stop = (): void => kill(child);
  const interrupt = (): never => process.exit(1);
  process.once("exit", stop).once("SIGINT", interrupt).once("SIGTERM", interrupt);
  child.once("exit", () => process.off("exit", stop).off("SIGINT", interrupt).off("SIGTERM", interrupt));
  return child;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", reject);
  });
}

function kill({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // All processes of the group have ended.
  }
}

/** Waits for `end`. After `milliseconds` it calls `onTimeout` and returns true. */
async function within(milliseconds: number, end: Promise<unknown>, onTimeout: () => void): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => {
      onTimeout();
      resolve(true);
    }, milliseconds);
  });
  try {
    return await Promise.race([late, end.then(() => false)]);
  } finally {
    clearTimeout(timer);
  }
}
