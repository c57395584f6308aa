// The recorded outcomes of some twins on Go, for tests without Go.

import type { Program } from "../../test/model/program.ts";
import { structuredTwin, type Twin, tinyTwin } from "./twin.ts";

/** A twin, and the outcomes that were observed on Go. */
export type Entry =
  | { readonly program: Program; readonly outcomes: readonly string[] }
  | { readonly seed: number; readonly outcomes: readonly string[] };

/** A twin, and its outcome in each run on Go. */
export interface Result {
  readonly twin: Twin;
  readonly onGo: readonly string[];
}

/** Returns the twin of `entry`, whose index is `number`. */
export function twinOf(entry: Entry, number: number): Twin {
  return "program" in entry ? tinyTwin(`tiny ${number}`, entry.program) : structuredTwin(entry.seed);
}

/** Reports whether the twin has only one possible outcome. */
export function isDetermined({ allowed }: Twin): boolean {
  return allowed === null || allowed.size === 1;
}

/** Selects results: structured programs with short outputs, small programs with one outcome, and others. */
export function corpusOf(results: readonly Result[]): Entry[] {
  const some = (count: number, isMeant: (result: Result) => boolean): Entry[] =>
    results.filter(isMeant).slice(0, count).map(entryOf);
  return [
    ...some(130, ({ twin, onGo }) => twin.allowed === null && (onGo[0] ?? "").length < 250),
    ...some(35, ({ twin }) => twin.allowed?.size === 1),
    ...some(35, ({ twin }) => twin.allowed !== null && twin.allowed.size > 1),
  ];
}

function entryOf({ twin, onGo }: Result): Entry {
  return { ...twin.origin, outcomes: [...new Set(onGo)].sort() };
}
