// The formats in which a trace can be written to a file, by the extension of its name.

import { toChromeTrace } from "./chrome.ts";
import type { Trace } from "./format.ts";
import { renderPool, renderTimeline } from "./pictures.ts";
import { renderText } from "./text/text.ts";

/** Formats a trace as text; pictures show `title`. */
export type Formatter = (trace: Trace, title: string) => string;

// The longer of two extensions comes first.
const formatters: Readonly<Record<string, Formatter>> = {
  ".pool.svg": (trace, title) => renderPool(trace, { title }),
  ".svg": (trace, title) => renderTimeline(trace, { title }),
  ".chrome.json": (trace) => toChromeTrace(trace),
  ".json": (trace) => `${JSON.stringify(trace)}\n`,
  ".txt": (trace) => `${renderText(trace)}\n`,
};

/**
 * Returns the formatter for a file name.
 *
 * @throws {TypeError} if its extension is not one of those above
 */
export function formatterFor(file: string): Formatter {
  const extension = Object.keys(formatters).find((suffix) => file.endsWith(suffix));
  if (extension !== undefined) return formatters[extension] as Formatter;
  throw new TypeError(`goro/trace: a file name must end in ${Object.keys(formatters).join(", ")}, got ${file}`);
}
