// Names for what has none, read from the program itself: a channel is called after the variable that it is put in, and
// a goroutine after the line of its `go`. For pictures only; where there is no source at hand, there is no name.

import { tryOr } from "../util/inspect.ts";
import { builtinModule } from "../runtime/process.ts";
import { callerFrames } from "../util/stack.ts";
import { entry } from "./entry.ts";

interface FileSystem {
  readFileSync(file: string, encoding: "utf8"): string;
}

const texts = new Map<string, readonly string[]>();

/** The name of the variable or property that is being given a new channel; "", if that cannot be told. */
export function nameOfNewChannel(): string {
  const place = caller();
  const line = place === undefined ? "" : (lines(place.file)[place.line - 1] ?? "");
  const found = /([\w$]+)\??(?:\s*:[^=]*)?\s*=\s*new Channel\b|([\w$]+):\s*new Channel\b/.exec(line);
  return found?.[1] ?? found?.[2] ?? "";
}

/** A name for a function that has none, after the place from which it is started. */
export function nameOfNewGoroutine(): string {
  const place = caller();
  return place === undefined ? "" : `line ${place.line}`;
}

/** The place in the program from which the library was called. */
function caller(): { readonly file: string; readonly line: number } | undefined {
  const [, file, line] = /([^\s()]+):(\d+):\d+\)?$/.exec(callerFrames()[0] ?? "") ?? [];
  return file === undefined ? undefined : { file, line: Number(line) };
}

function lines(file: string): readonly string[] {
  return entry(texts, file, () => read(file).split("\n"));
}

function read(file: string): string {
  const place = file.startsWith("file:") ? new URL(file) : file;
  return tryOr(
    () => builtinModule<FileSystem>("fs")?.readFileSync(place as string, "utf8") ?? "",
    () => "",
  );
}
