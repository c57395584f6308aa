// Marks the beginning and the end of each module of the built package: in a bundle the frames between two marks are the library's.

import { readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "esbuild";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** Returns the text of a module with its marks; its lines keep their numbers. */
function marked(text: string, file: string, marks: string): string {
  const path = relative(dirname(file), marks).split(sep).join("/");
  const [, code, map] = /^([^]*?)(\n\/\/# sourceMappingURL=.*\s*)?$/.exec(text) as unknown as [string, string, string?];
  const begin = `import { mark as markCode } from "${path.startsWith(".") ? path : `./${path}`}"; markCode(() => new Error());`;
  return `${begin} ${code}\nmarkCode(() => new Error());${map ?? "\n"}`;
}

/** Marks the modules in a folder of compiled files. */
export async function markModules(folder: string): Promise<void> {
  const marks = join(folder, "util", "code-marks.js");
  for (const name of await readdir(folder, { recursive: true })) {
    const file = join(folder, name);
    if (!name.endsWith(".js") || file === marks) continue;
    await writeFile(file, marked(await readFile(file, "utf8"), file, marks));
  }
}

/** Marks the modules of the source in a bundle. */
export const markSource: Plugin = {
  name: "marks",
  setup({ onLoad }) {
    const marks = join(source, "util", "code-marks.ts");
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path === marks || !resolve(path).startsWith(source + sep)) return undefined;
      return { contents: marked(await readFile(path, "utf8"), path, marks), loader: "ts" };
    });
  },
};
