// A twin: one program in two languages, and its possible outcomes.

import { randomProgram } from "../../test/model/generate.ts";
import type { Program } from "../../test/model/program.ts";
import { runProgram } from "../../test/model/run.ts";
import { encode, outcomesOf } from "../../test/model/schedules.ts";
import { type RunResult, runSource } from "./goro.ts";
import { structured } from "./structured.ts";
import { outcomeOf, tiny } from "./tiny.ts";
import type { Writing } from "./syntax.ts";
import { typescriptSource } from "./typescript.ts";

export interface Twin {
  readonly name: string;
  readonly write: Writing;

  /** The origin of the twin: a small program, or the seed of a structured program. */
  readonly origin: { readonly program: Program } | { readonly seed: number };

  /** All possible outcomes; null if there is exactly one, which is not known in advance. */
  readonly allowed: ReadonlySet<string> | null;

  /** The outcome of a run, as a text for comparisons. */
  toOutcome(ran: RunResult): string;

  /** The outcomes on goro, with the schedule of `seed`: one for each way to run it. */
  run(seed: number): Promise<string[]>;
}

/** The twin of a small program, of which all schedules are known. @throws {RangeError} if there are too many */
export function tinyTwin(name: string, program: Program): Twin {
  const write = tiny(program);
  const source = typescriptSource(write);
  const toOutcome = ({ lines, ending }: RunResult): string => encode(outcomeOf(program, lines, ending));
  const run = async (seed: number): Promise<string[]> => [
    encode(await runProgram(program, seed)),
    toOutcome(await runSource(source, seed)),
  ];
  return { name, write, origin: { program }, allowed: outcomesOf(program), toOutcome, run };
}

/** The twin of the structured program of `seed`, which has one possible outcome. */
export function structuredTwin(seed: number): Twin {
  const { name, write } = structured(seed);
  const source = typescriptSource(write);
  const toOutcome = ({ lines, ending }: RunResult): string => [...lines, ending].join("\n");
  const run = async (seed: number): Promise<string[]> => [toOutcome(await runSource(source, seed))];
  return { name: `structured ${seed}: ${name}`, write, origin: { seed }, allowed: null, toOutcome, run };
}

/** `count` twins, three of ten with small programs; the same for the same seed. */
export function twins(count: number, seed: number): Twin[] {
  return Array.from({ length: count }, (_, i) =>
    i % 10 < 3 ? tinyTwin(`tiny ${seed + i}`, randomProgram(seed + i)) : structuredTwin(seed + i),
  );
}

/** Describes the outcomes that are not allowed, for a twin with the outcomes `onGo` on Go and `onGoro` on goro. */
export function disagreements({ allowed }: Twin, onGo: readonly string[], onGoro: readonly string[]): string[] {
  const may = allowed ?? new Set(onGo.slice(0, 1));
  const wrong = (runtime: string, all: readonly string[]): string[] =>
    [...new Set(all)]
      .filter((outcome) => !isAmong(may, outcome))
      .map((outcome) => `${runtime} has an outcome that is not allowed:\n${outcome}`);
  const complaints = [...wrong("Go", onGo), ...wrong("goro", onGoro)];
  return complaints.length === 0 ? [] : [...complaints, `allowed are:\n${[...may].slice(0, 20).join("\n")}`];
}

// Between a panic and the end of the process, other goroutines may still run, in Go and in goro. Their channel operations could
// also have come before the panic. But a panic of a WaitGroup or mutex has changed its state, and the schedules end there.
function isAmong(may: ReadonlySet<string>, outcome: string): boolean {
  if (may.has(outcome)) return true;
  return (
    outcome.startsWith("sync: ") &&
    [...may].some((allowed) => isContinuation(allowed.split(" | "), outcome.split(" | ")))
  );
}

function isContinuation([ending, ...logs]: readonly string[], [same, ...longer]: readonly string[]): boolean {
  return ending === same && logs.every((log, i) => log === "" || `${longer[i] ?? ""} `.startsWith(`${log} `));
}
