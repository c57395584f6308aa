// Marks top-level code of the source that a bundler could not drop where it is not used: classes with a static block, or with a field whose
// name is computed, and lists that spread others. They are wrapped in functions whose calls are marked as pure; a class is the value of a
// property, from which it gets its name. So a class must not have static blocks on which code depends that does not refer to the class.

import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

// A declaration ends at the first line that begins with a brace: the source is formatted by Prettier.
const classes = /^(export )?(?:abstract )?class (\w+)([^{}]*\{\n[^]*?^\})$/gm;
const lists = /^((?:export )?const \w+(?:: [^=]+)? = )([[{][^;]*\.\.\.[^;]*);$/gm;

const docs = /^ *\/\*\*[^]*?\*\/\n/gm;

/** Returns the text of a module in which a bundler can drop these classes and lists; without doc comments, which the declarations have. */
export function droppable(text: string): string {
  return text
    .replace(docs, "")
    .replace(classes, (declaration, exported: string | undefined, name: string, code: string) =>
      /^  (?:static \{|(?:readonly )?\[\w+\]:)/m.test(code)
        ? `${exported ?? ""}const ${name} = /* @__PURE__ */ (() => ({ ${name}: class${code} }).${name})();`
        : declaration,
    )
    .replace(lists, "$1/* @__PURE__ */ (() => ($2))();");
}

/** Makes the modules of the source droppable. */
export const makeDroppable: Plugin = {
  name: "droppable",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/, namespace: "file" }, async ({ path }) => ({
      contents: droppable(await readFile(path, "utf8")),
      loader: "ts",
    }));
  },
};
