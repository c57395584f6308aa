// The forms in which a trace can be kept in a file, by the ending of its name.

import { chromeTrace } from "../chrome/chrome.ts";
import type { Trace } from "../format.ts";
import { poolPicture } from "../pool/picture.ts";
import { terminalView } from "../terminal/terminal.ts";
import { timeline } from "../timeline/timeline.ts";

/** Writes a trace as text; some forms have a title. */
export type Form = (trace: Trace, title: string) => string;

// The longer ending comes first.
const forms: Readonly<Record<string, Form>> = {
  ".pool.svg": (trace, title) => poolPicture(trace, { title }),
  ".svg": (trace, title) => timeline(trace, { title }),
  ".chrome.json": (trace) => chromeTrace(trace),
  ".json": (trace) => `${JSON.stringify(trace)}\n`,
  ".txt": (trace) => `${terminalView(trace)}\n`,
};

/** The form that the name of a file asks for. Errors: throws `TypeError` if it is none. */
export function formOf(file: string): Form {
  const ending = Object.keys(forms).find((each) => file.endsWith(each));
  if (ending !== undefined) return forms[ending] as Form;
  throw new TypeError(`goro/trace: a file must end in ${Object.keys(forms).join(", ")}, got ${file}`);
}
