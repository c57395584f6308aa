// Runs a random load on all parts of the library for minutes, and reports lost values, leftovers and a growing heap:
//
//   npx tsx --expose-gc scripts/soak.ts
//   npx tsx --expose-gc scripts/soak.ts --minutes 1 --seed 7      the plan of that seed; the timers remain real

import { parseArgs } from "node:util";
import { context } from "goro";
import { seed as seedLibrary } from "../src/runtime/realm.ts";
import { heapInUse } from "../test/support/memory.ts";
import { calls, ticker } from "./soak/clocks.ts";
import { mutex, semaphore, waitGroup } from "./soak/counters.ts";
import { lanes } from "./soak/lane.ts";
import { jobs } from "./soak/pools.ts";
import { describe, type Left, left, type Load, parked, Round } from "./soak/round.ts";
import { blank, operationsOf, summary } from "./soak/tally.ts";

const loads: readonly Load[] = [lanes, lanes, lanes, lanes, mutex, semaphore, waitGroup, jobs, ticker, calls];

/** The time limit of a round, which takes about 10 ms, in milliseconds. */
const timeLimit = 30_000;

const { minutes, seed } = options();
const length = minutes * 60_000;
const pause = Math.min(5000, length / 20);
const start = performance.now();
const tally = blank();
const heaps: number[] = [];
let rounds = 0;

/** A failure of the library, as opposed to an error of the soak test. */
class Finding extends Error {}

// Does not use `context.notifyContext`, because its timer would change the number of timers in an interrupted round.
const [ctx, stop] = context.withCancel(context.background());
process.once("SIGINT", stop);

// Reports a panic of a goroutine that the library has started.
process.once("uncaughtException", (error) => {
  fail(describe(error));
  process.exit();
});

console.log(`soak: ${minutes} min, seed ${seed}`);
try {
  await soak();
} catch (error) {
  fail(error instanceof Finding ? error.message : describe(error));
}
process.exit();

async function soak(): Promise<void> {
  const before = left();
  for (let next = pause; elapsed() < length && ctx.err() === undefined;) {
    await turn(before);
    if (elapsed() < next) continue;
    await report();
    next = elapsed() + pause;
  }
  if (ctx.err() !== undefined) console.log("interrupted");
  console.log(`${figures()}\n${summary(tally)}\n${verdict()}\nok`);
}

async function turn(before: Left): Promise<void> {
  const own = (seed + Math.imul(rounds, 0x9e3779b1)) >>> 0;
  seedLibrary(own);
  const watch = setTimeout(() => {
    fail(`round ${rounds} does not end; what waits: ${parked()}`);
    process.exit();
  }, timeLimit);
  const round = new Round(ctx, tally, own);
  for (const load of loads) round.add(load);
  await round.end(before);
  clearTimeout(watch);
  if (round.faults.length > 0) throw new Finding(`round ${rounds}:\n${round.faults.slice(0, 20).join("\n")}`);
  rounds++;
}

async function report(): Promise<void> {
  heaps.push(await heapInUse());
  console.log(`${figures()}; ${summary(tally)}; heap ${megabytes(heaps.at(-1) as number)}`);
}

/** Returns a line with the heap sizes; throws if the heap grows. */
function verdict(): string {
  const fifth = Math.floor(heaps.length / 5);
  if (fifth < 2) return `heap: too few samples to judge (${heaps.length})`;
  const early = median(heaps.slice(fifth, 2 * fifth));
  const late = median(heaps.slice(-fifth));
  const result = `heap: ${megabytes(early)} in the second fifth, ${megabytes(late)} in the last`;
  if (late > 1.25 * early + 2 * 2 ** 20) throw new Finding(`${result}: it grows`);
  return result;
}

function figures(): string {
  const seconds = elapsed() / 1000;
  return `${seconds.toFixed(1)} s, ${rounds} rounds, ${operationsOf(tally)} operations`;
}

function median(list: readonly number[]): number {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] as number) + upper) / 2;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MB`;
}

function elapsed(): number {
  return performance.now() - start;
}

function fail(text: string): void {
  console.error(`soak: seed ${seed}, after ${figures()}\n${text}`);
  process.exitCode = 1;
}

function options(): { minutes: number; seed: number } {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: "string", default: "10" },
        seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 32)) },
      },
    });
    const minutes = Number(values.minutes);
    if (!(minutes > 0 && minutes < Infinity)) throw new Error(`--minutes must be above 0, got ${values.minutes}`);
    const seed = Number(values.seed);
    if (values.seed === "" || !Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
      throw new Error(`--seed must be an integer from 0 to 2^32 - 1, got ${values.seed}`);
    }
    return { minutes, seed };
  } catch (error) {
    console.error(`soak: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  }
}
