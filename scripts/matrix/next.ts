// Next.js: the cases in a route of each router, and in a component of the client, of a production build.

import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { chromium, openPage, withServer } from "./browser.ts";
import { cases, type Host, type Limit, oneCheck, type Place, type Result, type Row, shows, total } from "./host.ts";
import { withService } from "./service.ts";

const twoCopies: Limit = {
  why: "Next bundles its two routers, and client components for the server, separately, each with a copy of goro. An object of one is not an object of the others.",
  instead: '`serverExternalPackages: ["goro"]` in next.config: then all of them import the copy in `node_modules`',
};

type Errors = Readonly<Record<string, string | null>>;

/** A version of Next; `bundlers` has the flags of `next build` for each. */
function next(major: number, bundlers: Readonly<Record<string, readonly string[]>>): Host {
  return {
    key: `next${major}`,
    section: "Next.js",
    title: "Next.js",
    source: { packages: { next: `${major}`, react: "19", "react-dom": "19" } },
    rows: (place) => Object.entries(bundlers).flatMap(([bundler, flags]) => rows(place, bundler, flags)),
  };
}

function rows(place: Place, bundler: string, flags: readonly string[]): Row[] {
  return [
    {
      variant: bundler,
      setup: "`serverExternalPackages`",
      checks: `${cases} cases in each router; one instance`,
      run: () =>
        serve(place, flags, true, async (address) => {
          return total(["/run", "/api/run"].map((path) => async () => countOf(await errorsOf(address + path))));
        }),
    },
    {
      variant: bundler,
      setup: "a client component",
      checks: `${cases} cases in Chromium`,
      async run() {
        const browser = await chromium();
        return serve(place, flags, true, (address) =>
          withServer(place.programs, {}, (collector, report) =>
            openPage(browser, `${address}/client?report=${encodeURIComponent(`${collector}/report`)}`, report),
          ),
        );
      },
    },
    {
      variant: bundler,
      setup: "both routers in the bundle",
      checks: "there are several copies",
      limit: twoCopies,
      run: () =>
        serve(place, flags, false, async (address) => {
          const results = [await errorsOf(`${address}/run`), await errorsOf(`${address}/api/run`)];
          const errors = results.flatMap((result) => Object.values(result)).filter((error) => error !== null);
          const areCopies =
            errors.length > 0 && errors.every((error) => /expected \[true,1\], got \[true,[2-9]\]/.test(error));
          return { ...oneCheck(areCopies), detail: errors.join("\n") };
        }),
    },
  ];
}

/** Builds the project, unless it is built, and starts it for `use`. */
async function serve(
  place: Place,
  flags: readonly string[],
  isExternal: boolean,
  use: (address: string) => Promise<Result>,
): Promise<Result> {
  const cwd = join(place.folder, ["project", ...flags, isExternal ? "external" : "bundled"].join("-"));
  const bin = place.bin("next", "dist/bin/next");
  const env = { GORO_EXTERNAL: `${isExternal}`, NEXT_TELEMETRY_DISABLED: "1" };
  let building = builds.get(cwd);
  if (building === undefined) builds.set(cwd, (building = build(place, cwd, [bin, "build", ...flags], env)));
  const built = await building;
  if (built.failed > 0) return built;
  const args = (port: number): string[] => [bin, "start", "--hostname", "127.0.0.1", "--port", `${port}`];
  return withService(place.binary, args, { cwd, env: { ...env, NODE_ENV: "production" } }, use);
}

/** The builds, by their folders: several rows use one. */
const builds = new Map<string, Promise<Result>>();

async function build(
  place: Place,
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Result> {
  await rm(cwd, { recursive: true, force: true });
  await cp(join(place.programs, "next"), cwd, { recursive: true });
  for (const name of ["cases.js", "results.js"]) await cp(join(place.programs, name), join(cwd, name));
  return place.run(args, shows(0), { cwd, env });
}

async function errorsOf(url: string): Promise<Errors> {
  const response = await fetch(url);
  const body = await response.text();
  return response.ok ? (JSON.parse(body) as Errors) : { [url]: `${response.status} ${body.slice(0, 500)}` };
}

function countOf(errors: Errors): Result {
  const failures = Object.entries(errors).filter(([, error]) => error !== null);
  return {
    passed: Object.keys(errors).length - failures.length,
    failed: failures.length,
    detail: failures.map(([name, error]) => `${name}: ${error}`).join("\n"),
  };
}

export const nexts: readonly Host[] = [
  next(15, { webpack: [], Turbopack: ["--turbopack"] }),
  next(16, { webpack: ["--webpack"], Turbopack: ["--turbopack"] }),
];
