// The versions of the TypeScript compiler: the types of every entry point resolve, and none of them is `any`.

import {
  type Host,
  type Limit,
  type Place,
  type Result,
  type Row,
  type Score,
  type Ended,
  shows,
  total,
} from "./host.ts";

const noRequire: Limit = {
  why: "TypeScript accepts the `require` of an ES module under `--module nodenext` from 5.8 on; before, it reports TS1479.",
  instead:
    'TypeScript 5.8; or `await import("goro")`, and `import type { Channel } from "goro" with { "resolution-mode": "import" }`',
};

/** The errors of `types.ts`: each is at a line that would compile if a type were `any`. */
const errors: readonly RegExp[] = [
  /types\.ts\(6,[^)]*\): error TS2345: Argument of type 'string'/,
  /types\.ts\(8,[^)]*\): error TS2345: Argument of type 'string'/,
  /types\.ts\(10,[^)]*\): error TS2345: Argument of type 'number'/,
  /types\.ts\(12,[^)]*\): error TS2345: Argument of type 'string'/,
  /^(?:types\.ts\((?:6|8|10|12),.*\n)+$/,
];

const libs = ["ES2022,DOM", "ES2022"];

/** Returns the rows of the compiler in the package `name`; `files` import the entry points. */
function rows(place: Place, name: string, files: readonly string[]): Row[] {
  const [major = 0, minor = 0] = place.version.split(".").map(Number);
  const canRequire = major > 5 || minor >= 8;
  const tsc = place.bin(name, "bin/tsc");
  const compile = (args: readonly string[], score: (ended: Ended) => Score): Promise<Result> => {
    const flags = ["--strict", "--noEmit", "--target", "ES2022", "--types", "node", "--pretty", "false"];
    return place.run([tsc, ...flags, ...args], score);
  };
  const setups = {
    NodeNext: ["--module", "NodeNext"],
    Bundler: ["--module", "ESNext", "--moduleResolution", "Bundler"],
  };
  // Without `skipLibCheck`, the declarations of the library are checked too: a program that compiles so compiles with it.
  const compileAll = (args: readonly string[], programs: readonly string[]): (() => Promise<Result>)[] =>
    libs.map((lib) => () => compile([...args, "--lib", lib, ...programs], shows(0, /^$/)));
  return [
    ...Object.entries(setups).map(([setup, args]): Row => ({
      setup,
      checks: "all entry points, with and without the DOM; no type is `any`",
      run: () =>
        total([
          ...compileAll(args, files),
          () => compile([...args, "--skipLibCheck", "--lib", "ES2022,DOM", "types.ts"], shows("failure", ...errors)),
        ]),
    })),
    {
      setup: "NodeNext, from CommonJS",
      checks: "all entry points, with and without the DOM",
      ...(canRequire
        ? { run: () => total(compileAll(setups.NodeNext, ["cjs/types.ts"])) }
        : {
            limit: noRequire,
            run: () =>
              total([
                () => compile([...setups.NodeNext, "cjs/types.ts"], shows("failure", /TS1479/)),
                ...compileAll(setups.NodeNext, ["cjs/types-import.ts"]),
              ]),
          }),
    },
  ];
}

const peers = { "@types/node": "20.19.43", "@types/pg": "8.23.1", bullmq: "6.7.0", ioredis: "6.0.0", pg: "8.23.1" };

function typescript(version: string): Host {
  return {
    key: `typescript${version}`,
    section: "TypeScript",
    title: "TypeScript",
    source: { packages: { typescript: `~${version}`, ...peers } },
    rows: (place) => rows(place, "typescript", ["types-all.ts", "types-bullmq.ts"]),
  };
}

/** The oldest compiler that is supported, in the check, without the peer dependencies of goro/bullmq. */
const oldest: Host = {
  key: "typescript5.6",
  section: "TypeScript",
  title: "TypeScript",
  source: { locked: "", name: "typescript56" },
  rows: (place) => rows(place, "typescript56", ["types-all.ts"]),
};

export const compilers: readonly Host[] = [
  typescript("5.4"),
  oldest,
  ...["5.7", "5.8", "5.9", "6.0", "7.0"].map(typescript),
];
