// Parses the stacks of errors, in the formats of the engines: one frame a line.

import { tryOr } from "./inspect.ts";

/** Returns the frames of an error's stack, without the message; none if the program has changed the format of stacks. */
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
  const frames = parseFrames(new Error());
  if (limit !== undefined) engine.stackTraceLimit = limit;
  return frames;
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
 * The file of this module, or of the bundle that contains it; "" on a host without stacks. It is read from a stack, because `import.meta` is
 * empty in a bundle for CommonJS.
 */
export const ownFile: string = positionOf(capture()[0] ?? "")?.file ?? "";

// The folder of the library's files; undefined if they are in a bundle with the program.
const folder = /^(.*[/\\])(?:util[/\\]stack\.[jt]s|whole[/\\][\w-]+\.js)$/.exec(ownFile)?.[1];

// The functions, methods and classes that programs call, as the frames of a bundle name them. A bundler may add a number to a name.
const functions =
  /^(?:go|main|select|sleep|gosched|retry|mapOrdered|runPool|afterFunc|notifyContext|with(?:Cancel|Deadline|Timeout)(?:Cause)?|from(?:Events|Iterable|ReadableStream)|to(?:Readable|Writable)Stream)\d*$/;
const methods = /^(?:do|go|lock|map|next|rLock|acquire|receive|result|send|stop|submit|tryGo|trySend|trySubmit|wait)$/;
const classes =
  /^(?:Channel|Cond|JobRunner|ErrGroup|Mutex|Once|OrderedResults|RangeIterator|RateLimiter|PoolRun|RWMutex|Semaphore|SingleFlight|Ticker|Timer|WaitGroup|WorkerPool)\d*$/;

/** Returns the class and the function that `frame` names; "" for a missing name. */
function namesIn(frame: string): { className: string; name: string } {
  const [, v8, alias, other] = /^(?:at (?:async )?(.*?)(?: \[as (\w+)\])? \(|(.*?)@)/.exec(frame) ?? [];
  const parts = (v8 ?? other ?? "").replace(/^new (.*)/, "$1.constructor").split(".");
  return { className: parts.at(-2) ?? (alias === undefined ? "" : "?"), name: alias ?? (parts.at(-1) as string) };
}

// In a bundle the frames of the library and those of the program have the same file. The library's come first: up to the first function
// that programs call, and further while one class of the library calls another. In a minified bundle without a source map most functions
// have no names, and their frames are not removed.
function withoutNamed(frames: readonly string[]): string[] {
  const names = frames.map(namesIn);
  let end = names.findIndex(({ className, name }) =>
    className === "" ? functions.test(name) : classes.test(className) || methods.test(name),
  );
  while (end >= 0 && classes.test(names[end + 1]?.className ?? "")) end++;
  return frames.slice(end + 1);
}

/** Returns the frames of the program, without those of the library. */
export function callerFrames(): string[] {
  const frames = capture().filter((frame) => !frame.includes("(node:"));
  return folder === undefined ? withoutNamed(frames) : frames.filter((frame) => !frame.includes(folder));
}
