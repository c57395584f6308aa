// The engine in a browser: builds the page, serves it, and runs programs on it.

import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { serveFolder } from "../build/serve.ts";
import type { RunOptions, RunResult } from "../run/messages.ts";
import { type BrowserName, openDriver, type PageDriver } from "./drivers.ts";
import type { PageRequest } from "./page.ts";

const root: string = fileURLToPath(new URL("../", import.meta.url));

/** A browser with the page. */
export class EngineBrowser implements AsyncDisposable {
  readonly #folder: string;
  readonly #server: Server;
  readonly #driver: PageDriver;

  private constructor(folder: string, server: Server, driver: PageDriver) {
    this.#folder = folder;
    this.#server = server;
    this.#driver = driver;
  }

  /** Builds the page and opens it. */
  static async open(name: BrowserName = "chromium"): Promise<EngineBrowser> {
    const outDir = await mkdtemp(join(tmpdir(), "goro-page-"));
    await build({
      root,
      configFile: join(root, "vite.config.ts"),
      logLevel: "warn",
      build: { outDir, emptyOutDir: true, rolldownOptions: { input: join(root, "parity", "index.html") } },
    });
    const server = await serveFolder(outDir);
    const { port } = server.address() as AddressInfo;
    const driver = await openDriver(name, `http://127.0.0.1:${port}/parity/index.html`);
    return new EngineBrowser(outDir, server, driver);
  }

  /** The name and version of the browser. */
  get version(): string {
    return this.#driver.version;
  }

  /**
   * Runs a program.
   *
   * @param stopAt - when the run is stopped; by default it is not
   * @throws {Error} (rejects) if the text is not a program.
   */
  async run(source: string, options: RunOptions = {}, stopAt?: PageRequest["stopAt"]): Promise<RunResult> {
    const request: PageRequest = { source, options, stopAt };
    return JSON.parse(await this.#driver.call("runProgram", JSON.stringify(request))) as RunResult;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driver.close();
    this.#server.close();
    await rm(this.#folder, { recursive: true });
  }
}
