// The files on a page of the documentation. A block whose first line has a name after the language, as in "ts poll.ts", is a file: it is not run
// as a program of its own, but by the check of its page, together with the other files.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Returns the files on `page`, a path from the root, by their names. Two files of one name are an error. */
export async function filesOfPage(page: string): Promise<Map<string, string>> {
  const text = await readFile(join(root, page), "utf8");
  const files = new Map<string, string>();
  for (const [, name = "", code = ""] of text.matchAll(/^```(?:ts|js) (\S+)\n([^]*?)^```$/gm)) {
    if (files.has(name)) throw new Error(`${page} has two files with the name ${name}`);
    files.set(name, code);
  }
  return files;
}

/** Returns the text blocks on `page`, such as the outputs of its programs. */
export async function textsOfPage(page: string): Promise<string[]> {
  const text = await readFile(join(root, page), "utf8");
  return Array.from(text.matchAll(/^```text\n([^]*?)^```$/gm), ([, block = ""]) => block);
}

/** Writes files to `folder`. */
export async function writeFiles(
  folder: string,
  files: Iterable<readonly [name: string, text: string]>,
): Promise<void> {
  for (const [name, text] of files) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}
