// Leaves out the parts of sucrase that only other transforms than that of TypeScript use. Its entry imports all of them.

import type { Plugin } from "vite";

const folder = "/node_modules/sucrase/dist/esm/";

/** The modules for other languages, for older versions of JavaScript and for source maps. */
const unused =
  /^(?:CJSImportProcessor|computeSourceMap|util\/formatTokens|parser\/plugins\/(?:flow|jsx\/index)|transformers\/(?:CJSImport|Flow|JestHoist|JSX|NumericSeparator|OptionalCatchBinding|OptionalChainingNullish|ReactDisplayName|ReactHotLoader)Transformer)\.js$/;

/** Returns exports with the names of those of `code`, which throw when they are called. */
function stubOf(code: string): string {
  const names = Array.from(code.matchAll(/^export (?:default )?(?:function|class) (\w+)/gm), ([text, name]) =>
    text.includes(" default ") ? "default" : name,
  );
  return `const stub = function () { throw new Error("not in this build of sucrase"); };
    export { ${names.map((name) => `stub as ${name}`).join(", ")} };`;
}

/** Replaces the modules that are not used. */
export function sucrasePlugin(): Plugin {
  return {
    name: "goro-sucrase",
    enforce: "pre",
    transform(code, id) {
      const module = id.replace(/\?.*$/, "").split(folder)[1];
      // The check of the options, which are those of transform.ts, needs a library of its own.
      if (module === "Options.js") return { code: "export const validateOptions = () => {};", map: null };
      return module !== undefined && unused.test(module) ? { code: stubOf(code), map: null } : null;
    },
  };
}
