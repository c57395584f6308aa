// Finding the samples of code that the documentation shows.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** A sample: where it stands, the code, and what it is said to print, if that is said. */
export interface Sample {
  readonly place: string;
  readonly code: string;
  readonly output: string | undefined;
}

/** The TypeScript blocks of all pages. A `text` block that follows directly is what the program prints. */
export async function samplesOfPages(): Promise<Sample[]> {
  const files = (await readdir(root, { recursive: true })).filter(
    (file) => file.endsWith(".md") && !file.includes("node_modules"),
  );
  const samples: Sample[] = [];
  for (const file of files.sort()) {
    const text = await readFile(join(root, file), "utf8");
    for (const match of text.matchAll(/```ts\n([\s\S]*?)```\n(?:\n```text\n([\s\S]*?)```)?/g)) {
      const line = text.slice(0, match.index).split("\n").length;
      samples.push({ place: `${file}:${line}`, code: match[1] as string, output: match[2] });
    }
  }
  return samples;
}

/** The examples in the doc blocks of the source. */
export async function samplesOfSource(): Promise<Sample[]> {
  const files = (await readdir(join(root, "src"), { recursive: true })).filter((file) => file.endsWith(".ts"));
  const samples: Sample[] = [];
  for (const file of files.sort()) {
    const text = await readFile(join(root, "src", file), "utf8");
    for (const match of text.matchAll(/@example\n([\s\S]*?)\n\s*\*\//g)) {
      const line = text.slice(0, match.index).split("\n").length;
      const code = (match[1] as string).replace(/^\s*\* ?/gm, "");
      samples.push({ place: `src/${file}:${line}`, code, output: undefined });
    }
  }
  return samples;
}
