// Runs the packed library in the runtimes, test runners, bundlers, compilers and frameworks that people use it with.
//
//   npm run matrix                         all; the hosts are installed outside the project
//   npm run matrix -- vitest next16        those whose name begins so
//   npm run matrix -- --json FILE          also writes the results; with some of the hosts, replaces only theirs
//   npm run matrix -- --tarball FILE       with a package that exists, and not a new one
//   npm run compat                         the hosts of compat/package-lock.json, as part of the check

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Host, NotHere, type Place, type Row } from "./matrix/host.ts";
import { hosts } from "./matrix/hosts.ts";
import { install, installLocked, pack } from "./matrix/install.ts";
import { type RowResult, type Status, writeResults } from "./matrix/results.ts";

const { values, positionals } = parseArgs({
  options: { json: { type: "string" }, tarball: { type: "string" }, check: { type: "boolean" } },
  allowPositionals: true,
});
const isChosen = ({ key, source }: Host): boolean =>
  (values.check !== true || "locked" in source) &&
  (positionals.length === 0 || positionals.some((prefix) => key.startsWith(prefix)));
const chosen = hosts.filter(isChosen);
if (chosen.length === 0) throw new Error(`matrix: no host begins with ${positionals.join(" or ")}`);

const date = new Date().toISOString().slice(0, 10);

interface Job {
  readonly host: Host;
  readonly place: Place;
  readonly row: Row;
}

type Outcome = Omit<RowResult, "host" | "section" | "title" | "date" | "goro">;

/** The version of the packed library. */
let goro = "";

/** Prints the result of a row, and returns it. */
function report({ key, section, title }: Host, outcome: Outcome, detail: string): RowResult {
  const { variant, setup, status, passed, failed } = outcome;
  const name = [key, variant, setup].filter((part) => part !== undefined && part !== "").join(", ");
  console.log(`${name}: ${wordsOf(status, passed, failed)}`);
  if (status === "fails" || status === "not here") console.log(detail.replaceAll(/^/gm, "    "));
  return { host: key, section, title, ...outcome, date, goro };
}

function wordsOf(status: Status, passed: number, failed: number): string {
  if (status === "not here") return "not here";
  if (status === "limit") return "does not work, as documented";
  return `${passed} passed, ${failed} failed`;
}

/** Installs a host, and returns its rows; the reason, if it is not available. */
async function prepare(host: Host, tarball: string): Promise<readonly Job[] | RowResult> {
  try {
    const place = await install(host, tarball);
    return (await host.rows(place)).map((row) => ({ host, place, row }));
  } catch (error) {
    if (!(error instanceof NotHere)) throw error;
    const why = error.message;
    const outcome = { version: "", setup: "", checks: "", passed: 0, failed: 0, why, ms: 0 };
    return report(host, { ...outcome, status: "not here" }, why);
  }
}

async function runRow({ host, place: { version }, row: { run, limit, ...row } }: Job): Promise<RowResult> {
  const started = performance.now();
  const ms = (): number => Math.round(performance.now() - started);
  try {
    const { passed, failed, detail } = await run();
    const status = failed > 0 || passed === 0 ? "fails" : limit === undefined ? "works" : "limit";
    return report(host, { version, ...row, status, passed, failed, ...limit, ms: ms() }, detail);
  } catch (error) {
    const { message, stack = message } = error as Error;
    if (error instanceof NotHere)
      return report(
        host,
        { version, ...row, status: "not here", passed: 0, failed: 0, why: message, ms: ms() },
        message,
      );
    return report(host, { version, ...row, status: "fails", passed: 0, failed: 1, ms: ms() }, stack);
  }
}

/** Maps the items in their order, two at a time: the rows of the matrix use about one processor each. */
async function mapTwoAtATime<T, R>(items: readonly T[], f: (item: T) => Promise<R>): Promise<R[]> {
  const mapped: R[] = [];
  const waiting = items.entries();
  const work = async (): Promise<void> => {
    for (const [i, item] of waiting) mapped[i] = await f(item);
  };
  await Promise.all([work(), work()]);
  return mapped;
}

const scratch = await mkdtemp(join(tmpdir(), "goro-pack-"));
let results: readonly RowResult[];
try {
  const tarball = values.tarball ?? (await pack(scratch));
  goro = await installLocked(tarball);
  const jobs = (await mapTwoAtATime(chosen, (host) => prepare(host, tarball))).flat();
  results = await mapTwoAtATime(jobs, async (job) => ("row" in job ? runRow(job) : job));
} finally {
  await rm(scratch, { recursive: true, force: true });
}
const keys = hosts.map(({ key }) => key);
if (values.json !== undefined) await writeResults(values.json, results, keys);

const countOf = (status: Status): number => results.filter((row) => row.status === status).length;
const sum = (name: "passed" | "failed"): number => results.reduce((n, row) => n + row[name], 0);
console.log(
  `${countOf("works")} rows work, ${countOf("limit")} do not, as documented, ${countOf("not here")} are not here`,
);
console.log(`${values.check === true ? "compat" : "matrix"}: ${sum("passed")} passed, ${sum("failed")} failed`);
if (countOf("fails") > 0) process.exitCode = 1;
