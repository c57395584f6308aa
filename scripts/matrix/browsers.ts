// The browsers: the cases in a page, from a bundle and from the files of the package.

import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type * as Esbuild from "esbuild";
import { type Browser, openPage, withServer } from "./browser.ts";
import { cases, type Host, type Place } from "./host.ts";

const exec = promisify(execFile);

/** The names by which the programs import the library and the package beside it. */
const names = ["goro", "goro/pipeline", "goro/testing", "goro/trace", "uses-goro"];

function browser(name: Browser["name"], title: string): Host {
  return {
    key: name,
    section: "Browsers",
    title,
    source: { browser: name },
    rows: (place) => {
      const found = { name, binary: place.binary };
      const page = readFile(join(place.programs, "index.html"), "utf8");
      return [
        {
          setup: "bundled by esbuild",
          checks: `${cases} cases`,
          async run() {
            const { outputFiles } = await place.require<typeof Esbuild>("esbuild").build({
              entryPoints: [join(place.programs, "page.js")],
              bundle: true,
              format: "esm",
              write: false,
            });
            const files = { "/index.html": await page, "/page.js": outputFiles[0]?.text ?? "" };
            return withServer(place.programs, files, (address, report) => openPage(found, `${address}/`, report));
          },
        },
        {
          setup: "an import map, without a bundler",
          checks: `${cases} cases`,
          async run() {
            const map = `<script type="importmap">${await importMap(place)}</script>`;
            const files = {
              "/index.html": (await page)
                .replace("<script type", `${map}\n<script type`)
                .replace("/page.js", "/programs/page.js"),
            };
            return withServer(place.folder, files, (address, report) => openPage(found, `${address}/`, report));
          },
        },
      ];
    },
  };
}

/** Returns the import map of the packages, as paths from the folder of the host. */
async function importMap({ programs, folder }: Place): Promise<string> {
  const script = `for (const name of ${JSON.stringify(names)}) console.log(import.meta.resolve(name))`;
  const args = ["--input-type=module", "--eval", script];
  const { stdout } = await exec(process.execPath, args, { cwd: programs });
  const imports: Record<string, string> = {};
  for (const [i, url] of stdout.trim().split("\n").entries())
    imports[names[i] as string] = `/${relative(folder, fileURLToPath(url))}`;
  return JSON.stringify({ imports });
}

export const browsers: readonly Host[] = [browser("chromium", "Chromium"), browser("firefox", "Firefox")];
