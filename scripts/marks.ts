// Marks the beginning and the end of each file of the built package: in a bundle the frames between two marks are the library's.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Plugin } from "esbuild";

const mark = "markCode(() => new Error().stack);";

/** Returns the text of a file with its marks; its lines keep their numbers. */
function marked(text: string, file: string, marks: string): string {
  const path = relative(dirname(file), marks).split(sep).join("/");
  const [, code, map] = /^([^]*?)(\n\/\/# sourceMappingURL=.*\s*)?$/.exec(text) as unknown as [string, string, string?];
  const begin = `import { mark as markCode } from "${path.startsWith(".") ? path : `./${path}`}"; ${mark}`;
  return `${begin} ${code}\n${mark}${map ?? "\n"}`;
}

/** Marks the files in a folder of JavaScript modules; `marks` is the path of the module code-marks in it. */
export async function markFiles(folder: string, marks: string): Promise<void> {
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name);
    if (!name.endsWith(".js") || name === marks) continue;
    await writeFile(file, marked(await readFile(file, "utf8"), file, join(folder, marks)));
  }
}

/** Leaves the module code-marks out of a bundle, so that every file of it can import the module. */
export const separateMarks: Plugin = {
  name: "marks",
  setup({ onResolve }) {
    onResolve({ filter: /\/code-marks\.ts$/ }, () => ({ path: "./code-marks.js", external: true }));
  },
};
