// The results of the matrix, as the file that the page is made from.

import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Section } from "./host.ts";

/** The outcome of a row. A limit is a set-up that does not work, and fails as the page says. */
export type Status = "works" | "limit" | "fails" | "not here";

export interface RowResult {
  readonly host: string;
  readonly section: Section;
  readonly title: string;
  /** "" for a host that is not here. */
  readonly version: string;
  readonly variant?: string;
  /** "" for a host that is not here. */
  readonly setup: string;
  readonly checks: string;
  readonly status: Status;
  readonly passed: number;
  readonly failed: number;
  readonly why?: string;
  readonly instead?: string;
  /** The day of the run, in UTC. */
  readonly date: string;
  readonly goro: string;
  /** The time of the row, in milliseconds. */
  readonly ms: number;
}

export interface Results {
  /** The machine of the last run. */
  readonly machine: string;
  /** The version of Node that runs the hosts without one of their own. */
  readonly node: string;
  readonly rows: readonly RowResult[];
}

/** The results that the page is made from. */
export const resultsFile: string = fileURLToPath(new URL("../../compat/results.json", import.meta.url));

export async function readResults(file: string): Promise<Results> {
  return JSON.parse(await readFile(file, "utf8")) as Results;
}

/** Writes `rows` to `file`, with the rows that it has for other hosts. `order` has the keys of all hosts. */
export async function writeResults(file: string, rows: readonly RowResult[], order: readonly string[]): Promise<void> {
  const old = await readResults(file).catch(() => undefined);
  const results: Results = {
    machine: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    rows: mergeRows(old?.rows ?? [], rows, order),
  };
  await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
}

/** Returns `rows`, and the rows of `old` for other hosts, in the order of `order`, the keys of all hosts. Hosts that do not exist are left out. */
export function mergeRows(
  old: readonly RowResult[],
  rows: readonly RowResult[],
  order: readonly string[],
): readonly RowResult[] {
  const replaced = new Set(rows.map(({ host }) => host));
  const kept = old.filter(({ host }) => !replaced.has(host) && order.includes(host));
  return [...kept, ...rows].sort((a, b) => order.indexOf(a.host) - order.indexOf(b.host));
}
