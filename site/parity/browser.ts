// The engine in a browser: builds the page, serves it, and runs programs on it.

import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import type { RunOptions, RunResult } from "../run/messages.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));
const outDir: string = join(root, "dist", "parity");

/** The Chromium of the system; CHROMIUM names another. */
const executablePath: string = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript" };

function serve(folder: string): Promise<Server> {
  const server = createServer(({ url = "/" }, response) => {
    const path = normalize(new URL(url, "http://localhost").pathname);
    const stream = createReadStream(join(folder, path));
    response.setHeader("Content-Type", types[extname(path)] ?? "application/octet-stream");
    stream.on("error", () => response.writeHead(404).end());
    stream.pipe(response);
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

/** A browser with the page. */
export class EngineBrowser implements AsyncDisposable {
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(server: Server, browser: Browser, page: Page) {
    this.#server = server;
    this.#browser = browser;
    this.#page = page;
  }

  /** Builds the page and opens it. */
  static async open(): Promise<EngineBrowser> {
    await rm(outDir, { recursive: true, force: true });
    await build({
      root,
      configFile: join(root, "vite.config.ts"),
      logLevel: "warn",
      build: { outDir, rolldownOptions: { input: join(root, "parity", "index.html") } },
    });
    const server = await serve(outDir);
    // Chromium has no sandbox under root.
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/parity/index.html`);
    await page.waitForFunction("typeof runProgram === 'function'");
    return new EngineBrowser(server, browser, page);
  }

  /** The name and version of the browser. */
  get version(): string {
    return `Chromium ${this.#browser.version()}`;
  }

  /** Runs a program. */
  run(source: string, options: RunOptions): Promise<RunResult> {
    return this.#page.evaluate(
      ([text, settings]) =>
        (globalThis as unknown as { runProgram(source: string, options: RunOptions): Promise<RunResult> }).runProgram(
          text,
          settings,
        ),
      [source, options] as const,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    this.#server.close();
  }
}
