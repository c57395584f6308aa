// The line of the program that calls the library, and from its text names for channels and goroutines that have none.

import { tryOr } from "../util/inspect.ts";
import { builtinModule } from "../runtime/process.ts";
import { callerFrames, positionOf } from "../util/stack.ts";
import { getOrInsert } from "./collections.ts";

interface FileSystem {
  readFileSync(file: string | URL, encoding: "utf8"): string;
}

const linesByFile = new Map<string, readonly string[]>();

/** The line of the program that calls the library, from 1; undefined on a host without stacks. */
export function callerLine(): number | undefined {
  return positionOf(callerFrames()[0] ?? "")?.line;
}

/** The name of the variable or property to which a new channel is assigned; "" if it is not in the same line, or the source is not available. */
export function inferChannelName(): string {
  const position = positionOf(callerFrames()[0] ?? "");
  const text = position === undefined ? "" : (linesOf(position.file)[position.line - 1] ?? "");
  const match = /([\w$]+)\??(?:\s*:[^=]*)?\s*=\s*new Channel\b|([\w$]+):\s*new Channel\b/.exec(text);
  return match?.[1] ?? match?.[2] ?? "";
}

/** A name for a goroutine whose function has none: the line that starts it. */
export function inferGoroutineName(): string {
  const line = callerLine();
  return line === undefined ? "" : `line ${line}`;
}

function linesOf(file: string): readonly string[] {
  return getOrInsert(linesByFile, file, () => readFile(file).split("\n"));
}

function readFile(file: string): string {
  return tryOr(
    () => builtinModule<FileSystem>("fs")?.readFileSync(file.startsWith("file:") ? new URL(file) : file, "utf8") ?? "",
    () => "",
  );
}
