// How the example ends: with a sentence for the mistakes of a first run, and with the exit code of a shell for a signal.

import { type Context, context } from "goro";

/** Prints `error` as one sentence, and makes the exit code 1. */
export function printError(error: unknown): void {
  console.error(describeError(error));
  process.exitCode = 1;
}

export function describeError(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code !== "ERR_MODULE_NOT_FOUND") return message ?? String(error);
  return "The packages of this example are not installed: run npm ci --prefix examples/50-machines";
}

/** Returns the exit code of a process that a signal has stopped: 128 and the number of the signal. 0 without a signal. */
export function exitCode(ctx: Context): number {
  if (ctx.err() === undefined) return 0;
  return context.cause(ctx)?.message.startsWith("interrupt") ? 130 : 143;
}
