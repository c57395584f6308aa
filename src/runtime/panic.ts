// What misuse becomes: Go's panic, with Go's own sentence, and what is printed of a panic that nobody handles.

import { asText, isError, safely } from "../util/inspect.ts";
import { frames } from "../util/stack.ts";

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
export function panicReport(value: unknown, goroutine: number, origin: string): string {
  let text = `panic: ${sentence(value)}\n\ngoroutine ${goroutine} [running]:\n${placeOf(value)}`;
  const told = new Set([value]);
  for (let cause = causeOf(value); cause !== undefined && !told.has(cause); cause = causeOf(cause)) {
    told.add(cause);
    text += `caused by: ${sentence(cause)}\n${placeOf(cause)}`;
  }
  return text + origin;
}

/** `lines` as Go sets what belongs to a goroutine: a tab before each. */
export function indented(lines: readonly string[]): string {
  return lines.map((line) => `\t${line}\n`).join("");
}

function placeOf(value: unknown): string {
  return isError(value) ? indented(frames(value)) : "";
}

function causeOf(value: unknown): unknown {
  return isError(value)
    ? safely<unknown>(
        () => value.cause,
        () => undefined,
      )
    : undefined;
}

function sentence(value: unknown): string {
  return asText(value, write);
}

function write(value: unknown): string {
  if (isError(value)) {
    const { name } = value as { name: unknown };
    const says = value instanceof PanicError || name === "Error" || name === "RangeError";
    return says ? value.message : `${String(name)}: ${value.message}`;
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
