// Recorded results of twins on Go, with which goro is compared on machines without Go.

import type { Program } from "../../test/model/program.ts";
import { structuredTwin, type Twin, tinyTwin } from "./twin.ts";

/** A twin, and its observed outcomes on Go. */
export type Entry =
  | { readonly program: Program; readonly outcomes: readonly string[] }
  | { readonly seed: number; readonly outcomes: readonly string[] };

/** A twin, and its outcomes on Go, one for each run. */
export interface Result {
  readonly twin: Twin;
  readonly onGo: readonly string[];
}

/** The twin of the entry at index `number`. */
export function twinOf(entry: Entry, number: number): Twin {
  return "program" in entry ? tinyTwin(`tiny ${number}`, entry.program) : structuredTwin(entry.seed);
}

/** Whether the twin has exactly one possible outcome. */
export function isDetermined({ allowed }: Twin): boolean {
  return allowed === null || allowed.size === 1;
}

/** Selects from `results`: structured programs with little output, small programs with one outcome, and other small programs. */
export function corpusOf(results: readonly Result[]): Entry[] {
  const take = (count: number, matches: (result: Result) => boolean): Entry[] =>
    results.filter(matches).slice(0, count).map(entryOf);
  return [
    ...take(130, ({ twin, onGo }) => twin.allowed === null && (onGo[0] ?? "").length < 250),
    ...take(35, ({ twin }) => twin.allowed?.size === 1),
    ...take(35, ({ twin }) => twin.allowed !== null && twin.allowed.size > 1),
  ];
}

function entryOf({ twin, onGo }: Result): Entry {
  return { ...twin.origin, outcomes: [...new Set(onGo)].sort() };
}
