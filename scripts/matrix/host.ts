// A host of the matrix: a runtime, test runner, bundler, compiler or framework of one version, and its set-ups.

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, type Run } from "../run.ts";

/** The folder of the locked hosts, which is a separate package, and the folder of the programs that run in every host. */
export const compat: string = fileURLToPath(new URL("../../compat/", import.meta.url));

/** The time limit of a process, in milliseconds. A production build on a busy machine takes minutes. */
const timeLimit = 10 * 60_000;

/** The number of cases of `compat/programs/cases.js`. */
export const cases = 9;

/** The sections of the page. */
export type Section =
  "Runtimes" | "TypeScript" | "Browsers" | "Bundlers" | "Vite" | "Next.js" | "Jest" | "Vitest" | "Other test runners";

/** The source of a host. */
export type Source =
  /** A workspace of `compat/`, or `""` for its root, and the package of the host in it. Its lock file fixes all versions. */
  | { readonly locked: string; readonly name: string }
  /** Packages for a folder of the cache. The first one is the host. */
  | { readonly packages: Readonly<Record<string, string>> }
  /** A runtime of `scripts/core/hosts.ts`. */
  | { readonly runtime: string }
  /** A browser in PATH. */
  | { readonly browser: "chromium" | "firefox" };

export interface Host {
  /** Selects the host on the command line, such as "vitest3". */
  readonly key: string;
  readonly section: Section;
  /** The name on the page, without the version. */
  readonly title: string;
  readonly source: Source;
  /** The runtime that the host needs if it does not run in the present Node, such as "node22". */
  readonly node?: { readonly least: number; readonly runtime: string };
  readonly rows: (place: Place) => readonly Row[] | Promise<readonly Row[]>;
}

/** A set-up that does not work, or works only in part: the reason, and what to do. Its row passes if it fails in exactly that manner. */
export interface Limit {
  readonly why: string;
  readonly instead: string;
}

/** A host in one set-up. */
export interface Row {
  /** The line of the host on the page, if it has several. */
  readonly variant?: string;
  /** The column on the page. */
  readonly setup: string;
  /** What is checked, such as "9 cases". */
  readonly checks: string;
  readonly limit?: Limit;
  readonly run: () => Promise<Result>;
}

/** The numbers of passed and failed checks. */
export interface Score {
  readonly passed: number;
  readonly failed: number;
}

/** The result of a row; `detail` is shown if a check has failed. */
export interface Result extends Score {
  readonly detail: string;
}

/** The end of a process. */
export type Ended = Omit<Run, "ms">;

/** A host that is not available on this machine. */
export class NotHere extends Error {}

/** An installed host. */
export class Place {
  /** The folder with the package.json from which the packages of the host are resolved. */
  readonly folder: string;
  /** The folder of the programs, which import `goro` and `uses-goro`. */
  readonly programs: string;
  readonly version: string;
  /** The executable: of the runtime itself, or of the Node in which the host runs. */
  readonly binary: string;

  constructor({ folder, programs, version, binary }: Pick<Place, "folder" | "programs" | "version" | "binary">) {
    this.folder = folder;
    this.programs = programs;
    this.version = version;
    this.binary = binary;
  }

  /** Returns the path of a module, as the host resolves it. */
  resolve(name: string): string {
    return createRequire(join(this.folder, "package.json")).resolve(name);
  }

  /** Imports a CommonJS module from the packages of the host. */
  require<T>(name: string): T {
    return createRequire(join(this.folder, "package.json"))(name) as T;
  }

  /** Returns the path of the file `file` of the package `name`. */
  bin(name: string, file: string): string {
    return join(dirname(this.resolve(`${name}/package.json`)), file);
  }

  /** Runs the host's Node or runtime in the folder of the programs, or in `cwd`. */
  async run(
    args: readonly string[],
    score: (ended: Ended) => Score,
    { env = {}, cwd }: RunOptions = {},
  ): Promise<Result> {
    const ended = await run(this.binary, args, { ...cleanEnvironment, ...env }, cwd ?? this.programs, timeLimit);
    return { ...score(ended), detail: detailOf(ended) };
  }
}

interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** The variables of one test runner change the behavior of another. */
export const cleanEnvironment: Readonly<Record<string, string | undefined>> = {
  CI: "true",
  NO_COLOR: "1",
  NODE_ENV: undefined,
  NODE_OPTIONS: undefined,
  JEST_WORKER_ID: undefined,
};

/** Returns the text that explains the failure of a process. */
export function detailOf({ code, stdout, stderr }: Ended): string {
  return `exit code ${code}\n${(stdout + stderr).slice(-4000)}`;
}

/** Returns a parser of the numbers that a test runner prints. At least `least` tests must have passed, so that a run without tests fails. */
export function counts(passed: RegExp, failed: RegExp, least: number): (ended: Ended) => Score {
  return ({ code, stdout, stderr }) => {
    const text = stdout + stderr;
    const count = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? 0);
    const score = { passed: count(passed), failed: count(failed) };
    const isWrong = score.failed === 0 && (code !== 0 || score.passed < least);
    return isWrong ? { ...score, failed: 1 } : score;
  };
}

/** Returns a parser that counts one check, which passes if all `patterns` match; `code` is the exit code, or "failure" for all but 0. */
export function shows(code: number | "failure", ...patterns: readonly RegExp[]): (ended: Ended) => Score {
  return (ended) => {
    const isRight =
      (code === "failure" ? ended.code !== 0 : ended.code === code) &&
      patterns.every((pattern) => pattern.test(ended.stdout + ended.stderr));
    return oneCheck(isRight);
  };
}

/** Counts the cases that a program has printed, one a line, without warnings. */
export function printsCases({ code, stdout, stderr }: Ended): Score {
  const lines = stdout.split("\n").length - 1;
  const isRight = code === 0 && stderr === "" && lines === cases;
  return isRight ? { passed: cases, failed: 0 } : { passed: 0, failed: 1 };
}

export function oneCheck(isRight: boolean): Score {
  return isRight ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Runs the checks of one row one after another, and adds their results. */
export async function total(checks: readonly (() => Promise<Result>)[]): Promise<Result> {
  const sum = { passed: 0, failed: 0 };
  const details: string[] = [];
  for (const check of checks) {
    const { passed, failed, detail } = await check();
    sum.passed += passed;
    sum.failed += failed;
    if (failed > 0) details.push(detail);
  }
  return { ...sum, detail: details.join("\n") };
}
