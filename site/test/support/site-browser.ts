// The site in Chromium: builds it, serves it from a folder below the root of the server, and opens its pages.

import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { BuiltLesson } from "../../build/lesson.ts";
import { serveFolder } from "../../build/serve.ts";
import { buildSite } from "../../build/site.ts";
import { launchChromium } from "../../parity/drivers.ts";

/** The folder of the site on the server. */
const folder = "nested/tour";

/** A wide and a narrow screen. */
export const screens = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
} as const;

/** Options of a page. */
export interface OpenOptions extends BrowserContextOptions {
  /** What follows the name of the page in the address. */
  readonly hash?: string;
}

/** A page, with the errors that it has reported and the bytes that it has loaded. */
export class OpenPage implements AsyncDisposable {
  readonly page: Page;
  readonly errors: string[] = [];
  readonly #sent: { bytes: number };

  constructor(page: Page, sent: { bytes: number }) {
    this.page = page;
    this.#sent = sent;
    sent.bytes = 0;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("requestfailed", (request) => this.errors.push(`${request.url()} failed`));
  }

  /** How many bytes the server has sent since the page was opened, after compression. */
  get bytes(): number {
    return this.#sent.bytes;
  }

  /** Presses a button and waits until the run that it starts has been judged. */
  async run(selector = "#run"): Promise<void> {
    await this.page.click(selector);
    await this.judged();
  }

  /** Waits until a run has been judged. */
  async judged(): Promise<void> {
    await this.page.waitForFunction(() => {
      const hasVerdict = document.querySelector("#verdict")?.textContent !== "";
      return hasVerdict && document.body.dataset["state"] === "ready";
    });
  }

  /** The text of an element. */
  async text(selector: string): Promise<string> {
    return (await this.page.textContent(selector)) ?? "";
  }

  /** The step that is shown, and the number of steps. */
  async step(): Promise<[number, number]> {
    const [step = NaN, steps = NaN] = (await this.text("#count")).split("/").map(Number);
    return [step, steps];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
  }
}

/** A browser with the site. */
export class SiteBrowser implements AsyncDisposable {
  readonly lessons: readonly BuiltLesson[];
  readonly #root: string;
  readonly #server: Server;
  readonly #browser: Browser;
  readonly #sent: { bytes: number };

  private constructor(
    lessons: readonly BuiltLesson[],
    root: string,
    server: Server,
    browser: Browser,
    sent: { bytes: number },
  ) {
    this.lessons = lessons;
    this.#root = root;
    this.#server = server;
    this.#browser = browser;
    this.#sent = sent;
  }

  /** Builds the site and starts the browser. */
  static async open(): Promise<SiteBrowser> {
    const root = await mkdtemp(join(tmpdir(), "goro-site-"));
    // The tests of the library check the mistakes, and these tests press each of them.
    const lessons = await buildSite({ outDir: join(root, folder), checksMistakes: false });
    const sent = { bytes: 0 };
    const server = await serveFolder(root, { onSent: (_, bytes) => (sent.bytes += bytes) });
    return new SiteBrowser(lessons, root, server, await launchChromium(), sent);
  }

  /** Opens the page with a name in a new profile. */
  async open(name: string, { hash = "", ...options }: OpenOptions = {}): Promise<OpenPage> {
    const context = await this.#browser.newContext({ viewport: screens.wide, ...options });
    const open = new OpenPage(await context.newPage(), this.#sent);
    const { port } = this.#server.address() as AddressInfo;
    await open.page.goto(`http://127.0.0.1:${port}/${folder}/${name}.html${hash}`, { waitUntil: "networkidle" });
    return open;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    this.#server.close();
    await rm(this.#root, { recursive: true });
  }
}
