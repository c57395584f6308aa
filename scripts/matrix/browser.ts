// Opens a page in a browser without a window, and receives what the program of the page reports.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, normalize } from "node:path";
import { text } from "node:stream/consumers";
import { findBrowser } from "../core/runtimes.ts";
import { NotHere, type Result } from "./host.ts";
import { kill } from "./service.ts";

/** An installed browser. */
export interface Browser {
  readonly name: "chromium" | "firefox";
  readonly binary: string;
}

/** The time limit of a page, in milliseconds. */
const timeLimit = 60_000;

/** Returns the installed Chromium. */
export async function chromium(): Promise<Browser> {
  return { name: "chromium", binary: await browserCommand("chromium") };
}

/** Returns the command of a browser. */
export async function browserCommand(name: Browser["name"]): Promise<string> {
  try {
    return await findBrowser(name);
  } catch (error) {
    throw new NotHere((error as Error).message, { cause: error });
  }
}

/** Serves `folder`, with the files of `extra` in place of its own, and runs `use` with the address. */
export async function withServer<T>(
  folder: string,
  extra: Readonly<Record<string, string>>,
  use: (address: string, report: Promise<string>) => Promise<T>,
): Promise<T> {
  let resolve!: (report: string) => void;
  const report = new Promise<string>((fulfill) => (resolve = fulfill));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "POST") {
      void text(request).then(resolve);
      response.writeHead(204).end();
      return;
    }
    const path = pathname.endsWith("/") ? `${pathname}index.html` : pathname;
    const type = mimeTypes[extname(path)] ?? "application/octet-stream";
    const content = path in extra ? Promise.resolve(extra[path]) : readFile(join(folder, normalize(path)));
    content.then(
      (body) => response.writeHead(200, { "content-type": type }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, report);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const mimeTypes: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
};

/** Opens `url`, whose program reports to the server of `report`, and counts its cases. */
export async function openPage({ name, binary }: Browser, url: string, report: Promise<string>): Promise<Result> {
  const profile = await mkdtemp(join(tmpdir(), "goro-profile-"));
  await writeFile(join(profile, "user.js"), preferences);
  const flags =
    name === "chromium"
      ? [
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--no-first-run",
          `--user-data-dir=${profile}`,
        ]
      : ["--headless", "--no-remote", "--profile", profile];
  const child = spawn(binary, [...flags, url], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, HOME: profile },
  });
  const stderr = text(child.stderr);
  const ended = once(child, "exit").then(() => "");
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => (timer = setTimeout(resolve, timeLimit, "")));
  const body = await Promise.race([report, ended, late]);
  clearTimeout(timer);
  kill(child.pid);
  await ended;
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  if (body === "") return { passed: 0, failed: 1, detail: `no report of ${url}\n${(await stderr).slice(-2000)}` };
  const errors = Object.entries(JSON.parse(body) as Record<string, string | null>);
  const failures = errors.filter(([, error]) => error !== null);
  return {
    passed: errors.length - failures.length,
    failed: failures.length,
    detail: failures.map(([name, error]) => `${name}: ${error}`).join("\n"),
  };
}

// Firefox opens no page of its own in the first run, and sends nothing.
const preferences = Object.entries({
  "browser.aboutwelcome.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
})
  .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${value});\n`)
  .join("");
