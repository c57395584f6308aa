// The implementations by name. Each is loaded when it is asked for: a process that measures one does not carry the others.

import type { Implementation } from "./implementation.ts";

/** In the order of the table, Go excepted, which is no module. */
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
  "p-map",
  "p-limit",
  "p-queue",
  "fastq",
  "async",
];

/** Errors: rejects if there is no implementation of that name. */
export async function load(name: string): Promise<Implementation> {
  const { implementation } = (await import(`./${name}.js`)) as { readonly implementation: Implementation };
  return implementation;
}
