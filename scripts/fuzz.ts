// Runs random histories of a model for a given time. It ends with the first failing history, which is minimized and printed, also as a
// program:
//
//   npm run fuzz -- pools                           all models: those of test/model that export `run`
//   npm run fuzz -- pools --minutes 60 --seed 7     from seed 7 on, which the report of a failure names

import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

/** The export of a model: `run` throws if a history fails. The same seed gives the same histories. */
interface Model {
  run(seed: number): Promise<void>;
}

const names = ["pools", "borders", "locks"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string", default: "1" } },
});
const [name = ""] = positionals;
const minutes = Number(values.minutes);
let seed = Number(values.seed);
const model = await load(name);
if (model === undefined || !(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error(`usage: npm run fuzz -- ${names.join("|")} [--minutes N] [--seed S]`);
  process.exit(2);
}

const start = performance.now();
const end = start + minutes * 60_000;
let nextReport = start + 30_000;
try {
  for (let now = start; now < end; now = performance.now(), seed++) {
    await model.run(seed);
    if (now < nextReport) continue;
    console.log(`${name}: ${Math.round((now - start) / 1000)} s, all seeds to ${seed} are right`);
    nextReport = now + 30_000;
  }
  console.log(`${name}: ok, seeds ${values.seed} to ${seed - 1}`);
} catch (error) {
  console.error(`${name}: seed ${seed} goes wrong\n\n${(error as Error).message}`);
  process.exitCode = 1;
}
// Goroutines of a failed history must not keep the process alive.
process.exit();

async function load(wanted: string): Promise<Model | undefined> {
  const file = new URL(`../test/model/${wanted}.ts`, import.meta.url);
  if (!names.includes(wanted) || !existsSync(fileURLToPath(file))) return undefined;
  const module = (await import(file.href)) as Partial<Model>;
  return typeof module.run === "function" ? (module as Model) : undefined;
}
