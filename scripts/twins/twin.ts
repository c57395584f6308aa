// A twin: one program in two languages, and its possible outcomes.

import { randomProgram } from "../../test/model/generate.ts";
import type { Program } from "../../test/model/program.ts";
import { runProgram } from "../../test/model/run.ts";
import { encode, outcomesOf } from "../../test/model/schedules.ts";
import { type Ran, runSource } from "./goro.ts";
import { structured } from "./structured.ts";
import { outcomeOf, tiny } from "./tiny.ts";
import type { Writing } from "./syntax.ts";
import { typescriptSource } from "./typescript.ts";

export interface Twin {
  readonly name: string;
  readonly write: Writing;

  /** Its origin: a program, or the seed of one. */
  readonly origin: { readonly program: Program } | { readonly seed: number };

  /** The possible outcomes; null if the outcome is determined, but not known in advance. */
  readonly allowed: ReadonlySet<string> | null;

  /** Formats the outcome of a run for comparisons. */
  toText(ran: Ran): string;

  /** Runs the twin on goro with `seed`, and returns one outcome for each way to run it. */
  run(seed: number): Promise<string[]>;
}

/**
 * Returns the twin of a small program, all of whose schedules are known.
 *
 * @throws {RangeError} if there are too many schedules.
 */
export function tinyTwin(name: string, program: Program): Twin {
  const write = tiny(program);
  const source = typescriptSource(write);
  const toText = ({ lines, ending }: Ran): string => encode(outcomeOf(program, lines, ending));
  const run = async (seed: number): Promise<string[]> => [
    encode(await runProgram(program, seed)),
    toText(await runSource(source, seed)),
  ];
  return { name, write, origin: { program }, allowed: outcomesOf(program), toText, run };
}

/** Returns the twin of the structured program of `seed`, which has one possible outcome. */
export function structuredTwin(seed: number): Twin {
  const { name, write } = structured(seed);
  const source = typescriptSource(write);
  const toText = ({ lines, ending }: Ran): string => [...lines, ending].join("\n");
  const run = async (seed: number): Promise<string[]> => [toText(await runSource(source, seed))];
  return { name: `structured ${seed}: ${name}`, write, origin: { seed }, allowed: null, toText, run };
}

/** Returns `count` twins, of which 30 % are small; the same seed gives the same twins. */
export function twins(count: number, seed: number): Twin[] {
  return Array.from({ length: count }, (_, i) =>
    i % 10 < 3 ? tinyTwin(`tiny ${seed + i}`, randomProgram(seed + i)) : structuredTwin(seed + i),
  );
}

/** Returns the disagreements between the outcomes of a twin on Go and on goro. */
export function disagreements({ allowed }: Twin, onGo: readonly string[], onGoro: readonly string[]): string[] {
  const may = allowed ?? new Set(onGo.slice(0, 1));
  const wrong = (who: string, all: readonly string[]): string[] =>
    [...new Set(all)].filter((one) => !isAmong(may, one)).map((one) => `${who} did what is not allowed:\n${one}`);
  const complaints = [...wrong("Go", onGo), ...wrong("goro", onGoro)];
  return complaints.length === 0 ? [] : [...complaints, `allowed is:\n${[...may].slice(0, 20).join("\n")}`];
}

// Between a panic and the end of the process, other goroutines may run, in Go as here. Their channel operations could also have happened
// before the panic. After the misuse of a counter or a mutex, however, the model has no further schedules.
function isAmong(may: ReadonlySet<string>, outcome: string): boolean {
  if (may.has(outcome)) return true;
  return outcome.startsWith("sync: ") && [...may].some((one) => goesOn(one.split(" | "), outcome.split(" | ")));
}

function goesOn([ending, ...logs]: readonly string[], [same, ...longer]: readonly string[]): boolean {
  return ending === same && logs.every((log, i) => log === "" || `${longer[i] ?? ""} `.startsWith(`${log} `));
}
