// Builds the library for a worker: its code keeps its async context, as programs do.

import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { restoreContexts, runtimeNames } from "./run/transform.ts";

const source = fileURLToPath(new URL("../src/", import.meta.url));
const engine = fileURLToPath(new URL("./run/", import.meta.url));

/** The functions of the runtime are imported by the names that transformed code uses. */
const runtime = [
  `import { ${runtimeNames
    .filter((name) => name !== "$Scope")
    .map((name) => `${name.slice(1)} as ${name}`)
    .join(", ")} } from ${JSON.stringify(`${engine}context.ts`)};`,
  `import { Scope as $Scope } from ${JSON.stringify(`${engine}disposal.ts`)};`,
].join(" ");

/** Transforms the modules of the library. */
export function libraryPlugin(): Plugin {
  return {
    name: "goro-library",
    // After the types have been removed.
    enforce: "post",
    transform(code, id) {
      const file = id.replace(/\?.*$/, "");
      if (!file.startsWith(source) || !file.endsWith(".ts")) return null;
      // The package has no side effects, except for its preloads.
      const moduleSideEffects = file.endsWith("/testing/preload.ts");
      return { code: `${runtime} ${restoreContexts(code)}`, map: null, moduleSideEffects };
    },
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const entries = chunks.filter(({ isEntry }) => isEntry).map(({ fileName }) => fileName);
      const importer = chunks.find(({ imports, dynamicImports }) =>
        [...imports, ...dynamicImports].some((name) => entries.includes(name)),
      );
      if (importer === undefined) return;
      this.error(`${importer.fileName} imports the entry of the worker, which WebKit would evaluate twice`);
    },
  };
}
