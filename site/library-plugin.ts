// Builds the library and the engine for a worker: their code keeps its async context, as programs do, and is marked, so that the library
// recognizes its frames in a stack.

import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { restoreContexts, runtimeNames } from "./run/transform.ts";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const engine = fileURLToPath(new URL("./run/", import.meta.url));
const marks = `${source}util/code-marks.ts`;

/** The functions of the runtime are imported by the names that transformed code uses. */
const runtime = [
  `import { ${runtimeNames
    .filter((name) => name !== "$Scope")
    .map((name) => `${name.slice(1)} as ${name}`)
    .join(", ")} } from ${JSON.stringify(`${engine}context.ts`)};`,
  `import { Scope as $Scope } from ${JSON.stringify(`${engine}disposal.ts`)};`,
].join(" ");

// The minifier makes `Error()` of `new Error()`. As the body of a function it would be a tail call, for which WebKit has no frame of the function.
const mark = "$mark((error = new Error()) => error);";

/** Transforms the modules of the library, and marks them and those of the engine. */
export function libraryPlugin(): Plugin {
  return {
    name: "goro-library",
    // After the types have been removed.
    enforce: "post",
    transform(code, id) {
      const file = id.replace(/\?.*$/, "");
      const isLibrary = file.startsWith(source);
      if (file === marks || !/\.ts$/.test(file) || !(isLibrary || file.startsWith(engine))) return null;
      const body = isLibrary ? `${runtime} ${restoreContexts(code)}` : code;
      return {
        code: `import { mark as $mark } from ${JSON.stringify(marks)}; ${mark} ${body}\n${mark}`,
        map: null,
        // The package has no side effects, except for its preloads.
        moduleSideEffects: file.endsWith("/testing/preload.ts") || !isLibrary,
      };
    },
  };
}
