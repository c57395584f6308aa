// Vite: the cases in a page, built or served, and on a server, built or loaded.

import { join } from "node:path";
import { chromium, openPage, withServer } from "./browser.ts";
import { cases, type Host, type Place, printsCases, type Result, type Row, shows, total } from "./host.ts";
import { bundlerRecipe } from "./recipes.ts";
import { withService } from "./service.ts";

function vite(major: number): Host {
  return {
    key: `vite${major}`,
    section: "Vite",
    title: "vite",
    source: { packages: { vite: `${major}` } },
    rows,
  };
}

function rows(place: Place): Row[] {
  const outOf = (mode: string): string => join(place.programs, `out-${mode}`);
  const build = async (mode: string): Promise<Result> =>
    place.run(["vite.mjs", mode, outOf(mode)], shows(0, /^(?![\s\S]*warn)/i));
  const isRunnerThere = Number(place.version.split(".")[0]) >= 6;
  return [
    {
      setup: "build, in Chromium",
      checks: `${cases} cases`,
      async run() {
        const browser = await chromium();
        const built = await build("build");
        return built.failed > 0
          ? built
          : withServer(outOf("build"), {}, (url, report) => openPage(browser, `${url}/`, report));
      },
    },
    {
      setup: "dev, in Chromium",
      checks: `${cases} cases`,
      async run() {
        const browser = await chromium();
        const args = (port: number): string[] => {
          const flags = ["--host", "127.0.0.1", "--port", `${port}`, "--strictPort", "--logLevel", "warn"];
          return [place.bin("vite", "bin/vite.js"), place.programs, ...flags];
        };
        return withServer(place.programs, {}, (collector, report) =>
          withService(place.binary, args, { cwd: place.programs }, (url) =>
            openPage(browser, `${url}/?report=${encodeURIComponent(`${collector}/report`)}`, report),
          ),
        );
      },
    },
    ...(["ssr", "ssr-bundled"] as const).map((mode): Row => ({
      setup: mode === "ssr" ? "SSR build" : "SSR build, `noExternal`",
      checks: `${cases} cases`,
      async run() {
        const built = await build(mode);
        return built.failed > 0 ? built : place.run([join(outOf(mode), "bundle.js")], printsCases);
      },
    })),
    {
      setup: "dev SSR",
      checks: isRunnerThere
        ? `${cases} cases by \`ssrLoadModule\` and by a module runner`
        : `${cases} cases by \`ssrLoadModule\``,
      run: () =>
        total(
          ["load", ...(isRunnerThere ? ["runner"] : [])].map(
            (mode) => () => place.run(["vite.mjs", mode], printsCases),
          ),
        ),
    },
    bundlerRecipe("vite", place),
  ];
}

export const vites: readonly Host[] = [5, 6, 7, 8].map(vite);
