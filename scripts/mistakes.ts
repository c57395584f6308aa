// Mistakes: edits of the two programs of an example, each with the outcome that it causes. An edited example is written to a folder like
// that of any other example, so that the same functions run it and compare its outcome.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { declaredOutcome } from "./declared-outcome.ts";
import { type Example, recordingFiles } from "./examples.ts";
import type { Order } from "./expected-output.ts";

/** A replacement in the text of a program. */
export interface Edit {
  /** The text to replace. It occurs exactly once in the program. */
  readonly find: string;
  readonly replace: string;
}

/** A mistake in an example. The examples that have any export a list of them, in `mistakes.ts` beside `main.ts`. */
export interface Mistake {
  /** What is changed, in a few words. */
  readonly title: string;
  /** The question to think about before the edited program is run. */
  readonly question: string;
  /** The edit of `main.ts`. */
  readonly port: Edit;
  /** The edit of `main.go`. */
  readonly twin: Edit;
  /** Whether the output has exactly this order. @defaultValue `"exact"` */
  readonly lines?: Order["lines"];
  /** The parts of a line that may differ from run to run, or between the two programs, each with a replacement. */
  readonly masks?: NonNullable<Order["masks"]>;
  /** The lines that the edited program prints. */
  readonly output: readonly string[];
  /** The failure of the edited program, line by line as in `failure.txt`; absent if it ends with exit code 0. */
  readonly failure?: readonly string[];
  /** Why the program ends in this way, in one or two sentences. */
  readonly explanation: string;
}

/** Returns the mistakes of an example, in their order; an empty list if it has none. */
export async function mistakesOf({ directory }: Example): Promise<readonly Mistake[]> {
  const file = join(directory, "mistakes.ts");
  if (!existsSync(file)) return [];
  const module = (await import(pathToFileURL(file).href)) as { mistakes: readonly Mistake[] };
  return module.mistakes;
}

/**
 * Returns `text` after the edit.
 *
 * @throws {Error} if the text to replace does not occur exactly once
 */
export function applyEdit(text: string, { find, replace }: Edit): string {
  const [before, after, ...others] = text.split(find);
  if (after === undefined || others.length > 0) {
    throw new Error(`the text to replace must occur once, and occurs ${text.split(find).length - 1} times: ${find}`);
  }
  return `${before}${replace}${after}`;
}

/**
 * Writes the example with each of its mistakes to a subfolder of `parent`, and returns them as examples, whose recording is the
 * declared outcome. The folder is a Go module of its own; main.ts may import only goro.
 */
export async function writeMistakes(example: Example, parent: string): Promise<Example[]> {
  const edited: Example[] = [];
  for (const [index, mistake] of (await mistakesOf(example)).entries()) {
    const directory = join(parent, example.name, String(index + 1));
    edited.push(await writeMistake(example, mistake, directory));
  }
  return edited;
}

async function writeMistake(example: Example, mistake: Mistake, directory: string): Promise<Example> {
  const { order, recording: declared } = declaredOutcome(mistake);
  const edited: Example = {
    name: `${example.name}: ${mistake.title}`,
    directory,
    port: join(directory, "main.ts"),
    order,
  };
  const recording = recordingFiles(edited);
  const texts: Readonly<Record<string, string>> = {
    [edited.port]: applyEdit(await readFile(example.port, "utf8"), mistake.port),
    [join(directory, "main.go")]: applyEdit(await readFile(join(example.directory, "main.go"), "utf8"), mistake.twin),
    [join(directory, "go.mod")]: "module example\n\ngo 1.25\n",
    // Without it, Node takes main.ts for a CommonJS module, which loads a second copy of goro.
    [join(directory, "package.json")]: '{ "type": "module" }\n',
    [recording.output]: declared.output,
    ...(declared.failure !== "" && { [recording.failure]: declared.failure }),
  };
  await mkdir(directory, { recursive: true });
  await Promise.all(Object.entries(texts).map(([file, text]) => writeFile(file, text)));
  return edited;
}
