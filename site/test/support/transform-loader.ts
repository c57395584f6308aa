// Loads the library and the program as the browser does: transformed, with native code for all else.

import { readFile } from "node:fs/promises";
import type { LoadHook } from "node:module";
import { fileURLToPath } from "node:url";
import { restoreContexts, runtimeNames, stripTypes } from "../../run/transform.ts";

const library = new URL("../../../src/", import.meta.url).href;
const programs = /\/(examples|test\/programs)\//;

export const load: LoadHook = async (url, context, nextLoad) => {
  const file = url.replace(/\?.*$/, "");
  if (!file.startsWith(library) && !programs.test(file)) return nextLoad(url, context);
  const source = await readFile(fileURLToPath(file), "utf8");
  const runtime = `const { ${runtimeNames.join(", ")} } = globalThis.contextRuntime; `;
  return { format: "module", shortCircuit: true, source: runtime + restoreContexts(stripTypes(source)) };
};
