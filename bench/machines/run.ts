// Queues on servers: jobs per second and CPU time of goro/bullmq beside those of BullMQ's own Worker, and the cost of a bound for producers
// and of outcomes. The rounds are interleaved; only ratios within one run count. On a busy machine the CPU time is the steadier figure.
//
// The processes run a bundle, as users do, and not what tsx makes of the sources: it gives each closure its name when it is made, which is
// a tenth of the CPU of a job of goro, and costs BullMQ nothing.
//
//   npm run machines [-- redis|postgres] [--only TEXT] [--rounds N] [--quick]
//
// --only TEXT measures the rows whose title contains the text; --quick does a tenth of the work, which shows that everything runs.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { Queue } from "bullmq";
import { build } from "esbuild";
import { queue } from "goro/bullmq";
import { engines, type TestEngine } from "../../test/support/servers.ts";
import { connectionOf, type Kind, type Measurement, type Task } from "./child.ts";

/** A comparison of two kinds of workers: the share of jobs per second that the second kind reaches. */
interface Row {
  readonly title: string;
  readonly workers: number;
  readonly kinds: readonly [base: Kind, kind: Kind];

  /** Whether the jobs are stored before the worker starts; otherwise a process beside it sends them. */
  readonly isStored: boolean;

  /** The least share. */
  readonly goal: { readonly redis: number; readonly postgres: number };
}

const own: readonly [Kind, Kind] = ["bullmq", "goro"];
const rows: readonly Row[] = [
  { title: "beside Worker, 8 at once", workers: 8, kinds: own, isStored: true, goal: { redis: 0.95, postgres: 0.9 } },
  { title: "beside Worker, 50 at once", workers: 50, kinds: own, isStored: true, goal: { redis: 1, postgres: 1 } },
  {
    title: "with depth and outcomes, 8 at once",
    workers: 8,
    kinds: ["goro", "goro-all"],
    isStored: false,
    goal: { redis: 2 / 3, postgres: 2 / 3 },
  },
];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "" },
    rounds: { type: "string", default: "9" },
    quick: { type: "boolean", default: false },
  },
});
const rounds = values.quick ? 1 : Number(values.rounds);
const counts = values.quick ? { redis: 1000, postgres: 500 } : { redis: 30_000, postgres: 6000 };
const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const script = `${root}bench/build/machines.mjs`;
let queues = 0;

/** Measures one worker in a process of its own. */
async function measure(engine: TestEngine, url: string, row: Row, kind: Kind): Promise<Measurement> {
  const { workers, isStored } = row;
  const count = counts[engine.name];
  const task: Task = { role: "worker", kind, engine: engine.name, url, name: `bench-${queues++}`, workers, count };
  if (isStored) await store(task);
  const companion = isStored ? Promise.resolve(undefined) : child({ ...task, role: "companion" });
  const [output] = await Promise.all([child(task), companion]);
  return JSON.parse(output) as Measurement;
}

async function child(task: Task): Promise<string> {
  const { stdout } = await run(process.execPath, [script, JSON.stringify(task)]);
  return stdout;
}

/** Stores the jobs by BullMQ itself, so that both kinds of workers find the same. */
async function store(task: Task): Promise<void> {
  const { name, count } = task;
  const [connection, factory] = connectionOf(task);
  const jobs = new Queue(name, { connection }, factory);
  for (let first = 0; first < count; first += 500) {
    await jobs.addBulk(
      Array.from({ length: Math.min(500, count - first) }, (_, i) => ({
        name: "job",
        data: { n: first + i },
        opts: { jobId: `job-${first + i}`, removeOnComplete: { age: 60 } },
      })),
    );
  }
  await jobs.close();
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

async function compare(engine: TestEngine, url: string, row: Row): Promise<boolean> {
  const [base, kind] = row.kinds;
  const samples: Record<string, Measurement[]> = { [base]: [], [kind]: [] };
  for (let round = 0; round < rounds; round++) {
    // The kinds take turns to run first.
    for (const each of round % 2 === 0 ? [base, kind] : [kind, base]) {
      samples[each]?.push(await measure(engine, url, row, each));
    }
  }
  const of = (name: Kind, key: keyof Measurement): number[] => (samples[name] ?? []).map((sample) => sample[key]);
  const ratiosOf = (key: keyof Measurement): number[] =>
    of(kind, key).map((value, i) => value / (of(base, key)[i] ?? NaN));
  const ratios = ratiosOf("jobsPerSecond");
  const ratio = median(ratios);
  const goal = row.goal[engine.name];
  const figures = [base, kind].map(
    (name) =>
      `${name} ${Math.round(median(of(name, "jobsPerSecond")))}/s ${Math.round(median(of(name, "cpuPerJob")))} us`,
  );
  const range = `${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
  const isMet = ratio >= goal;
  const cpuRatio = median(ratiosOf("cpuPerJob")).toFixed(2);
  const end = [ratio.toFixed(2), range, cpuRatio, goal.toFixed(2), isMet ? "met" : "missed"];
  console.log(`| ${[engine.name, row.title, ...figures, ...end].join(" | ")} |`);
  return isMet;
}

await build({
  absWorkingDir: root,
  entryPoints: ["bench/machines/child.ts"],
  outfile: script,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  tsconfig: "tsconfig.json",
  alias: { "goro/bullmq": `${root}src/bullmq/bullmq.ts`, goro: `${root}src/index.ts` },
  external: ["bullmq"],
  logLevel: "warning",
});
console.log("| server | row | base: jobs, CPU a job | goro: jobs, CPU a job | ratio | range | CPU ratio | goal | |");
console.log("| --- | --- | --- | --- | --: | --- | --: | --: | --- |");
let isGood = true;
for (const engine of engines) {
  if (positionals.length > 0 && !positionals.includes(engine.name)) continue;
  if (engine.missing !== undefined) {
    console.log(`${engine.name} is not measured: ${engine.missing}`);
    continue;
  }
  const server = await engine.start();
  try {
    const options = engine.name === "redis" ? { redis: server.url } : { postgres: server.url };
    await queue("bench", options).migrate();
    for (const row of rows) {
      if (row.title.includes(values.only)) isGood = (await compare(engine, server.url, row)) && isGood;
    }
  } finally {
    await server.stop();
  }
}
if (!isGood && !values.quick) process.exitCode = 1;
