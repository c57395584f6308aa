// The files of the project.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));

// What npm installs and what scripts write is not in the repository. Reading the packages of all folders takes a minute.
const skipped = /^(?:node_modules|\.git|\.package|\.stryker|build|coverage|dist|reports|program-.*)$/;

/** Returns the paths from the root of the files below `folder` that match `pattern`, sorted. */
export async function projectFiles(pattern: RegExp, folder: string = ""): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const nested = entries.map(async (entry): Promise<string[]> => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return skipped.test(entry.name) ? [] : projectFiles(pattern, path);
    return pattern.test(path) ? [path] : [];
  });
  return (await Promise.all(nested)).flat().sort();
}
