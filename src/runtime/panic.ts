// What misuse becomes: Go's panic, with Go's own sentence, and what is printed of a panic that nobody handles.

import { safeToString, isError, tryOr } from "../util/inspect.ts";
import { parseFrames } from "../util/stack.ts";

/**
 * The error of an operation that panics in Go: send on a closed channel, a negative WaitGroup counter and the like. Its
 * message is the sentence that Go prints. It tells of a mistake in the program and is not meant to be handled.
 *
 * Mirrors `runtime.plainError`, and the calls of `panic` in packages sync, context and time.
 */
export class PanicError extends Error {
  static {
    this.prototype.name = "PanicError";
  }
}

/** What Go prints when a panic ends the program: the value, the goroutine, and where it happened. */
export function formatPanic(value: unknown, goroutine: number, origin: string): string {
  let text = `panic: ${formatValue(value)}\n\ngoroutine ${goroutine} [running]:\n${formatStack(value)}`;
  const told = new Set([value]);
  for (let cause = causeOf(value); cause !== undefined && !told.has(cause); cause = causeOf(cause)) {
    told.add(cause);
    text += `caused by: ${formatValue(cause)}\n${formatStack(cause)}`;
  }
  return text + origin;
}

/** `lines` as Go sets what belongs to a goroutine: a tab before each. */
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
    const says = value instanceof PanicError || name === "Error" || name === "RangeError";
    return says ? value.message : `${String(name)}: ${value.message}`;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
