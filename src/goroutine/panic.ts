// What misuse becomes: Go's panic, with Go's own sentence, and what is printed of a panic that nobody handles.

import { frames } from "./stack.ts";

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
  const stack = value instanceof Error ? frames(value) : [];
  let text = `panic: ${sentence(value)}\n\ngoroutine ${goroutine} [running]:\n${indented(stack)}`;
  const told = new Set([value]);
  let cause = causeOf(value);
  while (cause !== undefined && !told.has(cause)) {
    told.add(cause);
    text += `caused by: ${sentence(cause)}\n${indented(cause instanceof Error ? frames(cause) : [])}`;
    cause = causeOf(cause);
  }
  return text + origin;
}

/** `lines` as Go sets what belongs to a goroutine: a tab before each. */
export function indented(lines: readonly string[]): string {
  return lines.map((line) => `\t${line}\n`).join("");
}

function causeOf(value: unknown): unknown {
  return value instanceof Error ? value.cause : undefined;
}

function sentence(value: unknown): string {
  if (value instanceof Error) {
    const says = value instanceof PanicError || value.name === "Error";
    return says ? value.message : `${value.name}: ${value.message}`;
  }
  try {
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
