// Panics: the error of misuse, with Go's message, and the report of an unhandled panic.

import { safeToString, isError, tryOr } from "../util/inspect.ts";
import { parseFrames } from "../util/stack.ts";

/**
 * The error of an operation that panics in Go, such as a send on a closed channel or a negative WaitGroup counter. Its message is Go's. It
 * reports a mistake in the program and is not meant to be handled.
 *
 * @see `runtime.plainError`, and the calls of `panic` in Go's packages sync, context and time
 */
export class PanicError extends Error {
  static {
    this.prototype.name = "PanicError";
  }
}

/** Returns the report that Go prints when a panic ends the program: the value, the goroutine, and the stack. */
export function formatPanic(value: unknown, goroutine: number, origin: string): string {
  let text = `panic: ${formatValue(value)}\n\ngoroutine ${goroutine} [running]:\n${formatStack(value)}`;
  const seen = new Set([value]);
  for (let cause = causeOf(value); cause !== undefined && !seen.has(cause); cause = causeOf(cause)) {
    seen.add(cause);
    text += `caused by: ${formatValue(cause)}\n${formatStack(cause)}`;
  }
  return text + origin;
}

/** Returns `lines` with a tab before each, as in Go's reports. */
export function indent(lines: readonly string[]): string {
  return lines.map((line) => `\t${line}\n`).join("");
}

function formatStack(value: unknown): string {
  return isError(value) ? indent(parseFrames(value)) : "";
}

function causeOf(value: unknown): unknown {
  return isError(value)
    ? tryOr<unknown>(
        () => value.cause,
        () => undefined,
      )
    : undefined;
}

function formatValue(value: unknown): string {
  return safeToString(value, write);
}

function write(value: unknown): string {
  if (isError(value)) {
    const { name } = value as { name: unknown };
    const isPlain = value instanceof PanicError || name === "Error" || name === "RangeError";
    return isPlain ? value.message : `${String(name)}: ${value.message}`;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
