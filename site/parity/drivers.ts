// The browsers that can run the parity check, and their protocols: Chromium by its own protocol through playwright-core, Firefox by WebDriver
// BiDi, WebKit by WebDriver.

import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { openFirefox } from "./firefox.ts";
import { openWebKit } from "./webkit.ts";

/** A browser with one page. */
export interface PageDriver {
  /** The name and version of the browser. */
  readonly version: string;

  /**
   * Calls the global function `name` of the page, and returns the text with which its promise resolves.
   *
   * @throws {Error} (rejects) with the message of the error in the page.
   */
  call(name: string, text: string): Promise<string>;

  close(): Promise<void>;
}

interface BrowserEntry {
  /** The environment variable that names another executable, and the executable of Debian's package. */
  readonly variable: string;
  readonly path: string;
  readonly debianPackages: string;
  open(path: string, url: string): Promise<PageDriver>;
}

const browsers = {
  chromium: {
    variable: "CHROMIUM",
    path: "/usr/bin/chromium",
    debianPackages: "chromium",
    open: openChromium,
  },
  firefox: {
    variable: "FIREFOX",
    path: "/usr/bin/firefox-esr",
    debianPackages: "firefox-esr",
    open: openFirefox,
  },
  webkit: {
    variable: "WEBKIT_DRIVER",
    path: "/usr/bin/WebKitWebDriver",
    debianPackages: "webkit2gtk-driver xvfb",
    open: openWebKit,
  },
} as const satisfies Record<string, BrowserEntry>;

/** The name of a browser. */
export type BrowserName = keyof typeof browsers;

/** The names of all browsers. */
export const browserNames = Object.keys(browsers) as BrowserName[];

function pathOf({ variable, path }: BrowserEntry): string {
  return process.env[variable] ?? path;
}

/** Returns why `name` cannot be used: that its executable is missing; undefined if it is not. */
export function missingBrowser(name: BrowserName): string | undefined {
  const browser: BrowserEntry = browsers[name];
  if (existsSync(pathOf(browser))) return undefined;
  return `${pathOf(browser)} does not exist (${browser.variable} names another; Debian has it in: ${browser.debianPackages})`;
}

/** Returns {@link missingBrowser}, but undefined if the environment variable GORO_REQUIRE_BROWSERS has the browser, which then must exist. */
export function reasonToSkip(name: BrowserName): string | undefined {
  const isRequired = (process.env["GORO_REQUIRE_BROWSERS"] ?? "").split(",").includes(name);
  return isRequired ? undefined : missingBrowser(name);
}

/** Opens a browser with the page at `url`. */
export function openDriver(name: BrowserName, url: string): Promise<PageDriver> {
  const browser: BrowserEntry = browsers[name];
  return browser.open(pathOf(browser), url);
}

/** Starts Chromium. */
export function launchChromium(executablePath: string = pathOf(browsers.chromium)): Promise<Browser> {
  // Chromium has no sandbox under root.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

async function openChromium(executablePath: string, url: string): Promise<PageDriver> {
  const browser = await launchChromium(executablePath);
  const page = await browser.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.goto(url);
  type Functions = Readonly<Record<string, (text: string) => Promise<string>>>;
  return {
    version: `Chromium ${browser.version()}`,
    call: (name, text) =>
      page.evaluate(([key, argument]) => (globalThis as unknown as Functions)[key]?.(argument) as Promise<string>, [
        name,
        text,
      ] as const),
    close: () => browser.close(),
  };
}
