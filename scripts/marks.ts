// Marks the beginning and the end of each file of the built package: in a bundle the frames between two marks are the library's.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";

const mark = "markCode(() => new Error().stack);";

/** Returns the text of a file with its marks; its lines keep their numbers. */
function marked(text: string, file: string, marks: string): string {
  const path = relative(dirname(file), marks).split(sep).join("/");
  return `import { mark as markCode } from "${path.startsWith(".") ? path : `./${path}`}"; ${mark} ${text}${mark}\n`;
}

/** Marks the files in a folder of JavaScript modules that have code; `marks` is the path of the module code-marks in it. */
export async function markFiles(folder: string, marks: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith(".js") || name === marks) continue;
    const file = join(folder, name);
    const text = await readFile(file, "utf8");
    const hasCode = text.replace(/^\/\/.*$|^(?:import|export) [^;]*;$/gm, "").trim() !== "";
    if (hasCode) await writeFile(file, marked(text, file, join(folder, marks)));
  }
}
