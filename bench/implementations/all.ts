// The implementations by name. Each is imported on demand, so that a process loads only the one that it measures.

import type { Implementation } from "./implementation.ts";

/** The names in the order of the table, without Go, which is not a module. */
export const names: readonly string[] = [
  "goro",
  "baseline",
  "medium",
  "thing-csp",
  "ts-chan",
  "ts-chan-unsafe",
  "easyts",
  "extra-promise",
  "effect",
  "channel-ts",
  "async-channel",
  "async-mutex",
  "abort-signal",
  "node-stream",
  "p-map",
  "p-limit",
  "p-queue",
  "fastq",
  "async",
];

/**
 * Imports an implementation.
 *
 * @throws {Error} (rejects) if the name is unknown.
 */
export async function load(name: string): Promise<Implementation> {
  const { implementation } = (await import(`./${name}.js`)) as { readonly implementation: Implementation };
  return implementation;
}
