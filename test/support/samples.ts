// The samples of code in the documentation.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { projectFiles } from "./project-files.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A sample: its file and line, the code, and the output that the page shows, if it shows one. */
export interface Sample {
  readonly location: string;
  readonly code: string;
  readonly output: string | undefined;
}

/**
 * Returns the TypeScript blocks of all pages, except those of the reference, which come from the source. A `text` block that follows directly
 * is the output of the program.
 */
export async function samplesOfPages(): Promise<Sample[]> {
  const files = (await projectFiles(/\.md$/)).filter((file) => !file.startsWith("docs/reference"));
  const samples: Sample[] = [];
  for (const file of files) {
    const text = await readFile(join(root, file), "utf8");
    for (const match of text.matchAll(/```ts\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```)?/g)) {
      const line = text.slice(0, match.index).split("\n").length;
      samples.push({ location: `${file}:${line}`, code: match[1] as string, output: match[2] });
    }
  }
  return samples;
}

/** Returns the examples in the doc blocks of the source. */
export async function samplesOfSource(): Promise<Sample[]> {
  const files = await projectFiles(/\.ts$/, "src");
  const samples: Sample[] = [];
  for (const file of files) {
    const text = await readFile(join(root, file), "utf8");
    for (const match of text.matchAll(/@example\n([\s\S]*?)\n\s*\*\//g)) {
      const line = text.slice(0, match.index).split("\n").length;
      const code = (match[1] as string).replace(/^\s*\* ?/gm, "");
      samples.push({ location: `${file}:${line}`, code, output: undefined });
    }
  }
  return samples;
}
