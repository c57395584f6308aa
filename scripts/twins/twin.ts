// A twin: one program in two languages, and what may come of it.

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

  /** From what it is made: a program, or the seed of one. */
  readonly origin: { readonly program: Program } | { readonly seed: number };

  /** All that may come of it; null, if it is not known, but is always the same. */
  readonly allowed: ReadonlySet<string> | null;

  /** What came of it in a run, as a text that is compared. */
  tell(ran: Ran): string;

  /** What comes of it on goro, in the orders that `seed` gives: once for each way to run it. */
  run(seed: number): Promise<string[]>;
}

/** The twin of a small program, of which all schedules are known. Errors: throws `RangeError` if there are too many. */
export function tinyTwin(name: string, program: Program): Twin {
  const write = tiny(program);
  const source = typescriptSource(write);
  const tell = ({ lines, ending }: Ran): string => encode(outcomeOf(program, lines, ending));
  const run = async (seed: number): Promise<string[]> => [
    encode(await runProgram(program, seed)),
    tell(await runSource(source, seed)),
  ];
  return { name, write, origin: { program }, allowed: outcomesOf(program), tell, run };
}

/** The twin of the structured program of `seed`, of which nothing can come but one. */
export function structuredTwin(seed: number): Twin {
  const { name, write } = structured(seed);
  const source = typescriptSource(write);
  const tell = ({ lines, ending }: Ran): string => [...lines, ending].join("\n");
  const run = async (seed: number): Promise<string[]> => [tell(await runSource(source, seed))];
  return { name: `structured ${seed}: ${name}`, write, origin: { seed }, allowed: null, tell, run };
}

/** `count` twins, three small ones among ten; the same ones for the same seed. */
export function twins(count: number, seed: number): Twin[] {
  return Array.from({ length: count }, (_, i) =>
    i % 10 < 3 ? tinyTwin(`tiny ${seed + i}`, randomProgram(seed + i)) : structuredTwin(seed + i),
  );
}

/** What is wrong, if a twin did `onGo` with real Go and `onGoro` here. */
export function disagreements({ allowed }: Twin, onGo: readonly string[], onGoro: readonly string[]): string[] {
  const may = allowed ?? new Set(onGo.slice(0, 1));
  const wrong = (who: string, all: readonly string[]): string[] =>
    [...new Set(all)].filter((one) => !isAmong(may, one)).map((one) => `${who} did what is not allowed:\n${one}`);
  const complaints = [...wrong("Go", onGo), ...wrong("goro", onGoro)];
  return complaints.length === 0 ? [] : [...complaints, `allowed is:\n${[...may].slice(0, 20).join("\n")}`];
}

// Between a panic and the end of the process others may go on, in Go as here. What they do on channels they might have done
// before; but a counter or a mutex has been misused by then, and no schedule leads on from there.
function isAmong(may: ReadonlySet<string>, outcome: string): boolean {
  if (may.has(outcome)) return true;
  return outcome.startsWith("sync: ") && [...may].some((one) => goesOn(one.split(" | "), outcome.split(" | ")));
}

function goesOn([ending, ...logs]: readonly string[], [same, ...longer]: readonly string[]): boolean {
  return ending === same && logs.every((log, i) => log === "" || `${longer[i] ?? ""} `.startsWith(`${log} `));
}
