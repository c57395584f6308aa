// Parses the stacks of errors, in the formats of the engines: one frame a line.

import { type Mark, marks } from "./code-marks.ts";
import { tryOr } from "./inspect.ts";

/** Returns the frames of an error's stack, without the message; none if the program has changed the format of stacks. */
export function parseFrames(error: Error): string[] {
  return framesOf(() => error.stack);
}

function framesOf(readStack: () => unknown): string[] {
  const stack = tryOr(readStack, () => undefined);
  if (typeof stack !== "string") return [];
  const lines = stack.split("\n").filter((line) => /^\s+at |(?:@|^\w+:)\S+:\d+:\d+$/.test(line));
  return lines.map((line) => line.trim());
}

function capture(mark: Mark = () => new Error().stack): string[] {
  const engine = Error as { stackTraceLimit?: number };
  const limit = engine.stackTraceLimit;
  engine.stackTraceLimit = 50;
  const frames = framesOf(mark);
  if (limit !== undefined) engine.stackTraceLimit = limit;
  return frames;
}

/** A place in a file: its path or URL without the query, its line and its column, both from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Returns the position of `frame`, which has the form of V8, `at name (file:line:column)`, or that of Firefox and WebKit,
 * `name@file:line:column`; undefined for native code.
 */
export function positionOf(frame: string): Position | undefined {
  const [, file, line, column] = /(?:^at (?:.*\()?|@|^(?=\w+:))(.+?)(?:\?[^?]*)?:(\d+):(\d+)\)?$/.exec(frame) ?? [];
  return file === undefined
    ? undefined
    : { file: file.replace(/^async /, ""), line: Number(line), column: Number(column) };
}

/**
 * The file of this module, or of the bundle that contains it; "" on a host without stacks. It is read from a stack, because `import.meta` is
 * empty in a bundle for CommonJS.
 */
export const ownFile: string = /* @__PURE__ */ fileOf(() => new Error().stack);

/**
 * Returns the file of the first frame of a stack; "" if there is none. It does not use {@link positionOf}: a bundle without reports of
 * goroutines has no other use for that.
 */
export function fileOf(readStack: () => unknown): string {
  const stack = tryOr(readStack, () => "");
  return /^(?:\s+at (?:.*\()?|.*?@|(?=\w+:))(.+?)(?:\?.*)?:\d+:\d+\)?$/m.exec(String(stack))?.[1] ?? "";
}

// The folder of the library's files; undefined if they are in a bundle with the program.
const folder = /* @__PURE__ */ folderOf(ownFile);

function folderOf(file: string): string | undefined {
  return /^(.*[/\\])(?:util[/\\]stack\.ts|goro-chunks[/\\][\w-]+\.js)$/.exec(file)?.[1];
}

/** The code of a module in a bundle. */
interface Range {
  readonly begin: Position | undefined;
  readonly end: Position | undefined;
}

const ranges: Range[] = [];

/** Returns the ranges of the modules that have been loaded. */
function loadedRanges(): readonly Range[] {
  for (let i = 2 * ranges.length; i + 1 < marks.length; i += 2) {
    const [begin, end] = marks.slice(i, i + 2).map((mark) => positionOf(capture(mark)[0] ?? ""));
    ranges.push({ begin, end });
  }
  return ranges;
}

function isIn({ begin, end }: Range, position: Position | undefined): boolean {
  if (begin === undefined || end === undefined || position?.file !== begin.file) return false;
  return isOrdered(begin, position) && isOrdered(position, end);
}

function isOrdered(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column <= b.column);
}

/**
 * Returns the frames of the program, without those of the library and of Node, and without the native code that the library calls. In a
 * bundle the library's frames are known by the marks of the build, also if it is minified. A bundle of the library's source has no marks:
 * there its frames are not removed.
 */
export function callerFrames(): string[] {
  const loaded = folder === undefined ? loadedRanges() : [];
  const frames = capture().filter((frame) => {
    if (/^at (?:.*\()?(?:async )?node:/.test(frame) || (folder !== undefined && frame.includes(folder))) return false;
    const position = loaded.length === 0 ? undefined : positionOf(frame);
    return !loaded.some((range) => isIn(range, position));
  });
  const first = frames.findIndex((frame) => positionOf(frame) !== undefined);
  return first < 0 ? [] : frames.slice(first);
}
