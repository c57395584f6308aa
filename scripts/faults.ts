// Runs load on real servers while processes, servers and connections fail, and prints for each fault and backend how many jobs were accepted
// and done, how many attempts more than necessary there were, and how many jobs were lost:
//
//   npm run faults
//   npm run faults -- --jobs 200 --backend redis
//   npm run faults -- --fault "killed"          the faults whose names contain the text
//   npm run faults -- --json                    a line of JSON for each run, as it ends

import { parseArgs } from "node:util";
import { engines } from "../test/support/servers.ts";
import { allFaults, type FaultResult, runFaults } from "./faults/faults.ts";
import { textTable } from "./text-table.ts";

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "2000" },
    lease: { type: "string", default: "3000" },
    backend: { type: "string" },
    fault: { type: "string", default: "" },
    parallel: { type: "string", default: "4" },
    json: { type: "boolean", default: false },
  },
});
const jobs = countOf("jobs", values.jobs, 100);
const lease = countOf("lease", values.lease, 1000);
const parallel = countOf("parallel", values.parallel, 1);

const faults = allFaults(jobs).filter(({ name }) => name.includes(values.fault));
if (faults.length === 0) {
  const names = allFaults(jobs).map(({ name }) => `  ${name}`);
  fail(`no fault has a name with "${values.fault}"; the faults are\n${names.join("\n")}`);
}

const named = engines.filter(({ name }) => values.backend === undefined || name === values.backend);
if (named.length === 0) fail(`--backend must be redis or postgres, got ${values.backend}`);
const present = named.filter(({ missing }) => missing === undefined);

const rows = [["fault", "backend", "accepted", "done", "failed", "twice", "bound", "lost", "time", "notes"]];
let failures = 0;
for await (const result of runFaults({ jobs, lease, parallel, engines: present, faults })) {
  if (result.problems.length > 0) failures++;
  if (values.json) console.log(JSON.stringify(result));
  else {
    console.error(`${result.engine}: ${result.fault}${result.problems.map((problem) => `\n  ${problem}`).join("")}`);
    rows.push(rowOf(result));
  }
}
if (!values.json) {
  console.log(`${jobs} jobs, lease ${lease} ms, Node ${process.version}\n`);
  console.log(textTable(rows));
  for (const { name, missing } of named) if (missing !== undefined) console.log(`\nskipped ${name}: ${missing}`);
  console.log(`\n${rows.length - 1 - failures} of ${rows.length - 1} as expected`);
}
process.exitCode = failures === 0 && present.length > 0 ? 0 : 1;

function rowOf({
  fault,
  engine,
  accepted,
  done,
  failed,
  twice,
  bound,
  lost,
  seconds,
  notes,
  problems,
}: FaultResult): string[] {
  const counts = [accepted, done, failed, twice, bound, lost].map(String);
  const verdict = problems.length === 0 ? notes.join(", ") : `NOT AS EXPECTED: ${problems[0]?.split("\n")[0]}`;
  return [fault, engine, ...counts, `${seconds.toFixed(1)} s`, verdict];
}

function countOf(name: string, text: string, least: number): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least) fail(`--${name} must be a whole number from ${least}, got ${text}`);
  return count;
}

function fail(message: string): never {
  console.error(`faults: ${message}`);
  process.exit(1);
}
