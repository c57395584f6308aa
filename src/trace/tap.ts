// What the program prints by `console`. There is one replacement of the console's methods, however many listeners there are: two
// that wrapped each other could not be removed in any order.

import { safeToString } from "../util/inspect.ts";

type Print = (...parts: unknown[]) => void;

const methods = ["log", "info", "warn", "error", "debug"] as const;
const listeners = new Set<(text: string) => void>();
const removals: (() => void)[] = [];

/** Calls `listener` with what is printed by the console from now on; returns a function that stops that. */
export function tapConsole(listener: (text: string) => void): () => void {
  // Each call has a listener of its own, also if the function is the same.
  const added = (text: string): void => listener(text);
  if (listeners.size === 0) for (const method of methods) removals.push(replace(method));
  listeners.add(added);
  return () => {
    if (listeners.delete(added) && listeners.size === 0) for (const remove of removals.splice(0)) remove();
  };
}

/**
 * Replaces one method of the console; returns a function that restores it. If other code has replaced it meanwhile, that stays; in case
 * it calls the one here, this only passes on what is printed from then on.
 */
function replace(method: (typeof methods)[number]): () => void {
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
