// The contenders by name. Each is loaded when it is asked for: a process that measures one does not carry the others.

import type { Contender } from "./contender.ts";

/** In the order of the table, Go excepted, which is no module. */
export const names: readonly string[] = [
  "goro",
  "floor",
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

/** Errors: rejects if there is no contender of that name. */
export async function load(name: string): Promise<Contender> {
  const { contender } = (await import(`./${name}.js`)) as { readonly contender: Contender };
  return contender;
}
