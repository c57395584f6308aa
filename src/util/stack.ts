// Reading a stack as the engines write it: one frame a line.

import { tryOr } from "./inspect.ts";

/** The frames of an error's stack, without the message above them; none, if the program has given stacks another form. */
export function parseFrames(error: Error): string[] {
  const stack = tryOr<unknown>(
    () => error.stack,
    () => undefined,
  );
  if (typeof stack !== "string") return [];
  const lines = stack.split("\n").filter((line) => /^\s+at |(?:@|^\w+:)\S+:\d+:\d+$/.test(line));
  return lines.map((line) => line.trim());
}

function capture(): string[] {
  const engine = Error as { stackTraceLimit?: number };
  const limit = engine.stackTraceLimit;
  engine.stackTraceLimit = 50;
  const all = parseFrames(new Error());
  if (limit !== undefined) engine.stackTraceLimit = limit;
  return all;
}

/**
 * The file, as a path or URL without its query, and the line of `frame`, which has the form of V8, `at name (file:line:column)`, or that of
 * Firefox and WebKit, `name@file:line:column`; undefined for native code.
 */
export function positionOf(frame: string): { readonly file: string; readonly line: number } | undefined {
  const [, file, line] = /(?:^at (?:.*\()?|@|^(?=\w+:))(.+?)(?:\?[^?]*)?:(\d+):\d+\)?$/.exec(frame) ?? [];
  return file === undefined ? undefined : { file: file.replace(/^async /, ""), line: Number(line) };
}

/**
 * The file of this module, or of the bundle that it is in; "" on a host without stacks. It is read from a stack, because `import.meta` is
 * empty in a bundle for CommonJS.
 */
export const ownFile: string = positionOf(capture()[0] ?? "")?.file ?? "";

// The folder of the library's own files, where they are not in a bundle with the program.
const folder = /^(.*[/\\])(?:util[/\\]stack\.[jt]s|whole[/\\][\w-]+\.js)$/.exec(ownFile)?.[1];

// What a program calls, as the frames of a bundle name it. A bundler may add a number to a name.
const functions =
  /^(?:go|main|select|sleep|gosched|runPool|afterFunc|notifyContext|with(?:Cancel|Deadline|Timeout)(?:Cause)?|from(?:Events|Iterable|ReadableStream)|to(?:Readable|Writable)Stream)\d*$/;
const methods = /^(?:do|go|lock|map|next|rLock|acquire|receive|result|send|stop|submit|tryGo|trySend|trySubmit|wait)$/;
const classes =
  /^(?:Channel|Cond|JobRunner|ErrGroup|Mutex|Once|OrderedResults|RangeIterator|RateLimiter|PoolRun|RWMutex|Semaphore|SingleFlight|Ticker|Timer|WaitGroup|WorkerPool)\d*$/;

/** The class and the function that `frame` names; "" for what it does not name. */
function namesIn(frame: string): { className: string; name: string } {
  const [, v8, alias, other] = /^(?:at (?:async )?(.*?)(?: \[as (\w+)\])? \(|(.*?)@)/.exec(frame) ?? [];
  const parts = (v8 ?? other ?? "").replace(/^new (.*)/, "$1.constructor").split(".");
  return { className: parts.at(-2) ?? (alias === undefined ? "" : "?"), name: alias ?? (parts.at(-1) as string) };
}

// In a bundle the frames of the library and those of the program have the same file. The library's come first: up to the first function
// that a program calls, and on while one class of the library calls another. In a minified bundle that has no source map most
// functions have lost their names, and their frames stay.
function withoutNamed(all: readonly string[]): string[] {
  const names = all.map(namesIn);
  let end = names.findIndex(({ className, name }) =>
    className === "" ? functions.test(name) : classes.test(className) || methods.test(name),
  );
  while (end >= 0 && classes.test(names[end + 1]?.className ?? "")) end++;
  return all.slice(end + 1);
}

/** Where the library was called from: the frames of the program, without the library's own. */
export function callerFrames(): string[] {
  const all = capture().filter((frame) => !frame.includes("(node:"));
  return folder === undefined ? withoutNamed(all) : all.filter((frame) => !frame.includes(folder));
}
