// The engine in a browser: builds the page, serves it, and runs programs on it.

import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { serveFolder } from "../build/serve.ts";
import type { RunOptions, RunResult } from "../run/messages.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** The Chromium of the system; CHROMIUM names another. */
const executablePath: string = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

type RunProgram = (source: string, options: RunOptions, stopAfter?: number) => Promise<RunResult>;

/** A browser with the page. */
export class EngineBrowser implements AsyncDisposable {
  readonly #folder: string;
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #page: Page;

  private constructor(folder: string, server: Server, browser: Browser, page: Page) {
    this.#folder = folder;
    this.#server = server;
    this.#browser = browser;
    this.#page = page;
  }

  /** Builds the page and opens it. */
  static async open(): Promise<EngineBrowser> {
    const outDir = await mkdtemp(join(tmpdir(), "goro-page-"));
    await build({
      root,
      configFile: join(root, "vite.config.ts"),
      logLevel: "warn",
      build: { outDir, emptyOutDir: true, rolldownOptions: { input: join(root, "parity", "index.html") } },
    });
    const server = await serveFolder(outDir);
    // Chromium has no sandbox under root.
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(error));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/parity/index.html`);
    await page.waitForFunction("typeof runProgram === 'function'");
    return new EngineBrowser(outDir, server, browser, page);
  }

  /** The name and version of the browser. */
  get version(): string {
    return `Chromium ${this.#browser.version()}`;
  }

  /**
   * Runs a program.
   *
   * @param stopAfter - when the run is stopped, in milliseconds; by default it is not
   * @throws {Error} (rejects) if the text is not a program.
   */
  run(source: string, options: RunOptions = {}, stopAfter?: number): Promise<RunResult> {
    return this.#page.evaluate((args) => (globalThis as unknown as { runProgram: RunProgram }).runProgram(...args), [
      source,
      options,
      stopAfter,
    ] as Parameters<RunProgram>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    this.#server.close();
    await rm(this.#folder, { recursive: true });
  }
}
