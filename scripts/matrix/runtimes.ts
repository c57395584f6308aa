// The runtimes: Node, Bun, Deno and workerd. A program imports the library, requires it, and has types that the runtime removes.

import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as Esbuild from "esbuild";
import {
  cases,
  type Ended,
  type Host,
  type Limit,
  oneCheck,
  type Place,
  printsCases,
  type Result,
  type Row,
  type Score,
  shows,
} from "./host.ts";

const noRequire: Limit = {
  why: "goro is an ES module, and Node requires ES modules from 20.19, and from 22.12, on.",
  instead: 'a newer Node; or `await import("goro")`, which works in CommonJS',
};

const noTypes: Limit = {
  why: "Node removes types by itself from 22.18, and from 23.6, on.",
  instead: "`npx tsx program.ts`, or compile the program",
};

const noUsing: Limit = {
  why: "Node parses `using` from 24 on.",
  instead:
    'compile for `ES2022` by TypeScript or esbuild (`"target": "es2022"`), or call `unlock`, `stop` and the like in `finally`',
};

const oldErrorInLoop: Limit = {
  why: "esbuild lowers `using` directly in a loop wrongly: after one round has thrown, every later round throws the old error.",
  instead: "call a function in the loop, and have the `using` in that function",
};

/** The features that a runtime does not have. */
interface Limits {
  readonly require?: Limit;
  readonly types?: Limit;
  readonly using?: Limit;
}

const usingWorks = shows(0, /^false\ntrue\n$/);
const loopWorks = shows(0, /^first\nsecond\n$/);
const isOldErrorInLoop = shows(0, /^first\nsecond\nfirst\n$/);

/** Node, Bun or Deno; `limits` are the features that it does not have. */
function runtime(name: string, title: string, args: readonly string[], limits: Limits = {}): Host {
  const both = shows(0, /^hello true true\n/);
  return {
    key: name,
    section: "Runtimes",
    title,
    source: { runtime: name },
    rows(place) {
      const row = (
        setup: string,
        checks: string,
        file: string,
        works: (ended: Ended) => Score,
        limit?: Limit,
        error?: RegExp,
      ): Row => ({
        setup,
        checks,
        ...(limit && { limit }),
        run: () => place.run([...args, file], limit === undefined ? works : shows("failure", error as RegExp)),
      });
      const { require, types, using } = limits;
      return [
        row("import", `${cases} cases`, "bundle.js", printsCases),
        row("require", "one instance for `require` and `import`", "cjs/main.cjs", both, require, /ERR_REQUIRE_ESM/),
        row("a file with types", "one program", "typed.ts", shows(0, /^hello true\n/), types, /ERR_UNKNOWN_FILE_EXT/),
        row("`using`", "one program", "using.js", usingWorks, using, /SyntaxError/),
        row("`using` in a loop", "one program", "using-loop.js", loopWorks, using, /SyntaxError/),
      ];
    },
  };
}

const deno = ["run", "--quiet", "--allow-all", "--node-modules-dir=manual"];

const tsx: Host = {
  key: "tsx",
  section: "Runtimes",
  title: "tsx",
  source: { locked: "", name: "tsx" },
  rows(place) {
    const file = place.bin("tsx", "dist/cli.mjs");
    return [
      { setup: "import", checks: "one program", run: () => place.run([file, "typed.ts"], shows(0, /^hello true\n/)) },
      {
        setup: "require",
        checks: "one program",
        run: () => place.run([file, "cjs/main.ts"], shows(0, /^hello true\n/)),
      },
      { setup: "`using`", checks: "one program", run: () => place.run([file, "using.ts"], usingWorks) },
      {
        setup: "`using` in a loop",
        checks: "the error of esbuild",
        limit: oldErrorInLoop,
        run: () => place.run([file, "using-loop.ts"], isOldErrorInLoop),
      },
    ];
  },
};

/** Cloudflare Workers, with a date or a flag of compatibility; the worker is bundled by esbuild. */
function workerd(key: string, compatibility: string, source: Host["source"], config: string): Host {
  const title = `workerd (${compatibility})`;
  return { key, section: "Runtimes", title, source, rows: (place) => [workerdRow(place, config)] };
}

function workerdRow(place: Place, config: string): Row {
  return {
    setup: "import",
    checks: `${cases} cases`,
    async run(): Promise<Result> {
      const scratch = await mkdtemp(join(tmpdir(), "goro-worker-"));
      try {
        await place.require<typeof Esbuild>("esbuild").build({
          entryPoints: [join(place.programs, "worker.js")],
          bundle: true,
          format: "esm",
          platform: "neutral",
          conditions: ["workerd", "worker", "browser", "module"],
          outfile: join(scratch, "worker.bundle.js"),
          logLevel: "silent",
        });
        await cp(join(place.programs, config), join(scratch, config));
        const passes = shows(0, /^(?![\s\S]*\[ FAIL \])[\s\S]*\[ PASS \]/);
        const args = [place.bin("workerd", "bin/workerd"), "test", join(scratch, config)];
        const { failed, detail } = await place.run(args, passes);
        return { ...(failed === 0 ? { passed: cases, failed } : oneCheck(false)), detail };
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    },
  };
}

const node = ["--disable-warning=ExperimentalWarning"];

export const runtimes: readonly Host[] = [
  runtime("node20", "Node", node, { types: noTypes, using: noUsing }),
  runtime("node22", "Node", node, { using: noUsing }),
  runtime("node24", "Node", node),
  runtime("node26", "Node", node),
  runtime("node20.18", "Node", [], { require: noRequire, types: noTypes, using: noUsing }),
  runtime("bun", "Bun", ["run"]),
  runtime("deno", "Deno", deno),
  tsx,
  workerd("workerd2024", "2024-09-01", { locked: "", name: "workerd" }, "worker.capnp"),
  workerd(
    "workerd2026",
    "2026-11-01, with Node's modules",
    { packages: { workerd: "1", esbuild: "0.28" } },
    "worker-node.capnp",
  ),
];
