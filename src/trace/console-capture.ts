// Captures what the program prints by `console`. The methods of the console are replaced once, however many listeners there are: two
// replacements that wrap each other could not be removed in any order.

import { safeToString } from "../util/inspect.ts";

type Print = (...parts: unknown[]) => void;

const methods = ["log", "info", "warn", "error", "debug"] as const;
const listeners = new Set<(text: string) => void>();
const restorers: (() => void)[] = [];

/** Calls `onLine` with what the console prints from now on; returns a function that stops that. */
export function captureConsole(onLine: (text: string) => void): () => void {
  // A new function for each call, so that the same `onLine` can be added twice.
  const listener = (text: string): void => onLine(text);
  if (listeners.size === 0) restorers.push(...methods.map(replaceMethod));
  listeners.add(listener);
  return () => {
    if (listeners.delete(listener) && listeners.size === 0) for (const restore of restorers.splice(0)) restore();
  };
}

/**
 * Replaces a method of the console; returns a function that restores it. If other code has replaced the method in the meantime, its
 * replacement stays; if that calls ours, ours then only forwards to the original.
 */
function replaceMethod(method: (typeof methods)[number]): () => void {
  const original: Print = console[method];
  let isActive = true;
  const print: Print = function (this: unknown, ...parts) {
    if (isActive) {
      const text = parts.map((part) => safeToString(part)).join(" ");
      for (const listener of listeners) listener(text);
    }
    original.apply(this, parts);
  };
  console[method] = print;
  return () => {
    isActive = false;
    if (console[method] === print) console[method] = original;
  };
}
