// Reading a stack as the engines write it: one frame a line.

import { safely } from "./foreign.ts";

// The folder of the library's own files. In a bundle of others this is the folder of everything, and nothing is left out then.
const file = /^file:\/\/(.*\/)(?:goroutine\/stack\.[jt]s|whole\/goro-\w+\.js)$/;
const own = file.exec(import.meta.url.split("?")[0] as string)?.[1];

/** The frames of an error's stack, without the message above them; none, if the program has given stacks another form. */
export function frames(error: Error): string[] {
  const stack = safely<unknown>(
    () => error.stack,
    () => undefined,
  );
  if (typeof stack !== "string") return [];
  const lines = stack.split("\n").filter((line) => /^\s+at |@\S+:\d+:\d+$/.test(line));
  return lines.map((line) => line.trim());
}

/** Where the library was called from: the frames of the program, without the library's own. */
export function callers(): string[] {
  const engine = Error as { stackTraceLimit?: number };
  const limit = engine.stackTraceLimit;
  engine.stackTraceLimit = 50;
  const all = frames(new Error());
  if (limit !== undefined) engine.stackTraceLimit = limit;
  return all.filter((frame) => (own === undefined || !frame.includes(own)) && !frame.includes("(node:"));
}
