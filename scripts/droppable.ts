// Marks top-level code of the source that a bundler could not drop where it is not used: classes with a static block, or with a field whose
// name is computed, lists that spread others, and the libraries of src/trace/vendor.ts. They are wrapped in functions whose calls are marked as
// pure; a class is the value of a property, from which it gets its name. So a class must not have static blocks on which code depends that does
// not refer to the class.

import { readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { build, type BuildOptions, type Plugin } from "esbuild";

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

/**
 * How a module of a library is found for the bundle. Of the libraries only what the source uses is kept: they mark the modules in the format
 * ESM as free of side effects.
 */
export const resolution: Pick<BuildOptions, "platform" | "mainFields"> = {
  platform: "neutral",
  mainFields: ["module", "main"],
};

/** The namespaces of libraries that a module exports. */
const namespaces = /^export \* as (\w+) from "([^"]+)";$/gm;

/** Returns the text of a module that exports the libraries of `text` as values of functions, in which these are bundled. */
async function droppableLibraries(text: string, resolveDir: string): Promise<string> {
  const parts: string[] = [];
  for (const [, name = "", library = ""] of text.matchAll(namespaces)) {
    const stdin = { contents: `export * from ${JSON.stringify(library)};`, resolveDir };
    const { outputFiles } = await build({
      ...resolution,
      stdin,
      bundle: true,
      format: "iife",
      globalName: name,
      write: false,
    });
    parts.push(`export const ${name} = /* @__PURE__ */ (() => {\n${outputFiles[0]?.text}return ${name};\n})();\n`);
  }
  return parts.join("");
}

/** Makes the modules of the source droppable. */
export const makeDroppable: Plugin = {
  name: "droppable",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/trace\/vendor\.ts$/, namespace: "file" }, async ({ path }) => ({
      contents: await droppableLibraries(await readFile(path, "utf8"), dirname(path)),
      loader: "js",
    }));
    onLoad({ filter: /\/src\/.*\.ts$/, namespace: "file" }, async ({ path }) => ({
      contents: droppable(await readFile(path, "utf8")),
      loader: "ts",
    }));
  },
};
