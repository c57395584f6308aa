// What Go did with some twins when it was recorded, so that goro can be held to it where there is no Go.

import type { Program } from "../../test/model/program.ts";
import { structuredTwin, type Twin, tinyTwin } from "./twin.ts";

/** A twin, and each outcome that was seen on Go. */
export type Entry =
  | { readonly program: Program; readonly outcomes: readonly string[] }
  | { readonly seed: number; readonly outcomes: readonly string[] };

/** A twin that was run, and what came of it on Go, run by run. */
export interface Result {
  readonly twin: Twin;
  readonly onGo: readonly string[];
}

/** The twin of `entry`, which is the `number`th. */
export function twinOf(entry: Entry, number: number): Twin {
  return "program" in entry ? tinyTwin(`tiny ${number}`, entry.program) : structuredTwin(entry.seed);
}

/** Whether nothing else can come of the twin. */
export function isDetermined({ allowed }: Twin): boolean {
  return allowed === null || allowed.size === 1;
}

/** Some of `results`: of structured programs that print little, of small ones that are determined, and of others. */
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
